"""The other services of contract §6: items, licences, work orders of 12345."""

import json
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from province_sandbox import demo, schemas
from province_sandbox.clock import SHANGHAI
from province_sandbox.problems import Refused
from province_sandbox.store import Store

# After which states an action is still possible; anything else is a CONFLICT.
_ACTIONS = {
    "accept": ({"open"}, "accepted"),
    "return": ({"open", "accepted"}, "returned"),
    "extend": ({"accepted"}, "accepted"),
    "reply": ({"accepted", "replied"}, "replied"),
    "close": ({"replied"}, "closed"),
}


def seed(store: Store, now: datetime) -> None:
    """Lay out the demo items and work orders, once."""
    moment = now.isoformat(timespec="milliseconds")
    due_on = (now + timedelta(days=5)).date().isoformat()
    with store.writing() as connection:
        for item in demo.items():
            connection.execute(
                "insert into item values (?, ?, ?, ?) on conflict do nothing",
                (item["item_code"], item["division_code"], _text(item), moment),
            )
        for order in demo.work_orders(moment, due_on):
            connection.execute(
                "insert into work_order values (?, ?, ?, ?, 'open') on conflict do nothing",
                (order["order_no"], order["division_code"], _text(order), moment),
            )


def list_items(store: Store, *, division: str, since: datetime | None, cursor: str, page_size: int) -> dict[str, Any]:
    """Items under a division prefix, changed at or after `since`, by item code."""
    rows = store.all(
        "select * from item where division_code >= ? and division_code < ? and item_code > ?"
        " and changed_at >= ? order by item_code limit ?",
        division,
        division + ":",
        cursor,
        _shanghai_text(since),
        page_size + 1,
    )
    page = rows[:page_size]
    return {
        "items": [json.loads(row["document"]) for row in page],
        "next_cursor": page[-1]["item_code"] if len(rows) > page_size else None,
    }


def submit_item(
    connection: sqlite3.Connection, *, item_code: str, item: Any, divisions: tuple[str, ...], now: datetime
) -> dict[str, Any]:
    """Accept a township's sorted item, or refuse it field by field. Versions only go up."""
    schemas.require("Item", item)
    problems = []
    if item["item_code"] != item_code:
        problems.append(("/item_code", "differs from the address"))
    if not item["division_code"].startswith(divisions):
        problems.append(("/division_code", "unknown division"))
    row = connection.execute("select * from item where item_code = ?", (item_code,)).fetchone()
    if row and json.loads(row["document"])["version"] > item["version"]:
        problems.append(("/version", "is older than the stored one"))
    schemas.refuse_if_any(problems)
    connection.execute(
        "insert into item values (?, ?, ?, ?) on conflict (item_code) do update set"
        " division_code = excluded.division_code, document = excluded.document,"
        " changed_at = excluded.changed_at",
        (item_code, item["division_code"], _text(item), now.isoformat(timespec="milliseconds")),
    )
    return {"item_code": item_code, "version": item["version"], "result": "accepted"}


def query_licences(connection: sqlite3.Connection, *, query: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Demo licences of a holder. Only the type and purpose of a query are kept, never the holder."""
    found = demo.licences_of(query["holder_id_type"], query["holder_id_number"], query["licence_type"])
    connection.execute(
        "insert into licence_query (licence_type, purpose, found, asked_at) values (?, ?, ?, ?)",
        (query["licence_type"], query["purpose"], len(found), now.isoformat()),
    )
    return {"licences": found}


def list_work_orders(store: Store, *, since: datetime, division: str) -> dict[str, Any]:
    """Work orders created at or after `since`, oldest first."""
    rows = store.all(
        "select document from work_order where created_at >= ? and division_code >= ?"
        " and division_code < ? order by created_at, order_no",
        _shanghai_text(since),
        division,
        division + ":",
    )
    return {"work_orders": [json.loads(row["document"]) for row in rows]}


def act_on_work_order(connection: sqlite3.Connection, *, order_no: str, action: dict[str, Any]) -> dict[str, Any]:
    """Record an action. Raises `Refused` NOT_FOUND, or CONFLICT when the order's state forbids it."""
    allowed, after = _ACTIONS[action["action"]]
    row = connection.execute("select state from work_order where order_no = ?", (order_no,)).fetchone()
    if row is None:
        raise Refused("NOT_FOUND", "没有这个工单。")
    if row["state"] not in allowed:
        raise Refused("CONFLICT", "工单现在的状态不能这样办。")
    connection.execute(
        "insert into work_order_action (order_no, action, document) values (?, ?, ?)",
        (order_no, action["action"], _text(action)),
    )
    connection.execute("update work_order set state = ? where order_no = ?", (after, order_no))
    return {"order_no": order_no, "state": after}


def once(
    store: Store,
    *,
    key: str,
    address: str,
    body_digest: str,
    now: datetime,
    work: Callable[[sqlite3.Connection], dict[str, Any]],
) -> dict[str, Any]:
    """Do `work` once for an idempotency key, in one transaction with the memory of its answer.

    The same key with the same request gets the same answer; with another one, `Refused` CONFLICT.
    A refusal is not remembered, so a mended request may use its key again.
    """
    with store.writing() as connection:
        row = connection.execute("select * from answered where idempotency_key = ?", (key,)).fetchone()
        if row is not None:
            return _answered(row, address, body_digest)
        answer = work(connection)
        connection.execute(
            "insert into answered values (?, ?, ?, ?, ?)",
            (key, address, body_digest, _text(answer), now.isoformat(timespec="milliseconds")),
        )
    return answer


def _answered(row: sqlite3.Row, address: str, body_digest: str) -> dict[str, Any]:
    if (row["address"], row["body_digest"]) != (address, body_digest):
        raise Refused("CONFLICT", "这个幂等编号已经用于别的请求。")
    answer: dict[str, Any] = json.loads(row["answer"])
    return answer


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _shanghai_text(moment: datetime | None) -> str:
    """A moment as the store writes it, so that texts compare as times do."""
    if moment is None:
        return ""
    try:
        return moment.astimezone(SHANGHAI).isoformat(timespec="milliseconds")
    except OverflowError:
        return "" if moment.year < 1900 else "9999"
