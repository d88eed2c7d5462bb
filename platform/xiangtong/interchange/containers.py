"""Any question of elsewhere: which of ours it becomes. Groups, rows, lists of options, and single questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from xiangtong.dialect.vocabulary import MOST_ROWS
from xiangtong.interchange import scalars
from xiangtong.interchange.assembly import Assembly
from xiangtong.interchange.containing import read_contains
from xiangtong.interchange.lines import is_line, read_lines
from xiangtong.interchange.node import Json, Left, Node
from xiangtong.interchange.options import is_options, options
from xiangtong.interchange.scalars import Taken, as_is
from xiangtong.interchange.words import words

_ROWS, _FILES = 20, 5
_TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
#: Keywords that tell the type where the source does not.
_TELLING: Mapping[str, tuple[str, ...]] = {
    "object": ("properties", "dependencies", "additionalProperties"),
    "array": ("items", "contains", "prefixItems", "minItems", "maxItems", "uniqueItems"),
    "string": ("pattern", "minLength", "maxLength", "format"),
    "number": ("minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"),
}


def read_question(node: Node, name: str, *, in_rows: bool = False) -> Taken:
    """Take over one question, with all that is in it. Raises Left, with the reason in the report."""
    if node.ui.get("widget") == "hidden":
        node.ui.say("widget", "refused", "看不见的问题没有带过来", "A hidden field was left out")
        raise node.leave("title", "看不见的问题没有带过来", "A hidden field was left out")
    if node.ui.get("field") is not None:
        node.ui.say("field", "refused", "自己写的控件没有带过来，按普通问题来问", "Own components are not taken over")
    node = _typed(_merged(node))
    said = words(node, name)
    taken = Taken(name, {}, as_is)
    shape, taken.stored = _shape(node, taken, said, in_rows=in_rows)
    taken.schema = _ordered(shape, said)
    if shape.get("x-kind") in ("rows", "choices", "lines"):
        taken.schema |= read_contains(node, taken)
    taken.schema |= scalars.beginning(node, taken)
    node.finish()
    return taken


def _ordered(shape: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """The words stand between the type and what is in it."""
    first = {key: shape[key] for key in ("type", "x-kind") if key in shape}
    return first | {key: value for key, value in said.items() if value} | dict(shape)


def _shape(node: Node, taken: Taken, said: Mapping[str, Any], *, in_rows: bool) -> tuple[dict[str, Any], Any]:
    label = str(said.get("x-hint") or said["x-label"])
    match node.get("type"):
        case "object":
            return read_object(node, taken.fields, in_rows=in_rows), as_is
        case "array":
            return _array(node, taken, in_rows=in_rows)
        case "boolean":
            return scalars.read_boolean(node, label)
        case "null":
            return scalars.read_null(node, label)
        case "integer" | "number" as kind:
            whole = kind == "integer"
            return _one_of_or(node, lambda: scalars.read_number(node, whole=whole))
        case _:
            return _one_of_or(node, lambda: scalars.read_string(node))


def _one_of_or(node: Node, reader: Callable[[], tuple[dict[str, Any], Any]]) -> tuple[dict[str, Any], Any]:
    for keyword in ("oneOf", "anyOf"):
        if keyword in node and not is_options(node.get(keyword)):
            raise node.leave(
                keyword, f"{keyword} 说不清这里该填什么，请改成几个问题", f"{keyword} cannot say what is wanted here"
            )
    found: tuple[dict[str, Any], Any] = scalars.read_options_or(node, reader)
    return found


def read_object(node: Node, fields: dict[str, Taken], *, in_rows: bool = False) -> dict[str, Any]:
    """A group; `fields` receives its questions by the names of the source."""
    node.keep("type")
    if node.get("additionalProperties", False) is False:
        node.keep("additionalProperties")
    else:
        node.change("additionalProperties", "表单只收列出来的问题", "A form takes what it asks for and nothing else")

    def read(part: Node, name: str) -> Taken:
        return read_question(part, name, in_rows=in_rows)

    assembly = Assembly(node, read, fields)
    return {"type": "object", "additionalProperties": False, "x-kind": "group"} | assembly.assemble()


def _array(node: Node, taken: Taken, *, in_rows: bool) -> tuple[dict[str, Any], Any]:
    node.keep("type")
    for name in ("addable", "removable", "orderable", "copyable"):
        node.ui.say(name, "changed", "行可以增减，次序不用管", "Rows are added and removed here")
    listed = node.get("prefixItems", node.get("items"))
    if isinstance(listed, list):
        return _tuple(node, taken, listed, in_rows=in_rows), as_is
    if not isinstance(listed, Mapping):
        raise node.leave("items", "没有说明列表里是什么", "It does not say what is in the list")
    node.keep("items")
    one = _typed(_merged(node.part(listed, "/items", node.ui.below("items"))))
    if scalars.is_file(one):
        shape = scalars.read_files(node, one, _most(node, _FILES)) | _least(node)
        one.finish()
        return shape, as_is
    if one.get("type") != "object" and (found := options(one)):
        return _choices(node, one, taken, found)
    if is_line(one):
        return read_lines(node, one, taken, _counts(node))
    if in_rows:
        raise node.leave("items", "行里面不能再有行，请分成两张表", "Rows do not nest in rows")
    return _rows(node, one, taken), as_is


def _choices(node: Node, one: Node, taken: Taken, found: list[Any]) -> tuple[dict[str, Any], Any]:
    one.change("type", "选项存成文字", "Options are stored as text") if one.get("type") != "string" else one.keep(
        "type"
    )
    one.finish()
    if node.get("uniqueItems") is True:
        node.keep("uniqueItems")
    else:
        node.change("uniqueItems", "同一个选项只选一次", "An option is chosen once")
        node.added("uniqueItems", "同一个选项只选一次", "An option is chosen once")
    for name in ("widget", "inline"):
        node.ui.say(name, "kept", "画成可以多选的卡片", "Cards of which several are chosen")
    stored = scalars.of_options(found)
    taken.fields["*"] = Taken("*", {"type": "string", "x-kind": "choice"}, stored)
    items = {"type": "string", "enum": [option.value for option in found]}
    shape = {"type": "array", "x-kind": "choices", "uniqueItems": True, "maxItems": _most(node, len(found))}
    labelled = [option.to_json() for option in found]
    return shape | _least(node) | {"items": items | {"x-options": labelled}}, lambda values: [stored(v) for v in values]


def _counts(node: Node) -> dict[str, Any]:
    """How many there may be of what is not chosen, and whether two may be equal."""
    counts: dict[str, Any] = {"maxItems": _most(node, _ROWS)} | _least(node)
    return counts | (node.keep("uniqueItems") if node.get("uniqueItems") is True else {})


def _rows(node: Node, one: Node, taken: Taken) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "array", "x-kind": "rows"} | _counts(node)
    if one.get("type") == "object":
        inner = read_object(one, taken.fields, in_rows=True)
        for keyword in ("title", "description"):
            one.change(keyword, "每一行不用另起名字", "A row needs no name of its own")
        one.ui.say("title", "changed", "每一行不用另起名字", "A row needs no name of its own")
        for keyword in ("default", "nullable"):
            one.refuse(keyword, "每一行不能替人先填好", "Nobody may fill a row beforehand")
        one.finish()
    else:
        node.change("items", "写成了只有一个问题的行", "Rows with one question")
        inner = _row_of_one(one, taken)
    return shape | {"items": {key: value for key, value in inner.items() if key != "x-kind"}}


def _row_of_one(one: Node, taken: Taken) -> dict[str, Any]:
    field = read_question(one, "value", in_rows=True)
    taken.fields["*"] = field
    properties = {"value": field.schema}
    return {"type": "object", "additionalProperties": False, "required": ["value"], "properties": properties}


def _tuple(node: Node, taken: Taken, listed: list[Json], *, in_rows: bool) -> dict[str, Any]:
    keyword = "prefixItems" if "prefixItems" in node else "items"
    node.change(keyword, "位置不同的内容写成了一组问题", "Different places became a group of questions")
    for other in {"additionalItems", "minItems", "maxItems", "uniqueItems", "items"} - {keyword}:
        node.refuse(other, "一组问题的数目是固定的", "A group has a fixed number of questions")
    properties = {}
    said = node.ui.get("items") or node.ui.said.get("items")
    uis = said if isinstance(said, list) else []
    node.ui.taken |= {"items", "additionalItems"}
    for index, schema in enumerate(listed):
        name = f"part_{index + 1}"
        ui = replace(
            node.ui, said=uis[index] if index < len(uis) and isinstance(uis[index], Mapping) else {},
            pointer=f"{node.ui.pointer}/items/{index}", taken=set(),
        )  # fmt: skip
        try:
            taken.fields[name] = read_question(node.part(schema, f"/{keyword}/{index}", ui), name, in_rows=in_rows)
            properties[name] = taken.fields[name].schema
        except Left:
            continue
    if not properties:
        raise node.leave(keyword, "这里没有问题可以问", "There is nothing to ask here")
    return {"type": "object", "additionalProperties": False, "x-kind": "group", "properties": properties}


def _most(node: Node, usual: int) -> int:
    most = node.get("maxItems")
    if isinstance(most, int) and not isinstance(most, bool) and 1 <= most <= MOST_ROWS:
        node.keep("maxItems")
        return most
    node.change("maxItems", f"改成了最多 {usual} 个", f"Made {usual} at most")
    if "maxItems" not in node:
        node.added("maxItems", f"没有写最多几个，加上了 {usual}", f"It had no greatest number: {usual}")
    least = node.get("minItems", 0)
    return max(usual, least) if isinstance(least, int) and least <= MOST_ROWS else usual


def _least(node: Node) -> dict[str, int]:
    least = node.get("minItems", 0)
    if isinstance(least, int) and not isinstance(least, bool) and 0 <= least <= MOST_ROWS:
        node.keep("minItems")
        return {"minItems": least} if least else {}
    node.refuse("minItems", "数目不对，没有带过来", "No number of rows")
    return {}


def _merged(node: Node) -> Node:
    """Merge the members of `allOf` of a single question; of two limits the first stays, and the report says so."""
    members = node.get("allOf")
    if node.get("type") == "object" or "properties" in node or not isinstance(members, list):
        return node
    parts = [node.part(member, f"/allOf/{at}", replace(node.ui, said={})) for at, member in enumerate(members)]
    if any({"properties", "if", "oneOf", "anyOf"} & one.schema.keys() for one in parts):
        return replace(node, schema={"type": "object", **node.schema}, taken=node.taken)
    node.change("allOf", "合并到了一起", "Merged")
    merged, origins = {k: v for k, v in node.schema.items() if k != "allOf"}, dict(node.origins)
    for part in parts:
        for key, value in part.schema.items():
            if key in merged and merged[key] != value:
                part.refuse(key, "和别处写的不一样，用了前面的", "It says something else elsewhere; the first stands")
            elif key not in merged:
                merged[key], origins[key] = value, part.at(key)
    return replace(node, schema=merged, origins=origins)


def _typed(node: Node) -> Node:
    """The same with one plain type. Raises Left where there is none."""
    said = node.get("type")
    if isinstance(said, list):
        kinds = [str(kind) for kind in said if kind != "null"]
        said = "number" if set(kinds) == {"number", "integer"} else kinds[0] if len(kinds) == 1 else None
        if said is None:
            raise node.leave("type", "一个问题只能有一种答案", "A question has one type of answer")
        node.change("type", "不填就是空，不用写 null", "An answer that is not there needs no null")
    node.change("nullable", "不填就是空，不用写 null", "An answer that is not there needs no null")
    if said is None:
        said = _told(node)
        node.added("type", f"没有写 type，看作 {said}", f"It had no type: taken as {said}")
    if said not in _TYPES:
        raise node.leave("type", f"没有叫 {said} 的类型", f"There is no type {said}")
    return replace(node, schema={**node.schema, "type": said}, taken=node.taken | {"type"})


def _told(node: Node) -> str:
    for kind, keywords in _TELLING.items():
        if any(keyword in node for keyword in keywords):
            return kind
    values = node.get("enum") or [node.get("const")]
    if is_options(node.get("oneOf")) or is_options(node.get("anyOf")):
        return "string"
    if isinstance(values, list) and all(isinstance(one, bool) for one in values):
        return "boolean"
    if isinstance(values, list) and any(isinstance(one, (str, int, float)) for one in values):
        return "string"
    if any(key in node for key in ("oneOf", "anyOf", "allOf")):
        return "object"
    raise node.leave("type", "没有说明这个问题要填什么", "It does not say what is to be answered")
