"""A web worker that files drafts, in its own process: reads `draft citizen` lines, answers `draft case_no` after the commit.

It dies at XIANGTONG_FAILPOINT (`submit.before_commit`, `submit.after_commit`) like a process killed while it serves.
"""

from __future__ import annotations

import os
import sys
from uuid import UUID

from makers import FACTS, a_form, a_scope, an_item
from xiangtong.cases.submit import submit
from xiangtong.drafts.opening import Holder
from xiangtong.kernel import failpoint
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database


def main(app_url: str) -> None:
    """Serve until the input ends."""
    failpoint.arm(os.environ.get("XIANGTONG_FAILPOINT", ""), environment="test")
    db, keys = Database(app_url=app_url, oversight_url=app_url, relay_url=app_url), KeyRing(b"master-key-for-tests")
    form, item = a_form(), an_item()
    for line in sys.stdin:
        draft, citizen = (UUID(word) for word in line.split())
        with db.scope(a_scope(citizen)) as session:
            receipt = submit(
                session, keys=keys, tenant_id=1, draft_id=draft, holder=Holder(citizen_id=citizen), form=form,
                item=item, facts=FACTS,
            )  # fmt: skip
            failpoint.reach("submit.before_commit")
        failpoint.reach("submit.after_commit")
        print(draft, receipt.case_no, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
