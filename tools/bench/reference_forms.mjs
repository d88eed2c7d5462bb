// react-jsonschema-form on the library's own forms: per form the milliseconds to render it with its sample on the
// server and to validate the sample, medians of the runs. Reads [{code, schema, data}] and prints {code: {…}}.
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import Rjsf from "@rjsf/core";
import * as validatorModule from "@rjsf/validator-ajv8";
import ajvModule from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";

const Form = Rjsf.default ?? Rjsf;
const { customizeValidator } = validatorModule;
const AjvClass = ajvModule.default ?? ajvModule;
const validator = customizeValidator({ AjvClass, ajvOptionsOverrides: { strict: false, logger: false } });

const median = (work, runs) => {
  work();
  const times = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    work();
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
};

const { forms, runs } = JSON.parse(readFileSync(0, "utf8"));
const found = {};
for (const { code, schema, data } of forms) {
  const element = createElement(Form, { schema, formData: data, validator, liveValidate: false });
  const render = () => renderToString(element);
  if (!render().includes("<form")) throw new Error(`the reference did not render ${code}`);
  const validate = () => validator.rawValidation(schema, data);
  const failed = validate().validationError;
  if (failed) throw new Error(`${code}: ${failed}`);
  found[code] = { render: median(render, runs), validate: median(validate, runs * 10) };
}
console.log(JSON.stringify(found));
