/* Without network, a form that was opened before opens again. Every page of a filling is kept on this device for a day,
   sealed with the key that the server gave with the draft; the key lies beside it and cannot be read out, only used.
   Cache Storage holds nothing but files without answers: style, script, pictures, the plan of a form. ES2018. */
(function () {
  "use strict";

  const STATIC = "static-1";
  const MOST_FILES = 60;
  const DAY = 86400000;
  const STORES = ["unsent", "pages", "keys", "files"];
  const FILLING = /^\/[0-9]{9}\/apply\/[^/]+\/([0-9a-f-]{36})(?:\/[^/]*)?$/;
  const FOR_EVER = /^\/(?:static\/[0-9a-f]{12}\/|forms\/[^/]+\/[0-9a-f]+\.json$)/;
  const ASKED_FOR = /"(\/(?:static\/[0-9a-f]{12}\/[^"#]+|forms\/[^/"]+\/[0-9a-f]+\.json))/g;

  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

  self.addEventListener("fetch", (event) => {
    const address = new URL(event.request.url);
    if (address.origin !== self.location.origin) return;
    if (event.request.mode === "navigate" && FILLING.test(address.pathname)) event.respondWith(page(event, address.pathname));
    else if (event.request.method === "GET" && FOR_EVER.test(address.pathname)) event.respondWith(file(event, event.request));
  });

  /** The page that brought this worker here came past it: it is asked for once more, to be kept. */
  self.addEventListener("message", (event) => {
    const path = String(event.data && event.data.keep);
    if (!FILLING.test(path)) return;
    event.waitUntil(fetch(path, { credentials: "same-origin" }).then((answer) => look(path, "GET", answer)).catch(() => null));
  });

  async function page(event, path) {
    try {
      const answer = await fetch(event.request);
      event.waitUntil(look(path, event.request.method, answer.clone()).catch(() => null));
      return answer;
    } catch (problem) {
      return (await kept(path).catch(() => null)) || Response.error();
    }
  }

  async function file(event, request) {
    const found = await caches.match(request, { ignoreVary: true });
    if (found) return found;
    const answer = await fetch(request);
    if (answer.ok) event.waitUntil(store(request, answer.clone()).catch(() => null));
    return answer;
  }

  async function store(request, answer) {
    const cache = await caches.open(STATIC);
    await cache.put(request, answer);
    const all = await cache.keys();
    await Promise.all(all.slice(0, Math.max(0, all.length - MOST_FILES)).map((old) => cache.delete(old)));
  }

  /** What an answer of the server means for what is kept: a page to keep, or a draft that is over. */
  async function look(path, method, answer) {
    const draft = FILLING.exec(path)[1];
    const filed = answer.ok && path.endsWith("/receipt");
    if (filed || (method === "POST" && path.endsWith("/discard"))) return forget((record, name) => record.draft === draft || name === draft);
    if (answer.status === 404) return forget((record, name) => name === path);
    if (!answer.ok || answer.redirected) return null;
    const html = await answer.text();
    const key = /data-key="([A-Za-z0-9+/=]+)"/.exec(html);
    return key ? keep(path, draft, html, key[1], answer.headers.get("Content-Security-Policy")) : null;
  }

  async function keep(path, draft, html, secret, policy) {
    const now = Date.now();
    const key = await crypto.subtle.importKey("raw", bytes(secret), "AES-GCM", false, ["encrypt", "decrypt"]);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: iv }, key, new TextEncoder().encode(html));
    await act("readwrite", "keys", (rows) => rows.put({ key: key, at: now }, draft));
    await act("readwrite", "pages", (rows) => rows.put({ draft: draft, iv: iv, sealed: sealed, policy: policy, at: now }, path));
    // What waits of this draft its own page sends, however old the clock makes it.
    await forget((record) => farOff(record, now) && (record.draft !== draft || "policy" in record));
    const cache = await caches.open(STATIC);
    const wanted = new Set((html.match(ASKED_FOR) || []).map((found) => found.slice(1)));
    await Promise.all(Array.from(wanted).map(async (one) => (await cache.match(one, { ignoreVary: true })) || cache.add(one)));
  }

  /** Clocks of phones are put right: a day from now is as far away as a day ago. */
  function farOff(record, now) {
    return Math.abs(now - record.at) > DAY;
  }

  /** The page as it was last seen; where that very page was never seen, the one of its draft that was seen last. */
  async function kept(path) {
    const draft = FILLING.exec(path)[1];
    const exact = await act("readonly", "pages", (rows) => rows.get(path));
    const all = exact ? [exact] : (await act("readonly", "pages", (rows) => rows.getAll())).filter((one) => one.draft === draft);
    const found = all.sort((one, other) => other.at - one.at)[0];
    const holder = await act("readonly", "keys", (rows) => rows.get(draft));
    if (!found || !holder || farOff(found, Date.now())) return null;
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: found.iv }, holder.key, found.sealed);
    const html = new TextDecoder().decode(plain).replace("<html ", "<html data-offline ");
    return new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": found.policy } });
  }

  function bytes(base64) {
    return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  }

  function wish(request) {
    return new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  async function open() {
    const request = indexedDB.open("xiangtong", 2);
    request.onupgradeneeded = () => {
      const there = request.result.objectStoreNames;
      STORES.filter((name) => !there.contains(name)).forEach((name) => request.result.createObjectStore(name));
    };
    return wish(request);
  }

  async function act(mode, store, what) {
    const database = await open();
    try {
      return await wish(what(database.transaction(store, mode).objectStore(store)));
    } finally {
      database.close();
    }
  }

  async function forget(isOld) {
    const database = await open();
    try {
      await Promise.all(STORES.map((store) => sweep(database.transaction(store, "readwrite").objectStore(store), isOld)));
    } finally {
      database.close();
    }
  }

  function sweep(rows, isOld) {
    return new Promise((resolve, reject) => {
      const request = rows.openCursor();
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor) return resolve();
        if (isOld(cursor.value, cursor.key)) cursor.delete();
        return cursor.continue();
      };
    });
  }
})();
