"""Check what a form's conditions, computations and steps mean together. Works on the resolved form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from xiangtong.dialect import expressions
from xiangtong.dialect.plan import Guard
from xiangtong.dialect.vocabulary import GROUP_KINDS, DialectError, Finding, Schema
from xiangtong.dialect.wiring import Wiring, containers, wire


@dataclass
class _Questions:
    """Where every question stands: pattern → place in the one order, and its schema."""

    order: dict[str, int] = field(default_factory=dict)
    schemas: dict[str, Schema] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    scopes: dict[str, str] = field(default_factory=dict)


def check_meaning(schema: Schema) -> Iterator[Finding]:
    """Yield what is refused about order, visibility, computations and steps."""
    questions = _Questions()
    _number(schema, "", "", questions)
    yield from _tests(schema)
    for pattern, question in questions.schemas.items():
        if isinstance(question.get("contains"), Mapping):
            yield from _lists_required(question["contains"], f"{questions.places[pattern]}/contains", set())
    try:
        wiring = wire(schema)
    except DialectError as error:
        yield Finding("", f"条件写得不对：{error}", str(error))
        return
    yield from _conditions(wiring, questions)
    yield from _hidden_yet_required(wiring, questions)
    yield from _derived(questions)
    yield from _rules(schema, questions)
    yield from _steps(schema, questions)


def _number(schema: Schema, scope: str, place: str, questions: _Questions) -> None:
    for name, part in schema.get("properties", {}).items():
        pattern, here = f"{scope}/{name}", f"{place}/properties/{name}"
        questions.order[pattern] = len(questions.order)
        questions.schemas[pattern], questions.places[pattern], questions.scopes[pattern] = part, here, scope
        items = part.get("items")
        if part.get("x-kind") == "rows" and isinstance(items, Mapping):
            _number(items, f"{pattern}/*", f"{here}/items", questions)
        elif part.get("x-kind") in GROUP_KINDS:
            _number(part, pattern, here, questions)


def _tests(schema: Schema) -> Iterator[Finding]:
    """Every property an ``if`` tests must be in ``required``, outside of ``not``."""
    for part, _, place in containers(schema):
        yield from _tests_in(part, place)


def _tests_in(branch: Any, place: str) -> Iterator[Finding]:
    if not isinstance(branch, Mapping):
        return
    if "if" in branch:
        yield from _lists_required(branch["if"], f"{place}/if", set())
    for side in ("then", "else"):
        yield from _tests_in(branch.get(side), f"{place}/{side}")
    for index, member in enumerate(branch.get("allOf", ())):
        yield from _tests_in(member, f"{place}/allOf/{index}")
    for name, part in branch.get("properties", {}).items():
        if isinstance(part, Mapping) and "if" in part and "x-kind" not in part:
            yield Finding(
                f"{place}/properties/{name}/if", "分支里的条件要直接写在分支上", "Write the if on the branch itself"
            )


def _lists_required(test: Schema, place: str, known: set[str], *, negated: bool = False) -> Iterator[Finding]:
    listed = known if negated else known | set(test.get("required", ()))
    for name, part in test.get("properties", {}).items():
        if name not in listed:
            yield Finding(
                f"{place}/properties/{name}",
                f"if 里判断了 {name}，就要把它写进同一层的 required，否则空表也会触发",
                f"The if tests {name} without listing it in required",
            )
        if isinstance(part, Mapping):
            yield from _lists_required(part, f"{place}/properties/{name}", set(), negated=negated)
    for index, member in enumerate(test.get("allOf", ())):
        listed = listed | (set() if negated else set(member.get("required", ())))
        yield from _lists_required(member, f"{place}/allOf/{index}", listed, negated=negated)
    for index, member in enumerate(test.get("anyOf", ())):
        yield from _lists_required(member, f"{place}/anyOf/{index}", listed, negated=negated)
    if isinstance(test.get("not"), Mapping):
        yield from _lists_required(test["not"], f"{place}/not", listed, negated=True)
    if isinstance(test.get("contains"), Mapping):
        yield from _lists_required(test["contains"], f"{place}/contains", set(), negated=negated)


def _conditions(wiring: Wiring, questions: _Questions) -> Iterator[Finding]:
    for condition, place, effects in zip(wiring.conditions, wiring.places, wiring.effects, strict=True):
        unknown = [
            one for one in (*condition.reads, *(effect.target for effect in effects)) if not _is_known(one, questions)
        ]
        for pattern in unknown:
            yield Finding(place, f"条件里提到的 {pattern} 没有声明", f"{pattern} is not declared")
        if unknown:
            continue
        for pattern in condition.reads:
            schema = questions.schemas[_question_of(pattern)]
            if _is_silent(schema) or schema.get("writeOnly"):
                yield Finding(place, f"条件不能判断 {pattern}，它没有能看到的答案", f"{pattern} has no answer to test")
        if not effects:
            continue
        first = min(effects, key=lambda effect: questions.order[_question_of(effect.target)])
        for pattern in condition.reads:
            if not _earlier(pattern, first.target, condition.scope, questions):
                yield Finding(
                    place,
                    f"条件只能判断前面的问题：{pattern} 排在 {first.target} 后面",
                    f"A condition reads earlier questions only: {pattern} comes after {first.target}",
                )


def _question_of(pattern: str) -> str:
    return pattern.removesuffix("/*")


def _is_known(pattern: str, questions: _Questions) -> bool:
    return _question_of(pattern) in questions.order


def _is_silent(schema: Schema) -> bool:
    return bool(schema.get("x-office")) or schema.get("x-kind") == "notice"


def _earlier(read: str, target: str, scope: str, questions: _Questions) -> bool:
    """Say whether a question is complete before another is reached, seen from an object."""
    read, target = _question_of(read), _question_of(target)
    rows = _rows_around(read)
    if rows and not scope.startswith(f"{rows}/*") and target.startswith(f"{rows}/"):
        return False
    if target.startswith(f"{read}/") and "/*" in target:
        return False
    return questions.order[read] < questions.order[target]


def _rows_around(pattern: str) -> str:
    return pattern.split("/*", maxsplit=1)[0] if "/*" in pattern else ""


def _exclude(one: Guard, other: Guard) -> bool:
    """Say whether two guards can never hold together: they want opposite answers of one condition."""
    return any((index, not wanted) in other for index, wanted in one)


def _hidden_yet_required(wiring: Wiring, questions: _Questions) -> Iterator[Finding]:
    for pattern, hides in wiring.hidden.items():
        clash = any(not _exclude(hide, need) for hide in hides for need in wiring.required.get(pattern, ()))
        if clash and pattern in questions.places:
            yield Finding(
                questions.places[pattern],
                "这个问题有时会隐藏，只能在让它显示的那个分支里设为必填",
                "A question that may be hidden can be required only on the other side of the same if",
            )
    for pattern in wiring.required:
        schema = questions.schemas.get(pattern, {})
        nobody = any(schema.get(keyword) for keyword in ("readOnly", "deprecated"))
        if _is_silent(schema) or "x-derive" in schema or nobody:
            yield Finding(
                questions.places[pattern],
                "没有人会填的问题（算出来的、只读的、停用的、由办理人员填的）不能设为必填",
                "It cannot be required: nobody fills it in",
            )


def _derived(questions: _Questions) -> Iterator[Finding]:
    for pattern, schema in questions.schemas.items():
        if "x-derive" not in schema:
            continue
        place = f"{questions.places[pattern]}/x-derive"
        for read in expressions.paths(schema["x-derive"], questions.scopes[pattern]):
            if not _is_known(read, questions):
                yield Finding(place, f"计算里提到的 {read} 没有声明", f"{read} is not declared")
            elif not _earlier(read, pattern, questions.scopes[pattern], questions):
                yield Finding(place, f"计算只能用前面的问题：{read} 排在后面", f"It reads {read}, which comes later")


def _rules(schema: Schema, questions: _Questions) -> Iterator[Finding]:
    for part, scope, place in containers(schema):
        for index, spec in enumerate(part.get("x-rules", ())):
            named = [expressions.absolute(spec["at"], scope)] if "at" in spec else []
            for read in (*expressions.paths(spec, scope), *named):
                if not _is_known(read, questions):
                    yield Finding(
                        f"{place}/x-rules/{index}", f"规则里提到的 {read} 没有声明", f"{read} is not declared"
                    )


def _steps(schema: Schema, questions: _Questions) -> Iterator[Finding]:
    asked = Counter(pattern for step in schema.get("x-steps", ()) for pattern in step["ask"])
    if not asked:
        return
    for pattern in asked:
        if pattern not in questions.order or "/*" in pattern:
            yield Finding("/x-steps", f"步骤里提到的 {pattern} 不是表单的问题", f"{pattern} is no question of the form")
    for pattern, schema_part in questions.schemas.items():
        if "/*" in pattern or _is_office(pattern, questions):
            continue
        times = asked[pattern] + sum(asked[group] for group in _groups_around(pattern))
        is_split = schema_part.get("type") == "object" and any(one.startswith(f"{pattern}/") for one in asked)
        if times != 1 and not (times == 0 and is_split):
            yield Finding(
                questions.places[pattern],
                f"每个问题要正好放在一个步骤里，{pattern} 出现了 {times} 次",
                f"Every question belongs to exactly one step; {pattern} is in {times}",
            )


def _is_office(pattern: str, questions: _Questions) -> bool:
    return any(questions.schemas[one].get("x-office") for one in (pattern, *_groups_around(pattern)))


def _groups_around(pattern: str) -> list[str]:
    tokens = pattern.split("/")
    return ["/".join(tokens[:length]) for length in range(2, len(tokens))]
