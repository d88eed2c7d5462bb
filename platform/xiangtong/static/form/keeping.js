/* What could not be sent is kept on this device, sealed with a key that the server gives with the draft: keystrokes, and
   photos that were picked. It goes when it was sent, and after a day with the next page of another filling. Without a
   key (a shared terminal), or where the browser cannot, nothing is kept. The service worker (sw.js) opens the same
   database. ES2018. */
(function (X) {
  "use strict";

  const STORES = ["unsent", "pages", "keys", "files"];
  const DAY = 86400000;

  function wish(request) {
    return new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  function open() {
    const request = window.indexedDB.open("xiangtong", 2);
    request.onupgradeneeded = () => {
      const there = request.result.objectStoreNames;
      STORES.filter((name) => !there.contains(name)).forEach((name) => request.result.createObjectStore(name));
    };
    return wish(request);
  }

  function bytes(base64) {
    return Uint8Array.from(window.atob(base64), (sign) => sign.charCodeAt(0));
  }

  async function withStore(name, mode, act) {
    const database = await open();
    try {
      return await wish(act(database.transaction(name, mode).objectStore(name)));
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

  /** Seal bytes into a store; gives whether they are safe on this device. */
  Keeper.prototype.put = async function (store, name, plain) {
    if (!this.able) return false;
    try {
      const iv = window.crypto.getRandomValues(new Uint8Array(12));
      const sealed = await window.crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, await this.key, plain);
      const row = { draft: this.draft, iv: iv, sealed: sealed, at: Date.now() };
      await withStore(store, "readwrite", (rows) => rows.put(row, name));
      return true;
    } catch (problem) {
      return false;
    }
  };

  /** The rows of this draft in a store: [{plain, old}]. A clock that was put right makes a row of this morning years
      old or not yet written; so none is left out for its age, but what is `old` is not taken for the newest either. */
  Keeper.prototype.all = async function (store) {
    if (!this.able) return [];
    try {
      const rows = await withStore(store, "readonly", (all) => all.getAll());
      const ours = rows.filter((row) => row.draft === this.draft);
      const key = await this.key;
      return await Promise.all(ours.map(async (row) => ({
        plain: await window.crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, key, row.sealed),
        old: Math.abs(Date.now() - row.at) > DAY,
      })));
    } catch (problem) {
      return [];
    }
  };

  Keeper.prototype.remove = async function (store, name) {
    if (!this.able) return;
    try {
      await withStore(store, "readwrite", (rows) => rows.delete(name));
    } catch (problem) {
      this.able = false;
    }
  };

  /** Keep [pointer, value] pairs: what is not sent, and what was sent since the page that is kept was made; and which
      version of the form (the digest of its plan) that page shows. */
  Keeper.prototype.keep = function (waiting, sent, form) {
    const words = JSON.stringify({ waiting: waiting, sent: sent, form: form });
    return this.put("unsent", this.draft, new TextEncoder().encode(words));
  };

  /** What `keep` was given last; nothing where there is nothing. */
  Keeper.prototype.kept = async function () {
    const found = (await this.all("unsent"))[0];
    return found ? Object.assign(JSON.parse(new TextDecoder().decode(found.plain)), { old: found.old }) : { waiting: [], sent: [] };
  };

  Keeper.prototype.drop = function () {
    return this.remove("unsent", this.draft);
  };

  /** Keep a picked file: a line of JSON that says what it is, and its bytes. */
  Keeper.prototype.keepFile = async function (parcel) {
    const { id, pointer, form, file } = parcel;
    const told = JSON.stringify({ id, pointer, form, name: file.name, type: file.type }) + "\n";
    return this.put("files", id, await new Response(new Blob([told, file])).arrayBuffer());
  };

  /** The files that were picked and not sent: [{id, pointer, form, file}]. */
  Keeper.prototype.files = async function () {
    return (await this.all("files")).map((row) => {
      const all = new Uint8Array(row.plain);
      const end = all.indexOf(10);
      const told = JSON.parse(new TextDecoder().decode(all.subarray(0, end)));
      const file = new File([all.subarray(end + 1)], told.name, { type: told.type });
      return { id: told.id, pointer: told.pointer, form: told.form, file: file };
    });
  };

  /** Forget everything kept on this device, as when someone signs out. */
  function wipe() {
    if (window.indexedDB) window.indexedDB.deleteDatabase("xiangtong");
  }

  Object.assign(X, { Keeper: Keeper, wipe: wipe });
})(window.Xiangtong);
