"""The work list of the window: its order and pages, its filters and counts, how a case is found, and how fast."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from makers import ITEM_CODE, a_case, on
from xiangtong.cases.worklist import Filters, counts, worklist
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope

pytestmark = pytest.mark.usefixtures("township")


def test_the_work_list_pages_filters_and_counts(db: Database, keys: KeyRing) -> None:
    """Most urgent first, page by page, each case once; colours counted in one bounded query."""
    with on(12):
        late = [a_case(db, keys).case_id for _ in range(2)]
    with on(20):
        fresh = [a_case(db, keys, applicant__name="李四").case_id for _ in range(3)]
        with db.scope(Scope(tenant_id=1)) as session:
            page, found = worklist(session, keys=keys, tenant_id=1, limit=2), []
            while True:
                found += [row.id for row in page.rows]
                if page.after is None:
                    break
                page = worklist(session, keys=keys, tenant_id=1, limit=2, after=page.after)
            assert found[:2] == sorted(late)
            assert sorted(found) == sorted(late + fresh)
            first = worklist(session, keys=keys, tenant_id=1).rows[0]
            assert (first.light, first.days_left) == ("red", -1)
            assert counts(session, tenant_id=1).red == 2
            assert counts(session, tenant_id=1).green == 3
            assert counts(session, tenant_id=1).by_state == {"submitted": 5}
            assert len(worklist(session, keys=keys, tenant_id=1, filters=Filters(light="green")).rows) == 3
            assert worklist(session, keys=keys, tenant_id=1, filters=Filters(village_codes=["321003100999"])).rows == ()
            assert worklist(session, keys=keys, tenant_id=1, filters=Filters(item_code=ITEM_CODE)).rows
            assert len(worklist(session, keys=keys, tenant_id=1, after="nonsense_").rows) == 5
            assert len(worklist(session, keys=keys, tenant_id=1, filters=Filters(states=["submitted"])).rows) == 5


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("张三", 1), ("张", 1), ("李", 0), ("zs", 1), ("Z", 1), ("ls", 0), ("321003198801010016", 1),
        ("440524188001010014", 0), ("13800138000", 1), ("%", 0), ("_", 0), ("' or 1=1", 0), ("\x00", 0),
        ("\ud800", 0), ("１２３", 0),
    ],
)  # fmt: skip
def test_finding_a_case(db: Database, keys: KeyRing, asked: str, found: int) -> None:
    """By name, initials, id number, phone; what is nothing finds nothing."""
    a_case(db, keys)
    with db.scope(Scope(tenant_id=1)) as session:
        assert len(worklist(session, keys=keys, tenant_id=1, filters=Filters(text=asked)).rows) == found


def test_finding_by_number_and_short_code(db: Database, keys: KeyRing) -> None:
    """What stands on the receipt."""
    receipt = a_case(db, keys)
    a_case(db, keys)
    with db.scope(Scope(tenant_id=1)) as session:
        for asked in (receipt.case_no, receipt.short_code):
            rows = worklist(session, keys=keys, tenant_id=1, filters=Filters(text=asked)).rows
            assert [row.id for row in rows] == [receipt.case_id]


# Three thousand more cases of the township, each of somebody else.
_MANY_CASES = """
insert into case_record select (jsonb_populate_record(c, jsonb_build_object(
    'id', gen_random_uuid(), 'submit_key', gen_random_uuid(), 'case_no', n, 'short_code', n, 'open', n % 10 = 0,
    'applicant_name', 'n' || n, 'applicant_initials', 'n' || n, 'due_on', date '2026-10-12' + n,
    'id_digest', '\\x' || md5(n::text), 'phone_digest', '\\x' || md5(n::text)))).*
from case_record c, generate_series(1, 3000) n"""


_WALKS = [
    (Filters(), "ix_case_record_open"),
    (Filters(light="red"), "ix_case_record_open"),
    (Filters(text="张"), "ix_case_record_name"),
    (Filters(text="zs"), "ix_case_record_initials"),
    (Filters(text="13800138000"), "ix_case_record_phone_digest"),
    (Filters(text="321003198801010016"), "ix_case_record_id_digest"),
    (Filters(states=["delivered"]), "ix_case_record_latest"),
]


def test_every_list_walks_an_index_behind_the_policy(db: Database, keys: KeyRing) -> None:
    """What is compared must be leakproof, or PostgreSQL reads every case of the tenant first."""
    a_case(db, keys)
    seen: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        seen.append((statement, parameters))

    with db.scope(Scope(tenant_id=1)) as session:
        session.execute(text(_MANY_CASES))
        session.execute(text("set local enable_seqscan = off; set local enable_bitmapscan = off"))
        for filters, index in _WALKS:
            event.listen(db.app, "before_cursor_execute", note)
            worklist(session, keys=keys, tenant_id=1, filters=filters)
            event.remove(db.app, "before_cursor_execute", note)
            statement, parameters = seen[-1]
            plan = session.connection().exec_driver_sql(f"explain {statement}", parameters).scalars().all()  # type: ignore[arg-type]
            assert any(index in line for line in plan), "\n".join(plan)
