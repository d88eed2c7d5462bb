"""Callbacks of the province (contract §6): proved, stored raw and sealed first; understood afterwards, once."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from xiangtong.kernel import clock, jobs, plain_json
from xiangtong.kernel.crypto import sm3_hex
from xiangtong.kernel.errors import Problem, Problems, Refusal
from xiangtong.province.profile import Profile
from xiangtong.province.signing import holds, string_to_sign
from xiangtong.push.models import Callback
from xiangtong.push.ports import Services
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import NOBODY

UNDERSTAND = "province.understand"
HEADERS = ("X-App-Id", "X-Timestamp", "X-Nonce", "X-Content-SM3", "X-Signature")
_SKEW = timedelta(seconds=300)
_EVENT = re.compile(r"[a-z0-9_.]{1,60}\Z")
_LOG = logging.getLogger(__name__)

# What an event means to us: an area registers what it does with the payload, in the transaction that marks it done.
Meaning = Callable[[Services, Mapping[str, Any]], None]


class Unproved(Refusal):
    """The request does not prove that it comes from the province. The codes are the contract's own."""

    code = "SIGNATURE"
    status = 401


def prove(profile: Profile, *, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> None:
    """Check digest, clock and signature of a callback by its HEADERS; raises Unproved.

    A replay is harmless, because event ids are kept for ever.
    """
    timestamp, digest = headers.get("X-Timestamp", ""), headers.get("X-Content-SM3", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16):
        raise Unproved("缺少时间戳", "no timestamp", code="SKEW")
    if abs(clock.now().timestamp() * 1000 - int(timestamp)) > _SKEW.total_seconds() * 1000:
        raise Unproved("时间相差超过 300 秒", "more than 300 s of skew", code="SKEW")
    text = string_to_sign(
        method=method, path=path, query=query, app_id=headers.get("X-App-Id", ""), timestamp=timestamp,
        nonce=headers.get("X-Nonce", ""), content_sm3=digest,
    )  # fmt: skip
    known = profile.callback_app_ids
    if known and headers.get("X-App-Id", "") not in known:
        raise Unproved("没有这个账号", "unknown account", code="APP")
    if digest != sm3_hex(body) or not holds(text, headers.get("X-Signature", ""), secrets=profile.callback_secrets):
        raise Unproved("签名不符", "the signature does not hold")


def store(session: Session, *, keys: KeyRing, body: bytes) -> UUID:
    """Keep a proved callback as it came, sealed, and wake who understands it; the same event twice is kept once.

    Raises Problems for a body that is no callback at all.
    """
    event_id, event = _envelope(body)
    added = session.execute(
        insert(Callback)
        .values(
            event_id=event_id, event=event, received_at=clock.now(),
            body=keys.city_seal(body, context=_context(event_id)),
        )
        .on_conflict_do_nothing()
        .returning(Callback.event_id)
    )  # fmt: skip
    if added.first() is not None:
        jobs.defer(session, UNDERSTAND, queue="province", event_id=str(event_id))
    return event_id


def understand(services: Services, *, event_id: UUID, meanings: Mapping[str, Meaning]) -> str:
    """Do what a stored callback asks for, once; unknown events are kept and counted. Returns the state it is left in."""
    with services.db.scope(NOBODY) as session:
        row = session.scalar(select(Callback).where(Callback.event_id == event_id).with_for_update())
        if row is None or row.state in ("understood", "unknown"):
            return row.state if row else "gone"
        meaning = meanings.get(row.event)
        state = "unknown" if meaning is None else _tried(services, row, meaning)
        session.execute(
            update(Callback).where(Callback.event_id == event_id).values(state=state, understood_at=clock.now())
        )
        return state


def counts(session: Session) -> dict[str, int]:
    """How many callbacks are in each state."""
    rows = session.execute(select(Callback.state, func.count()).group_by(Callback.state))
    return {row[0]: row[1] for row in rows}


def _tried(services: Services, row: Callback, meaning: Meaning) -> str:
    envelope = json.loads(services.keys.city_unseal(row.body, context=_context(row.event_id)))
    try:
        meaning(services, envelope["payload"])
    except (Refusal, KeyError, TypeError, ValueError, AttributeError):
        # It stays as it came; an operator sees the count and may try again after the mending.
        _LOG.exception("callback not understood", extra={"event_id": str(row.event_id), "event": row.event})
        return "failed"
    return "understood"


def _envelope(body: bytes) -> tuple[UUID, str]:
    wrong = Problems([Problem("", "不是一个回调消息", "not a callback")])
    try:
        envelope = plain_json.loads(body)
        event_id, event = UUID(envelope["event_id"]), envelope["event"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise wrong from None
    if not isinstance(envelope.get("payload"), dict) or not isinstance(event, str) or not _EVENT.match(event):
        raise wrong
    return event_id, event


def _context(event_id: UUID) -> str:
    return f"callback:{event_id}"
