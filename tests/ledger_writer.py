"""A thin writer of facts, as submitting and the moves of a case write them, and the services that deliver them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from xiangtong import ledger
from xiangtong.attachments import LocalStorage
from xiangtong.kernel import clock
from xiangtong.kernel.ids import mod11_10, new_id
from xiangtong.province.http import HttpTransport
from xiangtong.province.profile import Profile
from xiangtong.push.ports import Transport
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope

SECRET = "demo-secret-not-for-production"
ITEM_CODE = "11321003MB0123456B5321017001000"
ACTOR = {"name": "李四", "staff_no": "GD-0007", "dept_name": "公道镇人民政府", "dept_code": "11321003MB0123456B"}
APPLICANT = {
    "kind": "person", "name": "张三", "id_type": "resident_id", "id_number": "11010519491231002X",
    "phone": "13800138000",
}  # fmt: skip
AT = "2026-11-21T10:00:00+08:00"

# One payload of every type in the contract's own member names, without actor and materials.
PAYLOADS: dict[str, dict[str, Any]] = {
    "apply": {},
    "pre_review": {"result": "pass", "reviewed_at": AT, "reason": None},
    "accept": {"accepted_at": AT, "promised_due_on": "2026-12-04", "statutory_due_on": None, "window": "1 号窗口"},
    "reject": {"reason": "不属于本镇"},
    "supplement_notice": {"asked": [{"what": "身份证", "reason": "看不清"}], "due_on": "2026-12-01"},
    "supplement": {"data": {"plot_area": 12000, "old": None}},
    "step": {
        "step_code": "S1", "step_name": "初审", "opinion": "同意", "result": "pass", "started_at": AT,
        "finished_at": AT,
    },
    "special_start": {"kind": "publicity", "legal_basis": "示例", "promised_working_days": 7, "started_at": AT},
    "special_end": {"result": "公示无异议", "ended_at": AT},
    "extend": {"working_days": 5, "reason": "情况复杂", "approved_by": "王五"},
    "decide": {"result": "granted", "decided_at": AT, "document_no": "公政〔2026〕1号"},
    "deliver": {"method": "window", "delivered_at": AT, "tracking_no": None},
    "withdraw": {"reason": "不办了"},
    "void": {"reason": "重复申请"},
    "rate": {"grade": "very_satisfied", "channel": "mobile", "rated_at": AT, "tags": ["快"], "comment": None},
    "transfer": {"from_division": "321003100000", "to_division": "321003108000", "reason": "属地不同"},
    "correct": {"seq": 2, "payload": {"reason": "写错了", "actor": ACTOR}, "reason": "笔误"},
}  # fmt: skip


def facts_document(*, case_no: str, seq: int, kind: str = "", **changes: Any) -> dict[str, Any]:
    """The facts of an event of 张三's case; `changes` replace top-level members."""
    kind = kind or ("apply" if seq == 1 else "step")
    return {
        "case": {
            "case_no": case_no, "short_code": "ABCD2345", "division_code": f"{case_no[:9]}000",
            "village_code": f"{case_no[:9]}200", "channel": "mobile", "submitted_at": AT, "data_key_id": str(UUID(int=1)),
        },
        "item": {"item_code": ITEM_CODE, "name": "高龄津贴", "version": 1, "item_type": "05", "case_type": "2"},
        "unit": {"name": "公道镇人民政府", "code": "11321003MB0123456B"},
        "form": {"code": "elder-allowance", "version": 1, "hash": "0" * 64},
        "actor": None if kind in ("apply", "supplement", "withdraw", "rate") else ACTOR,
        "applicant": APPLICANT, "co_applicants": [], "agent": None,
        "answers": {"bank": "示例银行", "serial": case_no},
        "materials": [],
        "event": {"type": kind, "seq": seq, "occurred_at": AT, "payload": PAYLOADS[kind]},
        "bundle_no": None, "origin_case_no": None,
    } | changes  # fmt: skip


def case_number(serial: int, *, township: str = "321003100") -> str:
    """A well-formed case number of the day 2026-11-21."""
    digits = f"{township}261121{serial:06d}"
    return digits + mod11_10(digits)


@dataclass(frozen=True)
class PushServices:
    """What push asks of the product's services."""

    db: Database
    keys: KeyRing
    transport: Transport
    storage: LocalStorage


@dataclass
class Writer:
    """Writes cases of one township and remembers what it was told is written."""

    services: PushServices
    tenant_id: int = 1
    township: str = "321003100"
    written: dict[str, list[UUID]] = field(default_factory=dict)
    written_to: Callable[[dict[str, Any]], None] = field(default=lambda facts: None)

    def case(self, serial: int, *, events: int = 1, wake: bool = True, **changes: Any) -> list[UUID]:
        """A case with `events` events, one transaction each as in life; returns the facts' ids."""
        case_no, case_id = case_number(serial, township=self.township), new_id()
        scope = Scope(tenant_id=self.tenant_id)
        with self.services.db.scope(scope) as session:
            key = self.services.keys.create(session, tenant_id=self.tenant_id)
        ids = []
        for seq in range(1, events + 1):
            facts = facts_document(case_no=case_no, seq=seq, **(changes if seq == 1 else {}))
            with self.services.db.scope(scope) as session:
                ids.append(
                    ledger.record(
                        session, key=key, tenant_id=self.tenant_id, case_id=case_id, case_no=case_no, seq=seq,
                        type=facts["event"]["type"], occurred_at=clock.now(), facts=facts, wake=wake,
                    )
                )  # fmt: skip
            self.written_to(facts)
        self.written[case_no] = ids
        return ids


def profile(url: str, **changes: Any) -> Profile:
    """The default profile against a sandbox at `url`."""
    return Profile(name="default", url=url, app_id="city-3210", secret=SECRET, **changes)


@contextmanager
def push_services(db: Database, keys: KeyRing, url: str, folder: Path) -> Iterator[PushServices]:
    """Services that push to `url`, their connections closed at the end."""
    transport = HttpTransport(profile(url))
    try:
        yield PushServices(db, keys, transport, LocalStorage(folder, secret=b"storage-secret-for-tests"))
    finally:
        transport.close()
