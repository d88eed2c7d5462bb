"""Answers from posted names: where each belongs, how many rows there are, and what is left out."""

from datetime import date
from pathlib import Path

import pytest

from xiangtong.dialect.vocabulary import Facts
from xiangtong.drafts.answers import answers, as_typed, posted_fields, typed_of
from xiangtong.drafts.typed import Typed
from xiangtong.forms.library import Library
from xiangtong.validation.form_data import apply_action, put_value
from xiangtong.validation.validate import decide

LIBRARY = Library.from_folder(Path(__file__).resolve().parents[2] / "form_schemas")
FACTS = Facts(date(2026, 3, 10))
HOMESTEAD = LIBRARY.form("homestead").plan
SAMPLE = LIBRARY.samples["homestead"]["sample"]


def from_page(plan, pairs, typed=None):
    """Read what a page without script posts, over what was typed before."""
    saves = {save.pointer: save.value for save in posted_fields(plan, pairs)}
    return answers(plan, (typed or Typed()).changed(saves))


def test_names_are_pointers():
    pairs = [
        ("/by_agent", "false"),
        ("/applicant/name", " 张三 "),
        ("/household/1/name", "李四"),
        ("/household/0/relation", "10"),
        ("/site/area", "135.00"),
        ("/consent", ""),
        ("/consent", "true"),
    ]
    assert from_page(HOMESTEAD, pairs) == {
        "by_agent": False,
        "applicant": {"name": "张三"},
        "household": [{"relation": "10"}, {"name": "李四"}],
        "site": {"area": 13500},
        "consent": True,
    }


def test_what_is_not_posted_stays():
    before = Typed({"/current/disposal_words": "留着", "/materials/drawing": [{"id": "1"}]})
    data = from_page(HOMESTEAD, [("/current/disposal", "1")], before)
    assert data == {
        "current": {"disposal_words": "留着", "disposal": "1"},
        "materials": {"drawing": [{"id": "1"}]},
    }


def test_boxes_that_are_unticked_are_seen():
    plan = LIBRARY.form("temporary-relief").plan
    data = from_page(plan, [("/causes", ""), ("/causes", "other"), ("/causes", "fire")])
    assert data == {"causes": ["fire", "other"]}
    assert from_page(plan, [("/causes", "")], Typed({"/causes": ["fire"]})) == {"causes": []}


@pytest.mark.parametrize(
    "name",
    [
        "", "by_agent", "/", "/nobody", "/applicant", "/applicant/age", "/household", "/household/x/name",
        "/household/-1/name", "/household/01/name", "/household/20/name", "/household/99999999/name", "/by_agent/deep",
        "/village_opinion", "/village_opinion/opinion", "/__proto__/x", "/a" * 4000,
        "/household/0", "/site/area/0",
    ],
)  # fmt: skip
def test_names_that_are_no_questions_are_ignored(name):
    assert from_page(HOMESTEAD, [(name, "1")]) == {}
    assert not put_value(HOMESTEAD, {}, name, "1")


def test_the_last_possible_row():
    data = from_page(HOMESTEAD, [("/household/19/name", "李四")])
    assert len(data["household"]) == 20


def test_rows_come_and_go():
    data = apply_action(HOMESTEAD, {}, "add:/household")
    assert data == {"household": [{}]}
    data = apply_action(HOMESTEAD, {"household": [{"name": "a"}, {"name": "b"}]}, "remove:/household/0")
    assert data == {"household": [{"name": "b"}]}


@pytest.mark.parametrize("action", ["", "add:", "add:/reason", "remove:/household/5", "remove:/household/x", "drop:/"])
def test_actions_that_mean_nothing_change_nothing(action):
    data = {"household": [{"name": "a"}]}
    assert apply_action(HOMESTEAD, data, action) == data


def test_there_are_never_more_rows_than_the_form_has():
    data = {}
    for _ in range(30):
        data = apply_action(HOMESTEAD, data, "add:/household")
    assert len(data["household"]) == 20


def test_files_are_put_by_their_own_way():
    data = {}
    assert put_value(HOMESTEAD, data, "/materials/drawing", SAMPLE["materials"]["drawing"])
    assert data == {"materials": {"drawing": SAMPLE["materials"]["drawing"]}}
    assert not put_value(HOMESTEAD, data, "/applicant/age", 5)


def test_the_sample_survives_the_way_through_a_form():
    decision = decide(HOMESTEAD, SAMPLE, FACTS)
    assert decide(HOMESTEAD, decision.stored, FACTS).stored == decision.stored


_STRANGE = ["", " 张三\u3000", "１３５", "true", "\ud800", "x" * 300, ["1", "\u202e"], [], None, 10**30, {"a": ["b"]}]
_SAMPLES = [(code, name) for code, samples in LIBRARY.samples.items() for name in samples]


@pytest.mark.parametrize(("code", "name"), _SAMPLES)
def test_what_was_typed_is_decided_about_alike_whether_it_was_in_normal_form_or_not(code, name):
    """Filing goes the short way: normal form is made once, by the decision."""
    plan = LIBRARY.form(code).plan
    typed = typed_of(LIBRARY.samples[code][name])
    strange = {pointer: _STRANGE[number % len(_STRANGE)] for number, pointer in enumerate(typed.values)}
    for each in (typed, Typed(strange, typed.rows)):
        filed, shown = (decide(plan, data, FACTS) for data in (as_typed(plan, each), answers(plan, each)))
        assert filed.stored == shown.stored
        assert filed.problems == shown.problems
