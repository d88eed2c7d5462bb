"""帮我填: hand a draft to the village clerk with consent, and take it back."""

from __future__ import annotations

from uuid import UUID

from xiangtong.drafts import pointers, work
from xiangtong.drafts.models import Draft
from xiangtong.drafts.opening import DraftClosed, OpenDraft
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Refusal


class ConsentMissing(Refusal):
    """Nobody else may see a draft before its owner agreed to it."""

    code = "CONSENT"
    status = 422


def hand_over(session: ScopedSession, *, draft: OpenDraft, village_code: str, title: str, consent: bool) -> UUID:
    """Give the draft to the clerk of `village_code` in the same township; gives the work item's id.

    `draft` comes from `load_to_write` of its owner. `title` is the form's title: it names no person.
    Raises ConsentMissing without consent, DraftClosed for a draft that was handed over already.
    """
    if not consent:
        raise ConsentMissing("请先勾选“同意代办员看到并帮我填写”", "Consent is needed before a clerk may see the draft")
    row = draft.row
    if row.state != "open":
        raise DraftClosed("这份申请已经交给代办员了", "The draft was handed over already")
    row.state, row.village_code, row.agent_mode = "handed", village_code, "clerk"
    row.consented_at = row.updated_at = clock.now()
    session.flush()
    pointers.follow(session, draft=row)
    return work.hand(
        session,
        to_tenant_id=row.tenant_id,
        kind="draft",
        subject_tenant_id=row.tenant_id,
        subject_id=row.id,
        title=title,
        village_code=village_code,
    )


def take_back(session: ScopedSession, *, draft: OpenDraft) -> None:
    """The owner fills it again; what the clerk typed stays. Nothing happens for a draft that is not handed over."""
    if draft.row.state == "handed":
        _reopen(session, draft.row, "recalled")


def give_back(session: ScopedSession, *, draft: OpenDraft) -> None:
    """The clerk is done and gives it back for the owner to look at and submit."""
    if draft.row.state == "handed":
        _reopen(session, draft.row, "done")


def _reopen(session: ScopedSession, row: Draft, outcome: work.Outcome) -> None:
    row.state, row.updated_at = "open", clock.now()
    session.flush()
    work.close(session, tenant_id=row.tenant_id, kind="draft", subject_id=row.id, state=outcome)
    pointers.follow(session, draft=row)
