"""A web worker that files drafts, in a process of its own: takes drafts, answers with case numbers after the commit.

It dies at its failpoint (`submit.before_commit`, `submit.after_commit`) like a process killed while it serves.
"""

from __future__ import annotations

from multiprocessing.connection import Connection
from uuid import UUID

from makers import FACTS, a_form, a_scope
from xiangtong.cases.submit import submit
from xiangtong.drafts.opening import Holder
from xiangtong.kernel import failpoint
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database


def serve(app_url: str, drafts: dict[UUID, UUID], answers: Connection, point: str) -> None:
    """File each draft of its citizen; a pair of draft and case number is sent for each that is acknowledged."""
    failpoint.arm(point, environment="test")
    db, keys = Database(app_url=app_url, oversight_url=app_url, relay_url=app_url), KeyRing(b"master-key-for-tests")
    form = a_form()
    for draft, citizen in drafts.items():
        with db.scope(a_scope(citizen)) as session:
            receipt = submit(
                session, keys=keys, tenant_id=1, draft_id=draft, holder=Holder(citizen_id=citizen), form=form,
                facts=FACTS,
            )  # fmt: skip
            failpoint.reach("submit.before_commit")
        failpoint.reach("submit.after_commit")
        answers.send((draft, receipt.case_no))
