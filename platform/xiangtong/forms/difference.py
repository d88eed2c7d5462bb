"""What differs between two versions of a form, for people: one line a question, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xiangtong.dialect.plan import Plan, Question
from xiangtong.forms.migration import Change, compare

#: Keywords of a schema that narrow or widen what may be answered, in the words of the page.
_LIMITS = {
    "minLength": "最少字数", "maxLength": "最多字数", "minimum": "最小", "maximum": "最大", "minItems": "最少几个",
    "maxItems": "最多几个", "pattern": "写法",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: which question, what sort (added, removed, changed), and the sentences that say it."""

    label: str
    pattern: str
    sort: str
    sentences: tuple[str, ...]


def differences(old: Plan, new: Plan) -> list[Line]:
    """Everything that people would notice, in the order of the new form; removed questions last."""
    lines = [_line(change) for change in compare(old, new).changes]
    found = [line for line in lines if line.sentences]
    rules = list(_rules(old, new))
    return [*found, Line("整张表", "", "changed", tuple(rules))] if rules else found


def _line(change: Change) -> Line:
    question = change.question
    if change.sort == "added":
        return Line(question.title, question.pattern, "added", (f"新加的问题：{question.label}",))
    if change.sort == "removed":
        return Line(question.title, question.pattern, "removed", ("不再问了",))
    assert change.old is not None
    assert change.new is not None
    sentences = tuple(_changed(change.old, change.new, change.sort))
    return Line(question.title, question.pattern, "changed", sentences)


def _changed(old: Question, new: Question, sort: str) -> Iterator[str]:
    if sort == "meaning":
        yield "问的不是同一件事了（回答的种类、单位或同意的内容变了），填过的不会带过去"
    if old.label != new.label:
        yield f"问法：“{old.label}” → “{new.label}”"
    if old.title != new.title:
        yield f"名称：“{old.title}” → “{new.title}”"
    if old.pattern != new.pattern:
        yield "在表里换了位置"
    if old.always_required != new.always_required:
        yield "改成必填" if new.always_required else "改成可以不填"
    if old.hint != new.hint:
        yield f"提示：“{old.hint or '无'}” → “{new.hint or '无'}”"
    yield from _options(old, new)
    for keyword, words in _LIMITS.items():
        before, after = old.schema.get(keyword), new.schema.get(keyword)
        if before != after:
            yield f"{words}：{'不限' if before is None else before} → {'不限' if after is None else after}"


def _options(old: Question, new: Question) -> Iterator[str]:
    before = {option.value: option.label for option in old.options}
    after = {option.value: option.label for option in new.options}
    if added := [label for value, label in after.items() if value not in before]:
        yield f"新加的选项：{'、'.join(added)}"
    if gone := [label for value, label in before.items() if value not in after]:
        yield f"去掉的选项：{'、'.join(gone)}"
    for value, label in before.items():
        if after.get(value, label) != label:
            yield f"选项改了说法：“{label}” → “{after[value]}”"


def _rules(old: Plan, new: Plan) -> Iterator[str]:
    before, after = dict(_told(old)), dict(_told(new))
    yield from (f"新的规定：{message}" for code, message in after.items() if code not in before)
    yield from (f"取消的规定：{message}" for code, message in before.items() if code not in after)
    for code, message in before.items():
        if after.get(code, message) != message:
            yield f"规定改了：“{message}” → “{after[code]}”"
    if old.params != new.params:
        yield "默认的数（示例值）改了"
    if [step.title for step in old.steps] != [step.title for step in new.steps]:
        yield f"步骤：{'、'.join(step.title for step in new.steps)}"


def _told(plan: Plan) -> Iterator[tuple[str, str]]:
    for question in (plan.root, *plan.by_pattern.values()):
        yield from ((f"{rule.scope}#{rule.code}", rule.message) for rule in question.rules)
