"""A draft while somebody fills it, at whichever door: the form, what was typed, and what counts of it.

A door says in its own class where the pages are, what the form may know, and whose draft it opens.
"""

from __future__ import annotations

import base64
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

from xiangtong.dialect.plan import Plan, Step
from xiangtong.dialect.vocabulary import Facts
from xiangtong.doors.shared.posted import Reader
from xiangtong.doors.shared.versions import form_of_page
from xiangtong.drafts import filling, opening
from xiangtong.drafts.answers import answers
from xiangtong.drafts.opening import OpenDraft
from xiangtong.drafts.typed import Raw, from_bytes
from xiangtong.forms.library import Form
from xiangtong.kernel import crypto
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.validation.validate import Decision, Problem, decide, problems_of_step


@dataclass(frozen=True)
class Filing(ABC):
    """One open draft with its form, in one transaction."""

    draft: OpenDraft
    form: Form

    @property
    @abstractmethod
    def session(self) -> ScopedSession:
        """The transaction in which the draft was opened."""

    @property
    @abstractmethod
    def facts(self) -> Facts:
        """What the form may know today."""

    @abstractmethod
    def address(self, step: Step) -> str:
        """The page of a step."""

    @property
    @abstractmethod
    def review(self) -> str:
        """The page on which everything is looked over."""

    def stands_for(self, _plan: Plan, _pointer: str, _stored: Raw, _posted: Raw) -> bool:
        """Whether a posted text is only the mask under which this door shows what is stored: here nothing is masked."""
        return False

    @property
    def plan(self) -> Plan:
        """The compiled form."""
        return self.form.plan

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

    @property
    def unsent_key(self) -> str:
        """The key under which a browser keeps what it could not send yet, in base64."""
        return base64.b64encode(crypto.hmac_sm3(self.draft.key.secret, f"unsent:{self.draft.id}".encode())).decode()

    def step(self, step_id: str) -> Step:
        """A step of the form by its id; raises NotFound."""
        found = self.plan.step(step_id)
        if found is None:
            raise NotFound
        return found

    def number(self, step: Step) -> int:
        """Which of the steps that ask anything this is, from 1."""
        return self.steps.index(step) + 1 if step in self.steps else 1

    def beside(self, step: Step, way: int) -> Step | None:
        """The next (1) or the previous (-1) step that asks anything; None beyond the ends."""
        steps = [one for one in self.plan.steps if one in self.steps or one == step]
        place = steps.index(step) + way
        return steps[place] if 0 <= place < len(steps) else None

    def problems_at(self, step: Step) -> list[Problem]:
        """What is to be mended on one step."""
        return problems_of_step(self.plan, step.id, self.decision.problems)

    def resume(self) -> str:
        """Where the person was."""
        return self.address(self.plan.step(self.draft.row.step or "") or self.steps[0])

    def moved(self, step_id: str) -> str:
        """Where to go on whose page was of an earlier version: the same step, where there is still one."""
        step = self.plan.step(step_id)
        return f"{self.address(step) if step in self.steps else self.resume()}?moved=1"

    def reader(self, digest: str) -> Reader:
        """Reads what a page sends that shows the version of this plan's digest."""
        page = form_of_page(self.session, self.draft.row, digest)
        return Reader(self.form, page, self.draft, self.stands_for, self.facts.options.get("divisions", {}))

    def save(self, pairs: Sequence[tuple[str, str]]) -> Self:
        """The filing after a page was posted: locked answers and names of no question are left out."""
        fields = self.reader(dict(pairs).get("_form", "")).posted(pairs)
        if fields:
            filling.save_fields(self.session, draft=self.draft, fields=fields)
        return self.again()

    def again(self) -> Self:
        """The filing as it stands after a write of this transaction."""
        row, key = self.draft.row, self.draft.key
        typed = from_bytes(key.unseal(row.typed, context=opening.context(row.id)))
        return replace(self, draft=OpenDraft(row, key, typed))
