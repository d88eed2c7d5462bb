/* The form on the page: read its inputs, show what applies, write derived values and problems. ES2018. */
(function (X) {
  "use strict";

  const idOf = (pointer) => "f" + pointer.replace(/\//g, "-");

  /** Put a value at a pointer, making objects and rows on the way; undefined takes it away. */
  function put(data, pointer, value) {
    const tokens = pointer.split("/").slice(1);
    const last = tokens.pop();
    const holder = tokens.reduce((inner, token, index) => {
      const next = index + 1 < tokens.length ? tokens[index + 1] : last;
      if (typeof inner[token] !== "object" || inner[token] === null) inner[token] = /^[0-9]+$/.test(next) ? [] : {};
      return inner[token];
    }, data);
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }

  function at(data, pointer) {
    return pointer.split("/").slice(1).reduce((value, name) => (value ? value[name] : undefined), data);
  }

  function Page(form, plan, told) {
    this.form = form;
    this.plan = plan;
    this.facts = told.facts;
    this.answers = told.answers;
    this.masks = told.masks || {};
    this.words = told.words;
    this.questions = X.byPattern(plan ? plan.questions : [], {});
    this.touched = new Set();
  }

  /** The inputs that carry answers, by name; found anew when the page has gained or lost any. */
  Page.prototype.inputs = function () {
    if (this.named && this.counted === this.form.elements.length) return this.named;
    const named = new Map();
    this.named = named;
    this.counted = this.form.elements.length;
    this.shown = null;
    Array.from(this.form.elements).forEach((input) => {
      if (!input.name || input.name[0] !== "/" || input.type === "file" || input.type === "hidden") return;
      if (!named.has(input.name)) named.set(input.name, []);
      named.get(input.name).push(input);
    });
    return named;
  };

  /** The raw texts of inputs of one name: none for boxes that are not ticked. */
  Page.prototype.raws = function (inputs) {
    const boxes = inputs[0].type === "radio" || inputs[0].type === "checkbox";
    return (boxes ? inputs.filter((input) => input.checked) : inputs).map((input) => input.value);
  };

  /** The answers as they stand now: those of other steps as stored, those of this step as typed. */
  Page.prototype.data = function () {
    this.typed = JSON.parse(JSON.stringify(this.answers));
    this.inputs().forEach((inputs, name) => this.read(name, inputs));
    return this.typed;
  };

  /** Take up what stands in the inputs of one name. */
  Page.prototype.read = function (name, inputs) {
    const question = this.questions[X.patternOf(name)];
    if (!question || question.read_only) return;
    const raws = this.raws(inputs);
    put(this.typed, name, raws[0] && raws[0] === this.masks[name] ? at(this.answers, name) : X.parse(question, raws));
  };

  /** The fields of the page, each with the mark that it may be left out. */
  Page.prototype.fields = function () {
    this.shown = this.shown || Array.from(this.form.querySelectorAll("[data-field]")).map((field) => {
      const mark = field.querySelector(".field__optional");
      return { field: field, name: field.dataset.field, mark: mark && mark.closest("[data-field]") === field ? mark : null };
    });
    return this.shown;
  };

  /** Writing the same again would make a long page be laid out again. */
  function hide(element, hidden) {
    if (element.hidden !== hidden) element.hidden = hidden;
  }

  Page.prototype.field = function (pointer) {
    return this.form.querySelector('[data-field="' + pointer + '"]');
  };

  /** Show what applies to the answers as they stand. With the name of what was changed, only that is read again. */
  Page.prototype.refresh = function (changed) {
    if (!this.plan) return;
    const inputs = this.typed && changed ? this.inputs().get(changed) : null;
    if (inputs) this.read(changed, inputs);
    else this.data();
    const effective = X.effective(this.plan, this.typed, this.facts);
    const visible = new Set(effective.visible);
    const required = new Set(effective.required);
    this.fields().forEach((one) => {
      hide(one.field, !visible.has(one.name));
      if (one.mark) hide(one.mark, required.has(one.name));
    });
    this.form.querySelectorAll("[data-derived]").forEach((output) => {
      const words = this.inWords(output, effective.derived[output.dataset.derived]);
      if (output.textContent !== words) output.textContent = words;
    });
    this.showRules(effective);
  };

  Page.prototype.inWords = function (output, value) {
    if (value === undefined || value === null) return "—";
    const options = JSON.parse(output.dataset.options || "{}");
    const words = X.has(options, value) ? options[value] : numberInWords(output.dataset.kind, value);
    return output.dataset.unit ? words + " " + output.dataset.unit : words;
  };

  function numberInWords(kind, value) {
    if (kind === "money") return (value / 100).toFixed(2).replace(/\.00$/, "").replace(/\B(?=([0-9]{3})+(?![0-9]))/g, ",");
    if (kind === "date") return dayInWords(String(value));
    return String(/^(area|area-mu|length|number)$/.test(kind) ? value / 100 : value);
  }

  /** A rule's sentence in the language of the page. */
  Page.prototype.inTongue = function (broken) {
    const rule = this.plan.rules.find((one) => one.code === broken.code && one.message === broken.message);
    return (inEnglish() && rule && rule.message_en) || broken.message;
  };

  function inEnglish() {
    return document.documentElement.lang === "en";
  }

  function dayInWords(day) {
    if (inEnglish()) return day;
    const parts = day.split("-").map(Number);
    return parts.length === 3 ? parts[0] + "年" + parts[1] + "月" + parts[2] + "日" : day;
  }

  /** Rules are told gently: only at questions the person has left, and gone as soon as they hold. */
  Page.prototype.showRules = function (effective) {
    // Only a rule that is broken asks what else is wrong.
    let told = null;
    const troubled = { has: (pointer) => (told = told || X.ownProblems(this.plan, effective, this.facts)).has(pointer) };
    const broken = new Map();
    X.brokenRules(this.plan, effective.data, this.facts, troubled).forEach((one) => {
      // A message with a limit in it needs the server's words for it.
      if (this.touched.has(one.pointer) && one.message.indexOf("{") < 0) broken.set(one.pointer, this.inTongue(one));
    });
    this.form.querySelectorAll("[data-rule]").forEach((told) => {
      const pointer = told.closest("[data-field]").dataset.field;
      if (!broken.has(pointer)) this.tell(pointer, "");
    });
    broken.forEach((message, pointer) => this.tell(pointer, message, true));
  };

  /** Put a problem at its field, or take it away with an empty sentence. */
  Page.prototype.tell = function (pointer, sentence, rule) {
    const field = this.field(pointer);
    if (!field) return;
    const id = idOf(pointer) + "-problem";
    let told = document.getElementById(id);
    if (told && told.textContent === sentence) return;
    if (told) told.remove();
    field.classList.toggle("field--problem", Boolean(sentence));
    const input = document.getElementById(idOf(pointer)) || field;
    const tied = (input.getAttribute("aria-describedby") || "").split(/\s+/).filter((one) => one && one !== id);
    if (sentence) {
      told = document.createElement("p");
      told.className = "field__problem";
      told.id = id;
      told.textContent = sentence;
      if (rule) told.dataset.rule = "";
      const answer = Array.from(field.children).find((child) => child.matches(".field__answer, .repeat, .field"));
      field.insertBefore(told, answer || null);
      tied.push(id);
      input.setAttribute("aria-invalid", "true");
    } else {
      input.removeAttribute("aria-invalid");
    }
    if (tied.length) input.setAttribute("aria-describedby", tied.join(" "));
    else input.removeAttribute("aria-describedby");
  };

  /** Say at a field what was typed into it on another device, with one tap to take that instead. */
  Page.prototype.tellOther = function (pointer, other, take) {
    const field = this.field(pointer);
    const answer = field && field.querySelector(".field__answer");
    if (!answer) return;
    const told = field.querySelector("[data-other]") || document.createElement("p");
    told.className = "field__hint";
    told.dataset.other = "";
    told.setAttribute("role", "status");
    told.textContent = this.words.other.replace("{other}", Array.isArray(other) ? other.join("、") : String(other));
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--plain";
    button.textContent = this.words.take;
    button.addEventListener("click", () => {
      told.remove();
      this.restore(pointer, other);
      take();
    });
    told.append(" ", button);
    answer.parentNode.insertBefore(told, answer);
  };

  /** What is long shows whole: as many lines as it fills, within reason. */
  Page.prototype.grow = function (area) {
    if (!area.matches(".input--lines")) return;
    while (area.scrollHeight > area.clientHeight && area.rows < 8) area.rows += 1;
  };

  /** A number that shows as a mask is typed anew, or stays: nobody can mend what they do not see. */
  Page.prototype.unmask = function (input, typed) {
    if (!this.masks[input.name] || input.value === this.masks[input.name] || input.value.indexOf("*") < 0) return;
    input.value = typed || "";
    delete this.masks[input.name];
  };

  /** Put a kept raw text back into the inputs of a name. */
  Page.prototype.restore = function (name, value) {
    const inputs = this.inputs().get(name) || [];
    const raws = Array.isArray(value) ? value : [value];
    if (inputs.length && inputs[0].dataset.level) return X.unfold(inputs[0].closest("[data-levels]"), raws[0]);
    inputs.forEach((input) => {
      if (input.type === "radio" || input.type === "checkbox") input.checked = raws.indexOf(input.value) >= 0;
      else if (!input.readOnly) input.value = raws.join("\n");
      this.grow(input);
    });
  };

  Object.assign(X, { Page: Page, idOf: idOf, put: put, valueAt: at });
})(window.Xiangtong);
