"""Frozen messages: sealed when they are first claimed, and sent as they are at every retry."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiangtong.ledger.models import WireMessage
from xiangtong.push.ports import Enclosure, Wire
from xiangtong.tenancy.keys import OpenKey

#: Any number of messages in one statement; its parameters are what `columns` gives.
FREEZE = (
    "insert into wire_message (tenant_id, message_id, fact_id, case_id, body, enclosures, digest, mapping_version,"
    " created_at) select :tenant_id, w.*, :created_at from unnest(cast(:new_ids as uuid[]), cast(:fact_ids as uuid[]),"
    " cast(:case_ids as uuid[]), cast(:bodies as bytea[]), cast(:enclosures as bytea[]), cast(:digests as text[]),"
    " cast(:mapping_versions as text[])) as w"
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the clear, and what it belongs to."""

    id: UUID
    fact_id: UUID
    case_id: UUID
    wire: Wire
    key: OpenKey


def columns(tenant_id: int, messages: Sequence[Message], *, at: datetime) -> dict[str, object]:
    """The parameters of FREEZE: a list for each column, bodies and enclosures sealed with the key of their case."""
    return {
        "tenant_id": tenant_id,
        "created_at": at,
        "new_ids": [one.id for one in messages],
        "fact_ids": [one.fact_id for one in messages],
        "case_ids": [one.case_id for one in messages],
        "bodies": [one.key.seal(one.wire.body, context=_body(one.id)) for one in messages],
        "enclosures": [_seal_enclosures(one) for one in messages],
        "digests": [one.wire.digest for one in messages],
        "mapping_versions": [one.wire.mapping_version for one in messages],
    }


def thaw(session: Session, tenant_id: int, message_id: UUID, key: OpenKey) -> Wire:
    """A frozen message in the clear."""
    row = session.execute(
        select(WireMessage.body, WireMessage.enclosures, WireMessage.digest, WireMessage.mapping_version).where(
            WireMessage.tenant_id == tenant_id, WireMessage.message_id == message_id
        )
    ).one()
    enclosures = _open_enclosures(row.enclosures, key, message_id)
    return Wire(key.unseal(row.body, context=_body(message_id)), row.digest, enclosures, row.mapping_version)


def _seal_enclosures(message: Message) -> bytes | None:
    if not message.wire.enclosures:
        return None
    plain = [
        [e.digest, e.media_type, e.attachment_id, base64.b64encode(e.content).decode() if e.content else None]
        for e in message.wire.enclosures
    ]
    return message.key.seal(json.dumps(plain).encode(), context=_enclosed(message.id))


def _open_enclosures(sealed: bytes | None, key: OpenKey, message_id: UUID) -> tuple[Enclosure, ...]:
    if sealed is None:
        return ()
    rows = json.loads(key.unseal(sealed, context=_enclosed(message_id)))
    opened = (Enclosure(digest, media_type, attachment, content) for digest, media_type, attachment, content in rows)
    return tuple(replace(e, content=base64.b64decode(e.content) if e.content else None) for e in opened)


def _body(message_id: UUID) -> str:
    return f"wire_message:{message_id}:body"


def _enclosed(message_id: UUID) -> str:
    return f"wire_message:{message_id}:enclosures"
