/* How a raw text becomes a value. The twin of fields/normal.py and fields/formats.py. Pure. ES2018, and no look-behind: iOS 13 has none. */
(function (X) {
  "use strict";

  const WHITE = "\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200b\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";
  const EDGES = new RegExp("^[" + WHITE + "]+|[" + WHITE + "]+$", "g");
  const GAPS = new RegExp("[" + WHITE + "]+", "g");
  const UNSPEAKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ud800-\udfff\ufffe\uffff]/gu;
  const BREAK = /[ \t\u3000]*\n[ \t\n\u3000]*/g;
  const DASHES = /[-\u2010-\u2015\u2212]/g;
  const DOTS = /([\u3400-\u9fff])[•・‧.](?=[\u3400-\u9fff])/g;
  const UNITS = /(元|平方米|㎡|m2|m²|亩|米|m|人|口|岁|层|户|间|台|头|只|株|次|天|个月|年|小时|公斤|吨|%)$/i;
  const DATES = [
    /^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?$/,
    /^([0-9]{4})([0-9]{2})([0-9]{2})$/,
  ];

  const MONTHS = [/^([0-9]{4})[-/.年]([0-9]{1,2})月?$/, /^([0-9]{4})([0-9]{2})$/];
  const TIMES = [
    /^(上午|下午|晚上)?([0-9]{1,2}):([0-9]{2})$/,
    /^(上午|下午|晚上)?([0-9]{1,2})[点时](?:([0-9]{1,2})分?|(半)|整)?$/,
    /^()([0-9]{2})([0-9]{2})$/,
  ];
  const LEVELS = [2, 4, 6, 9, 12];

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

  const two = (number) => ("0" + number).slice(-2);
  const first = (shapes, plain) => shapes.reduce((found, shape) => found || shape.exec(plain), null);

  function date(raw) {
    const found = first(DATES, wide(raw));
    return found ? found[1] + "-" + two(found[2]) + "-" + two(found[3]) : text(raw);
  }

  function month(raw) {
    const found = first(MONTHS, wide(raw));
    return found ? found[1] + "-" + two(found[2]) : text(raw);
  }

  function time(raw) {
    const found = first(TIMES, wide(raw));
    if (!found || (found[1] === "晚上" && Number(found[2]) === 12)) return text(raw);
    const late = (found[1] === "下午" || found[1] === "晚上") && Number(found[2]) < 12;
    return two(Number(found[2]) + (late ? 12 : 0)) + ":" + two(found[4] ? 30 : found[3] || 0);
  }

  function millionths(raw) {
    const found = /^(-?)([0-9]{1,3})(?:\.([0-9]{1,15}))?°?$/.exec(wide(raw).replace(/−/g, "-"));
    if (!found) return text(raw);
    const value = Number(found[2]) * 1000000 + Number(((found[3] || "") + "000000").slice(0, 6));
    return found[1] && value ? -value : value;
  }

  const email = (raw) => wide(raw).replace(/。/g, ".").replace(/[A-Z]+/g, (found) => found.toLowerCase()).normalize("NFKC");

  const BOOLEANS = { true: true, on: true, 1: true, false: false, 0: false };

  const code = (raw) => wide(raw).replace(DASHES, "").toUpperCase();

  const NORMAL = {
    text: text,
    name: (raw) => text(raw).replace(DOTS, "$1·").replace(/[０-９]/g, (digit) => digit.normalize("NFKC")),
    line: (raw) => text(raw).replace(BREAK, " "),
    code: code,
    phone: (raw) => code(raw).replace(/^\+86/, ""),
    integer: integer,
    hundredths: hundredths,
    boolean: (raw) => (X.has(BOOLEANS, text(raw)) ? BOOLEANS[text(raw)] : text(raw)),
    date: date,
    month: month,
    time: time,
    email: email,
    millionths: millionths,
    lines: (raw) => linesOf([raw], text),
  };

  /** Texts, split at their line ends, each line as `read` makes it; empty lines are left out. */
  function linesOf(given, read) {
    const cut = (one) => (typeof one === "string" ? one.split(/\r\n?|\n/).map(read) : [harmless(one, 1)]);
    return given.reduce((all, one) => all.concat(cut(one)), []).filter((one) => one !== "");
  }

  /** The value of a question (of the client plan) from the raw texts of its inputs. */
  function parse(question, raws) {
    if (question.kind === "lines") return linesOf(raws, NORMAL[question.line]);
    if (question.kind === "choices") return raws.filter((one, index) => one && raws.indexOf(one) === index);
    if (question.kind === "division") return gather(raws);
    return raws.length && question.normal ? NORMAL[question.normal](raws[0]) : undefined;
  }

  /** What a division's code has in common with all divisions inside it. */
  function prefixOf(division) {
    return division.slice(0, LEVELS.find((size) => /^0*$/.test(division.slice(size))));
  }

  /** The deepest choice that lies in the ones before it. */
  function gather(raws) {
    let kept = "";
    raws.map(code).every((chosen) => {
      const inside = chosen && chosen.indexOf(prefixOf(kept)) === 0;
      if (inside) kept = chosen;
      return inside;
    });
    return kept;
  }

  /** Whether nothing is left to choose: the division is known, and the list goes no deeper there. */
  function isLast(division, listed) {
    const own = prefixOf(division);
    const size = LEVELS.find((one) => one > own.length);
    return X.has(listed, division) && !Object.keys(listed).some((one) => one.indexOf(own) === 0 && prefixOf(one).length === size);
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
    if (question.kind === "lines" && (typeof value === "string" || Array.isArray(value))) return linesOf([].concat(value), NORMAL[question.line]);
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

  X.CHECKS["disability-certificate"] = (number) => X.CHECKS["resident-id"](number.slice(0, 18));
  Object.assign(X, { NORMAL: NORMAL, parse: parse, normalise: normalise, gather: gather, isLast: isLast, prefixOf: prefixOf });
})((typeof window === "undefined" ? globalThis : window).Xiangtong);
