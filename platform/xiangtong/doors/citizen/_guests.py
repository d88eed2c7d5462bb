"""Whoever fills in without an account: where they may begin, and what becomes of it when they sign in."""

from __future__ import annotations

import re
from uuid import UUID

from xiangtong.doors.citizen import _covered, _known
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import form_of_draft
from xiangtong.drafts import adopting
from xiangtong.drafts.models import Draft
from xiangtong.drafts.typed import Typed
from xiangtong.forms.library import NoSuchForm
from xiangtong.identity.ports import Claims
from xiangtong.kernel.db import ScopedSession

_START = re.compile(r"/[0-9]{9}/apply/[a-z0-9-]+\Z")


def guest_address(onward: str) -> str | None:
    """Where the form that somebody was going to begin begins without an account."""
    return f"{onward}/guest" if _START.match(onward) else None


def remember(session: ScopedSession, *, tenant_id: int, draft_id: UUID) -> None:
    """A code leads to this draft: what is sensitive in it was typed before whoever brings the code came."""

    def noting(row: Draft, typed: Typed) -> Typed:
        try:
            return _covered.noted(form_of_draft(session, row).plan, typed)
        except NoSuchForm:
            return typed

    adopting.note(session, keys=services().keys, tenant_id=tenant_id, draft_id=draft_id, knowing=noting)


def take_over(
    session: ScopedSession, *, guest_id: UUID, citizen_id: UUID, claims: Claims | None,
    came_by_code: UUID | None = None, only: UUID | None = None,
) -> None:  # fmt: skip
    """What the guest began (or `only` this draft) is the citizen's now, with what is known of them put in.

    Whoever `came_by_code` takes that one draft only, and reads what stands in it only if it names them.
    """

    def knowing(row: Draft, typed: Typed) -> Typed:
        try:
            plan = form_of_draft(session, row).plan
        except NoSuchForm:
            return typed  # Nothing hinders signing in; the page of the draft says what is wrong with it.
        for_other = row.agent_mode == "agent"
        if came_by_code is None or _known.is_named(plan, typed, claims, for_other=for_other):
            kept = _covered.forgotten(typed)
        else:
            kept = _covered.noted_anew(plan, typed)
        return _known.recognised(plan, kept, claims, for_other=for_other)

    adopting.adopt(
        session, keys=services().keys, guest_id=guest_id, citizen_id=citizen_id, knowing=knowing,
        only=came_by_code or only,
    )  # fmt: skip
