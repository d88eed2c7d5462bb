"""What a form may refer to: shared parts, kinds of fields, formats, and the facts of a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from referencing import Registry
from referencing.jsonschema import DRAFT202012

Schema = Mapping[str, Any]

#: The greatest integer that JSON readers agree on (RFC 8785, I-JSON).
LARGEST_INTEGER = 2**53 - 1

#: Rows of a question that states no ``maxItems``, and more than any table holds, on the page or from a machine.
MOST_ROWS = 100

#: Where a text leaves room for a parameter of the township.
PARAMETER_GAP = re.compile(r"\{param:([a-z0-9_.-]+)\}")

#: Kinds whose value is an object of further questions: a group, and what is a group but asked and read as one thing.
GROUP_KINDS = frozenset({"group", "date-range", "document", "full-address", "location", "matrix"})


#: What can be wrong with one answer; a form may put its own sentence to each in ``x-messages``.
PROBLEM_CODES = (
    *("missing", "type", "format", "pattern", "choice", "const", "too-small", "too-large", "multiple"),
    *("too-short", "too-long", "too-few", "too-many", "repeated", "too-few-such", "too-many-such"),
)


class DialectError(ValueError):
    """A schema was compiled that ``check`` would have refused."""


@dataclass(frozen=True)
class Vocabulary:
    """The names a form may use.

    ``documents``: shared parts by URN. ``kinds``: for each kind the keywords its schema must carry.
    ``formats``: the entry of each named format, as in ``fields/formats.json``. ``english``: words of forms in English.
    """

    documents: Mapping[str, Schema]
    kinds: Mapping[str, Schema]
    formats: Mapping[str, Schema]
    meta_schema: Schema = field(default_factory=dict)
    english: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def registry(self) -> Registry[Any]:
        """The shared parts as a registry that never asks a network."""
        resources = [(urn, DRAFT202012.create_resource(part)) for urn, part in self.documents.items()]
        return Registry().with_resources(resources)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a form needs to know besides the answers.

    ``params``: tenant parameters in stored units. ``options``: lists a township supplies, as value → label.
    """

    today: date
    params: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in a form document that the dialect refuses, at its JSON Pointer."""

    pointer: str
    sentence: str
    sentence_en: str
