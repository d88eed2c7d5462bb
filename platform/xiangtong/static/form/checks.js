/* What a schema says of effective data, and every problem of answers. The twin of validation/: the codes are those of
   fields/kind.py. Pure. ES2018. */
(function (X) {
  "use strict";

  /* Keyword → code, the most telling first. */
  const CODES = {
    required: "missing", type: "type", format: "format", pattern: "pattern", enum: "choice", const: "const",
    minimum: "too-small", exclusiveMinimum: "too-small", maximum: "too-large", exclusiveMaximum: "too-large",
    multipleOf: "multiple",
    minLength: "too-short", maxLength: "too-long", minItems: "too-few", maxItems: "too-many", uniqueItems: "repeated",
    contains: "too-few-such", maxContains: "too-many-such", additionalProperties: "type", falseSchema: "type",
  };
  const ORDER = Object.keys(CODES);

  function hasFormat(value, format) {
    if (typeof value !== "string" || !format) return true;
    return new RegExp(format.pattern, "u").test(value) && (!format.check || X.CHECKS[format.check](value));
  }

  /** Every keyword that a value breaks, as [pointer, keyword]. */
  function refusals(schema, value, formats, pointer, told) {
    if (schema === false) told.push([pointer, "falseSchema"]);
    if (!X.isObject(schema)) return told;
    ORDER.forEach((keyword) => {
      if (!X.has(schema, keyword) || keyword === "required" || keyword === "additionalProperties") return;
      const fits = keyword === "format" ? hasFormat(value, formats[schema.format]) : X.KEYWORDS[keyword](value, schema[keyword], schema);
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
    if (schema.additionalProperties !== false) return;
    if (!Object.keys(value).every((name) => X.has(schema.properties || {}, name))) told.push([pointer, "additionalProperties"]);
  }

  /** pointer → code: for each question the most telling of what its value breaks. */
  function ownProblems(plan, counted, facts) {
    const known = X.asOfToday(plan, facts);
    const named = leaves(plan.questions, {});
    const refused = refusals(plan.schema, counted.data, plan.formats, "", []);
    const told = new Map();
    refused.sort((one, other) => ORDER.indexOf(one[1]) - ORDER.indexOf(other[1]));
    refused.forEach((one) => tell(told, nearest(named, one[0]), CODES[one[1]]));
    counted.visible.forEach((pointer) => {
      const question = named[patternOf(pointer)];
      const value = question && valueAt(counted.data, pointer);
      [].concat(value).forEach((one) => {
        if (typeof one === "string") beyondSchema(question, pointer, one, known, told);
      });
    });
    return told;
  }

  /** What only the facts of the day can judge: a township's list, a date of birth to come. */
  function beyondSchema(question, pointer, value, facts, told) {
    const allowed = question.options && facts.options ? facts.options[question.options] : null;
    const listed = question.kind === "division" ? X.isLast : (one, list) => X.has(list, one);
    if (allowed && !listed(value, allowed)) tell(told, pointer, "choice");
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
    const counted = X.effective(plan, X.normalise(plan, plan.questions, data), facts);
    const told = ownProblems(plan, counted, facts);
    const named = leaves(plan.questions, {});
    X.brokenRules(plan, counted.data, facts, new Set(told.keys())).forEach((one) => {
      const around = nearest(named, one.pointer);
      // One line, or one choice, has no place of its own on the page.
      tell(told, around && /^(lines|choices)$/.test(named[patternOf(around)].kind) ? around : one.pointer, one.code);
    });
    const place = new Map(counted.visible.map((pointer, index) => [pointer, index]));
    const at = (problem) => (place.has(problem[0]) ? place.get(problem[0]) : place.size);
    counted.problems = Array.from(told).sort((one, other) => at(one) - at(other));
    return counted;
  }

  Object.assign(X, { decide: decide, ownProblems: ownProblems, refusals: refusals, byPattern: leaves, patternOf: patternOf });
})((typeof window === "undefined" ? globalThis : window).Xiangtong);
