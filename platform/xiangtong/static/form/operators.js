/* What counts of a form's answers, as docs/dialect.md §2, §3 and §6 say.
   The twin of dialect/effective.py, conditions.py and operators.py: the same corpus holds both.
   Pure: no page, no network, no clock. ES2018. */
(function (root) {
  "use strict";

  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isText = (value) => typeof value === "string";
  const isNumber = (value) => typeof value === "number";
  const isInteger = (value) => Number.isInteger(value);
  const has = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
  const own = (object, name) => (isObject(object) && has(object, name) ? object[name] : undefined);
  const points = (text) => Array.from(text).length;

  /** JSON equality. */
  function same(one, other) {
    if (one === other) return true;
    if (Array.isArray(one) && Array.isArray(other)) {
      return one.length === other.length && one.every((item, index) => same(item, other[index]));
    }
    if (!isObject(one) || !isObject(other)) return false;
    const names = Object.keys(one);
    return names.length === Object.keys(other).length && names.every((name) => has(other, name) && same(one[name], other[name]));
  }

  const TYPES = {
    boolean: (value) => typeof value === "boolean",
    integer: isInteger,
    number: isNumber,
    string: isText,
    array: Array.isArray,
    object: isObject,
    null: (value) => value === null,
  };

  const patterns = new Map();
  function matches(pattern, text) {
    if (!patterns.has(pattern)) patterns.set(pattern, new RegExp(pattern, "u"));
    return patterns.get(pattern).test(text);
  }

  /* Each keyword: does the value satisfy it? A value of another type always does. */
  const KEYWORDS = {
    properties: (value, wanted) =>
      !isObject(value) || Object.keys(wanted).every((name) => !has(value, name) || holds(wanted[name], value[name])),
    required: (value, names) => !isObject(value) || names.every((name) => has(value, name)),
    const: (value, wanted) => same(value, wanted),
    enum: (value, wanted) => wanted.some((one) => same(value, one)),
    minimum: (value, limit) => !isNumber(value) || value >= limit,
    maximum: (value, limit) => !isNumber(value) || value <= limit,
    exclusiveMinimum: (value, limit) => !isNumber(value) || value > limit,
    exclusiveMaximum: (value, limit) => !isNumber(value) || value < limit,
    multipleOf: (value, step) => !isNumber(value) || value % step === 0,
    minLength: (value, limit) => !isText(value) || points(value) >= limit,
    maxLength: (value, limit) => !isText(value) || points(value) <= limit,
    minItems: (value, limit) => !Array.isArray(value) || value.length >= limit,
    maxItems: (value, limit) => !Array.isArray(value) || value.length <= limit,
    uniqueItems: (value, on) =>
      !on || !Array.isArray(value) || value.every((one, index) => !value.slice(0, index).some((other) => same(one, other))),
    pattern: (value, pattern) => !isText(value) || matches(pattern, value),
    contains: (value, part, schema) => !Array.isArray(value) || such(value, part) >= (has(schema, "minContains") ? schema.minContains : 1),
    maxContains: (value, limit, schema) => !Array.isArray(value) || !has(schema, "contains") || such(value, schema.contains) <= limit,
    type: (value, name) => TYPES[name](value),
    allOf: (value, parts) => parts.every((part) => holds(part, value)),
    anyOf: (value, parts) => parts.some((part) => holds(part, value)),
    not: (value, part) => !holds(part, value),
  };

  /** How many items of a list satisfy a schema. */
  const such = (value, part) => value.filter((item) => holds(part, item)).length;

  /* What says nothing by itself. */
  const SILENT = { minContains: true, $comment: true };

  /** Does a value satisfy an `if`? */
  function holds(schema, value) {
    return Object.keys(schema).every((key) => SILENT[key] || KEYWORDS[key](value, schema[key], schema));
  }

  /* ---- days: whole days as texts, never in a time zone ---- */

  const DAY = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;

  /** [year, month, day] of a real day, or null. */
  function dayOf(text) {
    const found = isText(text) ? DAY.exec(text) : null;
    if (!found) return null;
    const day = [Number(found[1]), Number(found[2]), Number(found[3])];
    return day[0] > 0 && day[1] >= 1 && day[1] <= 12 && day[2] >= 1 && day[2] <= daysIn(day[0], day[1]) ? day : null;
  }

  function daysIn(year, month) {
    if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
    return [4, 6, 9, 11].indexOf(month) >= 0 ? 30 : 31;
  }

  function dayNumber(day) {
    const date = new Date(Date.UTC(2000, day[1] - 1, day[2]));
    date.setUTCFullYear(day[0], day[1] - 1, day[2]);
    return Math.round(date.getTime() / 86400000);
  }

  function monthsLater(day, months) {
    const count = day[0] * 12 + day[1] - 1 + months;
    const year = Math.floor(count / 12);
    const month = (count % 12) + 1;
    return year > 9999 ? null : [year, month, Math.min(day[2], daysIn(year, month))];
  }

  /* ---- citizens' numbers ---- */

  const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

  function rightNumber(number) {
    if (!isText(number) || !/^[0-9]{17}[0-9X]$/.test(number)) return false;
    const total = WEIGHTS.reduce((sum, weight, index) => sum + weight * Number(number[index]), 0);
    return birthText(number) !== null && "10X98765432"[total % 11] === number[17];
  }

  function birthText(number) {
    const text = number.slice(6, 10) + "-" + number.slice(10, 12) + "-" + number.slice(12, 14);
    return dayOf(text) ? text : null;
  }

  function luhn(number) {
    const total = Array.from(number).reverse().reduce((sum, digit, index) => {
      const worth = Number(digit) * (index % 2 ? 2 : 1);
      return sum + (worth > 9 ? worth - 9 : worth);
    }, 0);
    return total % 10 === 0;
  }

  const UNIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const UNIT_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

  function creditCode(code) {
    const total = UNIT_WEIGHTS.reduce((sum, weight, index) => sum + weight * UNIT_SIGNS.indexOf(code[index]), 0);
    return UNIT_SIGNS[(31 - (total % 31)) % 31] === code[17];
  }

  const CHECKS = { "resident-id": rightNumber, luhn: luhn, date: (text) => dayOf(text) !== null, "credit-code": creditCode };

  /* ---- operators: each is given, for each operand, the [pointer, value] pairs found there ---- */

  const values = (operands) => operands.reduce((all, operand) => all.concat(operand.map((found) => found[1])), []);
  const integers = (operands) => values(operands).filter(isInteger);
  const single = (operands, index) => (operands[index] && operands[index].length === 1 ? operands[index][0][1] : undefined);

  function pair(operands) {
    const one = single(operands, 0);
    const other = single(operands, 1);
    return (isInteger(one) && isInteger(other)) || (isText(one) && isText(other)) ? [one, other] : null;
  }

  /** The order of two texts by code point, as Python compares them. */
  function compare(one, other) {
    if (!isText(one)) return one - other;
    const left = Array.from(one);
    const right = Array.from(other);
    for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
      if (left[index] !== right[index]) return left[index].codePointAt(0) - right[index].codePointAt(0);
    }
    return left.length - right.length;
  }

  /** Does the setting `all` want every operand to be there, and one is not? */
  const lacks = (operands, spec) => Boolean(spec.all) && operands.some((operand) => !operand.length);

  function extreme(choose, operands, spec) {
    const found = integers(operands);
    return found.length && !lacks(operands, spec) ? choose.apply(null, found) : undefined;
  }

  function ageAt(operands, spec, facts) {
    const born = dayOf(single(operands, 0));
    const from = operands.length > 1 ? dayOf(single(operands, 1)) : dayOf(facts.today);
    const on = from && monthsLater(from, spec.after_months || 0);
    if (!born || !on) return undefined;
    const before = on[1] < born[1] || (on[1] === born[1] && on[2] < born[2]);
    const years = on[0] - born[0] - (before ? 1 : 0);
    return years >= 0 ? years : undefined;
  }

  function lookup(operands, spec) {
    const key = single(operands, 0);
    const table = single(operands, 1);
    if (!isObject(table) || !(isInteger(key) || isText(key))) return undefined;
    if (!spec.floor) return own(table, String(key));
    const floors = Object.keys(table).filter((name) => isInteger(key) && /^[0-9]+$/.test(name) && Number(name) <= key);
    return floors.length ? table[String(Math.max.apply(null, floors.map(Number)))] : undefined;
  }

  function repeated(operands) {
    const seen = new Set(); // Texts, numbers and booleans; what is made of others is compared one by one.
    const others = [];
    const pointers = [];
    operands.forEach((operand) => operand.forEach((found) => {
      const value = found[1];
      const single = typeof value !== "object";
      if (single ? seen.has(value) : others.some((other) => same(value, other))) pointers.push(found[0]);
      if (single) seen.add(value);
      else others.push(value);
    }));
    return pointers;
  }

  const OPERATORS = {
    sum: (operands, spec) => (lacks(operands, spec) ? undefined : integers(operands).reduce((sum, one) => sum + one, 0)),
    count: (operands, spec) =>
      has(spec, "equals") ? values(operands).filter((one) => same(one, spec.equals)).length : values(operands).length,
    min: (operands, spec) => extreme(Math.min, operands, spec),
    max: (operands, spec) => extreme(Math.max, operands, spec),
    divide: (operands) => {
      const found = pair(operands);
      return found && isInteger(found[0]) && found[1] > 0 && found[0] >= 0 ? Math.floor(found[0] / found[1]) : undefined;
    },
    minus: (operands) => {
      const found = pair(operands);
      return found && isInteger(found[0]) && found[0] >= found[1] ? found[0] - found[1] : undefined;
    },
    multiply: (operands) => {
      const factors = integers(operands.filter((operand) => operand.length === 1));
      const product = factors.reduce((so, one) => so * one, 1);
      return factors.length === operands.length && Number.isSafeInteger(product) ? product + 0 : undefined; // Never -0.
    },
    today: (operands, spec, facts) => facts.today,
    birth_of: (operands) => (rightNumber(single(operands, 0)) ? birthText(single(operands, 0)) : undefined),
    sex_of: (operands) => {
      const number = single(operands, 0);
      return rightNumber(number) ? (Number(number[16]) % 2 ? "1" : "2") : undefined;
    },
    age_at: ageAt,
    days_between: (operands) => {
      const first = dayOf(single(operands, 0));
      const last = dayOf(single(operands, 1));
      return first && last ? dayNumber(last) - dayNumber(first) : undefined;
    },
    band: (operands, spec) => {
      const number = integers(operands.slice(0, 1))[0];
      const reached = spec.bands.filter((band) => number !== undefined && band[0] <= number);
      return reached.length ? reached[reached.length - 1][1] : undefined;
    },
    lookup: lookup,
    disability_of: (operands, spec) => {
      const number = single(operands, 0);
      const found = isText(number) ? /^([0-9]{17}[0-9X])([1-7])([1-4])(?:B[0-9])?$/.exec(number) : null;
      return found && rightNumber(found[1]) ? found[{ owner: 1, category: 2, grade: 3 }[spec.part]] : undefined;
    },
    equals: (operands) => {
      const one = single(operands, 0);
      const other = single(operands, 1);
      return one === undefined || other === undefined ? undefined : same(one, other);
    },
    differs: (operands) => {
      const equal = OPERATORS.equals(operands);
      return equal === undefined ? undefined : !equal;
    },
    at_most: (operands) => {
      const found = pair(operands);
      return found ? compare(found[0], found[1]) <= 0 : undefined;
    },
    at_least: (operands) => {
      const found = pair(operands);
      return found ? compare(found[0], found[1]) >= 0 : undefined;
    },
    unique_by: repeated,
  };

  root.Xiangtong = Object.assign(root.Xiangtong || {}, {
    isObject: isObject, has: has, own: own, same: same, points: points,
    holds: holds, KEYWORDS: KEYWORDS, TYPES: TYPES, CHECKS: CHECKS, OPERATORS: OPERATORS,
  });
})(typeof window === "undefined" ? globalThis : window);
