"""The browser's evaluator gives what Python's gives: on the corpus, on every form's samples, on thousands of mutations."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from evaluator_fuzz import Case, cases, told_apart
from evaluator_mutations import IN_BROWSER, Mutation, changed_script
from evaluator_pair import ROOT, evaluator_page, exactly, in_browser, in_python, wrong_in_browser
from keyword_groups import GROUPS, is_for_ifs, may_stand_in_if, plain, written
from xiangtong.dialect.vocabulary import Facts
from xiangtong.fields.formats import FORMATS
from xiangtong.fields.normal import NORMAL_FORMS
from xiangtong.forms.library import Library

_FORMS = sorted(path.parent.name for path in (ROOT / "form_schemas").glob("[!_]*/form.json"))
_MUTATIONS = 100  # of the samples of each form
_TODAY = date(2026, 11, 21)
_SEED = 20261121
_STRANGE: list[Any] = [
    *(None, "", " ", [], {}, True, False, 0, 1, -1, 99999999, [None], [{}], [{"a": 1}], {"id": "x"}, ["1", "1"]),
    *("x", "１２", "1.005", "12.50 元", "true", "2026-02-30", "2024-02-29", "张·三", "a\u0000b", "𠮷" * 60),
    *("110105194912310021", "11010519491231002X", "6222020000000000000", "13800138000", "+86 138-0013-8000"),
]
_PIECES = [
    *(
        "１３８",
        " 00 ",
        "-",
        "+86",
        "元",
        "12.5",
        "12.500",
        "，",
        "1,200",
        "张",
        "•",
        "三",
        ".",
        "　",
        "x",
        "㎡",
        "é",
        "ﬁ",
        "ß",
    ),
    *(
        "下午",
        "晚上",
        "8点",
        "半",
        "8:30",
        "12",
        "时",
        "2026年1月",
        "202601",
        "119.41",
        "°",
        "Ａb@Example.CN",
        "。",
        "亩",
    ),
    *("2026年1月3日", "20260131", "true", "0", "\u200b", "\u0007", "−5", "99999999999999999", "\r\n"),
]


#: Of every group: does the form's schema refuse nothing; does a condition hold. What no condition may say fails there.
_BY_ITSELF = """([groups, formats]) => {
  const held = (schema, one) => { try { return Xiangtong.holds(schema, one); } catch (problem) { return null; } };
  const all = (judge) => groups.map(([schema, values]) => values.map((one) => judge(schema, one)));
  return [all((schema, one) => Xiangtong.refusals(schema, one, formats, "", []).length === 0), all(held)];
}"""


@pytest.fixture(scope="module")
def browser_page(browser: Browser) -> Iterator[Page]:
    """A blank page with the evaluator in it."""
    page = evaluator_page(browser)
    yield page
    page.close()


@pytest.fixture(scope="module")
def library() -> Library:
    """The product's own forms."""
    return Library.from_folder(ROOT / "form_schemas")


def mutated(data: Any, chance: random.Random) -> Any:
    """A copy of answers with a few of them taken away, swapped or made strange."""
    changed = copy.deepcopy(data)
    places = list(_places(changed))
    for holder, key in chance.sample(places, min(len(places), chance.randint(1, 6))):
        choice = chance.random()
        if choice < 0.25 and isinstance(holder, dict):
            holder.pop(key, None)
        elif choice < 0.5:
            other, name = chance.choice(places)
            if isinstance(other, dict) and name in other:
                holder[key] = copy.deepcopy(other[name])
        else:
            holder[key] = copy.deepcopy(chance.choice(_STRANGE))
    return changed


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from _places(inner)


@pytest.mark.parametrize("form", _FORMS)
def test_both_sides_decide_alike_about_samples_and_their_mutations(
    browser_page: Page, library: Library, form: str
) -> None:
    plan = library.form(form).plan
    chance = random.Random(_SEED)
    samples = list(library.samples[form].values())
    facts = Facts(_TODAY, {}, {"villages": {"321003108215": "永和村", "321003100201": "太平村"}})
    answers = samples + [mutated(chance.choice(samples), chance) for _ in range(_MUTATIONS)]
    decided, *_ = in_browser(browser_page, [(plan, [(one, facts) for one in answers])])
    for data, browser in zip(answers, decided, strict=True):
        assert exactly(browser) == exactly(in_python(plan, data, facts)), json.dumps(data, ensure_ascii=False)


def test_the_corpus_holds_in_the_browser(browser_page: Page) -> None:
    assert wrong_in_browser(browser_page) == []


@pytest.mark.parametrize("mutation", IN_BROWSER[:2], ids=lambda one: one[1][:40])
def test_the_corpus_notices_a_fault_in_the_browser(mutation: Mutation, browser: Browser) -> None:
    page = evaluator_page(browser, changed_script(mutation))
    assert wrong_in_browser(page)
    page.close()


def test_every_honoured_keyword_by_itself(browser_page: Page) -> None:
    told = [[plain(group), [one["data"] for one in group["tests"]]] for group in GROUPS]
    of_a_form, of_an_if = browser_page.evaluate(_BY_ITSELF, [told, dict(FORMATS)])
    for group, refused, held in zip(GROUPS, of_a_form, of_an_if, strict=True):
        assert is_for_ifs(group) or refused == written(group), group["description"]
        assert not may_stand_in_if(group) or held == written(group), group["description"]


def test_three_validators_agree_about_random_schemas(browser_page: Page) -> None:
    @given(made=st.lists(cases(), min_size=3, max_size=6))
    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def compare(made: list[Case]) -> None:
        assert told_apart(browser_page, made) == []

    compare()


def test_raw_texts_become_the_same_values(browser_page: Page) -> None:
    chance = random.Random(_SEED)
    raws = _PIECES + ["".join(chance.choices(_PIECES, k=chance.randint(1, 4))) for _ in range(1500)]
    forms = "Object.keys(Xiangtong.NORMAL)"
    script = f"(raws) => JSON.stringify({forms}.map((name) => [name, raws.map((raw) => Xiangtong.NORMAL[name](raw))]))"
    for name, values in json.loads(browser_page.evaluate(script, raws)):
        assert values == [NORMAL_FORMS[name](raw) for raw in raws], name
