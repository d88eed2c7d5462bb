"""A draft while a member of staff fills it for somebody: their own, or one a villager handed over (帮我填)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext

from xiangtong.dialect.known import as_of_today
from xiangtong.dialect.plan import Plan, Step
from xiangtong.dialect.vocabulary import Facts
from xiangtong.doors.console.workbench_desk import Desk
from xiangtong.doors.shared.posted import Reader, locked_in
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import form_of_draft, form_of_page, is_withdrawn, newer_than
from xiangtong.drafts import filling, opening
from xiangtong.drafts.answers import answers
from xiangtong.drafts.opening import Holder, OpenDraft
from xiangtong.drafts.typed import from_bytes
from xiangtong.forms.library import Form
from xiangtong.kernel import clock, crypto
from xiangtong.kernel.errors import NotFound
from xiangtong.rendering.context import RenderContext
from xiangtong.tenancy.divisions import Divisions
from xiangtong.validation.form_data import without_secrets
from xiangtong.validation.validate import Decision, Problem, decide, problems_of_step


@dataclass(frozen=True)
class Filing:
    """One draft on this desk, with its form."""

    here: Desk
    draft: OpenDraft
    form: Form

    @property
    def plan(self) -> Plan:
        """The compiled form."""
        return self.form.plan

    @property
    def handed(self) -> bool:
        """Whether a villager asked for it to be filled."""
        return self.draft.row.state == "handed"

    @cached_property
    def facts(self) -> Facts:
        """What the form may know today."""
        tenant = self.here.tenant
        divisions = Divisions(self.here.session, home=tenant.division_code)
        lists = {"villages": self.here.around.villages, "divisions": divisions}
        return as_of_today(self.plan, Facts(clock.today(), tenant.params, lists))

    @cached_property
    def data(self) -> dict[str, Any]:
        """Everything that was typed."""
        return answers(self.plan, self.draft.typed)

    @cached_property
    def decision(self) -> Decision:
        """What counts of it, and what must be mended."""
        return decide(self.plan, self.data, self.facts)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps that ask anything now."""
        seen = set(self.decision.effective.visible)
        return tuple(step for step in self.plan.steps if seen.intersection(step.asks))

    @property
    def revision(self) -> int:
        """The revision of the draft as this page shows it."""
        return filling.latest(self.draft.row.revisions)

    def step(self, step_id: str) -> Step:
        """A step by its id; raises NotFound."""
        found = self.plan.step(step_id)
        if found is None:
            raise NotFound
        return found

    def problems_at(self, step: Step) -> list[Problem]:
        """What is to be mended on one step."""
        return problems_of_step(self.plan, step.id, self.decision.problems)

    def beside(self, step: Step, way: int) -> Step | None:
        """The next (1) or the previous (-1) step that asks anything; None beyond the ends."""
        steps = [one for one in self.plan.steps if one in self.steps or one == step]
        place = steps.index(step) + way
        return steps[place] if 0 <= place < len(steps) else None

    def at(self, endpoint: str, **more: Any) -> str:
        """An address of this draft."""
        return url_for(f"agent.{endpoint}", draft_id=self.draft.id, **more)

    def save(self, pairs: Sequence[tuple[str, str]]) -> Filing:
        """The filing after a page was posted; only what changed is written."""
        fields = self.reader(dict(pairs).get("_form", "")).posted(pairs)
        if fields:
            filling.save_fields(self.here.session, draft=self.draft, fields=fields)
        return self.again()

    def reader(self, digest: str) -> Reader:
        """Reads what a page sends that shows the version of this plan's digest."""
        return Reader(self.form, form_of_page(self.here.session, self.draft.row, digest), self.draft)

    def moved(self, step_id: str) -> str:
        """Where to go on whose page was of an earlier version."""
        step = next((one for one in self.steps if one.id == step_id), self.steps[0])
        return f"{self.at('step', step_id=step.id)}?moved=1"

    @property
    def newer(self) -> Form | None:
        """The version to be told of: of one's own draft any; of a villager's, that nothing else may be filed on."""
        found = newer_than(self.draft.row)
        return None if self.handed and not is_withdrawn(self.draft.row) else found

    def again(self) -> Filing:
        """The filing as it stands after a write of this transaction."""
        row, key = self.draft.row, self.draft.key
        typed = from_bytes(key.unseal(row.typed, context=opening.context(row.id)))
        return replace(self, draft=OpenDraft(row, key, typed))

    def context(self) -> RenderContext:
        """The township and the day, as far as the look of the form depends on them."""
        counted = self.decision.effective
        return RenderContext(
            options=as_of_today(self.plan, self.facts).options,
            visible=frozenset(counted.visible), required=frozenset(counted.required),
            derived=counted.derived, gettext=gettext, locked=locked_in(self.draft.typed),
            file_url=lambda file_id: self.at("file", file_id=file_id) if file_id else "",
        )  # fmt: skip

    def told(self) -> dict[str, Any]:
        """What the script of the page is told (components/filing.html)."""
        secret = crypto.hmac_sm3(self.draft.key.secret, f"unsent:{self.draft.id}".encode())
        return {
            "id": str(self.draft.id), "form": self.plan.digest, "revision": self.revision, "autosave_url": self.at("save"),
            "upload_url": self.at("upload"), "plan_url": f"/forms/{self.form.code}/{self.form.plan.digest}.json",
            "facts": {"today": self.facts.today.isoformat(), "params": dict(self.here.tenant.params)},
            "answers": without_secrets(self.plan, self.data), "key": base64.b64encode(secret).decode(),
        }  # fmt: skip


def open_filing(here: Desk, draft_id: UUID, *, to_write: bool = False) -> Filing:
    """A draft this person fills; NotFound for anybody else's, for one taken back, and beyond their villages."""
    loading = opening.load_to_write if to_write else opening.load
    draft = loading(
        here.session, keys=services().keys, tenant_id=here.tenant.id, draft_id=draft_id, holder=holder_of(here)
    )
    mine = draft.row.staff_id == here.who.subject_id
    if not mine and not (draft.row.state == "handed" and here.may_see(draft.row.village_code)):
        raise NotFound("这份申请已经交了，或者已被本人拿回去", "The draft was filed or taken back")
    return Filing(here, draft, form_of_draft(here.session, draft.row))


def holder_of(here: Desk) -> Holder:
    """This person as the holder of drafts."""
    return Holder(staff_id=here.who.subject_id)
