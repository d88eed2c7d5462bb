/* What could not be sent is kept on this device, sealed with a key that the server gives with the draft: keystrokes, and
   photos that were picked. It goes when it was sent, and after a day with the next page of another filling. Without a
   key (a shared terminal), or where the browser cannot, nothing is kept. The service worker (sw.js) opens the same
   database; the last words of a page that is being left have a place of their own, which is written at once. ES2018. */
(function (X) {
  "use strict";

  const STORES = ["unsent", "pages", "keys", "files"];
  const PARTING = "parting";
  // As much as a browser sends for a page that is being left.
  const MOST_PARTING = 65536;
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

  function base64(some) {
    return window.btoa(Array.from(some, (byte) => String.fromCharCode(byte)).join(""));
  }

  function isOld(row) {
    return Math.abs(Date.now() - row.at) > DAY;
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
    this.pad = null;
    this.prepared = this.prepare();
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
        old: isOld(row),
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

  /** Keep what a page holds ({waiting, sent, form}, saving.js) in place of what it held before. */
  Keeper.prototype.keep = async function (held) {
    const safe = await this.put("unsent", this.draft, new TextEncoder().encode(JSON.stringify(held)));
    if (safe) this.forgetParting();
    return safe;
  };

  /** What `keep` or `part` was given last; nothing where there is nothing. */
  Keeper.prototype.kept = async function () {
    await this.prepared;
    const found = (await this.parted()) || (await this.all("unsent"))[0];
    return found ? Object.assign(JSON.parse(new TextDecoder().decode(found.plain)), { old: found.old }) : { waiting: [], sent: [] };
  };

  Keeper.prototype.drop = async function () {
    await this.remove("unsent", this.draft);
    this.forgetParting();
  };

  /** The bytes that AES-GCM seals with under `iv`: to seal takes time, which a page that is being left does not have;
      to combine with bytes made before does not. */
  Keeper.prototype.padOf = async function (iv) {
    const zeros = new Uint8Array(MOST_PARTING);
    return new Uint8Array(await window.crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, await this.key, zeros));
  };

  /** Make bytes to seal with; they are good for one parting. */
  Keeper.prototype.prepare = async function () {
    if (!this.able) return;
    try {
      const iv = window.crypto.getRandomValues(new Uint8Array(12));
      this.pad = { iv: iv, bytes: await this.padOf(iv) };
    } catch (problem) {
      this.pad = null;
    }
  };

  /** Keep what a page holds as it is left: done when this returns. */
  Keeper.prototype.part = function (held) {
    const pad = this.pad;
    const plain = new TextEncoder().encode(JSON.stringify(held));
    if (!pad || plain.length > MOST_PARTING) return;
    this.pad = null;
    const row = { draft: this.draft, at: Date.now(), iv: base64(pad.iv), sealed: base64(plain.map((byte, index) => byte ^ pad.bytes[index])) };
    try {
      window.localStorage.setItem(PARTING, JSON.stringify(row));
    } catch (problem) {
      // A browser that keeps nothing: what is on its way to the server has to do.
    }
    this.prepare();
  };

  /** What the last page of this draft was left with: {plain, old}, or null. */
  Keeper.prototype.parted = async function () {
    const row = this.able ? parting() : null;
    if (!row || row.draft !== this.draft) {
      if (row && isOld(row)) forget();
      return null;
    }
    try {
      const pad = await this.padOf(bytes(row.iv));
      return { plain: bytes(row.sealed).map((byte, index) => byte ^ pad[index]), old: isOld(row) };
    } catch (problem) {
      return null;
    }
  };

  Keeper.prototype.forgetParting = function () {
    const row = parting();
    if (row && row.draft === this.draft) forget();
  };

  function parting() {
    try {
      return JSON.parse(window.localStorage.getItem(PARTING));
    } catch (problem) {
      return null;
    }
  }

  function forget() {
    try {
      window.localStorage.removeItem(PARTING);
    } catch (problem) {
      // Where nothing can be taken away, nothing was kept.
    }
  }

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
    forget();
  }

  Object.assign(X, { Keeper: Keeper, wipe: wipe });
})(window.Xiangtong);
