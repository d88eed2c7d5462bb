// Change up to `count` questions spread over the page, one after the other, as a person would; gives the milliseconds
// that each change kept the page busy, layout included. The setter of the prototype is what React listens through.
async (count) => {
  const busy = async (work) => {
    const begun = performance.now();
    work();
    await Promise.resolve();
    document.body.getBoundingClientRect();
    return performance.now() - begun;
  };
  const type = (input) => {
    const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), "value");
    set.call(input, input.type === "number" || input.inputMode === "numeric" ? "12" : "李四");
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const kinds = "input[type=text], input[type=number], input[type=radio]:not(:checked), textarea";
  const shown = [...document.querySelectorAll(kinds)].filter((input) => input.offsetParent && !input.disabled && !input.readOnly);
  const step = Math.max(1, Math.floor(shown.length / count));
  const times = [];
  for (let at = 0; at < shown.length && times.length < count; at += step) {
    const input = shown[at];
    if (!input.isConnected || !input.offsetParent) continue;
    times.push(await busy(() => (input.type === "radio" ? input.click() : type(input))));
  }
  return times;
}
