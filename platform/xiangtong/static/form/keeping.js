/* Keystrokes that could not be sent are kept on this device, sealed with a key that the server gives with the draft,
   for a day at most. Without a key (a shared terminal), or where the browser cannot, nothing is kept. ES2018. */
(function (X) {
  "use strict";

  const STORE = "unsent";
  const DAY = 86400000;

  function wish(request) {
    return new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  function open() {
    const request = window.indexedDB.open("xiangtong", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    return wish(request);
  }

  function bytes(base64) {
    return Uint8Array.from(window.atob(base64), (sign) => sign.charCodeAt(0));
  }

  async function withStore(mode, act) {
    const database = await open();
    try {
      return await wish(act(database.transaction(STORE, mode).objectStore(STORE)));
    } finally {
      database.close();
    }
  }

  function Keeper(draft, key) {
    this.draft = draft;
    this.able = Boolean(key && window.indexedDB && window.crypto && window.crypto.subtle);
    this.key = this.able
      ? window.crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["encrypt", "decrypt"])
      : Promise.resolve(null);
  }

  /** Keep [pointer, value] pairs; gives whether they are safe on this device. */
  Keeper.prototype.keep = async function (pairs) {
    if (!this.able) return false;
    try {
      const iv = window.crypto.getRandomValues(new Uint8Array(12));
      const plain = new TextEncoder().encode(JSON.stringify(pairs));
      const sealed = await window.crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, await this.key, plain);
      await withStore("readwrite", (store) => store.put({ iv: iv, sealed: sealed, at: Date.now() }, this.draft));
      return true;
    } catch (problem) {
      return false;
    }
  };

  /** The pairs kept for this draft; an empty list where there are none, or they are too old or not ours. */
  Keeper.prototype.kept = async function () {
    if (!this.able) return [];
    try {
      const found = await withStore("readonly", (store) => store.get(this.draft));
      if (!found || Date.now() - found.at > DAY) return [];
      const plain = await window.crypto.subtle.decrypt({ name: "AES-GCM", iv: found.iv }, await this.key, found.sealed);
      return JSON.parse(new TextDecoder().decode(plain));
    } catch (problem) {
      return [];
    }
  };

  Keeper.prototype.drop = async function () {
    if (!this.able) return;
    try {
      await withStore("readwrite", (store) => store.delete(this.draft));
    } catch (problem) {
      this.able = false;
    }
  };

  /** Forget everything kept on this device, as when someone signs out. */
  function wipe() {
    if (window.indexedDB) window.indexedDB.deleteDatabase("xiangtong");
  }

  Object.assign(X, { Keeper: Keeper, wipe: wipe });
})(window.Xiangtong);
