"""A draft while its owner fills it: what the form may know here, and where its pages are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import url_for

from xiangtong.cases.models import CaseRecord
from xiangtong.dialect.known import as_of_today
from xiangtong.dialect.plan import Plan, Step
from xiangtong.dialect.vocabulary import Facts
from xiangtong.doors.citizen import _covered, _masked
from xiangtong.doors.citizen._visit import Visit
from xiangtong.doors.shared import filing
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import facts_of_case, form_of_draft
from xiangtong.drafts import opening
from xiangtong.drafts.opening import OpenDraft
from xiangtong.drafts.typed import Raw
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound


@dataclass(frozen=True)
class Filing(filing.Filing):
    """One draft of this citizen in this township, with its form."""

    visit: Visit

    @property
    def session(self) -> ScopedSession:
        """The transaction of this visit."""
        return self.visit.session

    @cached_property
    def facts(self) -> Facts:
        """What the form may know: the township's parameters and lists of today; of the day of filing in a supplement."""
        if self.draft.row.case_id is None:
            return as_of_today(self.plan, self.visit.facts)
        case = self.session.get_one(CaseRecord, (self.visit.tenant.id, self.draft.row.case_id))
        return facts_of_case(self.plan, case, self.visit.facts)

    @property
    def supplements(self) -> bool:
        """Whether this draft supplements a case that was filed."""
        return self.draft.row.case_id is not None

    @cached_property
    def covered(self) -> frozenset[str]:
        """The pointers of what this person may not read: it was typed elsewhere, and they came by a code."""
        if self.visit.reopened:
            return _covered.secrets(self.plan, self.draft.typed)
        return frozenset() if self.visit.guest else _covered.still(self.plan, self.draft.typed)

    def covers(self, pointer: str) -> bool:
        """Whether an answer, the parts of one, or what is computed from its neighbours may not be read."""
        question = self.plan.question_at(pointer)
        if question is not None and question.is_derived:
            beside = pointer.rpartition("/")[0]
            return self.visit.reopened or any(one.rpartition("/")[0] == beside for one in self.covered)
        return pointer in self.covered or any(one.startswith(f"{pointer}/") for one in self.covered)

    @property
    def review(self) -> str:
        """The page to look it all over before it is filed."""
        return self.at("apply.review")

    def address(self, step: Step) -> str:
        """The page of a step."""
        return self.at("apply.step", step_id=step.id)

    def at(self, endpoint: str, **more: Any) -> str:
        """An address of this draft."""
        code = self.visit.tenant.code
        return url_for(endpoint, code=code, form_code=self.form.code, draft_id=self.draft.id, **more)

    def stands_for(self, plan: Plan, pointer: str, stored: Raw, posted: Raw) -> bool:
        """Whether a posted text is only the mask under which a guest's page shows what is stored."""
        unseen = posted in ("", []) and bool(stored) and pointer in self.covered
        if unseen and not _masked.mask_of(plan, pointer, stored, strict=True):
            return True  # A choice that may not be seen stands there as if nothing were chosen.
        return _masked.stands_for(plan, pointer, stored, posted)


def open_filing(visit: Visit, form_code: str, draft_id: UUID) -> Filing:
    """The citizen's draft for reading; raises NotFound for anybody else's, or another form's."""
    draft = opening.load(
        visit.session, keys=services().keys, tenant_id=visit.tenant.id, draft_id=draft_id, holder=visit.holder
    )
    return _with_form(visit, draft, form_code)


def open_to_fill(visit: Visit, form_code: str, draft_id: UUID) -> Filing:
    """The same, locked for writing; raises DraftClosed when it was submitted or is with the clerk."""
    draft = opening.load_to_write(
        visit.session, keys=services().keys, tenant_id=visit.tenant.id, draft_id=draft_id, holder=visit.holder
    )
    return _with_form(visit, draft, form_code)


def _with_form(visit: Visit, draft: OpenDraft, form_code: str) -> Filing:
    if draft.row.form_code != form_code or visit.only not in (None, draft.id):
        raise NotFound
    return Filing(draft, form_of_draft(visit.session, draft.row), visit)
