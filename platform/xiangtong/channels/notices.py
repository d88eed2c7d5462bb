"""Notices: the simplest document. Publishing one also makes it findable."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from xiangtong.documents import publish
from xiangtong.documents.models import DocumentVersion
from xiangtong.kernel import clock
from xiangtong.kernel.errors import Problem, Problems
from xiangtong.kernel.ids import new_id
from xiangtong.search import entries

_LONGEST_TITLE, _LONGEST_TEXT = 80, 20_000


def publish_notice(
    session: Session, *, tenant_id: int, township_code: str, title: str, text: str, village_code: str = "",
    key: str = "", author: str = "", demo: bool = False, at: datetime | None = None,
) -> DocumentVersion:  # fmt: skip
    """Publish a notice of the township, or of one village's column; raises Problems.

    key  names the notice in its address; without one a fresh name is made. Publishing under a key again replaces it.
    """
    title, text = title.strip(), text.strip()
    if problems := list(_wrong(title, text)):
        raise Problems(problems)
    key, at = key or new_id().hex, at or clock.now()
    body = {"title": title, "text": text, "demo": demo}
    publish.save_draft(
        session, tenant_id=tenant_id, kind="notice", key=key, title=title, body=body, division_code=village_code,
        author=author,
    )  # fmt: skip
    version = publish.publish(session, tenant_id=tenant_id, kind="notice", key=key, at=at)
    address = f"/{township_code}/notices/{key}"
    found_as = entries.Entry("notice", key, title, address, day=clock.local(at).date())
    entries.put(session, tenant_id=tenant_id, entries=[found_as])
    return version


def withdraw_notice(session: Session, *, tenant_id: int, key: str) -> None:
    """Take a notice down; it stays in the history."""
    publish.withdraw(session, tenant_id=tenant_id, kind="notice", key=key)
    entries.take_out(session, tenant_id=tenant_id, kind="notice", key=key)


def _wrong(title: str, text: str) -> list[Problem]:
    problems = []
    if not 0 < len(title) <= _LONGEST_TITLE:
        problems.append(Problem("/title", f"请写标题，最多 {_LONGEST_TITLE} 个字", "Give a title"))
    if not 0 < len(text) <= _LONGEST_TEXT:
        problems.append(Problem("/text", f"请写正文，最多 {_LONGEST_TEXT} 个字", "Give a text"))
    return problems
