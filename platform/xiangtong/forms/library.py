"""The library of forms: read once from a folder, immutable, checked and compiled on first use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from xiangtong.dialect.browser import client_plan
from xiangtong.dialect.compile import compile_plan
from xiangtong.dialect.plan import Material, Plan
from xiangtong.dialect.vocabulary import Schema, Vocabulary
from xiangtong.fields.formats import FORMATS
from xiangtong.fields.kinds import NORMAL_BY_KIND, REQUIREMENTS
from xiangtong.kernel.errors import NotFound


class NoSuchForm(NotFound):
    """No form of this code is in the library."""

    code = "NO_SUCH_FORM"

    def __init__(self) -> None:
        super().__init__("没有找到这张表，可能已经换了新的", "There is no such form")


@dataclass(frozen=True)
class Form:
    """One version of a form. ``hash`` names its content; equal hashes mean equal forms."""

    code: str
    version: int
    hash: str
    schema: Schema
    vocabulary: Vocabulary

    @property
    def title(self) -> str:
        """The official name of the form."""
        return str(self.schema.get("title", self.code))

    @property
    def title_en(self) -> str:
        """What the form is called in English; its official name where nobody has said."""
        return self.vocabulary.english.get(self.title, self.title)

    @cached_property
    def plan(self) -> Plan:
        """The compiled form."""
        return compile_plan(self.schema, self.vocabulary)

    @cached_property
    def materials(self) -> tuple[Material, ...]:
        """Every material the form may ask for, in its order: what the service guide lists."""
        found = [question.material for question in self.plan.by_pattern.values()]
        return tuple(material for material in found if material is not None)

    @cached_property
    def client_plan(self) -> Mapping[str, Any]:
        """The JSON that the page's script reads."""
        return client_plan(self.plan, FORMATS, NORMAL_BY_KIND)


@dataclass(frozen=True)
class Library:
    """All forms of a folder, and the shared parts they name."""

    forms: Mapping[str, Form]
    vocabulary: Vocabulary
    samples: Mapping[str, Mapping[str, Any]]  # form code → name of the sample → answers

    @classmethod
    def from_folder(cls, folder: Path) -> Library:
        """Read ``_dialect``, ``_common`` and every ``<form>/form.json`` below a folder."""
        vocabulary = read_vocabulary(folder)
        found = [form_of(_read(path), vocabulary) for path in sorted(folder.glob("[!_]*/form.json"))]
        samples = {
            form.code: MappingProxyType(
                {path.stem: _read(path) for path in sorted((folder / form.code).glob("sample*.json"))}
            )
            for form in found
        }
        return cls(MappingProxyType({form.code: form for form in found}), vocabulary, MappingProxyType(samples))

    def form(self, code: str) -> Form:
        """Give the form of a code, like ``old-age-allowance``. Raises ``NoSuchForm``."""
        try:
            return self.forms[code]
        except KeyError:
            raise NoSuchForm from None


def form_of(schema: Schema, vocabulary: Vocabulary, *, version: int = 1) -> Form:
    """Make a form of a document; ``version`` is the number it was published under."""
    # The order of questions means something, so the text is hashed in its own order.
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    code = str(schema.get("x-form", {}).get("code", ""))
    return Form(code, version, hashlib.sha256(text.encode()).hexdigest(), schema, vocabulary)


def read_vocabulary(folder: Path) -> Vocabulary:
    """Read the shared parts and the meta-schema below a folder of form schemas."""
    parts = [_read(path) for path in sorted((folder / "_common").glob("*.json"))]
    meta, english = folder / "_dialect" / "dialect.schema.json", folder / "_english" / "words.json"
    return Vocabulary(
        documents={part["$id"]: part for part in parts if part["$id"].startswith("urn:xiangtong:common:")},
        kinds=REQUIREMENTS,
        formats=FORMATS,
        meta_schema=_read(meta) if meta.exists() else {},
        english=_read(english) if english.exists() else {},
    )


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
