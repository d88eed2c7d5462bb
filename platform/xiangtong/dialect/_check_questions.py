"""Check each question of a resolved form: its kind, its words, its bounds, its operators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xiangtong.dialect import _check_annotations, expressions
from xiangtong.dialect.operators import OPERATORS
from xiangtong.dialect.vocabulary import Finding, Schema, Vocabulary
from xiangtong.dialect.wiring import containers

#: What may be said of one line of `lines`.
_LINE = frozenset(
    {
        *("type", "format", "pattern", "minLength", "maxLength", "multipleOf", "title", "description", "$comment"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    }
)


def check_questions(schema: Schema, library: Vocabulary) -> Iterator[Finding]:
    """Yield what is refused about single questions, groups, rows and their rules."""
    params = schema.get("x-params", {})
    yield from _check_annotations.check_params(params)
    for part, scope, place in containers(schema):
        yield from _closed(part, place)
        for index, spec in enumerate(part.get("x-rules", ())):
            yield from _rule(spec, f"{place}/x-rules/{index}", params)
        for name, question in part.get("properties", {}).items():
            yield from _question(question, f"{place}/properties/{name}", library, params)
            if isinstance(question, Mapping) and question.get("x-kind") == "rows" and "/*" in scope:
                yield Finding(
                    f"{place}/properties/{name}", "行里面不能再有行，请分成两张表", "Rows do not nest in rows"
                )


def _closed(part: Schema, place: str) -> Iterator[Finding]:
    if part.get("type") != "object" or part.get("additionalProperties") is not False:
        yield Finding(
            place,
            "每个对象都要写 type: object 和 additionalProperties: false",
            "Every object needs type: object and additionalProperties: false",
        )
    for name in part.get("required", ()):
        if name not in part.get("properties", {}):
            yield Finding(f"{place}/required", f"必填项 {name} 没有声明", f"{name} is required but not declared")


def _question(question: Any, place: str, library: Vocabulary, params: Schema) -> Iterator[Finding]:
    if not isinstance(question, Mapping):
        yield Finding(place, "问题要写成一个 JSON 对象", "A question is a JSON object")
        return
    for keyword, words in (("x-kind", "控件"), ("x-label", "问题文字")):
        if not question.get(keyword):
            yield Finding(place, f"这个问题缺少{words}（{keyword}）", f"This question lacks {keyword}")
    kind = library.kinds.get(question.get("x-kind", ""))
    if kind is not None:
        yield from _fits_kind(question, place, kind)
    yield from _options(question, place)
    yield from _check_annotations.check_annotations(question, place, params, kind or {})
    if question.get("x-kind") == "matrix":
        yield from _lines_of_matrix(question, place)
    if question.get("x-kind") == "lines":
        yield from _each_line(question, place)
    if "x-derive" in question:
        yield from _derived(question, f"{place}/x-derive", params)


def _derived(question: Schema, place: str, params: Schema) -> Iterator[Finding]:
    """A comparison answers yes or no: the derived value of a yes-no may be one, and an `if` may ask for it."""
    spec = question["x-derive"]
    operator = OPERATORS.get(spec.get("op", "")) if isinstance(spec, Mapping) else None
    is_answer = operator is not None and operator.compares and question.get("x-kind") == "yes-no"
    yield from _operation(spec, place, params, rule=is_answer)
    if is_answer:
        for key in sorted(_RULE_WORDS & spec.keys()):
            yield Finding(f"{place}/{key}", f"计算里没有 {key} 这个设置", f"A computation has no {key}")


def _fits_kind(question: Schema, place: str, kind: Schema) -> Iterator[Finding]:
    name = question["x-kind"]
    for keyword, value in kind.get("schema", {}).items():
        if question.get(keyword) != value:
            yield Finding(
                f"{place}/{keyword}", f"控件 {name} 的 {keyword} 要写成 {value}", f"{name}: {keyword} is {value}"
            )
    for keyword in kind.get("needs", ()):
        if keyword not in question and not (keyword == "enum" and "x-options-from" in question):
            yield Finding(place, f"控件 {name} 要写明 {keyword}", f"The kind {name} needs {keyword}")


def _lines_of_matrix(matrix: Schema, place: str) -> Iterator[Finding]:
    lines = list(matrix.get("properties", {}).items())
    columns = [list(line.get("properties", {})) if isinstance(line, Mapping) else [] for _, line in lines]
    for (name, line), asked in zip(lines, columns, strict=True):
        is_line = isinstance(line, Mapping) and line.get("x-kind") == "group"
        if not is_line or not asked or asked != columns[0]:
            yield Finding(
                f"{place}/properties/{name}",
                "表格的每一行都是一组同样的问题：x-kind 写 group，问题的名称和次序都一样",
                "Every line of a matrix is a group of the same questions in the same order",
            )


def _each_line(question: Schema, place: str) -> Iterator[Finding]:
    items = question.get("items")
    if not isinstance(items, Mapping):
        return
    if "enum" in items or question.keys() & {"x-options", "x-options-from"}:
        yield Finding(place, "从选项里选的请写成 choices", "What is chosen from options is `choices`")
        return
    if items.get("type") not in ("string", "integer"):
        yield Finding(
            f"{place}/items/type",
            "每一行只能是文字或整数；别的列表请写成 rows",
            "A line is a text or an integer; write other lists as rows",
        )
    for key in sorted(items.keys() - _LINE):
        yield Finding(f"{place}/items/{key}", f"一行里不能用 {key}", f"{key} may not be used of a line")
    if items.get("type") == "string" and not items.keys() & {"maxLength", "format"}:
        yield Finding(f"{place}/items", "每一行最多写多少字，要写明 maxLength", "A line needs maxLength, or a format")


def _options(question: Schema, place: str) -> Iterator[Finding]:
    items = question.get("items")
    if question.get("x-kind") == "yes-no" and sorted(question.get("enum", (False, True)), key=repr) != [False, True]:
        yield Finding(
            f"{place}/oneOf",
            "是否题自己的说法要正好写两项：一项 true，一项 false",
            "The words of a yes-no are two: one of true, one of false",
        )
    holder = items if isinstance(items, Mapping) and "enum" in items else question
    labelled = holder.get("x-options", question.get("x-options"))
    if question.get("x-kind") == "choices" and "enum" not in holder and "x-options-from" not in question:
        yield Finding(
            f"{place}/items",
            "列表的每一项要从选项里选；自己写的几项请写成 lines，别的列表请写成 rows",
            "Each item is one of the options; write what people type as lines, other lists as rows",
        )
    if labelled is None:
        if "enum" in holder and "x-options-from" not in question:
            yield Finding(place, "选项要在 x-options 里写明文字", "The options need words in x-options")
        return
    if [one.get("value") for one in labelled] != holder.get("enum"):
        yield Finding(f"{place}/x-options", "x-options 的取值要和 enum 一致", "x-options and enum must agree")


def _rule(spec: Any, place: str, params: Schema) -> Iterator[Finding]:
    if not isinstance(spec, Mapping):
        yield Finding(place, "规则要写成一个 JSON 对象", "A rule is a JSON object")
        return
    for keyword in ("code", "message"):
        if not isinstance(spec.get(keyword), str):
            yield Finding(place, f"规则缺少 {keyword}", f"The rule lacks {keyword}")
    yield from _operation(spec, place, params, rule=True)
    if "at" not in spec and not any(True for _ in expressions.paths(spec, "")):
        yield Finding(place, "规则要用 at 写明问题显示在哪里", "The rule must say in `at` where its problem is shown")


_RULE_WORDS = frozenset({"code", "message", "message_en", "at"})


def _operation(spec: Any, place: str, params: Schema, *, rule: bool) -> Iterator[Finding]:
    operator = OPERATORS.get(spec.get("op", "")) if isinstance(spec, Mapping) else None
    if operator is None:
        named = spec.get("op") if isinstance(spec, Mapping) else spec
        yield Finding(f"{place}/op", f"没有叫 {named} 的运算", f"There is no operator {named}")
        return
    if operator.rule is not rule:
        yield Finding(f"{place}/op", f"{spec['op']} 不能用在这里", f"{spec['op']} may not be used here")
    allowed = {"op", "of"} | operator.settings | (_RULE_WORDS if rule else set())
    for key in spec.keys() - allowed:
        yield Finding(f"{place}/{key}", f"{spec['op']} 没有 {key} 这个设置", f"{spec['op']} has no setting {key}")
    for key in operator.needs - spec.keys():
        yield Finding(place, f"{spec['op']} 要写明 {key}", f"{spec['op']} needs {key}")
    operands = expressions.listed(spec.get("of", []))
    least, most = operator.operands
    if not least <= len(operands) <= most:
        yield Finding(f"{place}/of", f"{spec['op']} 的运算对象数目不对", f"{spec['op']} has a wrong number of operands")
    for index, operand in enumerate(operands):
        yield from _operand(operand, f"{place}/of/{index}", params)


def _operand(operand: Any, place: str, params: Schema) -> Iterator[Finding]:
    if isinstance(operand, str):
        return
    if isinstance(operand, Mapping) and "op" in operand:
        yield from _operation(operand, place, params, rule=False)
    elif isinstance(operand, Mapping) and list(operand) == ["param"]:
        if operand["param"] not in params:
            name = operand["param"]
            yield Finding(place, f"参数 {name} 没有在 x-params 里声明", f"The parameter {name} is not in x-params")
    elif not (isinstance(operand, Mapping) and list(operand) == ["const"]):
        yield Finding(
            place, "运算对象只能是路径、参数、常数或另一个运算", "An operand is a path, param, const or operation"
        )
