"""Citizens: kept once, found by who the province says they are; their own rows under their own policy."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from xiangtong.identity.models import Citizen
from xiangtong.identity.ports import Claims
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import within


def id_of(keys: KeyRing, *, issuer: str, sub: str) -> UUID:
    """The citizen's id, derived from what the province calls them: no look-up across citizens is ever needed."""
    return UUID(bytes=keys.city_digest(f"citizen:{issuer}|{sub}")[:16], version=5)


def upsert(session: ScopedSession, *, keys: KeyRing, claims: Claims) -> UUID:
    """Keep what the province says of whoever signed in, sealed; returns the citizen's id. Any scope will do."""
    citizen_id, now = id_of(keys, issuer=claims.issuer, sub=claims.sub), clock.now()
    with within(session, citizen_id=citizen_id):
        row = session.get(Citizen, citizen_id)
        if row is None:
            row = Citizen(citizen_id=citizen_id, created_at=now)
            session.add(row)
        plain = json.dumps(asdict(claims), ensure_ascii=False).encode()
        row.claims_sealed = keys.city_seal(plain, context=_place(citizen_id))
        row.id_digest = _digest(keys, claims.id_number)
        row.phone_digest = _digest(keys, claims.phone)
        row.assurance, row.seen_at = str(claims.assurance), now
    return citizen_id


def load(session: ScopedSession, *, keys: KeyRing, citizen_id: UUID) -> Claims | None:
    """What the province said of the citizen at their last sign-in; None for somebody unknown."""
    with within(session, citizen_id=citizen_id):
        row = session.get(Citizen, citizen_id)
    if row is None:
        return None
    kept: dict[str, Any] = json.loads(keys.city_unseal(row.claims_sealed, context=_place(citizen_id)))
    known = {field.name for field in fields(Claims)}
    return Claims(**{name: value for name, value in kept.items() if name in known})


def is_known(session: ScopedSession, *, citizen_id: UUID) -> bool:
    """Whether somebody with this id ever signed in; a guest's id is nobody's."""
    with within(session, citizen_id=citizen_id):
        return session.get(Citizen, citizen_id) is not None


def _digest(keys: KeyRing, value: str) -> bytes | None:
    return keys.city_digest(f"person:{value}") if value else None


def _place(citizen_id: UUID) -> str:
    return f"citizen:{citizen_id}"
