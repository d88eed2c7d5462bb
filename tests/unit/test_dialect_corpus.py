"""The conformance corpus, against our evaluator and against plain ``jsonschema``.

The expected results were written by hand from ``docs/dialect.md``. The browser's evaluator runs the same files.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from plain_validator import refused_plainly
from xiangtong.dialect.check import check
from xiangtong.dialect.compile import compile_plan
from xiangtong.dialect.vocabulary import Facts
from xiangtong.fields.kind import CODES
from xiangtong.forms.library import read_vocabulary
from xiangtong.validation.validate import decide

ROOT = Path(__file__).resolve().parents[2]
VOCABULARY = read_vocabulary(ROOT / "form_schemas")
FILES = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted((ROOT / "tests/schemas/corpus").glob("*.json"))
}
PAGE = " ".join((ROOT / "docs/dialect.md").read_text("utf-8").split())
CASES = [(name, index) for name, file in FILES.items() for index in range(len(file["cases"]))]


def facts_of(case):
    return Facts(date.fromisoformat(case.get("today", "2026-03-10")), case.get("params", {}), case.get("options", {}))


def exactly(value):
    """Write a value so that ``True`` and ``1`` differ."""
    return json.dumps(value, sort_keys=True)


def test_the_corpus_is_large_enough():
    assert len(CASES) >= 300


@pytest.mark.parametrize("name", FILES)
def test_every_case_names_the_sentence_that_decides_it(name):
    for case in FILES[name]["cases"]:
        assert case.keys() >= {"name", "says", "data", "visible", "required", "stored", "problems"}, case["name"]
        assert len(case["says"]) >= 8 and case["says"] in PAGE, case["name"]
    assert len({case["name"] for case in FILES[name]["cases"]}) == len(FILES[name]["cases"])


@pytest.mark.parametrize("name", FILES)
def test_every_form_of_the_corpus_is_accepted(name):
    assert check(FILES[name]["schema"], VOCABULARY) == []


@pytest.mark.parametrize(
    ("name", "index"), CASES, ids=[f"{name}-{FILES[name]['cases'][i]['name']}" for name, i in CASES]
)
def test_a_case_gives_what_was_written_down(name, index):
    case = FILES[name]["cases"][index]
    plan = compile_plan(FILES[name]["schema"], VOCABULARY)
    decision = decide(plan, case["data"], facts_of(case))
    assert list(decision.effective.visible) == case["visible"]
    assert list(decision.effective.required) == case["required"]
    assert exactly(decision.stored) == exactly(case["stored"])
    assert [[one.pointer, one.code] for one in decision.problems] == case["problems"]


@pytest.mark.parametrize(
    ("name", "index"), CASES, ids=[f"{name}-{FILES[name]['cases'][i]['name']}" for name, i in CASES]
)
def test_a_plain_validator_refuses_what_we_refuse(name, index):
    case = FILES[name]["cases"][index]
    plan = compile_plan(FILES[name]["schema"], VOCABULARY)
    ours = {pointer for pointer, code in case["problems"] if code in CODES.values()}
    listed = {
        pointer for pointer, code in case["problems"] if code == "choice" and plan.question_at(pointer).options_from
    }
    theirs = {_question(plan, pointer) for pointer, _ in refused_plainly(plan, case["stored"])}
    assert theirs == ours - listed


@pytest.mark.parametrize(
    ("name", "index"), CASES, ids=[f"{name}-{FILES[name]['cases'][i]['name']}" for name, i in CASES]
)
def test_what_is_stored_is_decided_alike_again(name, index):
    case = FILES[name]["cases"][index]
    plan = compile_plan(FILES[name]["schema"], VOCABULARY)
    again = decide(plan, case["stored"], facts_of(case))
    assert exactly(again.stored) == exactly(case["stored"])
    assert [[one.pointer, one.code] for one in again.problems] == case["problems"]


def _question(plan, pointer):
    while plan.question_at(pointer) is None:
        pointer = pointer.rpartition("/")[0]
    return pointer
