"""What push asks of the outside: a transport, with a line for each city to its province."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from xiangtong.attachments.ports import Storage
from xiangtong.kernel.errors import Problem
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database


class Unmappable(Exception):
    """The facts of an event cannot be said in the province's words; `problems` says which and why."""

    def __init__(self, problems: tuple[Problem, ...], *, code: str = "UNMAPPED") -> None:
        super().__init__(code)
        self.problems = problems
        self.code = code


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A material that the province must hold before the message: named by the SM3 of its bytes.

    The bytes are an attachment's (`attachment_id`), or stand here (`content`: answers too large for the message).
    """

    digest: str
    media_type: str
    attachment_id: str | None = None
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Wire:
    """A message ready to be frozen: the exact bytes, their SM3, what must be uploaded first."""

    body: bytes = field(repr=False)
    digest: str
    enclosures: tuple[Enclosure, ...]
    mapping_version: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Status 0 means that nothing readable did (time-out, reset, refused connection).

    `body` is the JSON object of the answer, or None when it was none.
    """

    status: int
    body: dict[str, Any] | None = field(default=None, repr=False)
    retry_after: int | None = None

    @property
    def code(self) -> str:
        """The `code` of a Problem, or the empty string."""
        code = (self.body or {}).get("code")
        return code if isinstance(code, str) else ""


@dataclass(frozen=True, slots=True)
class CaseState:
    """What the province holds of a case: `last_seq` and the chain up to it."""

    case_no: str
    last_seq: int
    chain: str


@dataclass(frozen=True, slots=True)
class DayPage:
    """One page of a day's reconciliation list."""

    cases: tuple[CaseState, ...]
    total_cases: int
    total_messages: int
    next_cursor: str | None


class Line(Protocol):
    """The line of one city to its province: mapping, signature, addresses. Never raises for what a province answers."""

    destination: str
    """Names the account's breaker; the same for every city that shares the account."""

    message_bytes: int
    """The largest message this province takes, as far as it is known here."""

    def write(self, facts: dict[str, Any], *, message_id: UUID) -> Wire:
        """The message of an event, the same bytes for the same facts and id; raises Unmappable."""

    def check(self, body: bytes) -> tuple[Problem, ...]:
        """What the contract's schema finds wrong with a message (for dry runs)."""

    def post_message(self, *, case_no: str, message_id: UUID, body: bytes) -> Answer:
        """Send exactly these bytes, signed now."""

    def has_material(self, digest: str) -> Answer:
        """200 where the province has it, 404 where not."""

    def put_material(self, digest: str, content: bytes) -> Answer:
        """Upload the bytes of a material; 200 or 201 when it is there."""

    def get_case(self, case_no: str) -> CaseState | None:
        """What the province holds now: None for nothing. Raises Unreachable when that cannot be learned."""

    def reconciliation(self, day: date, *, division: str, cursor: str | None = None) -> DayPage:
        """One page of the cases that received a message on `day`. Raises Unreachable."""


class Unreachable(Exception):
    """The province could not be asked; try later."""


class Transport(Protocol):
    """The way to the provinces: a line for each city, by the profile the city names."""

    def line(self, city_code: str) -> Line:
        """The line of a city."""


class Services(Protocol):
    """The part of the product's services that push works with."""

    @property
    def db(self) -> Database: ...
    @property
    def keys(self) -> KeyRing: ...
    @property
    def transport(self) -> Transport: ...
    @property
    def storage(self) -> Storage: ...
