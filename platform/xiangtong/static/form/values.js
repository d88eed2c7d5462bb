/* How a raw text becomes a value, and what a schema says of it. The twin of fields/normal.py, fields/formats.py and
   of the codes of fields/kind.py. Pure. ES2018, and no look-behind: iOS 13 has none. */
(function (X) {
  "use strict";

  const WHITE = "\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200b\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";
  const EDGES = new RegExp("^[" + WHITE + "]+|[" + WHITE + "]+$", "g");
  const GAPS = new RegExp("[" + WHITE + "]+", "g");
  const UNSPEAKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ud800-\udfff\ufffe\uffff]/gu;
  const DASHES = /[-\u2010-\u2015\u2212]/g;
  const DOTS = /([\u3400-\u9fff])[•・‧.](?=[\u3400-\u9fff])/g;
  const UNITS = /(元|平方米|㎡|m2|m²|米|m|人|岁|层)$/i;
  const DATES = [
    /^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?$/,
    /^([0-9]{4})([0-9]{2})([0-9]{2})$/,
  ];

  const DEEPEST = 4; // Nothing the dialect stores is nested deeper inside one question.

  const scrub = (text) => text.replace(UNSPEAKABLE, "");
  const wide = (text) => scrub(text).normalize("NFKC").replace(GAPS, "");
  const plainNumber = (raw) => wide(raw).replace(/,/g, "").replace(/−/g, "-").replace(UNITS, "");
  const within = (value, raw) => (Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : text(raw));

  function text(raw) {
    return scrub(raw.replace(/\r\n?/g, "\n")).replace(EDGES, "");
  }

  function integer(raw) {
    const plain = plainNumber(raw);
    return /^-?[0-9]{1,16}$/.test(plain) ? within(Number(plain) || 0, raw) : text(raw);
  }

  function hundredths(raw) {
    const found = /^(-?)([0-9]{1,13})(?:\.([0-9]{1,2})0*)?$/.exec(plainNumber(raw));
    if (!found) return text(raw);
    const value = Number(found[2]) * 100 + Number(((found[3] || "") + "00").slice(0, 2));
    return within(found[1] && value ? -value : value, raw);
  }

  function date(raw) {
    const plain = wide(raw);
    const found = DATES[0].exec(plain) || DATES[1].exec(plain);
    return found ? found[1] + "-" + ("0" + found[2]).slice(-2) + "-" + ("0" + found[3]).slice(-2) : text(raw);
  }

  const BOOLEANS = { true: true, on: true, 1: true, false: false, 0: false };

  const code = (raw) => wide(raw).replace(DASHES, "").toUpperCase();

  const NORMAL = {
    text: text,
    name: (raw) => text(raw).replace(DOTS, "$1·"),
    code: code,
    phone: (raw) => code(raw).replace(/^\+86/, ""),
    integer: integer,
    hundredths: hundredths,
    boolean: (raw) => (X.has(BOOLEANS, text(raw)) ? BOOLEANS[text(raw)] : text(raw)),
    date: date,
  };

  /** The value of a question (of the client plan) from the raw texts of its inputs. */
  function parse(question, raws) {
    if (question.kind === "choices") return raws.filter((one, index) => one && raws.indexOf(one) === index);
    return raws.length && question.normal ? NORMAL[question.normal](raws[0]) : undefined;
  }

  /** A copy of the answers in normal form; names that are no questions are left out. */
  function normalise(plan, questions, data) {
    const given = X.isObject(data) ? data : {};
    return questions.reduce((kept, question) => {
      if (X.has(given, question.name)) kept[question.name] = normal(plan, question, given[question.name]);
      return kept;
    }, {});
  }

  function normal(plan, question, value) {
    const inside = (one) => normalise(plan, question.children, one);
    if (question.container === "rows") return Array.isArray(value) ? value.map(inside) : [];
    if (question.container === "group") return inside(value);
    if (typeof value === "string" && question.normal) return NORMAL[question.normal](value);
    return question.kind === "choices" && Array.isArray(value) ? inOrder(optionsOf(plan, question), harmless(value, 0)) : harmless(value, 0);
  }

  /** A value without controls in its texts, endless nesting or numbers that readers disagree on. */
  function harmless(value, depth) {
    if (typeof value === "string") return scrub(value);
    if (typeof value === "number") return Math.abs(value) > Number.MAX_SAFE_INTEGER ? "∞" : value;
    if (!Array.isArray(value) && !X.isObject(value)) return value;
    if (depth >= DEEPEST) return null;
    if (Array.isArray(value)) return value.map((one) => harmless(one, depth + 1));
    return Object.keys(value).reduce((kept, name) => {
      kept[scrub(name)] = harmless(value[name], depth + 1);
      return kept;
    }, {});
  }

  function optionsOf(plan, question) {
    const schema = question.pattern.split("/").slice(1).reduce((part, name) => (name === "*" ? part.items : part.properties[name]), plan.schema);
    return (schema.items && schema.items.enum) || [];
  }

  /** Chosen options in the options' order, each once; strangers at the end. */
  function inOrder(known, values) {
    const strangers = values.filter((one, index) => known.indexOf(one) < 0 && !values.slice(0, index).some((other) => X.same(one, other)));
    return known.filter((one) => values.indexOf(one) >= 0).concat(strangers);
  }

  /* ---- what a schema says of effective data ---- */

  /* Keyword → code, the most telling first. */
  const CODES = {
    required: "missing", type: "type", format: "format", pattern: "pattern", enum: "choice", const: "const",
    minimum: "too-small", exclusiveMinimum: "too-small", maximum: "too-large", exclusiveMaximum: "too-large",
    multipleOf: "multiple",
    minLength: "too-short", maxLength: "too-long", minItems: "too-few", maxItems: "too-many", uniqueItems: "repeated",
  };
  const ORDER = Object.keys(CODES);

  function hasFormat(value, format) {
    if (typeof value !== "string" || !format) return true;
    return new RegExp(format.pattern, "u").test(value) && (!format.check || X.CHECKS[format.check](value));
  }

  /** Every keyword that a value breaks, as [pointer, keyword]. */
  function refusals(schema, value, formats, pointer, told) {
    if (typeof schema !== "object") return told;
    ORDER.forEach((keyword) => {
      if (keyword === "required" || !X.has(schema, keyword)) return;
      const fits = keyword === "format" ? hasFormat(value, formats[schema.format]) : X.KEYWORDS[keyword](value, schema[keyword]);
      if (!fits) told.push([pointer, keyword]);
    });
    if (X.isObject(value)) insideObject(schema, value, formats, pointer, told);
    if (Array.isArray(value) && schema.items) {
      value.forEach((item, index) => refusals(schema.items, item, formats, pointer + "/" + index, told));
    }
    (schema.allOf || []).forEach((part) => refusals(part, value, formats, pointer, told));
    if (schema.if) refusals(X.holds(schema.if, value) ? schema.then : schema.else, value, formats, pointer, told);
    return told;
  }

  function insideObject(schema, value, formats, pointer, told) {
    (schema.required || []).forEach((name) => {
      if (!X.has(value, name)) told.push([pointer + "/" + name, "required"]);
    });
    Object.keys(schema.properties || {}).forEach((name) => {
      if (X.has(value, name)) refusals(schema.properties[name], value[name], formats, pointer + "/" + name, told);
    });
  }

  /** pointer → code: for each question the most telling of what its value breaks. */
  function ownProblems(plan, counted, facts) {
    const known = leaves(plan.questions, {});
    const refused = refusals(plan.schema, counted.data, plan.formats, "", []);
    const told = new Map();
    refused.sort((one, other) => ORDER.indexOf(one[1]) - ORDER.indexOf(other[1]));
    refused.forEach((one) => tell(told, nearest(known, one[0]), CODES[one[1]]));
    counted.visible.forEach((pointer) => {
      const question = known[patternOf(pointer)];
      const value = question && valueAt(counted.data, pointer);
      if (typeof value === "string") beyondSchema(question, pointer, value, facts, told);
    });
    return told;
  }

  /** What only the facts of the day can judge: a township's list, a date of birth to come. */
  function beyondSchema(question, pointer, value, facts, told) {
    const allowed = question.options && facts.options ? facts.options[question.options] : null;
    if (allowed && !X.has(allowed, value)) tell(told, pointer, "choice");
    const born = question.kind === "resident-id" ? X.OPERATORS.birth_of([[[pointer, value]]]) : undefined;
    if (born !== undefined && born > facts.today) tell(told, pointer, "format");
  }

  function tell(told, pointer, code) {
    if (!told.has(pointer)) told.set(pointer, code);
  }

  const ROW = /\/(?:0|[1-9][0-9]*)(?=\/|$)/g;
  const patternOf = (pointer) => pointer.replace(ROW, "/*");

  function leaves(questions, found) {
    questions.forEach((question) => {
      found[question.pattern] = question;
      leaves(question.children, found);
    });
    return found;
  }

  /** The pointer of the question that shows a problem: the value's own, or the nearest around it. */
  function nearest(known, pointer) {
    let here = pointer;
    while (here && !known[patternOf(here)]) here = here.slice(0, here.lastIndexOf("/"));
    return here;
  }

  function valueAt(data, pointer) {
    return pointer.split("/").slice(1).reduce((value, token) => (value === undefined ? value : value[token]), data);
  }

  /** What counts of answers, and every problem of them as [pointer, code] in the form's order. */
  function decide(plan, data, facts) {
    const counted = X.effective(plan, normalise(plan, plan.questions, data), facts);
    const told = ownProblems(plan, counted, facts);
    X.brokenRules(plan, counted.data, facts, new Set(told.keys())).forEach((one) => tell(told, one.pointer, one.code));
    const place = new Map(counted.visible.map((pointer, index) => [pointer, index]));
    const at = (problem) => (place.has(problem[0]) ? place.get(problem[0]) : place.size);
    counted.problems = Array.from(told).sort((one, other) => at(one) - at(other));
    return counted;
  }

  X.CHECKS["disability-certificate"] = (number) => X.CHECKS["resident-id"](number.slice(0, 18));
  Object.assign(X, { NORMAL: NORMAL, parse: parse, decide: decide, ownProblems: ownProblems, byPattern: leaves, patternOf: patternOf });
})((typeof window === "undefined" ? globalThis : window).Xiangtong);
