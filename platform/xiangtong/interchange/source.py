"""Read files that hold forms: a schema, a pair of schema and uiSchema (in one file or in two), a signed package.

Of two files, `x.schema.json` or `x.json` goes with `x.uiSchema.json`, `x.ui.json` or `x-ui.json`, and `schema.json`
with `uiSchema.json`, wherever upper case stands; a uiSchema that lies beside its schema is found.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xiangtong.kernel import plain_json

_UI_NAME = re.compile(r"^(?P<stem>.*?)[-_.]?ui([-_.]?schema)?$", re.I)
_UI_WORD = re.compile(r"([-_.]ui|U[iI])([-_.]?[sS]chema)?$")
_SCHEMA_NAME = re.compile(r"^(?P<stem>.*?)[-_.]?schema$", re.I)
_LARGEST = 8 * 1024 * 1024


class Unread(ValueError):
    """A file that holds no form; two sentences say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Source:
    """One form as it was given. `error` says why it could not be read."""

    path: Path
    code: str
    schema: Any = None
    ui: Any = None
    error: Unread | None = None


def sources(paths: Sequence[Path]) -> list[Source]:
    """One for each form among the files; a uiSchema goes with its schema and is none of its own."""
    found: list[Source] = []
    used: set[Path] = set()
    uis = {path for path in paths if _is_ui(path)}
    for path in [path for path in paths if path not in uis]:
        source, beside = _source(path, uis)
        found.append(source)
        used |= {beside} if beside else set()
    alone = ("这是一份 uiSchema，没有找到和它一起的 schema", "A uiSchema whose schema was not found")
    found += [Source(path, path.stem, error=Unread(*alone)) for path in paths if path in uis - used]
    return found


def parse(text: bytes) -> Any:
    """JSON as it comes in files. Raises Unread."""
    if len(text) > _LARGEST:
        raise Unread("这个文件太大了", "This file is too large")
    try:
        return plain_json.loads(text.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=_finite)
    except plain_json.Repeated as repeated:
        raise Unread(repeated.message, repeated.message_en) from None
    except (ValueError, RecursionError):
        raise Unread("这个文件不是 JSON，读不了", "This file is not JSON") from None


def pair_of(document: Any) -> tuple[Any, Any]:
    """A schema and its uiSchema, of a document that is the one or holds both."""
    if isinstance(document, Mapping) and isinstance(document.get("schema"), Mapping) and not _is_schema(document):
        return document["schema"], document.get("uiSchema", document.get("ui"))
    return document, None


def _source(path: Path, uis: set[Path]) -> tuple[Source, Path | None]:
    code = _stem(path) or path.parent.name or "form"
    try:
        schema, ui = pair_of(_read(path))
        beside = None if ui is not None else _beside(path, uis)
        ui = _read(beside) if beside else ui
    except Unread as error:
        return Source(path, code, error=error), None
    return Source(path, code, schema, ui), beside


def _read(path: Path) -> Any:
    try:
        return parse(path.read_bytes())
    except OSError:
        raise Unread("没有找到这个文件，或者打不开", "There is no such file, or it cannot be opened") from None


def _beside(path: Path, given: set[Path]) -> Path | None:
    wanted = _stem(path).lower()
    there = sorted({*given, *(one for one in path.parent.glob("*.json") if one.is_file())})
    return next((one for one in there if one.parent == path.parent and one != path and _ui_stem(one) == wanted), None)


def _is_ui(path: Path) -> bool:
    return _ui_stem(path) is not None


def _ui_stem(path: Path) -> str | None:
    found = _UI_NAME.match(path.name.removesuffix(".json"))
    # “ui” must be a word of its own: `aqui.json` is a schema.
    if found is None or (found["stem"] and not _UI_WORD.search(path.name.removesuffix(".json"))):
        return None
    return found["stem"].lower()


def _stem(path: Path) -> str:
    name = path.name.removesuffix(".json")
    found = _SCHEMA_NAME.match(name)
    return found["stem"] if found else name


def _is_schema(document: Mapping[str, Any]) -> bool:
    return "properties" in document or "$schema" in document or isinstance(document.get("type"), str)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):  # 1e999 is no number that could be written again.
        raise ValueError(text)
    return number


def _no_constant(name: str) -> Any:
    raise ValueError(name)
