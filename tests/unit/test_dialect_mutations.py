"""A corpus is worth what it notices: each operator and each keyword, broken on purpose, must turn it red."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evaluator_mutations import IN_PYTHON, notices_in_python
from xiangtong.dialect import compile as compiling
from xiangtong.dialect import conditions, effective, expressions
from xiangtong.dialect.operators import OPERATORS
from xiangtong.dialect.vocabulary import Facts
from xiangtong.forms.library import read_vocabulary
from xiangtong.validation.validate import decide

ROOT = Path(__file__).resolve().parents[2]
VOCABULARY = read_vocabulary(ROOT / "form_schemas")
FILES = [json.loads(path.read_text("utf-8")) for path in sorted((ROOT / "tests/schemas/corpus").glob("*.json"))]


@pytest.fixture(autouse=True)
def _fresh_plans():
    """Plans compiled from broken parts must not outlive their test."""
    compiling._compile.cache_clear()
    yield
    compiling._compile.cache_clear()


def is_red():
    """Say whether any case of the corpus comes out otherwise than written."""
    for file in FILES:
        plan = compiling.compile_plan(file["schema"], VOCABULARY)
        for case in file["cases"]:
            day = date.fromisoformat(case.get("today", "2026-03-10"))
            decision = decide(plan, case["data"], Facts(day, case.get("params", {}), case.get("options", {})))
            found = [[one.pointer, one.code] for one in decision.problems]
            seen = list(decision.effective.visible)
            if (found, seen, decision.stored) != (case["problems"], case["visible"], case["stored"]):
                return True
    return False


def test_unbroken_it_is_green():
    assert not is_red()


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_a_broken_operator_is_noticed(name, monkeypatch):
    silent = [] if name == "unique_by" else None
    broken = {**OPERATORS, name: replace(OPERATORS[name], compute=lambda operands, spec, facts: silent)}
    monkeypatch.setattr(expressions, "OPERATORS", broken)
    assert is_red()


@pytest.mark.parametrize("name", sorted(conditions.KEYWORDS))
@pytest.mark.parametrize("answer", [True, False])
def test_a_broken_keyword_is_noticed(name, answer, monkeypatch):
    keywords = {**conditions._KEYWORDS, name: lambda wanted: lambda value: answer}
    monkeypatch.setattr(conditions, "_KEYWORDS", keywords)
    monkeypatch.setattr(conditions, "_one_answer", lambda schema: None)
    assert is_red()


@pytest.mark.parametrize("mutation", IN_PYTHON[:2], ids=lambda one: one[1][:40])
def test_a_planted_fault_is_noticed(mutation, tmp_path):
    assert notices_in_python(mutation, tmp_path)


def test_hidden_answers_that_are_kept_are_noticed(monkeypatch):
    monkeypatch.setattr(effective._Walk, "any_holds", lambda self, guards, frames: False)
    assert is_red()


def test_required_that_is_forgotten_is_noticed(monkeypatch):
    monkeypatch.setattr("xiangtong.validation.compiled.bare", lambda schema: {"type": "object"})
    monkeypatch.setattr("xiangtong.validation.compiled._validators", {})
    assert is_red()
