"""The library of forms as a folder holds it: read once, immutable, checked and compiled on first use.

What is served is in the database (`forms.shelf`); the folder is where the software's own forms come from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy.orm import Session

from xiangtong.dialect.browser import client_plan
from xiangtong.dialect.compile import compile_plan
from xiangtong.dialect.plan import Material, Plan
from xiangtong.dialect.vocabulary import Schema, Vocabulary
from xiangtong.fields.formats import FORMATS
from xiangtong.fields.kinds import NORMAL_BY_KIND, REQUIREMENTS
from xiangtong.kernel.errors import NotFound

#: live: what is begun today; earlier: may still be filed; withdrawn: nothing on it may be filed any more.
Stands = Literal["live", "earlier", "withdrawn"]


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

    @cached_property
    def client_text(self) -> str:
        """The same as the text that is sent."""
        return _text(self.client_plan)


@dataclass(frozen=True)
class Library:
    """All forms of a folder, and the shared parts they name."""

    forms: Mapping[str, Form]
    vocabulary: Vocabulary
    samples: Mapping[str, Mapping[str, Any]]  # form code → name of the sample → answers

    @classmethod
    def from_folder(cls, folder: Path, vocabulary: Vocabulary | None = None) -> Library:
        """Read ``_dialect``, ``_common`` (unless a vocabulary is given) and every ``<form>/form.json`` below a folder."""
        vocabulary = vocabulary or read_vocabulary(folder)
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

    def at(self, session: Session, *, code: str, number: int) -> Form:
        """The version that a draft or a case names: a folder has one of each. Raises ``NoSuchForm``."""
        return self.form(code)

    def planned(self, session: Session, *, code: str, digest: str) -> Form:
        """The version whose plan has this digest; raises ``NoSuchForm``."""
        found = self.form(code)
        if found.plan.digest != digest:
            raise NoSuchForm
        return found

    def stands(self, *, code: str, number: int) -> Stands:
        """How a version stands towards the one that is live; a folder has one of each."""
        return "live" if code in self.forms else "withdrawn"

    def forget(self) -> None:
        """Nothing here was read from rows."""


def form_of(schema: Schema, vocabulary: Vocabulary, *, version: int = 1) -> Form:
    """Make a form of a document; ``version`` is the number it was published under."""
    code = str(schema.get("x-form", {}).get("code", ""))
    return Form(code, version, content_hash(*_texts(schema, vocabulary)), schema, vocabulary)


def written(form: Form) -> tuple[str, str]:
    """The two texts in which a version is kept: the form, and the shared parts it names, as they are today."""
    return _texts(form.schema, form.vocabulary)


def read_back(body: str, parts: str, vocabulary: Vocabulary, *, code: str, number: int, digest: str) -> Form:
    """The form of two kept texts. Its shared parts are those of its day; kinds and formats are the software's."""
    return Form(code, number, digest, json.loads(body), replace(vocabulary, documents=json.loads(parts)))


def content_hash(body: str, parts: str) -> str:
    """The SHA-256 of a version, in hex. The order of questions means something, so texts are hashed in their order."""
    return hashlib.sha256(f"{body}\n{parts}".encode()).hexdigest()


def _texts(schema: Schema, vocabulary: Vocabulary) -> tuple[str, str]:
    named: dict[str, Schema] = {}
    waiting = [schema]
    while waiting:
        for urn in _named_in(waiting.pop()):
            if urn in vocabulary.documents and urn not in named:
                named[urn] = vocabulary.documents[urn]
                waiting.append(named[urn])
    return _text(schema), _text({urn: named[urn] for urn in sorted(named)})


def _named_in(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].partition("#")[0]
        node = list(node.values())
    for member in node if isinstance(node, list) else ():
        yield from _named_in(member)


def _text(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


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
