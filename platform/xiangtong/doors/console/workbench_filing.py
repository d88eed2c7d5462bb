"""A draft while a member of staff fills it for somebody: their own, or one a villager handed over (帮我填)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext

from xiangtong.dialect.known import as_of_today
from xiangtong.dialect.plan import Step
from xiangtong.dialect.vocabulary import Facts
from xiangtong.doors.console.workbench_desk import Desk
from xiangtong.doors.shared import filing
from xiangtong.doors.shared.posted import locked_in
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import form_of_draft, is_withdrawn, newer_than
from xiangtong.drafts import opening
from xiangtong.drafts.opening import Holder
from xiangtong.forms.library import Form
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.rendering.context import RenderContext
from xiangtong.tenancy.divisions import Divisions
from xiangtong.validation.form_data import without_secrets


@dataclass(frozen=True)
class Filing(filing.Filing):
    """One draft on this desk, with its form."""

    here: Desk

    @property
    def session(self) -> ScopedSession:
        """The transaction of this desk."""
        return self.here.session

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

    @property
    def review(self) -> str:
        """The page on which all answers are read out."""
        return self.at("review")

    def address(self, step: Step) -> str:
        """The page of a step."""
        return self.at("step", step_id=step.id)

    def at(self, endpoint: str, **more: Any) -> str:
        """An address of this draft."""
        return url_for(f"agent.{endpoint}", draft_id=self.draft.id, **more)

    @property
    def newer(self) -> Form | None:
        """The version to be told of: of one's own draft any; of a villager's, that nothing else may be filed on."""
        found = newer_than(self.draft.row)
        return None if self.handed and not is_withdrawn(self.draft.row) else found

    def context(self) -> RenderContext:
        """The township and the day, as far as the look of the form depends on them."""
        counted, known = self.decision.effective, as_of_today(self.plan, self.facts)
        return RenderContext(
            options=known.options, params=known.params,
            visible=frozenset(counted.visible), required=frozenset(counted.required),
            derived=counted.derived, gettext=gettext, locked=locked_in(self.draft.typed),
            file_url=lambda file_id: self.at("file", file_id=file_id) if file_id else "",
        )  # fmt: skip

    def told(self) -> dict[str, Any]:
        """What the script of the page is told (components/filing.html)."""
        return {
            "id": str(self.draft.id), "form": self.plan.digest, "revision": self.revision, "autosave_url": self.at("save"),
            "upload_url": self.at("upload"), "plan_url": f"/forms/{self.form.code}/{self.form.plan.digest}.json",
            "facts": {"today": self.facts.today.isoformat(), "params": dict(self.here.tenant.params)},
            "answers": without_secrets(self.plan, self.data), "key": self.unsent_key,
            "sign_in_url": url_for("sign_in.index"),
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
    return Filing(draft, form_of_draft(here.session, draft.row), here)


def holder_of(here: Desk) -> Holder:
    """This person as the holder of drafts."""
    return Holder(staff_id=here.who.subject_id)
