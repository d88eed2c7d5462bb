"""A draft while its owner fills it: the form, what was typed, what counts of it, and where its pages are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import url_for

from xiangtong.dialect.known import as_of_today
from xiangtong.dialect.plan import Plan, Step
from xiangtong.dialect.vocabulary import Facts
from xiangtong.doors.citizen import _masked
from xiangtong.doors.citizen._visit import Visit
from xiangtong.doors.shared.posted import Reader
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import form_of_draft, form_of_page
from xiangtong.drafts import filling, opening
from xiangtong.drafts.answers import answers
from xiangtong.drafts.opening import OpenDraft
from xiangtong.drafts.typed import from_bytes
from xiangtong.forms.library import Form
from xiangtong.kernel.errors import NotFound
from xiangtong.validation.validate import Decision, Problem, decide, problems_of_step


@dataclass(frozen=True)
class Filing:
    """One draft of this citizen in this township, with its form."""

    visit: Visit
    draft: OpenDraft
    form: Form

    @property
    def plan(self) -> Plan:
        """The compiled form."""
        return self.form.plan

    @cached_property
    def facts(self) -> Facts:
        """What the form may know today: the township's parameters and lists, or the form's own examples of them."""
        return as_of_today(self.plan, self.visit.facts)

    @property
    def supplements(self) -> bool:
        """Whether this draft supplements a case that was filed."""
        return self.draft.row.case_id is not None

    @property
    def revision(self) -> int:
        """The draft's revision; a page that knows a smaller number has not seen the latest."""
        return filling.latest(self.draft.row.revisions)

    @cached_property
    def data(self) -> dict[str, Any]:
        """Everything that was typed, hidden questions included."""
        return answers(self.plan, self.draft.typed)

    @cached_property
    def decision(self) -> Decision:
        """What counts of it, and everything that must be mended before it can be filed."""
        return decide(self.plan, self.data, self.facts)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps that ask anything now."""
        seen = set(self.decision.effective.visible)
        return tuple(step for step in self.plan.steps if seen.intersection(step.asks))

    def step(self, step_id: str) -> Step:
        """A step of the form by its id; raises NotFound."""
        found = self.plan.step(step_id)
        if found is None:
            raise NotFound
        return found

    def problems_at(self, step: Step) -> list[Problem]:
        """What is to be mended on one step."""
        return problems_of_step(self.plan, step.id, self.decision.problems)

    def after(self, step: Step) -> str:
        """The address after a step: the next step that asks anything, or the page to look it all over."""
        later = self.plan.steps[self.plan.steps.index(step) + 1 :]
        following = next((one for one in later if one in self.steps), None)
        return self.address(following) if following else self.at("apply.review")

    def before(self, step: Step) -> str | None:
        """The address before a step; None at the first."""
        earlier = self.plan.steps[: self.plan.steps.index(step)]
        previous = next((one for one in reversed(earlier) if one in self.steps), None)
        return self.address(previous) if previous else None

    def resume(self) -> str:
        """Where the person was."""
        there = self.plan.step(self.draft.row.step or "") or self.steps[0]
        return self.address(there)

    def moved(self, step_id: str) -> str:
        """Where to go on whose page was of an earlier version: the same step, where there is still one."""
        step = self.plan.step(step_id)
        return f"{self.address(step) if step in self.steps else self.resume()}?moved=1"

    def address(self, step: Step) -> str:
        """The page of a step."""
        return self.at("apply.step", step_id=step.id)

    def at(self, endpoint: str, **more: Any) -> str:
        """An address of this draft."""
        code = self.visit.tenant.code
        return url_for(endpoint, code=code, form_code=self.form.code, draft_id=self.draft.id, **more)

    def save(self, pairs: Sequence[tuple[str, str]]) -> Filing:
        """The filing after a page was posted: locked answers and names of no question are left out."""
        fields = self.reader(dict(pairs).get("_form", "")).posted(pairs)
        if fields:
            filling.save_fields(self.visit.session, draft=self.draft, fields=fields)
        return self.again()

    def reader(self, digest: str) -> Reader:
        """Reads what a page sends that shows the version of this plan's digest."""
        page = form_of_page(self.visit.session, self.draft.row, digest)
        return Reader(self.form, page, self.draft, _masked.stands_for)

    def again(self) -> Filing:
        """The filing as it stands after a write of this transaction."""
        row, key = self.draft.row, self.draft.key
        typed = from_bytes(key.unseal(row.typed, context=opening.context(row.id)))
        return replace(self, draft=OpenDraft(row, key, typed))


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
    if draft.row.form_code != form_code:
        raise NotFound
    return Filing(visit, draft, form_of_draft(visit.session, draft.row))
