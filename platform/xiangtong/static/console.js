/* The workbench by keyboard: letters on buttons, "/" to search, J and K along the list; pages swap in place.
   Without this script every link and form works as it stands. ES2018. */
(function () {
  "use strict";

  const WIDE = window.matchMedia("(min-width: 1180px)");

  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  function along(step) {
    const rows = Array.from(document.querySelectorAll("#list .work"));
    const focused = rows.indexOf(document.activeElement);
    const here = focused < 0 ? rows.findIndex((row) => row.hasAttribute("aria-current")) : focused;
    const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
    if (next) next.focus();
  }

  function pressed(key) {
    const found = document.querySelector('[data-key="' + key.toUpperCase() + '"]');
    if (found) found.click();
    return Boolean(found);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    const search = document.getElementById("q");
    if (event.key === "/" && search) {
      search.focus();
      event.preventDefault();
    } else if (event.key === "j") along(1);
    else if (event.key === "k") along(-1);
    else if (/^[a-z]$/i.test(event.key) && pressed(event.key)) event.preventDefault();
  });

  /* A form that was sent is not sent twice. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-once")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-once]").forEach((form) => delete form.dataset.sent);
  });

  function mark(address) {
    document.querySelectorAll("#list .work").forEach((row) => {
      if (row.href === address) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  }

  /* Put the record and the actions of another page in the place of those shown; false where it has none. */
  function swap(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const parts = ["record", "side"].map((id) => [document.getElementById(id), page.getElementById(id)]);
    if (!parts.every((pair) => pair[0] && pair[1])) return false;
    parts.forEach((pair) => { pair[0].parentNode.replaceChild(document.importNode(pair[1], true), pair[0]); });
    document.title = page.title;
    return true;
  }

  /* One case after another without losing the place in the list; where there is no room for three columns the page simply changes. */
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-swap]");
    const plain = row && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) && event.button === 0;
    if (!plain || !WIDE.matches) return;
    event.preventDefault();
    fetch(row.href, { credentials: "same-origin" }).then((answer) => answer.text()).then((text) => {
      if (!swap(text)) throw new Error("not a page of the workbench");
      mark(row.href);
      window.history.pushState({}, "", row.href);
      document.getElementById("record").focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }).catch(() => window.location.assign(row.href));
  });
  window.addEventListener("popstate", () => { window.location.reload(); });

  if (document.getElementById("action-title")) {
    const first = document.querySelector("#side .field--problem .input") || document.querySelector("#side .pick > input, #side .field .input");
    if (first) first.focus();
  }
}());
