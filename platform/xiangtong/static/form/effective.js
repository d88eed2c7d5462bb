/* One pass over the questions: what is visible, required, stored, derived; then the rules.
   The twin of dialect/effective.py and dialect/rules.py. Pure. ES2018. */
(function (X) {
  "use strict";

  /** Decide what counts. `facts`: {today, params}. Gives {data, visible, required, derived}. */
  function effective(plan, data, facts) {
    const result = { data: {}, visible: [], required: [], derived: {} };
    const walk = { plan: plan, facts: asOfToday(plan, facts), result: result };
    fill(walk, plan.questions, X.isObject(data) ? data : {}, result.data, "", []);
    return result;
  }

  /** What is known on the day: parameters in force, lists of options. The twin of dialect/known.py. */
  function asOfToday(plan, facts) {
    const params = Object.assign({}, plan.params, facts.params);
    plan.dated.forEach((name) => {
      const entries = params[name];
      if (!Array.isArray(entries) || !entries.every((one) => X.has(Object(one), "from") && X.has(one, "value"))) return;
      const begun = entries.filter((one) => one.from <= facts.today);
      params[name] = begun.length ? begun.reduce((last, one) => (one.from > last.from ? one : last)).value : null;
    });
    const options = Object.assign({}, facts.options);
    plan.lists.forEach((name) => {
      if (!X.has(options, name)) options[name] = labels(params[name]);
    });
    return Object.assign({}, facts, { params: params, options: options });
  }

  function labels(listed) {
    return (Array.isArray(listed) ? listed : []).reduce((all, one) => Object.assign(all, { [one.value]: one.label }), {});
  }

  function fill(walk, questions, given, stored, prefix, outer) {
    const frames = outer.concat([[prefix, stored]]);
    questions.forEach((question) => {
      if (question.office || anyHolds(walk.plan, question.hidden, frames)) return;
      const pointer = prefix + "/" + question.name;
      const value = X.own(given, question.name);
      if (question.deprecated && isEmpty(value)) return;
      walk.result.visible.push(pointer);
      if (question.container === "group") {
        stored[question.name] = {};
        fill(walk, question.children, X.isObject(value) ? value : {}, stored[question.name], pointer, frames);
      } else if (question.container === "rows") {
        fillRows(walk, question, value, stored, pointer, frames);
      } else {
        fillSingle(walk, question, value, stored, pointer, frames);
      }
    });
  }

  function fillRows(walk, question, value, stored, pointer, frames) {
    stored[question.name] = [];
    (Array.isArray(value) ? value : []).forEach((row, index) => {
      const here = pointer + "/" + index;
      walk.result.visible.push(here);
      stored[question.name].push({});
      fill(walk, question.children, X.isObject(row) ? row : {}, stored[question.name][index], here, frames);
    });
  }

  function fillSingle(walk, question, given, stored, pointer, frames) {
    let value = given;
    if (question.derive) {
      value = compute(question.derive, frames, walk.facts);
      if (value !== undefined) walk.result.derived[pointer] = value;
    } else if (anyHolds(walk.plan, question.required, frames)) {
      walk.result.required.push(pointer);
    }
    if (!isEmpty(value) && question.kind !== "notice") stored[question.name] = value;
  }

  function isEmpty(value) {
    return value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);
  }

  function anyHolds(plan, guards, frames) {
    return guards.some((guard) => guard.every((step) => {
      const condition = plan.conditions[step[0]];
      return X.holds(condition.if, frames[condition.depth][1]) === step[1];
    }));
  }

  /* ---- operations ---- */

  const listed = (of) => (of === undefined ? [] : Array.isArray(of) ? of : [of]);

  function compute(spec, frames, facts) {
    return X.OPERATORS[spec.op](listed(spec.of).map((one) => operand(one, frames, facts)), spec, facts);
  }

  /** The [pointer, value] pairs that an operand finds. */
  function operand(one, frames, facts) {
    if (typeof one === "string") return follow(one, frames);
    const value = X.has(one, "param") ? X.own(facts.params, one.param) : X.has(one, "const") ? one.const : compute(one, frames, facts);
    return value === undefined || (value === null && !X.has(one, "const")) ? [] : [["", value]];
  }

  function follow(path, frames) {
    const start = path[0] === "/" ? frames[0] : frames[frames.length - 1];
    return path.replace(/^\//, "").split("/").reduce(deeper, [start]);
  }

  function deeper(found, token) {
    return found.reduce((next, pair) => {
      const pointer = pair[0];
      const value = pair[1];
      if (token !== "*") return X.isObject(value) && X.has(value, token) ? next.concat([[pointer + "/" + token, value[token]]]) : next;
      return Array.isArray(value) ? next.concat(value.map((item, index) => [pointer + "/" + index, item])) : next;
    }, []);
  }

  /* ---- rules ---- */

  /** Every rule that does not hold, as {code, pointer, message}; `troubled` is asked for pointers, like a Set. */
  function brokenRules(plan, stored, facts, troubled) {
    const known = asOfToday(plan, facts);
    return plan.rules.reduce((all, rule) => {
      const places = framesOf(rule.scope, stored);
      return places.reduce((some, frames) => some.concat(ask(rule, frames, known, troubled)), all);
    }, []);
  }

  /** The chains of objects from the form inward to each object that the pattern `scope` names. */
  function framesOf(scope, stored) {
    const tokens = scope.split("/").slice(1);
    return tokens.reduce((chains, token) => chains.reduce((next, chain) => {
      const last = chain[chain.length - 1];
      return next.concat(deeper([last], token).map((found) => chain.concat([found])));
    }, []), [[["", stored]]]).map((chain) => chain.filter((frame) => X.isObject(frame[1])));
  }

  function ask(rule, frames, facts, troubled) {
    const tell = (pointer) => ({ code: rule.code, pointer: pointer, message: rule.message });
    if (rule.op === "unique_by") {
      return (compute(rule, frames, facts) || []).filter((pointer) => !troubled.has(pointer)).map(tell);
    }
    if (compute(rule, frames, facts) !== false) return [];
    return reads(rule, frames).some((pointer) => troubled.has(pointer)) ? [] : [tell(place(rule, frames))];
  }

  /** The pointers of all answers that an operation reads, nested operations included. */
  function reads(spec, frames) {
    return listed(spec.of).reduce((all, one) => {
      if (typeof one === "string") return all.concat(follow(one, frames).map((found) => found[0]));
      return X.has(one, "op") ? all.concat(reads(one, frames)) : all;
    }, []);
  }

  function place(rule, frames) {
    const inside = rule.scope + "/";
    return rule.at.indexOf(inside) === 0 ? frames[frames.length - 1][0] + rule.at.slice(rule.scope.length) : rule.at;
  }

  Object.assign(X, { effective: effective, asOfToday: asOfToday, brokenRules: brokenRules, compute: compute });
})((typeof window === "undefined" ? globalThis : window).Xiangtong);
