"""A long form on a slow phone: what one change costs, with 100 questions and 200 rows, in a Chromium six times slower."""

from __future__ import annotations

import statistics
from typing import Any

from playwright.sync_api import Browser

from form_page import Desk, make_app, served
from rendering_form import ask
from xiangtong.dialect.compile import compile_plan
from xiangtong.dialect.plan import Plan
from xiangtong.dialect.vocabulary import Vocabulary
from xiangtong.fields.formats import FORMATS

BUDGET_MS = 100
QUESTIONS, ROWS, SLOWER = 100, 200, 6
#: Type into one input after the other and say how long each change kept the page busy, layout included.
_CHANGES = """(names) => names.map((name, index) => {
  const input = document.querySelector('[name="' + name + '"]');
  const boxes = input.type === "radio";
  const begun = performance.now();
  if (boxes) input.checked = true;
  else input.value = String(index + 1);
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
  document.body.getBoundingClientRect();
  return (performance.now() - begun) / 2;
})"""


def long_plan() -> Plan:
    """Every tenth question hides the next; rows with a condition, a sum, a rule within and a rule across."""
    questions: dict[str, Any] = {}
    conditions: list[dict[str, Any]] = []
    for number in range(QUESTIONS):
        kind = "yes-no" if number % 10 == 0 else "integer"
        questions[f"q{number}"] = ask(kind, f"第 {number} 问", **({} if kind == "yes-no" else {"maximum": 9999}))
        if number % 10 == 1:
            test = {"properties": {f"q{number - 1}": {"const": True}}, "required": [f"q{number - 1}"]}
            conditions.append({"if": test, "else": {"properties": {f"q{number}": False}}})
    row = {
        "id": ask("text", "编号", maxLength=20),
        "share": ask("integer", "份额", maximum=9999),
        "born": ask("date", "日期"),
    }
    questions["home"] = {
        "type": "array", "maxItems": ROWS, "x-kind": "rows", "x-label": "家里人",
        "items": {"type": "object", "additionalProperties": False, "properties": row},
    }  # fmt: skip
    questions["total"] = ask("integer", "合计", **{"x-derive": {"op": "sum", "of": "/home/*/share"}})
    schema = {
        "$schema": "urn:xiangtong:form-dialect:1", "title": "长表", "x-form": {"code": "long"},
        "x-steps": [{"id": "all", "title": "填一填", "ask": [f"/{name}" for name in questions]}],
        "type": "object", "additionalProperties": False, "properties": questions, "allOf": conditions,
        "x-rules": [
            {"code": "own", "op": "unique_by", "of": "/home/*/id", "message": "编号重复了"},
            {"code": "most", "op": "at_most", "of": [{"op": "sum", "of": "/home/*/share"}, {"const": 999}],
             "at": "/home", "message": "加起来太多"},
        ],
    }  # fmt: skip
    return compile_plan(schema, Vocabulary(documents={}, kinds={}, formats=FORMATS))


def test_a_change_in_a_long_form_is_quick_on_a_slow_phone(browser: Browser) -> None:
    rows = [{"id": f"N{number}", "share": number % 7} for number in range(ROWS)]
    desk = Desk(plan=long_plan(), answers={"home": rows})
    with served(make_app(desk)) as address:
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.set_default_timeout(60_000)
        page.goto(address)
        page.wait_for_selector("form[data-ready]")
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        names = [
            "/q10",
            "/q12",
            "/q57",
            "/home/0/share",
            "/home/99/share",
            "/home/199/id",
            "/q20",
            "/home/150/share",
        ] * 3
        times = page.evaluate(_CHANGES, names)
        page.close()
    print(f"\na change in a form of {QUESTIONS} questions and {ROWS} rows, CPU {SLOWER}× slower:")
    print(f"  median {statistics.median(times):.0f} ms, longest {max(times):.0f} ms (budget {BUDGET_MS} ms)")
    assert statistics.median(times) <= BUDGET_MS
