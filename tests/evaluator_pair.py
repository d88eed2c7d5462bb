"""Both evaluators, side by side: the server's in Python and the browser's in Chromium, and the corpus that holds them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from xiangtong.dialect.browser import client_plan
from xiangtong.dialect.compile import compile_plan
from xiangtong.dialect.plan import Plan
from xiangtong.dialect.vocabulary import Facts, Vocabulary
from xiangtong.fields.formats import FORMATS
from xiangtong.fields.kinds import NORMAL_BY_KIND
from xiangtong.forms.library import read_vocabulary
from xiangtong.validation.validate import decide

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "platform" / "xiangtong" / "static" / "form"
#: The parts of the form's script that decide, in the order in which they need each other.
PARTS = ("operators", "effective", "values", "checks")
CORPUS = sorted((ROOT / "tests" / "schemas" / "corpus").glob("*.json"))

#: Answers and the facts of their day.
Asked = tuple[Any, Facts]


def source(part: str) -> str:
    """The text of one part of the script."""
    return (SCRIPTS / f"{part}.js").read_text(encoding="utf-8")


def evaluator_page(browser: Browser, changed: Mapping[str, str] | None = None) -> Page:
    """A blank page with the evaluator in it; ``changed`` replaces the text of some of its parts."""
    page = browser.new_page()
    for part in PARTS:
        page.add_script_tag(content=(changed or {}).get(part) or source(part))
    return page


def in_browser(page: Page, plans: Sequence[tuple[Plan, Sequence[Asked]]]) -> list[list[dict[str, Any]]]:
    """What the browser decides about the answers of each plan, in one go."""
    told = [
        [client_plan(plan, FORMATS, NORMAL_BY_KIND), [{"data": data, "facts": _facts(facts)} for data, facts in asked]]
        for plan, asked in plans
    ]
    script = """(told) => JSON.stringify(told.map(([plan, cases]) => cases.map((one) => {
      try { return Xiangtong.decide(plan, one.data, one.facts); } catch (problem) { return { failed: String(problem) }; }
    })))"""
    decided: list[list[dict[str, Any]]] = json.loads(page.evaluate(script, told))
    return decided


def _facts(facts: Facts) -> dict[str, Any]:
    return {"today": facts.today.isoformat(), "params": dict(facts.params), "options": dict(facts.options)}


def in_python(plan: Plan, data: Any, facts: Facts) -> dict[str, Any]:
    """What the server decides about the same."""
    decision = decide(plan, data, facts)
    return {
        "data": decision.stored,
        "visible": list(decision.effective.visible),
        "required": list(decision.effective.required),
        "derived": decision.effective.derived,
        "problems": [[one.pointer, one.code] for one in decision.problems],
    }


def exactly(value: Any) -> str:
    """Write a value so that True and 1 differ."""
    return json.dumps(value, sort_keys=True)


def facts_of(case: Mapping[str, Any]) -> Facts:
    """The facts of a case of the corpus."""
    return Facts(date.fromisoformat(case.get("today", "2026-03-10")), case.get("params", {}), case.get("options", {}))


def is_as_written(case: Mapping[str, Any], decided: Mapping[str, Any]) -> bool:
    """Say whether an evaluator decided a case of the corpus as it is written down."""
    told = {"visible": "visible", "required": "required", "stored": "data", "problems": "problems"}
    return all(exactly(case[ours]) == exactly(decided.get(theirs)) for ours, theirs in told.items())


@cache
def vocabulary() -> Vocabulary:
    """What the forms of the corpus may refer to."""
    return read_vocabulary(ROOT / "form_schemas")


@cache
def corpus() -> list[tuple[str, Plan, list[dict[str, Any]]]]:
    """Every file of the corpus: its name, its plan, its cases."""
    files = [(path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in CORPUS]
    return [(stem, compile_plan(file["schema"], vocabulary()), file["cases"]) for stem, file in files]


def wrong_in_browser(page: Page) -> list[str]:
    """The names of the cases of the corpus that the browser decides otherwise than written."""
    plans = [(plan, [(case["data"], facts_of(case)) for case in cases]) for _, plan, cases in corpus()]
    return [
        f"{stem}: {case['name']}"
        for (stem, _, cases), told in zip(corpus(), in_browser(page, plans), strict=True)
        for case, decided in zip(cases, told, strict=True)
        if not is_as_written(case, decided)
    ]


def wrong_in_python() -> list[str]:
    """The names of the cases of the corpus that the server decides otherwise than written."""
    return [
        f"{stem}: {case['name']}"
        for stem, plan, cases in corpus()
        for case in cases
        if not is_as_written(case, in_python(plan, case["data"], facts_of(case)))
    ]
