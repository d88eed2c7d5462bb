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
    if (question.kind === "choices") return raws.map(text).filter((one, index, all) => one && all.indexOf(one) === index);
    if (!raws.length || !question.normal) return undefined;
    return NORMAL[question.normal](raws[0]);
  }

  /* ---- what a schema says of effective data: [[pointer, code]] ---- */

  const CODES = {
    type: "type", pattern: "pattern", enum: "choice", const: "const",
    minimum: "too-small", exclusiveMinimum: "too-small", maximum: "too-large", exclusiveMaximum: "too-large",
    minLength: "too-short", maxLength: "too-long", minItems: "too-few", maxItems: "too-many", uniqueItems: "repeated",
  };

  function hasFormat(value, format) {
    if (typeof value !== "string" || !format) return true;
    return new RegExp(format.pattern, "u").test(value) && (!format.check || X.CHECKS[format.check](value));
  }

  /** The first thing wrong at each place of a value, in the order of the schema's questions. */
  function refusals(schema, value, formats, pointer, told) {
    if (schema === true || schema === undefined) return told;
    if (schema === false) return tell(told, pointer, "hidden");
    Object.keys(CODES).forEach((keyword) => {
      if (X.has(schema, keyword) && !X.KEYWORDS[keyword](value, schema[keyword])) tell(told, pointer, CODES[keyword]);
    });
    if (!hasFormat(value, formats[schema.format])) tell(told, pointer, "format");
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
      if (!X.has(value, name)) tell(told, pointer + "/" + name, "missing");
    });
    Object.keys(schema.properties || {}).forEach((name) => {
      if (X.has(value, name)) refusals(schema.properties[name], value[name], formats, pointer + "/" + name, told);
    });
  }

  function tell(told, pointer, code) {
    if (!told.has(pointer)) told.set(pointer, code);
    return told;
  }

  /** Everything wrong with effective data as [[pointer, code]]; rules are asked where nothing else is wrong. */
  function problems(plan, stored, facts) {
    const told = refusals(plan.schema, stored, plan.formats, "", new Map());
    const broken = X.brokenRules(plan, stored, facts, new Set(told.keys()));
    return Array.from(told).concat(broken.map((one) => [one.pointer, one.code]));
  }

  X.CHECKS["disability-certificate"] = (number) => X.CHECKS["resident-id"](number.slice(0, 18));
  Object.assign(X, { NORMAL: NORMAL, parse: parse, problems: problems, refusals: refusals });
})((typeof window === "undefined" ? globalThis : window).Xiangtong);
