"""The browser's evaluator gives what Python's gives: on the corpus, on every form's samples, on thousands of mutations."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from xiangtong.dialect.browser import client_plan
from xiangtong.dialect.compile import compile_plan
from xiangtong.dialect.plan import Plan
from xiangtong.dialect.vocabulary import Facts
from xiangtong.fields.formats import FORMATS
from xiangtong.fields.kinds import NORMAL_BY_KIND
from xiangtong.fields.normal import NORMAL_FORMS
from xiangtong.forms.library import Library
from xiangtong.validation.validate import decide

_ROOT = Path(__file__).resolve().parents[2]
_SCRIPTS = _ROOT / "platform" / "xiangtong" / "static" / "form"
_FORMS = sorted(path.parent.name for path in (_ROOT / "form_schemas").glob("[!_]*/form.json"))
_MUTATIONS = 100  # of the samples of each form
_CORPUS = sorted((_ROOT / "tests" / "schemas" / "corpus").glob("*.json"))
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
    *("下午", "晚上", "8点", "半", "8:30", "12", "时", "2026年1月", "202601", "119.41", "°", "Ａb@Example.CN", "。", "亩"),
    *("2026年1月3日", "20260131", "true", "0", "\u200b", "\u0007", "−5", "99999999999999999", "\r\n"),
]


@pytest.fixture(scope="module")
def browser_page(browser: Browser) -> Iterator[Page]:
    """A blank page with the evaluator in it."""
    page = browser.new_page()
    for name in ("operators", "effective", "values", "checks"):
        page.add_script_tag(content=(_SCRIPTS / f"{name}.js").read_text(encoding="utf-8"))
    yield page
    page.close()


@pytest.fixture(scope="module")
def library() -> Library:
    """The product's own forms."""
    return Library.from_folder(_ROOT / "form_schemas")


def in_browser(page: Page, plan: Plan, cases: list[tuple[Any, Facts]]) -> list[dict[str, Any]]:
    """What the browser decides about answers."""
    told = [
        {
            "data": data,
            "facts": {"today": facts.today.isoformat(), "params": dict(facts.params), "options": dict(facts.options)},
        }
        for data, facts in cases
    ]
    script = "([plan, cases]) => JSON.stringify(cases.map((one) => Xiangtong.decide(plan, one.data, one.facts)))"
    decided: list[dict[str, Any]] = json.loads(
        page.evaluate(script, [client_plan(plan, FORMATS, NORMAL_BY_KIND), told])
    )
    return decided


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


def facts_of(case: dict[str, Any]) -> Facts:
    """The facts of a case of the corpus."""
    return Facts(date.fromisoformat(case.get("today", "2026-03-10")), case.get("params", {}), case.get("options", {}))


def exactly(value: Any) -> str:
    """Write a value so that True and 1 differ."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("form", _FORMS)
def test_both_sides_decide_alike_about_samples_and_their_mutations(
    browser_page: Page, library: Library, form: str
) -> None:
    plan = library.form(form).plan
    chance = random.Random(_SEED)
    samples = list(library.samples[form].values())
    facts = Facts(_TODAY, {}, {"villages": {"321003108215": "永和村", "321003100201": "太平村"}})
    answers = samples + [mutated(chance.choice(samples), chance) for _ in range(_MUTATIONS)]
    decided = in_browser(browser_page, plan, [(one, facts) for one in answers])
    for data, browser in zip(answers, decided, strict=True):
        assert exactly(browser) == exactly(in_python(plan, data, facts)), json.dumps(data, ensure_ascii=False)


@pytest.mark.parametrize("path", _CORPUS, ids=lambda path: path.stem)
def test_the_corpus_holds_in_the_browser(browser_page: Page, library: Library, path: Path) -> None:
    file = json.loads(path.read_text(encoding="utf-8"))
    plan = compile_plan(file["schema"], library.vocabulary)
    cases = [(case["data"], facts_of(case)) for case in file["cases"]]
    for case, decided in zip(file["cases"], in_browser(browser_page, plan, cases), strict=True):
        name = case["name"]
        assert decided["visible"] == case["visible"], name
        assert decided["required"] == case["required"], name
        assert exactly(decided["data"]) == exactly(case["stored"]), name
        assert decided["problems"] == case["problems"], name


def test_raw_texts_become_the_same_values(browser_page: Page) -> None:
    chance = random.Random(_SEED)
    raws = _PIECES + ["".join(chance.choices(_PIECES, k=chance.randint(1, 4))) for _ in range(1500)]
    forms = "Object.keys(Xiangtong.NORMAL)"
    script = f"(raws) => JSON.stringify({forms}.map((name) => [name, raws.map((raw) => Xiangtong.NORMAL[name](raw))]))"
    for name, values in json.loads(browser_page.evaluate(script, raws)):
        assert values == [NORMAL_FORMS[name](raw) for raw in raws], name
