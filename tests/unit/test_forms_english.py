"""Forms in English: every word that is shown has one, and every sample reads in English."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from door_services import library
from xiangtong.dialect.english import unspoken
from xiangtong.dialect.vocabulary import Facts
from xiangtong.forms import cli
from xiangtong.forms.cli import SHIPPED
from xiangtong.forms.library import Form
from xiangtong.kernel import clock
from xiangtong.rendering.answers import answers
from xiangtong.rendering.context import RenderContext
from xiangtong.validation.validate import decide

_CHINESE = re.compile("[\u4e00-\u9fff]")
_FORMS = sorted(library().forms.values(), key=lambda form: form.code)
_IDS = [form.code for form in _FORMS]


@pytest.mark.parametrize("form", _FORMS, ids=_IDS)
def test_every_word_that_is_shown_has_its_english(form: Form) -> None:
    assert sorted(set(unspoken(form.plan.schema))) == []
    assert not _CHINESE.search(form.title_en)
    rules = [rule for question in (form.plan.root, *form.plan.by_pattern.values()) for rule in question.rules]
    assert [rule.code for rule in rules if not rule.message_en or _CHINESE.search(rule.message_en)] == []


@pytest.mark.parametrize("form", _FORMS, ids=_IDS)
def test_samples_read_in_english(form: Form) -> None:
    ctx = RenderContext(locale="en")
    for sample in library().samples[form.code].values():
        stored = decide(form.plan, sample, Facts(clock.today())).stored
        told = answers(form.plan, stored, masked=False, ctx=ctx)
        typed = set(_texts(sample))
        wrong = [one for one in told if _CHINESE.search(one.label) or _CHINESE.search(one.over)]
        wrong += [one for one in told if _CHINESE.search(one.value) and not any(text in one.value for text in typed)]
        assert wrong == []


@pytest.mark.parametrize("form", _FORMS, ids=_IDS)
def test_problems_are_told_in_english_with_the_name_of_the_field(form: Form) -> None:
    for wrong in ({}, {"household": [{}], "applicant": {"id_number": "1", "phone": "x" * 300}, "by_agent": 7}):
        for problem in decide(form.plan, wrong, Facts(clock.today())).problems:
            assert problem.summary_en, problem
            assert not _CHINESE.search(problem.message_en + problem.summary_en), problem


def test_the_check_names_what_has_no_english_and_lets_it_pass(tmp_path: Path) -> None:
    schema = json.loads((SHIPPED / "old-age-allowance" / "form.json").read_text("utf-8"))
    schema["properties"]["by_agent"]["x-label"] = "您是替谁来办的"
    schema["properties"]["by_agent"]["x-messages"] = {"missing": "请先选一个"}
    schema["x-rules"][0].pop("message_en")
    shutil.copytree(SHIPPED / "old-age-allowance", tmp_path / "old-age-allowance")
    (tmp_path / "old-age-allowance" / "form.json").write_text(json.dumps(schema, ensure_ascii=False), "utf-8")
    said = CliRunner().invoke(cli.forms, ["check", str(tmp_path)])
    assert said.exit_code == 0, said.output
    words = [line.partition("no English: ")[2] for line in said.output.splitlines() if "no English" in line]
    assert words == [schema["x-rules"][0]["message"], "您是替谁来办的", "请先选一个"]


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    for member in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _texts(member)
