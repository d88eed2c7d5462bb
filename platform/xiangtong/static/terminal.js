/* A terminal in a hall: whoever walks away without a word is asked once, then forgotten. Without this script the server
   forgets them too, only later. ES2018. */
(function () {
  "use strict";

  const QUIET = 3 * 60 * 1000;
  const ASKED = 60 * 1000;
  const asking = document.querySelector("[data-still-there]");
  let timer = 0;

  function wait() {
    window.clearTimeout(timer);
    asking.hidden = true;
    timer = window.setTimeout(ask, QUIET);
  }

  function ask() {
    asking.hidden = false;
    document.getElementById("still-there").focus();
    timer = window.setTimeout(() => asking.querySelector("form").submit(), ASKED);
  }

  ["pointerdown", "keydown", "input", "scroll"].forEach((kind) => {
    document.addEventListener(kind, (event) => {
      // Its own buttons say themselves what they mean.
      if (event.target instanceof Node && asking.contains(event.target)) return;
      wait();
    }, { capture: true, passive: true });
  });
  asking.querySelector("[data-stay]").addEventListener("click", () => {
    window.fetch(window.location.href, { method: "HEAD", credentials: "same-origin" });
    wait();
  });
  // A page that is shown again out of the browser's memory may be of somebody who left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
  wait();
})();
