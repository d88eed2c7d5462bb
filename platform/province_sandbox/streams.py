"""The heart: one case, one ordered stream (contract §1, §2, §4), and reading it back (§5)."""

import sqlite3
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from province_sandbox import schemas
from province_sandbox.digests import chain_link
from province_sandbox.problems import Refused
from province_sandbox.store import Row, Store

# Every 12-digit code that begins with a prefix lies between the prefix and the prefix followed by
# ":", the character after "9"; so 321003100 never meets 321003108.
_TOTALS = """
select count(distinct case_no) as cases, count(*) as messages from message
where received_on = ? and division_code >= ? and division_code < ?
"""
_CASES_OF_DAY = """
select m.case_no, m.seq as last_seq, m.chain, m.received_at
from message m join (
    select case_no, max(seq) as seq from message where received_on = ? and case_no in (
        select case_no from message
        where received_on = ? and division_code >= ? and division_code < ? and case_no > ?)
    group by case_no) as last on last.case_no = m.case_no and last.seq = m.seq
order by m.case_no limit ?
"""


@dataclass(frozen=True)
class Receipt:
    """What the province promises to remember. `received_at` is RFC 3339 in Asia/Shanghai."""

    receipt_no: str
    message_id: str
    message_digest: str
    received_at: str
    seq: int
    chain: str

    def body(self) -> dict[str, Any]:
        """The `Receipt` of openapi.yaml."""
        return asdict(self)


def take_message(
    store: Store, *, message: dict[str, Any], body: bytes, digest: str, now: datetime
) -> tuple[Receipt, bool]:
    """Store a message that fits the schema. Returns its receipt and whether it is new.

    Raises `Refused` CONFLICT, GAP, MATERIAL, or INVALID for a correction that fits nothing.
    """
    with store.writing() as connection:
        known = connection.execute("select * from message where message_id = ?", (message["message_id"],)).fetchone()
        if known is not None:
            return _same_again(known, digest), False
        state = connection.execute("select * from case_state where case_no = ?", (message["case_no"],)).fetchone()
        _require_next(message["seq"], state["last_seq"] if state else 0)
        _require_correction(connection, message)
        _require_materials(connection, message["payload"])
        receipt = _receipt(message, digest, state, now)
        _keep(connection, message, body, receipt)
    return receipt, True


def case_state(store: Store, case_no: str) -> dict[str, Any]:
    """The `CaseState` now, or `Refused` NOT_FOUND."""
    row = store.one("select * from case_state where case_no = ?", case_no)
    if row is None:
        raise Refused("NOT_FOUND", "没有这个办件。")
    return dict(row)


def case_messages(store: Store, case_no: str) -> list[Row]:
    """The stored messages of a case in order; empty when the case is unknown."""
    return store.all("select * from message where case_no = ? order by seq", case_no)


def reconciliation(store: Store, *, day: date, division: str, cursor: str, page_size: int) -> dict[str, Any]:
    """Cases that received a message of that division on that day, as of the day's end.

    `last_seq` and `chain` run over the whole case, whoever handled it; the totals count the
    messages of the division. The cursor is the last case number of the page before.
    """
    within = (day.isoformat(), division, division + ":")
    totals = store.all(_TOTALS, *within)[0]
    rows = store.all(_CASES_OF_DAY, day.isoformat(), *within, cursor, page_size + 1)
    return {
        "cases": [dict(row) for row in rows[:page_size]],
        "total_cases": totals["cases"],
        "total_messages": totals["messages"],
        "next_cursor": rows[page_size - 1]["case_no"] if len(rows) > page_size else None,
    }


def _same_again(known: Row, digest: str) -> Receipt:
    if known["digest"] != digest:
        raise Refused("CONFLICT", "这个消息编号已经存有别的内容。")
    return Receipt(
        known["receipt_no"],
        known["message_id"],
        known["digest"],
        known["received_at"],
        known["seq"],
        known["chain"],
    )


def _require_next(seq: int, last_seq: int) -> None:
    if seq <= last_seq:
        raise Refused("CONFLICT", "这一步已经存有别的内容。")
    if seq > last_seq + 1:
        raise Refused("GAP", "前面还有没收到的步骤。", expected_seq=last_seq + 1)


def _require_correction(connection: sqlite3.Connection, message: dict[str, Any]) -> None:
    if message["type"] != "correct":
        return
    row = connection.execute(
        "select type from message where case_no = ? and seq = ?",
        (message["case_no"], message["payload"]["seq"]),
    ).fetchone()
    schemas.refuse_if_any(schemas.correction_problems(message, row["type"] if row else None))


def _require_materials(connection: sqlite3.Connection, payload: dict[str, Any]) -> None:
    named = schemas.materials_named(payload)
    if isinstance(payload.get("payload"), dict):
        corrected = schemas.materials_named(payload["payload"])
        named.update({"/payload" + pointer: digest for pointer, digest in corrected.items()})
    missing = [
        (pointer, "unknown material")
        for pointer, digest in named.items()
        if not connection.execute("select 1 from material where digest = ?", (digest,)).fetchone()
    ]
    if missing:
        raise Refused("MATERIAL", "有材料还没有上传。", errors=missing)


def _receipt(message: dict[str, Any], digest: str, state: sqlite3.Row | None, now: datetime) -> Receipt:
    received_at = now.isoformat(timespec="milliseconds")
    if state is not None:
        # A clock set back must not let a later message be received on an earlier day.
        received_at = max(received_at, state["received_at"])
    chain = chain_link(state["chain"] if state else None, digest)
    return Receipt(
        f"R{received_at[:10].replace('-', '')}-{chain[:16]}",
        message["message_id"],
        digest,
        received_at,
        message["seq"],
        chain,
    )


def _keep(connection: sqlite3.Connection, message: dict[str, Any], body: bytes, receipt: Receipt) -> None:
    connection.execute(
        "insert into message values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            message["message_id"],
            message["case_no"],
            message["seq"],
            message["type"],
            message["division_code"],
            message["item_code"],
            body,
            receipt.message_digest,
            receipt.chain,
            receipt.receipt_no,
            receipt.received_at,
            receipt.received_at[:10],
        ),
    )
    connection.execute(
        "insert into case_state values (?, ?, ?, ?) on conflict (case_no) do update set"
        " last_seq = excluded.last_seq, chain = excluded.chain, received_at = excluded.received_at",
        (message["case_no"], receipt.seq, receipt.chain, receipt.received_at),
    )
