/* The workbench by keyboard: letters on buttons, "/" to search, J and K along the list; pages swap in place.
   Without this script every link and form works as it stands. */
(function () {
  "use strict";

  var WIDE = window.matchMedia("(min-width: 960px)");

  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  function along(step) {
    var rows = Array.prototype.slice.call(document.querySelectorAll("#list .work"));
    var here = rows.indexOf(document.activeElement);
    if (here < 0) { here = rows.findIndex(function (row) { return row.hasAttribute("aria-current"); }); }
    var next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)];
    if (next) { next.focus(); }
  }

  function pressed(key) {
    var found = document.querySelector('[data-key="' + key.toUpperCase() + '"]');
    if (found) { found.click(); }
    return Boolean(found);
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) { return; }
    var search = document.getElementById("q");
    if (event.key === "/" && search) { search.focus(); event.preventDefault(); return; }
    if (event.key === "j") { along(1); } else if (event.key === "k") { along(-1); }
    else if (/^[a-z]$/i.test(event.key) && pressed(event.key)) { event.preventDefault(); }
  });

  /* A form that was sent is not sent twice. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-once")) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-once]").forEach(function (form) { delete form.dataset.sent; });
  });

  function mark(address) {
    document.querySelectorAll("#list .work").forEach(function (row) {
      if (row.href === address) { row.setAttribute("aria-current", "true"); } else { row.removeAttribute("aria-current"); }
    });
  }

  /* Put the record and the actions of another page in the place of those shown; false where it has none. */
  function swap(text) {
    var page = new DOMParser().parseFromString(text, "text/html");
    var parts = ["record", "side"].map(function (id) { return [document.getElementById(id), page.getElementById(id)]; });
    if (!parts.every(function (pair) { return pair[0] && pair[1]; })) { return false; }
    parts.forEach(function (pair) { pair[0].parentNode.replaceChild(document.importNode(pair[1], true), pair[0]); });
    document.title = page.title;
    return true;
  }

  /* One case after another without losing the place in the list; on narrow screens the page simply changes. */
  document.addEventListener("click", function (event) {
    var row = event.target.closest ? event.target.closest("[data-swap]") : null;
    var plain = row && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) && event.button === 0;
    if (!plain || !WIDE.matches) { return; }
    event.preventDefault();
    fetch(row.href, { credentials: "same-origin" }).then(function (answer) { return answer.text(); }).then(function (text) {
      if (!swap(text)) { window.location.assign(row.href); return; }
      mark(row.href);
      window.history.pushState({}, "", row.href);
      document.getElementById("record").focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }).catch(function () { window.location.assign(row.href); });
  });
  window.addEventListener("popstate", function () { window.location.reload(); });

  if (document.getElementById("action-title")) {
    var first = document.querySelector("#side .field--problem .input") || document.querySelector("#side .pick > input, #side .field .input");
    if (first) { first.focus(); }
  }
}());
