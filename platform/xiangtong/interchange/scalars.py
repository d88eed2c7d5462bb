"""One single question of elsewhere becomes one of our kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator

from xiangtong.interchange import numbers
from xiangtong.interchange.node import Node
from xiangtong.interchange.options import Option, chosen_kind, options, words_of_yes_no
from xiangtong.interchange.patterns import Unreadable, rewritten

ATTACHMENT = {"$ref": "urn:xiangtong:common:attachment"}
_TEXT, _LONG_TEXT, _LONGEST = 200, 2000, 20_000
#: Format of the source → kind of ours, its format, and whether the two mean the same.
_FORMATS: Mapping[str, tuple[str, str, bool]] = {
    "date": ("date", "date", True),
    "email": ("email", "email", True),
    "idn-email": ("email", "email", False),
    "time": ("time", "time", False),
    "month": ("month", "month", True),
    "resident-id": ("resident-id", "resident-id", True),
    "mobile-phone": ("mobile-phone", "mobile-phone", True),
    "phone": ("phone", "phone", True),
    "postcode": ("postcode", "postcode", True),
    "credit-code": ("credit-code", "credit-code", True),
    "bank-card": ("bank-card", "bank-card", True),
}
_FILE_FORMATS = frozenset({"data-url", "binary", "byte", "file"})


@dataclass
class Taken:
    """A question that was taken over.

    name    what it is called here
    schema  its schema in our dialect
    stored  a constant of the source as it is stored here; raises ValueError for what cannot be
    fields  what is in it, by the names of the source (groups; the rows of rows)
    """

    name: str
    schema: dict[str, Any]
    stored: Callable[[Any], Any]
    fields: dict[str, Taken] = field(default_factory=dict)


def as_is(value: Any) -> Any:
    """A constant that is stored as it stands."""
    return value


def of_options(found: list[Option]) -> Callable[[Any], Any]:
    """How a constant of the source is stored where it is one of the options."""

    def stored(value: Any) -> str:
        for one in found:
            if one.source == value and isinstance(one.source, bool) is isinstance(value, bool):
                return one.value
        raise ValueError(str(value))

    return stored


def read_choice(node: Node, found: list[Option]) -> tuple[dict[str, Any], Callable[[Any], Any]]:
    """One of the options."""
    node.change("type", "选项存成文字", "Options are stored as text") if node.get("type") != "string" else node.keep(
        "type"
    )
    node.refuse("const", "选项已经说明了能填什么", "The options say what can be answered")
    for keyword in ("minLength", "maxLength", "pattern", "format", "minimum", "maximum", "multipleOf"):
        node.change(keyword, "只能从选项里选，不用再限制", "One chooses from the options; no limit is needed")
    values = [one.value for one in found]
    schema = {"type": "string", "enum": values, "x-kind": chosen_kind(node, found)}
    return schema | {"x-options": [one.to_json() for one in found]}, of_options(found)


def read_boolean(node: Node, label: str) -> tuple[dict[str, Any], Callable[[Any], Any]]:
    """Yes or no; where only yes is right, something one agrees to."""
    if "type" in node:
        node.keep("type")
    node.ui.say("widget", "changed", "是和否画成两张卡片", "Yes and no are two cards")
    node.ui.say("inline", "changed", "选项怎么排由平台定", "The page decides how options stand")
    if node.get("const") is True or node.get("enum") == [True]:
        node.change("const", "只能答“是”，改成了“同意”框", "Only yes is right: a box to agree")
        node.change("enum", "只能答“是”，改成了“同意”框", "Only yes is right: a box to agree")
        return {"type": "boolean", "const": True, "x-kind": "consent", "x-text": label}, as_is
    own = words_of_yes_no(node)
    for keyword in {"enumNames", "oneOf", "anyOf"} - node.taken:
        node.change(keyword, "选项文字统一是“是”和“不是”", "The words are yes and no")
    node.change("enum", "是和否不用列选项", "Yes and no need no list")
    if "const" in node:
        raise node.leave("const", "只能答“否”的问题不用问", "What can only be no need not be asked")
    return {"type": "boolean", "x-kind": "yes-no"} | own, as_is


def read_number(node: Node, *, whole: bool) -> tuple[dict[str, Any], Callable[[Any], Any]]:
    """A whole number, or one with two decimals."""
    node.ui.say("widget", "changed", "数字用数字键盘来填", "Numbers are typed on a keyboard of digits")
    node.refuse("format", "数字不用 format", "A number has no format")
    _no_constant(node)
    if whole or numbers.is_whole(node):
        node.keep("type") if whole else node.change("type", "只能填整数，改成 integer", "Only whole ones: integer")
        return {"type": "integer", "x-kind": "integer"} | numbers.bounds(node, 1), numbers.stored_by(1)
    node.change("type", "最多两位小数，按百分之一存成整数", "Two decimals at most, stored as hundredths")
    return {"type": "integer", "x-kind": "number"} | numbers.bounds(node, 100), numbers.stored_by(100)


def read_string(node: Node) -> tuple[dict[str, Any], Callable[[Any], Any]]:
    """A text, a date, an e-mail address, or a file that elsewhere travels as a text."""
    if is_file(node):
        return read_files(node, node, 1), as_is
    if "type" in node:
        node.keep("type")
    _no_constant(node)
    kind, named, same = _FORMATS.get(_format_of(node), ("", "", True))
    if kind:
        return _formatted(node, kind, named, same=same), as_is
    if "format" in node:
        node.refuse("format", f"没有叫 {node.get('format')} 的格式，按普通文字来填", "Unknown format: taken as a text")
    return _text(node), as_is


def _format_of(node: Node) -> str:
    named = node.get("format")
    widget = node.ui.get("widget")
    by_widget = {"date": "date", "alt-date": "date", "email": "email", "time": "time"}.get(str(widget), "")
    return named if isinstance(named, str) and named in _FORMATS else by_widget if named is None else ""


def _formatted(node: Node, kind: str, named: str, *, same: bool) -> dict[str, Any]:
    if same:
        node.keep("format")
    else:
        node.change("format", f"改成了 {named}", f"Made {named}")
    for name in ("widget", "inputType", "yearsRange", "format", "hideNowButton", "hideClearButton"):
        node.ui.say(name, "changed", "这种内容有自己的填法", "This kind has its own way to be asked")
    for keyword in ("minLength", "maxLength", "pattern"):
        node.refuse(keyword, f"{named} 已经有自己的写法要求", f"{named} has its own shape")
    return {"type": "string", "format": named, "x-kind": kind}


def _text(node: Node) -> dict[str, Any]:
    long = node.ui.get("widget") == "textarea"
    secret = node.ui.get("widget") == "password"
    if node.ui.get("widget") in ("textarea", "text", "password", "updown"):
        node.ui.say("widget", "kept", "按这种写法来填", "Asked that way")
    node.ui.say("rows", "changed", "框有多高由平台定", "The page decides the height")
    schema: dict[str, Any] = {"type": "string", "x-kind": "long-text" if long else "text"}
    if secret:
        schema["x-sensitive"] = True
    return schema | _lengths(node, _LONG_TEXT if long else _TEXT) | _pattern(node)


def _lengths(node: Node, usual: int) -> dict[str, int]:
    least, most = _size(node, "minLength"), _size(node, "maxLength")
    if most is None or most > _LONGEST:
        most = max(usual, (least or 0) + usual) if most is None else _LONGEST
        node.change("maxLength", f"太长了，改成 {most}", f"Too long: made {most}")
        if "maxLength" not in node:
            node.added("maxLength", f"没有写最多多少字，加上了 {most}", f"It had no longest length: {most}")
    if least is not None and least > most:
        raise node.leave("minLength", "最少的字数比最多的还多", "The least length is over the greatest")
    return {"maxLength": most} | ({"minLength": least} if least else {})


def _size(node: Node, keyword: str) -> int | None:
    value = node.get(keyword)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        node.refuse(keyword, f"{keyword} 要写成不小于 0 的整数", f"{keyword} is a whole number of at least 0")
        return None
    node.keep(keyword)
    return value


def _pattern(node: Node) -> dict[str, str]:
    said = node.get("pattern")
    if not isinstance(said, str):
        node.refuse("pattern", "pattern 要写成文字", "A pattern is a string")
        return {}
    try:
        found = rewritten(said)
    except Unreadable as error:
        node.refuse(
            "pattern", f"这个 pattern 各端理解不一样，没有带过来：{error}", f"Not read alike everywhere: {error}"
        )
        return {}
    if found == said:
        node.keep("pattern")
    else:
        node.change("pattern", f"改写成了 {found}", f"Rewritten as {found}")
    return {"pattern": found}


def is_file(node: Node) -> bool:
    """Whether a text is really a file."""
    as_text = node.get("contentEncoding") == "base64" or node.ui.get("widget") == "file"
    return node.get("type") == "string" and (str(node.get("format")) in _FILE_FORMATS or as_text)


def read_files(node: Node, one: Node, most: int) -> dict[str, Any]:
    """Files that are handed in by themselves and named in the answers. `one` is the schema of a single one."""
    one.change("type", "文件单独上传，答案里只记是哪个文件", "Files are handed in apart; the answer names them")
    for keyword in ("format", "contentEncoding", "contentMediaType", "minLength", "maxLength", "pattern"):
        one.change(keyword, "文件单独上传，不写在答案里", "Files are handed in apart")
    accept = str(node.ui.get("accept") or one.get("contentMediaType") or "")
    for name in ("widget", "accept", "filePreview"):
        node.ui.say(name, "changed", "照片和文件由平台来收", "The platform takes photos and files")
    kind = "photo" if "image" in accept else "file"
    return {"type": "array", "items": dict(ATTACHMENT), "maxItems": most, "x-kind": kind}


def read_null(node: Node, text: str) -> tuple[dict[str, Any], Callable[[Any], Any]]:
    """A place with words and no answer."""
    node.change("type", "没有答案，写成了一段说明", "It has no answer: a notice")
    return {"type": "null", "x-kind": "notice", "x-text": text}, as_is


def read_options_or(node: Node, reader: Callable[[], tuple[dict[str, Any], Callable[[Any], Any]]]) -> Any:
    """The options of a question where it has some, else what `reader` makes of it."""
    found = options(node)
    return read_choice(node, found) if found else reader()


def _no_constant(node: Node) -> None:
    if "const" in node:
        raise node.leave("const", "只有一个答案的问题不用问", "What has one answer only need not be asked")


def beginning(node: Node, taken: Taken) -> dict[str, Any]:
    """`default`, `readOnly`, `writeOnly` and `deprecated`, as far as this kind may have them."""
    found: dict[str, Any] = {}
    kind = taken.schema["x-kind"]
    single = kind not in ("group", "rows", "notice", "consent", "file", "photo")
    for keyword in ("readOnly", "writeOnly", "deprecated"):
        if node.get(keyword) is True and single and not (keyword == "writeOnly" and "readOnly" in found):
            found |= node.keep(keyword)
        elif keyword in node:
            node.change(keyword, "这里不用写", "Not needed here")
    for name in ("readonly", "disabled"):
        if node.ui.get(name) is True and single and "writeOnly" not in found:
            found["readOnly"] = True
            node.ui.say(name, "changed", "写成了 readOnly：只显示，不能改", "Written as readOnly")
    return found | _default(node, taken, single=single and "readOnly" not in found)


def _default(node: Node, taken: Taken, *, single: bool) -> dict[str, Any]:
    if "default" not in node or not single:
        node.refuse("default", "这个问题不能替人先填好", "Nobody may answer this one beforehand")
        return {}
    value = node.get("default")
    if value is None:
        node.change("default", "空值就是没填", "null says nothing")
        return {}
    try:
        stored = taken.stored(value)
    except (ValueError, TypeError):
        node.refuse("default", "先填好的内容不在能填的范围里", "The default does not fit the question")
        return {}
    if _fits(stored, taken.schema):
        node.keep("default") if stored == value else node.change("default", f"写成了 {stored}", f"Written as {stored}")
        return {"default": stored}
    node.refuse("default", "先填好的内容不符合这个问题的要求", "The default does not fit the question")
    return {}


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    plain = {key: one for key, one in schema.items() if not key.startswith("x-") and key != "format"}
    return bool(Draft202012Validator(plain).is_valid(value)) and not isinstance(value, float)
