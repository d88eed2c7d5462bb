"""What a store of bytes and a virus scanner promise; every adapter passes the same tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from xiangtong.kernel.errors import Refusal

ScanState = Literal["not_scanned", "clean", "infected", "error"]


class Missing(Exception):
    """There is no object under this key."""


class OfferRefused(Refusal):
    """Bytes that came to an upload address are not those it was given for."""

    code = "UPLOAD_REFUSED"
    status = 403


class StorageUnavailable(Refusal):
    """The store does not answer now; nothing was kept, and nothing is wrong with the file."""

    code = "STORAGE_UNAVAILABLE"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            "现在存不了文件，请过几分钟再传。填过的内容都还在", "Files cannot be stored now, please try again"
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """Where a browser may put one file: a form POST of `fields`, then the part `file`.

    It holds for one key, one media type, one exact size, one checksum where one was given, until `expires_at`.
    """

    url: str
    fields: dict[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Stat:
    """One stored object: its key, its size in bytes, when it was written (aware)."""

    key: str
    size: int
    modified: datetime


class Storage(Protocol):
    """A store of bytes. Keys are `<area>/t/<tenant>/<yyyy>/<mm>/<uuid>`; an object is whole or not there.

    Adapters MUST make `put` atomic, MUST raise Missing from `get` for an unknown key, and SHOULD be safe to use
    from several threads. A store that cannot be reached raises StorageUnavailable. `origin` is the scheme and
    host a page must be allowed to post to; "" is our own.
    """

    origin: str

    def offer(self, key: str, *, media_type: str, size: int, sha256: str | None = None, seconds: int = 600) -> Offer:
        """An address for exactly one upload; `sha256` is 64 hex characters."""
        ...

    def put(self, key: str, data: bytes) -> None:
        """Store `data`, replacing what was there."""
        ...

    def get(self, key: str) -> bytes:
        """All bytes of an object; raises Missing."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; removing one that is not there is no error."""
        ...

    def list(self, prefix: str) -> Iterator[Stat]:
        """Every object whose key begins with `prefix`, in no promised order."""
        ...


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanner said. `error` is never taken for clean; `signature` names what was found."""

    state: ScanState
    signature: str = ""

    @property
    def gave_up(self) -> bool:
        """Nothing bad was found, but there was more to look into than the scanner is allowed to (a bomb, mostly)."""
        return self.signature.startswith("Heuristics.Limits.Exceeded")


class Scanner(Protocol):
    """Looks into one file. Answers and never raises: what it could not look at is `error`."""

    def scan(self, data: bytes) -> Scan:
        """The verdict on `data`."""
        ...
