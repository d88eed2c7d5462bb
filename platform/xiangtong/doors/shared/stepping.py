"""What a posted page of a form does, at whichever door. No script is needed: all is saved first, then the button heard.

A step is left when nothing on it is wrong. Questions that only now apply are shown before anybody is told that they
are unanswered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from flask import make_response, redirect, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from xiangtong.dialect.plan import Step
from xiangtong.doors.shared import files, others
from xiangtong.doors.shared.filing import Filing
from xiangtong.drafts import filling
from xiangtong.kernel.errors import NotFound, Refusal
from xiangtong.rendering.view import id_of
from xiangtong.validation.validate import Problem, appeared, not_asked_before

F = TypeVar("F", bound=Filing)
F_contra = TypeVar("F_contra", bound=Filing, contravariant=True)
#: What the button of a page does once its files were taken, given what could not be taken.
Act = Callable[[F, Sequence[Problem]], Response]
_MOST_DIGITS = 5  # of a row's number; Python would not even read one of thousands


class Page(Protocol[F_contra]):
    """Draws a step as the door shows it. `more`: what was answered made further questions appear."""

    def __call__(
        self, filing: F_contra, step: Step, problems: Sequence[Problem] = (), /, *, more: bool = False
    ) -> str: ...


def heard(filing: F, step_id: str, pairs: Sequence[tuple[str, str]], *, page: Page[F]) -> tuple[F, Act[F]]:
    """Save the page; what its button does (next, back, add, remove, drop, take) comes once its files were taken.

    A page of an earlier version is saved and not heard: its reader looks at the new one and goes on there.
    """
    if filing.reader(request.form.get("_form", "")).late:
        return filing.save(pairs), lambda now, _refused: redirect(now.moved(step_id), 303)
    step, seen = filing.step(step_id), frozenset(filing.decision.effective.visible)
    known = set(filling.written_over(filing.draft.typed))
    filing = filing.save(pairs)
    action = request.form.get("_action", "next")
    if action == "next" and set(filling.written_over(filing.draft.typed)) - known:
        action = "look"  # Somebody wrote on another page meanwhile: both values are shown before anything else.
    return filing, lambda now, refused: _Left(now, step, seen, page).act(action, refused)


def posted_files() -> list[tuple[str, FileStorage]]:
    """The files that came with the page: (pointer, file)."""
    return [(name, upload) for name, upload in request.files.items(multi=True) if upload.filename]


def take_files(place: files.Place) -> list[Problem]:
    """Take every file of the page; what cannot be taken becomes a problem at its field."""
    problems = []
    for pointer, upload in posted_files():
        try:
            files.take(place, pointer=pointer, upload=upload, page=request.form.get("_form", ""))
        except Refusal as refusal:
            told = f"{upload.filename}：{refusal.message}"
            problems.append(Problem(pointer, refusal.code, told, refusal.message_en, told))
    return problems


@dataclass(frozen=True, slots=True)
class _Left(Generic[F]):
    """A page that was left by one of its buttons; `seen` are the questions that it showed."""

    filing: F
    step: Step
    seen: frozenset[str]
    page: Page[F]

    def act(self, action: str, refused: Sequence[Problem]) -> Response:
        verb, _, rest = action.partition(":")
        if verb in ("add", "remove"):
            return self._back_to(self._changed_rows(verb, rest))
        if verb == "look":
            return make_response(self.page(self.filing, self.step), 200)
        if verb == "take":
            others.take(self.filing.session, draft=self.filing.draft, pointer=rest)
            return self._back_to(rest)
        if verb == "drop":
            return self._back_to(self._dropped(rest))
        if verb == "back":
            return redirect(self.filing.address(self.filing.beside(self.step, -1) or self.step), 303)
        return self._onward(refused)

    def _back_to(self, pointer: str) -> Response:
        return redirect(f"{self.filing.address(self.step)}#{id_of(pointer)}", 303)

    def _changed_rows(self, verb: str, rest: str) -> str:
        """Add a row, or take one away; gives the pointer to show. What names no rows changes nothing."""
        pointer, _, index = (rest, "", "") if verb == "add" else rest.rpartition("/")
        session, draft = self.filing.session, self.filing.draft
        question = self.filing.plan.question_at(pointer)
        if question is None or not question.is_rows:
            return pointer
        if verb == "add":
            filling.add_row(session, draft=draft, pointer=pointer)
            return f"{pointer}/{draft.typed.row_count(pointer)}"
        if index.isdecimal() and len(index) < _MOST_DIGITS:
            filling.remove_row(session, draft=draft, pointer=pointer, index=int(index))
        return pointer

    def _dropped(self, rest: str) -> str:
        pointer, _, file_id = rest.rpartition(":")
        # Somebody may have taken it away already: the page then shows that it is gone.
        with contextlib.suppress(NotFound, ValueError):
            files.drop(self.filing.session, draft=self.filing.draft, pointer=pointer, file_id=UUID(file_id))
        return pointer

    def _onward(self, refused: Sequence[Problem]) -> Response:
        filing, step = self.filing, self.step
        fresh = set(filing.decision.effective.visible) - self.seen
        told = {one.pointer for one in refused}  # A photo that could not be taken is not also a missing one.
        found = [one for one in filing.problems_at(step) if one.pointer not in told]
        unseen = not_asked_before(filing.plan, found, fresh)
        wrong = [*refused, *(one for one in found if one not in unseen)]
        # Without script, a question that may stay empty has not been seen by anybody either.
        more = bool(unseen) or (
            not request.form.get("_seen") and appeared(filing.plan, step.id, filing.decision.stored, fresh)
        )
        if wrong or more:
            return make_response(self.page(filing, step, wrong, more=more), 422 if wrong else 200)
        following = filing.beside(step, 1)
        filling.save_step(filing.session, draft=filing.draft, step=(following or step).id)
        return redirect(filing.address(following) if following else filing.review, 303)
