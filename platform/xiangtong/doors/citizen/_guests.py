"""Whoever fills in without an account: where they may begin, and what becomes of it when they sign in."""

from __future__ import annotations

import re
from uuid import UUID

from xiangtong.doors.citizen import _known
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


def take_over(
    session: ScopedSession, *, guest_id: UUID, citizen_id: UUID, claims: Claims | None, only: UUID | None = None
) -> None:  # fmt: skip
    """What the guest began is the citizen's now, with what is known of them put in."""

    def knowing(row: Draft, typed: Typed) -> Typed:
        try:
            plan = form_of_draft(session, row).plan
        except NoSuchForm:
            return typed  # Nothing hinders signing in; the page of the draft says what is wrong with it.
        return _known.recognised(plan, typed, claims, for_other=row.agent_mode == "agent")

    adopting.adopt(session, keys=services().keys, guest_id=guest_id, citizen_id=citizen_id, knowing=knowing, only=only)
