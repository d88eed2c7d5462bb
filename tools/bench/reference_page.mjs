// react-jsonschema-form in a browser: window.show({schema, data}) puts the form on the page. Bundled by `forms.py`.
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import Form from "@rjsf/core";
import { customizeValidator } from "@rjsf/validator-ajv8";
import AjvClass from "ajv/dist/2020.js";

const validator = customizeValidator({ AjvClass, ajvOptionsOverrides: { strict: false, logger: false } });
window.show = ({ schema, data }) => {
  const root = createRoot(document.querySelector("main"));
  flushSync(() => root.render(createElement(Form, { schema, formData: data, validator })));
};
