"""Back to a draft that was begun without an account: on another phone, or at the counter.

On a phone by a QR code once, or by short code and a message; at the counter by short code and the phone's last digits.

Rows are found by a keyed digest of the code, in a scope that already holds it: nobody can list them, and the table
says of nobody that they began anything. The short code belongs to the draft and stays; each QR code works once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import LargeBinary, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from xiangtong.drafts.models import Draft
from xiangtong.drafts.opening import KEPT_FOR, OpenDraft
from xiangtong.identity import citizens, codes, throttle
from xiangtong.kernel import clock, crypto, ids
from xiangtong.kernel.db import Base, ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.notify.ports import Sms, SmsUnavailable
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Code
from xiangtong.tenancy.scope import NOBODY, Database, Scope, within

_ONCE_FOR = timedelta(hours=1)
_LENGTH = 8
_PURPOSE = "draft_return"


class DraftReturn(Base):
    """One way back to a draft: by the QR code's token (no phone), or by its short code (with the phone's digest)."""

    __tablename__ = "draft_return"
    key: Mapped[str] = mapped_column(Code, primary_key=True)
    home_tenant: Mapped[int]
    draft_id: Mapped[UUID]
    phone_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Found:
    """The draft at the end of a way back, and whose it is."""

    tenant_id: int
    draft_id: UUID
    form_code: str
    guest_id: UUID


def code_of(draft: OpenDraft) -> str:
    """The short code of a draft: 8 readable characters, always the same, made from its key."""
    number = int.from_bytes(crypto.hmac_sm3(draft.key.secret, f"return:{draft.id}".encode()), "big")
    signs = []
    for _ in range(_LENGTH):
        number, rest = divmod(number, len(ids.READABLE))
        signs.append(ids.READABLE[rest])
    return "".join(signs)


def is_open(session: ScopedSession, *, keys: KeyRing, draft: OpenDraft) -> bool:
    """Whether the short code already leads back (a phone was named)."""
    key = _key(keys, "code", code_of(draft))
    with within(session, session_key=key):
        return session.get(DraftReturn, key) is not None


def by_phone(session: ScopedSession, *, keys: KeyRing, draft: OpenDraft, phone: str) -> str:
    """Let the short code, with a message to `phone`, lead back to the draft while it is kept; gives the code."""
    code = code_of(draft)
    _put(session, _key(keys, "code", code), draft, _phone(keys, phone), KEPT_FOR)
    _put(session, _key(keys, "counter", code), draft, _tail(keys, code, phone[-4:]), KEPT_FOR)
    return code


def by_picture(session: ScopedSession, *, keys: KeyRing, draft: OpenDraft) -> str:
    """A fresh token of 128 bits for a QR code: it leads back once, within an hour."""
    token = ids.token()[:22]
    _put(session, _key(keys, "token", token), draft, None, _ONCE_FOR)
    return token


def use_picture(session: ScopedSession, *, keys: KeyRing, token: str) -> Found:
    """Where the QR code leads; it leads nowhere afterwards. Raises NotFound."""
    key = _key(keys, "token", token)
    with within(session, session_key=key):
        row = session.scalar(select(DraftReturn).where(DraftReturn.key == key).with_for_update())
        session.execute(delete(DraftReturn).where(DraftReturn.key == key))
    return _found(session, row)


def send_code(db: Database, *, keys: KeyRing, sms: Sms, code: str, phone: str, address: str) -> None:
    """Send a one-time code to `phone`, if it is the one of this short code. Tells nobody whether it is.

    Raises TooMany. Wrong short codes count for the address they come from.
    """
    throttle.spend(db, throttle.SMS_ADDRESS, address)
    throttle.spend(db, throttle.SMS_PAUSE, f"{_PURPOSE}:{phone}")
    throttle.spend(db, throttle.SMS_DAY, f"{_PURPOSE}:{phone}")
    key = _key(keys, "code", _plain(code))
    with db.scope(Scope(session_key=key)) as session:
        row = session.get(DraftReturn, key)
        if row is None or not _is_phone(row, keys, phone):
            return
        digits = codes.issue_digits(session, keys=keys, purpose=_PURPOSE, subject=key)
    try:
        sms.send(phone=phone, template="draft_code", values={"code": digits, "minutes": "5"})
    except SmsUnavailable:
        return  # The page says what to do when nothing comes.


def use_code(db: Database, *, keys: KeyRing, code: str, phone: str, digits: str) -> Found:
    """Where short code, phone and one-time code lead; raises NotFound, and TooMany after five tries."""
    key = _key(keys, "code", _plain(code))
    throttle.spend(db, throttle.CODE_TRIES, key)
    with db.scope(Scope(session_key=key)) as session:
        row = session.get(DraftReturn, key)
        good = codes.redeem(session, keys=keys, purpose=_PURPOSE, subject=key, code=digits)
        if row is None or not _is_phone(row, keys, phone) or not good:
            raise NotFound(
                "短码、手机号或验证码不对，请再核对一遍", "The code, the phone or the message's code is wrong"
            )
        found = _found(session, row)
    throttle.clear(db, throttle.CODE_TRIES, key)
    return found


def use_at_counter(db: Database, *, keys: KeyRing, code: str, tail: str, staff_id: UUID) -> Found:
    """Where a short code and the last four digits of its phone lead a member of staff.

    Raises NotFound, and TooMany after five tries of one code, or of one member of staff.
    """
    key = _key(keys, "counter", _plain(code))
    throttle.spend(db, throttle.CODE_TRIES, key)
    throttle.spend(db, throttle.CODE_TRIES, f"{_PURPOSE}:{staff_id}")
    with db.scope(Scope(session_key=key)) as session:
        row = session.get(DraftReturn, key)
        told = _tail(keys, _plain(code), tail)
        if row is None or row.phone_digest is None or not compare_digest(row.phone_digest, told):
            raise NotFound(
                "短码或手机号后四位不对，请和本人再核对一遍", "The code or the last digits of the phone are wrong"
            )
        found = _found(session, row)
    throttle.clear(db, throttle.CODE_TRIES, key)
    throttle.clear(db, throttle.CODE_TRIES, f"{_PURPOSE}:{staff_id}")
    return found


def sweep(db: Database) -> None:
    """Forget what has expired: outside of any scope the policy `stale` lets a DELETE see nothing else."""
    with db.scope(NOBODY) as session:
        session.execute(text("delete from draft_return"))


def _put(session: ScopedSession, key: str, draft: OpenDraft, phone: bytes | None, life: timedelta) -> None:
    row = {
        "home_tenant": draft.row.tenant_id, "draft_id": draft.id, "phone_digest": phone,
        "expires_at": clock.now() + life,
    }  # fmt: skip
    with within(session, session_key=key):
        fresh = insert(DraftReturn).values(key=key, **row)
        session.execute(fresh.on_conflict_do_update(index_elements=["key"], set_=row))


def _found(session: ScopedSession, row: DraftReturn | None) -> Found:
    if row is not None and row.expires_at > clock.now():
        with within(session, tenant_id=row.home_tenant):
            draft = session.get(Draft, (row.home_tenant, row.draft_id))
        guest_id = draft.citizen_id if draft is not None and draft.state in ("open", "handed") else None
        # Whoever signed in for it since has it in their list; a code must never open a session in their name.
        if draft is not None and guest_id is not None and not citizens.is_known(session, citizen_id=guest_id):
            return Found(draft.tenant_id, draft.id, draft.form_code, guest_id)
    raise NotFound(
        "这个二维码已经用过或者过期了，请在原来的手机上重新打开一个", "This way back was used or has expired"
    )


def _is_phone(row: DraftReturn, keys: KeyRing, phone: str) -> bool:
    return row.phone_digest is not None and compare_digest(row.phone_digest, _phone(keys, phone))


def _key(keys: KeyRing, sort: str, value: str) -> str:
    return keys.city_digest(f"{_PURPOSE}:{sort}:{value}").hex()


def _phone(keys: KeyRing, phone: str) -> bytes:
    return keys.city_digest(f"{_PURPOSE}:phone:{phone}")


def _tail(keys: KeyRing, code: str, tail: str) -> bytes:
    return keys.city_digest(f"{_PURPOSE}:tail:{code}:{tail}")


def _plain(code: str) -> str:
    return code.replace("-", "").replace(" ", "").upper()
