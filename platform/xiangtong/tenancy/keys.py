"""Keys: master → tenant → data. Erasing a case is destroying its data key (design §6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnExpressionArgument, ScalarSelect, delete, literal, select, union_all
from sqlalchemy.orm import Session

from xiangtong.kernel import crypto
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.models import DataKey, TenantKey

Purpose = Literal["wrap", "find"]
_PURPOSES: tuple[Purpose, Purpose] = ("wrap", "find")


def wrapped_of(tenant_id: ColumnExpressionArgument[int]) -> tuple[ScalarSelect[bytes], ScalarSelect[bytes]]:
    """Columns for a query that goes on to open or seal something: the tenant's keys (see `KeyRing.remember`)."""
    mine = select(TenantKey.wrapped).where(TenantKey.tenant_id == tenant_id)
    wrap, find = (mine.where(TenantKey.purpose == purpose).scalar_subquery() for purpose in _PURPOSES)
    return wrap, find


def _kept(session: Session) -> dict[tuple[int, str], bytes]:
    kept: dict[tuple[int, str], bytes] = session.info.setdefault("tenant_keys", {})
    return kept


class KeyDestroyed(Exception):
    """The data key is gone: what it sealed cannot be read by anybody, and is not meant to be."""


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A data key in the clear, for as long as one transaction needs it."""

    id: UUID
    secret: bytes
    suite: crypto.Suite

    def seal(self, plain: bytes, *, context: str) -> bytes:
        """Encrypt `plain` for the place `context` (table, row and column)."""
        return crypto.seal(self.secret, plain, context=f"{self.id}:{context}".encode(), suite=self.suite)

    def unseal(self, sealed: bytes, *, context: str) -> bytes:
        """Decrypt; raises crypto.SealBroken."""
        return crypto.unseal(self.secret, sealed, context=f"{self.id}:{context}".encode())


class KeyRing:
    """Opens and makes keys. Holds the master key; wrapped keys come from the rows of the session's scope."""

    def __init__(self, master_key: bytes, suite: crypto.Suite = "sm4") -> None:
        self._master = crypto.derive(master_key, "xiangtong:master:wrap")
        self._city = crypto.derive(master_key, "xiangtong:city:find")
        self._paper = crypto.derive(master_key, "xiangtong:paper")
        self._suite: crypto.Suite = suite
        self._opened = lru_cache(maxsize=4096)(self._open_tenant_key)

    def found_tenant(self, session: Session, *, tenant_id: int) -> None:
        """Make the keys of a new tenant; does nothing for one that has them."""
        present = set(session.scalars(select(TenantKey.purpose).where(TenantKey.tenant_id == tenant_id)))
        session.add_all(self.tenant_key_rows([tenant_id], skip=present))
        session.flush()

    def tenant_key_rows(self, tenant_ids: Iterable[int], *, skip: Iterable[str] = ()) -> list[TenantKey]:
        """Fresh key rows (not yet added) for each tenant and purpose."""
        wanted: list[Purpose] = [p for p in _PURPOSES if p not in set(skip)]
        return [self._fresh(tenant_id, purpose) for tenant_id in tenant_ids for purpose in wanted]

    def create(self, session: Session, *, tenant_id: int) -> OpenKey:
        """A fresh data key, stored wrapped."""
        key = OpenKey(new_id(), crypto.new_key(), self._suite)
        wrapped = crypto.seal(self._tenant(session, tenant_id, "wrap"), key.secret, context=key.id.bytes)
        session.add(DataKey(tenant_id=tenant_id, id=key.id, wrapped=wrapped))
        session.flush()
        return key

    def open(self, session: Session, *, tenant_id: int, key_id: UUID) -> OpenKey:
        """The data key `key_id`; raises KeyDestroyed when it was erased. One query, for both of its wrappings."""
        kept = _kept(session)
        wanted = select(literal("data"), DataKey.wrapped).where(DataKey.tenant_id == tenant_id, DataKey.id == key_id)
        if (tenant_id, "wrap") not in kept:
            own = select(TenantKey.purpose, TenantKey.wrapped).where(TenantKey.tenant_id == tenant_id)
            rows = session.execute(union_all(wanted, own))
        else:
            rows = session.execute(wanted)
        found: dict[str, bytes] = {row[0]: row[1] for row in rows}
        data = found.pop("data", None)
        kept |= {(tenant_id, purpose): self._opened(tenant_id, purpose, wrapped) for purpose, wrapped in found.items()}
        return self.unwrap(session, tenant_id=tenant_id, key_id=key_id, wrapped=data)

    def unwrap(self, session: Session, *, tenant_id: int, key_id: UUID, wrapped: bytes | None) -> OpenKey:
        """As `open`, for a key whose row was read together with something else; None means it was erased."""
        if wrapped is None:
            raise KeyDestroyed(str(key_id))
        secret = crypto.unseal(self._tenant(session, tenant_id, "wrap"), wrapped, context=key_id.bytes)
        return OpenKey(key_id, secret, self._suite)

    def remember(self, session: Session, *, tenant_id: int, wrapped: Iterable[bytes | None]) -> None:
        """Keep for this transaction the tenant's own keys, which were read with `wrapped_of` in some other query."""
        kept = _kept(session)
        for purpose, key in zip(_PURPOSES, wrapped, strict=True):
            if key is not None:
                kept[tenant_id, purpose] = self._opened(tenant_id, purpose, key)

    def destroy(self, session: Session, *, tenant_id: int, key_id: UUID) -> None:
        """Erase: after the commit nothing sealed with this key can be read."""
        session.execute(delete(DataKey).where(DataKey.tenant_id == tenant_id, DataKey.id == key_id))

    def digest(self, session: Session, *, tenant_id: int, value: str) -> bytes:
        """The keyed digest by which this tenant finds an id or phone number without storing it in the clear."""
        return crypto.hmac_sm3(self._tenant(session, tenant_id, "find"), value.encode())

    def city_digest(self, value: str) -> bytes:
        """The keyed digest of the city's own tables (citizens, staff sign-in)."""
        return crypto.hmac_sm3(self._city, value.encode())

    def encipher_block(self, block: bytes) -> bytes:
        """16 bytes enciphered as one block, always to the same 16: what printed papers carry (ADR 0010)."""
        return crypto.encipher_block(self._paper, block)

    def decipher_block(self, block: bytes) -> bytes:
        """What `encipher_block` enciphered; for any other 16 bytes something without meaning."""
        return crypto.decipher_block(self._paper, block)

    def city_seal(self, plain: bytes, *, context: str) -> bytes:
        """Encrypt a value of the city's own tables (citizens)."""
        return crypto.seal(self._master, plain, context=context.encode(), suite=self._suite)

    def city_unseal(self, sealed: bytes, *, context: str) -> bytes:
        """Decrypt a value of the city's own tables."""
        return crypto.unseal(self._master, sealed, context=context.encode())

    def _fresh(self, tenant_id: int, purpose: Purpose) -> TenantKey:
        wrapped = crypto.seal(self._master, crypto.new_key(), context=f"{tenant_id}:{purpose}".encode())
        return TenantKey(tenant_id=tenant_id, purpose=purpose, wrapped=wrapped)

    def _tenant(self, session: Session, tenant_id: int, purpose: Purpose) -> bytes:
        # Both keys of a tenant come in one statement and stay for this session, which lives for one transaction.
        kept = _kept(session)
        if (tenant_id, purpose) not in kept:
            rows = session.execute(select(TenantKey.purpose, TenantKey.wrapped).where(TenantKey.tenant_id == tenant_id))
            kept |= {(tenant_id, row.purpose): self._opened(tenant_id, row.purpose, row.wrapped) for row in rows}
        if (tenant_id, purpose) not in kept:
            raise KeyDestroyed(f"tenant {tenant_id}")
        return kept[tenant_id, purpose]

    def _open_tenant_key(self, tenant_id: int, purpose: Purpose, wrapped: bytes) -> bytes:
        return crypto.unseal(self._master, wrapped, context=f"{tenant_id}:{purpose}".encode())
