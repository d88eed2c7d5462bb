/* Where something is: lists that open one inside the other, and the phone's own position. ES2018. */
(function (X) {
  "use strict";

  const known = new Map();

  /** What lies inside a division; asked for once. Nothing without a network: the answer stands as it is. */
  function inside(division) {
    if (!known.has(division)) {
      const asked = window.fetch("/api/v1/divisions?parent=" + division).then((response) => (response.ok ? response.json() : Promise.reject(response)));
      known.set(division, asked);
      asked.catch(() => known.delete(division));
    }
    return known.get(division).then((answer) => answer.divisions, () => []);
  }

  /** Lists come and go: the page must look for its inputs again, even where their number is as before. */
  function forget() {
    if (X.here) X.here.page.named = null;
  }

  const listsOf = (levels) => Array.from(levels.querySelectorAll("select"));

  /** Take away the lists below one that has changed, and open the next. */
  async function open(levels, select) {
    const lists = listsOf(levels);
    const place = lists.indexOf(select);
    lists.slice(place + 1).forEach((list) => list.parentNode.remove());
    forget();
    const chosen = select.value;
    const next = chosen ? await inside(chosen) : [];
    // Somebody may have chosen again while we asked.
    if (!next.length || select.value !== chosen || listsOf(levels).length > place + 1) return null;
    const line = select.parentNode.cloneNode(true);
    const list = line.querySelector("select");
    const level = Number(select.dataset.level) + 1;
    list.dataset.level = level;
    list.id = select.id.replace(/[0-9]+$/, level);
    const tongue = list.options[1].lang;
    while (list.options.length > 1) list.remove(1);
    next.forEach((one) => {
      const option = new Option(one.name, one.code);
      option.lang = tongue;
      list.add(option);
    });
    list.value = "";
    line.querySelector("label").htmlFor = list.id;
    line.querySelector("label").textContent = levels.getAttribute("data-level-" + level);
    levels.appendChild(line);
    forget();
    return list;
  }

  /** Show a division in its lists, opening what is missing. */
  async function unfold(levels, division) {
    let list = levels.querySelector("select");
    while (list) {
      const option = Array.from(list.options).find((one) => one.value && division.indexOf(X.prefixOf(one.value)) === 0);
      list.value = option ? option.value : "";
      const lists = listsOf(levels);
      const next = lists[lists.indexOf(list) + 1];
      const fits = next && option && next.options.length > 1 && next.options[1].value.indexOf(X.prefixOf(option.value)) === 0;
      list = fits ? next : await open(levels, list);
    }
  }

  /* ---- the phone's position ---- */

  function locate(page, button) {
    const said = button.parentNode.querySelector("[role=status]");
    const fill = (name, degrees) => {
      const input = document.getElementById(X.idOf(button.dataset.locate + "/" + name));
      input.value = degrees.toFixed(6);
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };
    said.textContent = button.dataset.busy;
    window.navigator.geolocation.getCurrentPosition((position) => {
      fill("longitude", position.coords.longitude);
      fill("latitude", position.coords.latitude);
      said.textContent = button.dataset.done;
    }, () => {
      said.textContent = button.dataset.failed;
    }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  }

  function watchPlaces(page) {
    page.form.addEventListener("change", (event) => {
      const levels = event.target.closest("[data-levels]");
      if (levels) open(levels, event.target);
    });
    page.form.querySelectorAll("[data-locate]").forEach((button) => {
      if (!window.navigator.geolocation) return button.parentNode.remove();
      return button.addEventListener("click", () => locate(page, button));
    });
  }

  Object.assign(X, { watchPlaces: watchPlaces, unfold: unfold });
})(window.Xiangtong);
