"""Put entries in, take them out, find them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, delete, or_, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from xiangtong.search.models import SearchEntry
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


def put(session: Session, *, tenant_id: int, entries: Sequence[Entry]) -> None:
    """Add or replace entries."""
    if not entries:
        return
    # One row a statement, sent in a pipeline: unlike a long VALUES list it is compiled once for all townships.
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
    kinds = case({"item": 0, "village": 1}, value=SearchEntry.kind, else_=2)
    return list(session.scalars(wanted.order_by(in_title, kinds, SearchEntry.key).limit(limit)))


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
