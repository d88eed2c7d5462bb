"""A schema of elsewhere while it is read, together with what its uiSchema says. Every keyword is accounted for.

A reader takes a keyword and says what became of it; what nobody took is refused at the end, by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from xiangtong.dialect.walk import escape
from xiangtong.interchange.report import Entry, Outcome, Report

Json = Any
_KEPT = ("照原样保留", "Kept as it is")
#: Keywords that decide nothing: they are for those who read the document.
_SILENT = ("$comment", "$id", "id", "$anchor", "examples", "$vocabulary")
#: Deeper than any form; what leads further leads in a circle.
_DEEPEST = 12
#: More schemas than any form has.
_MOST_PARTS = 3000


class Left(Exception):
    """A question that cannot be taken over; it is left out and the report says why."""


@dataclass
class Ui:
    """What a uiSchema says of one question: `ui:widget` or `ui:options.widget`, both are `widget`."""

    said: Mapping[str, Json]
    pointer: str
    report: Report
    taken: set[str] = field(default_factory=set)

    def get(self, name: str) -> Json:
        """A setting without saying anything of it."""
        options = self.said.get("ui:options")
        inner = options.get(name) if isinstance(options, Mapping) else None
        return self.said.get(f"ui:{name}", inner)

    def say(self, name: str, outcome: Outcome, zh: str, en: str) -> None:
        """Say what became of a setting, wherever it stands."""
        options = self.said.get("ui:options")
        places = [f"ui:{name}"] if f"ui:{name}" in self.said else []
        places += [f"ui:options/{name}"] if isinstance(options, Mapping) and name in options else []
        for place in places:
            self.taken.add(place)
            self.report.add(Entry("uiSchema", f"{self.pointer}/{place}", f"ui:{name}", outcome, zh, en))

    def below(self, name: str) -> Ui:
        """What it says of a part."""
        self.taken.add(name)
        inner = self.said.get(name)
        return Ui(inner if isinstance(inner, Mapping) else {}, f"{self.pointer}/{escape(name)}", self.report)

    def finish(self) -> None:
        """Refuse what nobody took: names of widgets and styles, settings of buttons, questions that are not there."""
        for place in self._places():
            if place in self.taken:
                continue
            keyword = place.removeprefix("ui:options/")
            words = (f"平台的页面样式是统一的，不用 {keyword}", f"Pages look alike here; {keyword} is not used")
            if not place.startswith("ui:"):
                words = (f"没有叫 {place} 的问题", f"There is no question named {place}")
            self.report.add(Entry("uiSchema", f"{self.pointer}/{place}", keyword, "refused", *words))

    def _places(self) -> Iterator[str]:
        for key, value in self.said.items():
            if key == "ui:options" and isinstance(value, Mapping):
                yield from (f"ui:options/{name}" for name in value)
            elif key not in ("anyOf", "oneOf", "definitions", "classNames"):
                yield escape(key) if not key.startswith("ui:") else key


@dataclass
class Node:
    """A schema at its pointer. `origins` says where keywords stand that came from elsewhere (beside a `$ref`)."""

    schema: Mapping[str, Json]
    pointer: str
    ui: Ui
    root: Mapping[str, Json]
    report: Report
    origins: Mapping[str, str] = field(default_factory=dict)
    depth: int = 0
    taken: set[str] = field(default_factory=set)

    def __contains__(self, key: str) -> bool:
        return key in self.schema

    def get(self, key: str, default: Json = None) -> Json:
        """A keyword without saying anything of it."""
        return self.schema.get(key, default)

    def at(self, key: str) -> str:
        """Where a keyword stands in the source."""
        return self.origins.get(key, f"{self.pointer}/{escape(key)}")

    def say(self, key: str, outcome: Outcome, zh: str, en: str) -> None:
        """Say what became of a keyword that is there."""
        self.taken.add(key)
        if key in self.schema:
            self.report.add(Entry("schema", self.at(key), key, outcome, zh, en))

    def keep(self, *keys: str) -> dict[str, Json]:
        """Take keywords as they are."""
        for key in keys:
            self.say(key, "kept", *_KEPT)
        return {key: self.schema[key] for key in keys if key in self.schema}

    def change(self, key: str, zh: str, en: str) -> None:
        """Say that a keyword became something else."""
        self.say(key, "changed", zh, en)

    def refuse(self, key: str, zh: str, en: str) -> None:
        """Say that a keyword is not taken over."""
        self.say(key, "refused", zh, en)

    def added(self, keyword: str, zh: str, en: str) -> None:
        """Say that something was added that the source did not say."""
        self.report.add(Entry("schema", f"{self.pointer}/{escape(keyword)}", keyword, "changed", zh, en))

    def leave(self, keyword: str, zh: str, en: str) -> Left:
        """Refuse the whole question; `raise` what comes back."""
        self.report.add(Entry("schema", self.at(keyword), keyword, "refused", zh, en))
        return Left(zh)

    def part(self, schema: Json, tail: str, ui: Ui) -> Node:
        """A schema within this one. Raises Left where it is none or lies too deep."""
        node = Node(schema, f"{self.pointer}{tail}", ui, self.root, self.report, depth=self.depth + 1)
        self.report.parts += 1
        if self.depth > _DEEPEST or self.report.parts > _MOST_PARTS:
            raise node.leave("$ref", "一层套一层太深，或者引用绕成了圈", "Nested too deeply, or in a circle")
        if not isinstance(schema, Mapping):
            raise Node({}, node.pointer, ui, self.root, self.report).leave(
                "", "这里要写一个 JSON 对象", "A JSON object is wanted here"
            )
        return node.followed()

    def followed(self) -> Node:
        """The same with its `$ref` replaced by what it names; what stands beside it comes first."""
        reference = self.schema.get("$ref")
        if reference is None:
            return self
        found, pointer = self._named(reference)
        self.change("$ref", "引用的内容直接写到了问题里", "What it names was written into the question")
        beside = {key: value for key, value in self.schema.items() if key != "$ref"}
        places = {key: self.at(key) for key in beside}
        below = replace(self, schema=found, pointer=pointer, origins={}, depth=self.depth + 1, taken=set()).followed()
        return replace(below, schema={**below.schema, **beside}, origins={**below.origins, **places})

    def _named(self, reference: Json) -> tuple[Mapping[str, Json], str]:
        if self.depth > _DEEPEST:
            raise self.leave("$ref", "一层套一层太深，或者引用绕成了圈", "Nested too deeply, or in a circle")
        target: Json = self.root
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise self.leave("$ref", "只能引用同一个文件里的内容", "Only what is in the same file can be referred to")
        for token in reference[1:].split("/")[1:]:
            name = token.replace("~1", "/").replace("~0", "~")
            if isinstance(target, list) and name.isascii() and name.isdigit() and int(name) < len(target):
                target = target[int(name)]
            else:
                target = target.get(name) if isinstance(target, Mapping) else None
        if not isinstance(target, Mapping):
            raise self.leave("$ref", f"没有找到 {reference}", f"{reference} names nothing")
        return target, reference[1:]

    def finish(self) -> None:
        """Refuse every keyword that nobody took; words that decide nothing are dropped with a word of their own."""
        for key in self.schema.keys() - self.taken:
            if key in _SILENT:
                self.change(key, "只是说明，没有带过来", "It decides nothing and was not taken over")
            else:
                self.refuse(key, f"表单不支持 {key}，没有带过来", f"{key} is not supported and was not taken over")
        self.ui.finish()
