/* Puts the parts together on a page that has a form to fill in. Everything here works without it, only less kindly. */
(function (X) {
  "use strict";

  document.documentElement.classList.add("js");
  document.querySelectorAll("[data-wipe]").forEach((form) => form.addEventListener("submit", X.wipe));
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
      if (button && button.value.indexOf("remove:") === 0) saver.forget();
    });
    window.addEventListener("online", () => saver.soon(0));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") saver.send();
      else saver.awake();
    });
    // Older iPhones leave a page without hiding it.
    window.addEventListener("pagehide", () => saver.send());
  }

  async function start() {
    const told = JSON.parse(form.querySelector("[data-told]").textContent);
    let plan = null;
    try {
      plan = await (await window.fetch(form.dataset.planUrl, { credentials: "same-origin" })).json();
    } catch (problem) {
      plan = null; // Without the plan the server still decides, at 继续.
    }
    const page = new X.Page(form, plan, told);
    const saver = new X.Saver(page, new X.Keeper(form.dataset.draft, form.dataset.key));
    watch(page, saver);
    new X.Uploader(page, saver).watch();
    X.watchPlaces(page);
    await saver.resume();
    page.refresh();
    form.dataset.ready = "yes";
    Object.assign(X, { here: { page: page, saver: saver } });
  }

  guard();
  start();
})(window.Xiangtong);
