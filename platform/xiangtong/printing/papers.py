"""The list of papers under a form: what was handed in, or what is wanted. Photos are named, never pictured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xiangtong.dialect.plan import Plan, Question
from xiangtong.printing.sheet import Paper

#: Kinds whose files are listed. A signature stands in its own box.
FILES = frozenset({"file", "photo"})
_NECESSITY = {"required": "必须交", "optional": "可以没有", "later": "可以后补"}


def papers_of(plan: Plan, answers: Mapping[str, Any]) -> tuple[Paper, ...]:
    """What came with a filing, in the form's order."""
    return tuple(_given(plan.root.children, answers, ""))


def wanted(plan: Plan) -> tuple[Paper, ...]:
    """What a filing wants, and when."""
    found = []
    for question in plan.by_pattern.values():
        if question.kind in FILES and not question.office:
            said = question.material
            words = [_NECESSITY.get(said.necessity, ""), said.when] if said else []
            found.append(Paper(said.name if said else question.title, "，".join(word for word in words if word)))
    return tuple(found)


def _given(questions: tuple[Question, ...], data: Mapping[str, Any], over: str) -> Iterator[Paper]:
    for question in questions:
        value = data.get(question.name)
        if question.is_rows:
            for index, row in enumerate(value if isinstance(value, list) else ()):
                if isinstance(row, Mapping):
                    yield from _given(question.children, row, f"{over}{question.row.ordinal(index)} ")
        elif question.children and isinstance(value, Mapping):
            yield from _given(question.children, value, over)
        elif question.kind in FILES and isinstance(value, list) and value:
            names = "、".join(str(one.get("name", "")) for one in value if isinstance(one, Mapping))
            title = question.material.name if question.material else question.title
            yield Paper(f"{over}{title}", f"{len(value)} 份：{names}")
