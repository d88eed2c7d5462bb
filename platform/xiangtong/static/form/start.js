/* Puts the parts together on a page that has a form to fill in. Everything here works without it, only less kindly. */
(function (X) {
  "use strict";

  document.documentElement.classList.add("js");
  document.querySelectorAll("[data-wipe]").forEach((form) => form.addEventListener("submit", X.wipe));
  // Older browsers do not wipe when they are told so (Clear-Site-Data), and the page that was left may have no script.
  if (document.querySelector("[data-wiped]")) X.wipe();
  const first = document.querySelector("[data-focus]");
  if (first) first.focus();
  const form = document.querySelector("form[data-plan-url]");
  if (!form) return;

  /** One tap is one submission; coming Back makes the buttons live again. */
  function guard() {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      if (X.here) X.here.saver.declare();
      form.querySelectorAll(".onward button").forEach((button) => button.setAttribute("aria-disabled", "true"));
      // A refused download or a lost connection leaves us on this page.
      window.setTimeout(free, 15000);
    });
    window.addEventListener("pageshow", free);
  }

  function free() {
    delete form.dataset.sent;
    form.querySelectorAll(".onward button").forEach((button) => button.removeAttribute("aria-disabled"));
  }

  function watch(page, saver) {
    const changed = (event) => {
      const name = event.target.name;
      if (!name || name[0] !== "/" || event.target.type === "file") return;
      if (event.type === "input") page.unmask(event.target, event.data);
      page.grow(event.target);
      const raws = page.raws(page.inputs().get(name));
      const question = page.questions[X.patternOf(name)];
      const kind = question && question.kind;
      saver.note(name, kind === "choices" ? raws : kind === "division" ? X.gather(raws) : raws[0] || "");
      // Who is still choosing level by level is not told so in red.
      if (event.type === "change" && kind !== "division") page.touched.add(name);
      page.refresh(name);
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("click", (event) => {
      const button = event.target.closest('button[name="_action"]');
      const row = button && /^remove:(.*)\/[0-9]+$/.exec(button.value);
      if (row) saver.forget(row[1]);
    });
    window.addEventListener("online", () => saver.soon(0));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") saver.send();
      else saver.awake();
    });
    // Older iPhones leave a page without hiding it.
    window.addEventListener("pagehide", () => saver.leave());
  }

  /** From now on the page opens without network too (sw.js); the worker did not see this very page come. */
  async function keepShell() {
    const workers = window.navigator.serviceWorker;
    if (!workers || !form.dataset.key || workers.controller) return;
    try {
      await workers.register("/sw.js");
      (await workers.ready).active.postMessage({ keep: window.location.pathname });
    } catch (problem) {
      // Where the browser has no room for it, a page needs the network.
    }
  }

  async function start() {
    const told = JSON.parse(form.querySelector("[data-told]").textContent);
    let plan = null;
    const early = new Set();
    const soon = (event) => early.add(event.target);
    form.addEventListener("input", soon);
    keepShell();
    try {
      if (form.dataset.planUrl) plan = await (await window.fetch(form.dataset.planUrl, { credentials: "same-origin" })).json();
    } catch (problem) {
      plan = null; // Without the plan the server still decides, at 继续.
    }
    const page = new X.Page(form, plan, told);
    const keeper = new X.Keeper(form.dataset.draft, form.dataset.key);
    const saver = new X.Saver(page, keeper);
    const uploader = new X.Uploader(page, saver, keeper);
    watch(page, saver);
    form.removeEventListener("input", soon);
    // What was typed while the plan was on its way.
    early.forEach((input) => input.dispatchEvent(new Event("input", { bubbles: true })));
    uploader.watch();
    X.watchPlaces(page);
    await saver.resume();
    uploader.resume();
    page.refresh();
    form.querySelectorAll(".input--lines").forEach(page.grow);
    form.dataset.ready = "yes";
    Object.assign(X, { here: { page: page, saver: saver } });
  }

  guard();
  start();
})(window.Xiangtong);
