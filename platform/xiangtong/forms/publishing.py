"""What is checked before a form is published: everything a citizen would otherwise find out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import rfc8785

from xiangtong.dialect.check import check
from xiangtong.dialect.plan import Question
from xiangtong.dialect.vocabulary import Facts, Finding
from xiangtong.forms.library import Form
from xiangtong.validation.validate import decide

#: Answers over this many bytes travel as a material of their own (provincial contract §2).
LARGEST_INLINE = 32 * 1024
#: The greatest a message may be (provincial contract §7).
LARGEST_MESSAGE = 64 * 1024
#: What the provincial message needs of an applicant.
_NEEDED = ("name", "id_type", "id_number", "phone")
#: Samples must hold on one fixed day; later days only make people older.
SAMPLE_DAY = date(2026, 3, 10)


def check_form(form: Form, samples: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """Give everything that stands against publishing a form."""
    findings = list(check(form.schema, form.vocabulary))
    if findings:
        return findings
    return [*_applicant(form), *_samples(form, samples)]


def worst_case_bytes(form: Form) -> int:
    """Estimate the greatest size of a form's stored answers: every text full of Chinese, every list full."""
    return _worst(form.plan.root)


def travels_inline(stored: Mapping[str, Any]) -> bool:
    """Say whether stored answers may stand in the message itself; otherwise they travel as a material."""
    return len(rfc8785.dumps(dict(stored))) <= LARGEST_INLINE


def _applicant(form: Form) -> Iterator[Finding]:
    mapping = form.plan.form.get("applicant", {})
    for role in _NEEDED:
        source = mapping.get(role)
        if source is None:
            yield Finding("/x-form/applicant", f"省平台要申请人的 {role}，表里没有说明在哪里", f"{role} is not mapped")
            continue
        for place in source if isinstance(source, list) else [source]:
            if isinstance(place, str) and form.plan.question_at(place) is None:
                yield Finding(f"/x-form/applicant/{role}", f"{place} 不是表单的问题", f"{place} is no question")


def _samples(form: Form, samples: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    if not samples:
        yield Finding("", "还没有样例，请至少准备一份填好的样例", "There is no sample")
    for name, answers in samples.items():
        decision = decide(form.plan, answers, Facts(SAMPLE_DAY))
        for problem in decision.problems:
            yield Finding(problem.pointer, f"样例 {name}：{problem.summary}", f"sample {name}: {problem.message_en}")
        lost = set(answers) - set(decision.stored)
        if lost:
            yield Finding("", f"样例 {name} 里的 {'、'.join(sorted(lost))} 不会被保存", f"sample {name}: not stored")


def _worst(question: Question) -> int:
    name = len(question.name) + 4
    if question.office:
        return 0
    if question.is_rows:
        one = sum(_worst(child) for child in question.children) + 3
        return name + one * int(question.schema.get("maxItems", 200))
    if question.children:
        return name + sum(_worst(child) for child in question.children) + 2
    return name + _worst_value(question.schema)


def _worst_value(schema: Mapping[str, Any]) -> int:
    match schema.get("type"):
        case "string":
            # A character outside the basic plane takes four bytes of UTF-8.
            return 2 + 4 * int(schema.get("maxLength", 20)) if "enum" not in schema else 40
        case "array":
            return 2 + _worst_item(schema["items"]) * int(schema.get("maxItems", 50))
        case _:
            return 18


def _worst_item(item: Mapping[str, Any]) -> int:
    properties = item.get("properties", {})
    return sum(len(name) + 4 + _worst_value(part) for name, part in properties.items()) + 3 if properties else 40
