/* What could not be sent is kept on this device, sealed with a key that the server gives with the draft: keystrokes, and
   photos that were picked. It goes when it was sent, and after a day with the next page of another filling. Without a
   key (a shared terminal), or where the browser cannot, nothing is kept. The service worker (sw.js) opens the same
   database; the last words of each draft's page that is left have a place of their own, written at once. ES2018. */
(function (X) {
  "use strict";

  const STORES = ["unsent", "pages", "keys", "files"];
  const PARTING = "parting/";
  // As much as a browser sends for a page that is being left.
  const MOST_PARTING = 65536;
  const DAY = 86400000;
  // A page that is left after its person signed out must not write again what was just wiped.
  let wiped = false;

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
    this.place = PARTING + draft;
    this.pad = null;
    this.parted = 0;
    this.looked = false;
    this.prepared = this.prepare();
  }

  /** Seal bytes into a store; gives whether they are safe on this device. */
  Keeper.prototype.put = async function (store, name, plain) {
    if (!this.able || wiped) return false;
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

  /** What the rows of this draft in a store say. None is left out for its age: a clock that was put right makes a row of
      this morning years old, or not yet written. */
  Keeper.prototype.all = async function (store) {
    if (!this.able) return [];
    try {
      const rows = await withStore(store, "readonly", (all) => all.getAll());
      const ours = rows.filter((row) => row.draft === this.draft);
      const key = await this.key;
      return await Promise.all(ours.map((row) => window.crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, key, row.sealed)));
    } catch (problem) {
      return [];
    }
  };

  Keeper.prototype.remove = async function (store, name) {
    if (!this.able) return false;
    try {
      await withStore(store, "readwrite", (rows) => rows.delete(name));
    } catch (problem) {
      this.able = false;
    }
    return this.able;
  };

  /** Keep what a page holds ({waiting, sent, form}, saving.js) in place of what it held before. */
  Keeper.prototype.keep = function (held) {
    return this.instead(this.put("unsent", this.draft, new TextEncoder().encode(JSON.stringify(held))));
  };

  Keeper.prototype.drop = function () {
    return this.instead(this.remove("unsent", this.draft));
  };

  /** What is `written` stands for the last words too, unless the page was left with newer ones meanwhile. */
  Keeper.prototype.instead = async function (written) {
    const parted = this.parted;
    const safe = await written;
    if (safe && parted === this.parted) forget(this.place);
    return safe;
  };

  /** What `keep` or `part` was given last; nothing where there is nothing, or nothing that this key opens. */
  Keeper.prototype.kept = async function () {
    await this.prepared;
    const found = (await this.lastWords()) || read((await this.all("unsent"))[0]);
    this.looked = true;
    partings().filter((place) => place !== this.place && isOld(parting(place) || { at: 0 })).forEach(forget);
    return found || { waiting: [], sent: [] };
  };

  function read(plain) {
    try {
      return JSON.parse(new TextDecoder().decode(plain));
    } catch (problem) {
      return null;
    }
  }

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

  /** Keep what a page holds as it is left: done when this returns. What waits comes first where there is too much. What
      an earlier page was left with is not written over before it was looked at. */
  Keeper.prototype.part = function (held) {
    const pad = this.pad;
    const all = new TextEncoder().encode(JSON.stringify(held));
    const plain = all.length > MOST_PARTING ? new TextEncoder().encode(JSON.stringify(Object.assign({}, held, { sent: [] }))) : all;
    if (!pad || !this.able || !this.looked || wiped || plain.length > MOST_PARTING) return;
    this.pad = null;
    this.parted += 1;
    const row = { at: Date.now(), iv: base64(pad.iv), sealed: base64(plain.map((byte, index) => byte ^ pad.bytes[index])) };
    try {
      window.localStorage.setItem(this.place, JSON.stringify(row));
    } catch (problem) {
      // A browser that keeps nothing: what is on its way to the server has to do.
    }
    this.prepare();
  };

  /** What the last page of this draft was left with, or null. */
  Keeper.prototype.lastWords = async function () {
    const row = this.able ? parting(this.place) : null;
    if (!row) return null;
    try {
      const pad = await this.padOf(bytes(row.iv));
      return read(bytes(row.sealed).map((byte, index) => byte ^ pad[index]));
    } catch (problem) {
      return null;
    }
  };

  function partings() {
    try {
      return Object.keys(window.localStorage).filter((place) => place.indexOf(PARTING) === 0);
    } catch (problem) {
      return [];
    }
  }

  function parting(place) {
    try {
      return JSON.parse(window.localStorage.getItem(place));
    } catch (problem) {
      return null;
    }
  }

  function forget(place) {
    try {
      window.localStorage.removeItem(place);
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
      const all = new Uint8Array(row);
      const end = all.indexOf(10);
      const told = JSON.parse(new TextDecoder().decode(all.subarray(0, end)));
      const file = new File([all.subarray(end + 1)], told.name, { type: told.type });
      return { id: told.id, pointer: told.pointer, form: told.form, file: file };
    });
  };

  /** Forget everything kept on this device, as when someone signs out. */
  function wipe() {
    wiped = true;
    if (window.indexedDB) window.indexedDB.deleteDatabase("xiangtong");
    partings().forEach(forget);
  }

  Object.assign(X, { Keeper: Keeper, wipe: wipe });
})(window.Xiangtong);
