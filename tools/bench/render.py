"""Render and validate, each beside its reference measured in the same run."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import forty
import jsonschema
from bench import ROOT, median_ms

from xiangtong.dialect.compile import compile_plan
from xiangtong.dialect.vocabulary import Facts
from xiangtong.forms.library import read_vocabulary
from xiangtong.rendering.context import RenderContext
from xiangtong.rendering.render import render_step
from xiangtong.validation.compiled import validator_of
from xiangtong.validation.validate import Problem, decide


def render() -> tuple[float, float]:
    """(ours, react-jsonschema-form) in milliseconds."""
    plan = compile_plan(forty.dialect_schema(), read_vocabulary(ROOT / "form_schemas"))
    data = forty.answers()
    problems = [Problem(pointer, "INVALID", "请再看一遍", "Please look again", "") for pointer in forty.WRONG]
    context = RenderContext()
    page = render_step(plan, plan.steps[0], data, problems, context)
    if page.count("请再看一遍") < len(forty.WRONG) or 'name="/q39"' not in page:
        raise SystemExit("the form was not rendered")
    ours = median_ms(lambda: render_step(plan, plan.steps[0], data, problems, context), 400)
    return ours, _reference(data)


def _reference(data: dict[str, object]) -> float:
    asked = json.dumps({"schema": forty.plain_schema(), "data": data, "wrong": forty.WRONG, "runs": 200})
    command = ["node", str(Path(__file__).with_name("reference.mjs"))]
    environ = {"NODE_ENV": "production", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, cwd=ROOT, env=environ)
    return float(done.stdout)


@dataclass(frozen=True, slots=True)
class Validation:
    """Milliseconds for 40 answers and 5 household rows.

    decision: normal form, what is visible, derived values, schema, rules. schema: the compiled validator alone.
    reference: pure jsonschema, the schema alone.
    """

    decision: float
    schema: float
    reference: float


def validation() -> Validation:
    """Our decision, our schema check, and pure jsonschema, in the same run."""
    plan = compile_plan(forty.dialect_schema(rows=5), read_vocabulary(ROOT / "form_schemas"))
    data, facts = forty.answers(rows=5), Facts(date(2026, 11, 21), {}, {})
    if decide(plan, data, facts).problems:
        raise SystemExit("the answers should be good")
    validator, reference = validator_of(plan), jsonschema.Draft202012Validator(forty.plain_schema(rows=5))
    return Validation(
        median_ms(lambda: decide(plan, data, facts), 2000),
        median_ms(lambda: validator.is_valid(data), 2000),
        median_ms(lambda: list(reference.iter_errors(data)), 400),
    )
