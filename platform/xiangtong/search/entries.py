"""Put entries in, take them out, find them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, delete, or_, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from xiangtong.search.models import SearchEntry
from xiangtong.tenancy import bulk
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.names import pinyin

_LONGEST_QUERY = 40
_MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """What a domain puts in. `words` are other names for it, separated by spaces; `address` is a path on our site.

    spoken  the title in pinyin and its initials, where they are known already
    """

    kind: str
    key: str
    title: str
    address: str
    words: str = ""
    day: date | None = None
    spoken: tuple[str, str] | None = None


# Entries that stand, by tenant, then by kind and key: title, words, pinyin, initials, address.
Findable = Mapping[int, Mapping[tuple[str, str], tuple[str, ...]]]
_COMPARED = ("title", "words", "pinyin", "initials", "address")
PUTTING = bulk.inserting(SearchEntry, ("tenant_id", "kind", "key", *_COMPARED), replacing=_COMPARED)
TAKING_OUT = bulk.deleting(SearchEntry)


def findable(session: Session, *, city_code: str, kinds: Sequence[str]) -> Findable:
    """The entries of these kinds of every tenant of a city; published text, which everybody may read."""
    mine = select(Tenant.id).where(Tenant.city_code == city_code)
    columns = [SearchEntry.__table__.c[name] for name in ("tenant_id", "kind", "key", *_COMPARED)]
    found: dict[int, dict[tuple[str, str], tuple[str, ...]]] = {}
    for row in session.execute(select(*columns).where(SearchEntry.tenant_id.in_(mine), SearchEntry.kind.in_(kinds))):
        found.setdefault(row[0], {})[row[1], row[2]] = tuple(row[3:])
    return found


def differing(
    present: Mapping[tuple[str, str], tuple[str, ...]], *, tenant_id: int, entries: Iterable[Entry]
) -> list[dict[str, Any]]:
    """The rows of those entries that do not stand as they are wanted, to be written with `PUTTING`."""
    rows = (_columns(tenant_id, entry) for entry in entries)
    return [row for row in rows if present.get((row["kind"], row["key"])) != tuple(row[name] for name in _COMPARED)]


def gone(
    present: Mapping[tuple[str, str], tuple[str, ...]], *, tenant_id: int, entries: Iterable[Entry], kind: str
) -> list[dict[str, Any]]:
    """The entries of `kind` that stand and are not wanted any more, to be written with `TAKING_OUT`."""
    wanted = {(entry.kind, entry.key) for entry in entries}
    return [
        {"tenant_id": tenant_id, "kind": kind, "key": key}
        for of, key in present
        if of == kind and (of, key) not in wanted
    ]


def put(session: Session, *, tenant_id: int, entries: Sequence[Entry]) -> None:
    """Add or replace entries."""
    if not entries:
        return
    statement = postgresql.insert(SearchEntry.__table__)  # type: ignore[arg-type]
    fresh = {name: statement.excluded[name] for name in ("title", "words", "pinyin", "initials", "address", "day")}
    upsert = statement.on_conflict_do_update(index_elements=["tenant_id", "kind", "key"], set_=fresh)
    session.execute(upsert, [_columns(tenant_id, entry) for entry in entries])


def take_out(session: Session, *, tenant_id: int, kind: str, key: str) -> None:
    """Remove an entry; nothing happens where there is none."""
    session.execute(
        delete(SearchEntry).where(SearchEntry.tenant_id == tenant_id, SearchEntry.kind == kind, SearchEntry.key == key)
    )


def tidy(query: str) -> str:
    """What a person typed, as we look for it: NFKC, trimmed, lower case, at most 40 characters."""
    plain = "".join(char for char in unicodedata.normalize("NFKC", query) if char.isprintable())
    return " ".join(plain.split()).lower()[:_LONGEST_QUERY]


def find(session: Session, *, tenant_id: int, query: str, limit: int = 30) -> list[SearchEntry]:
    """Entries of one township in which every word of the query occurs, best first.

    A word matches inside the title or the other words, or as the beginning of the pinyin or of its initials.
    """
    words = tidy(query).split()[:_MOST_WORDS]
    if not words:
        return []
    wanted = select(SearchEntry).where(SearchEntry.tenant_id == tenant_id)
    for word in words:
        wanted = wanted.where(
            or_(
                SearchEntry.title.contains(word, autoescape=True),
                SearchEntry.words.contains(word, autoescape=True),
                SearchEntry.pinyin.startswith(word, autoescape=True),
                SearchEntry.initials.startswith(word, autoescape=True),
            )
        )
    in_title = case((SearchEntry.title.contains(words[0], autoescape=True), 0), else_=1)
    # Whoever looks for something wants to do it: what was once announced about it comes last.
    announced = case({"notice": 1}, value=SearchEntry.kind, else_=0)
    kinds = case({"item": 0}, value=SearchEntry.kind, else_=1)
    return list(session.scalars(wanted.order_by(announced, in_title, kinds, SearchEntry.key).limit(limit)))


def _columns(tenant_id: int, entry: Entry) -> dict[str, Any]:
    spoken, initials = entry.spoken or pinyin(entry.title)
    return {
        "tenant_id": tenant_id,
        "kind": entry.kind,
        "key": entry.key,
        "title": entry.title,
        "words": entry.words.lower(),
        "pinyin": spoken,
        "initials": initials,
        "address": entry.address,
        "day": entry.day,
    }
