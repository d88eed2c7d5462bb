"""The forms that are served: live versions from the database, older ones for the drafts and cases that are on them.

A version never changes, so what was compiled of one is kept by its hash for as long as the process lives. Which
version is live is asked again after two seconds, in one statement, by whichever request comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiangtong.dialect.vocabulary import Vocabulary
from xiangtong.forms.library import Form, Library, NoSuchForm, Stands, read_back
from xiangtong.forms.models import FormVersion
from xiangtong.tenancy.scope import NOBODY, Database

_KEEP_SECONDS = 2.0


class Forms(Protocol):
    """What doors and jobs ask for forms: a folder's library, or the shelf over the database."""

    @property
    def forms(self) -> Mapping[str, Form]: ...
    @property
    def vocabulary(self) -> Vocabulary: ...
    @property
    def samples(self) -> Mapping[str, Mapping[str, Any]]: ...
    def form(self, code: str) -> Form: ...
    def at(self, session: Session, *, code: str, number: int) -> Form: ...
    def planned(self, session: Session, *, code: str, digest: str) -> Form: ...
    def stands(self, *, code: str, number: int) -> Stands: ...
    def forget(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the rows said a moment ago: the live form of each code, and how every numbered version stands."""

    live: Mapping[str, Form]
    states: Mapping[tuple[str, int], str]
    until: float


@dataclass
class Shelf:
    """The forms in the rows of `db`. `folder` gives the vocabulary and the samples of the software's own forms.

    Before the first release has written any version, the folder itself is served.
    """

    db: Database
    folder: Library
    _seen: _Seen | None = None
    _kept: dict[tuple[str, int], Form] = field(default_factory=dict)
    _reading: Lock = field(default_factory=Lock)

    @property
    def forms(self) -> Mapping[str, Form]:
        """The live version of every form that has one, by code."""
        return self._now().live

    @property
    def vocabulary(self) -> Vocabulary:
        """The shared parts, kinds and formats that new versions are written with."""
        return self.folder.vocabulary

    @property
    def samples(self) -> Mapping[str, Mapping[str, Any]]:
        """The samples of the software's own forms."""
        return self.folder.samples

    def form(self, code: str) -> Form:
        """The live version of a form; raises NoSuchForm."""
        try:
            return self.forms[code]
        except KeyError:
            raise NoSuchForm from None

    def at(self, session: Session, *, code: str, number: int) -> Form:
        """The version that a draft or a case names, whatever became of it; raises NoSuchForm.

        It costs a statement of `session` the first time a process meets a version that is not live.
        """
        found = self._kept.get((code, number))
        if found is None and not self._now().states:
            return self.folder.form(code)
        return found or self._read(session, code, number)

    def planned(self, session: Session, *, code: str, digest: str) -> Form:
        """The version whose plan has this digest (the page's script asks by it); raises NoSuchForm."""
        if not self._now().states:
            return self.folder.planned(session, code=code, digest=digest)
        numbers = sorted((number for one, number in self._now().states if one == code), reverse=True)
        for number in numbers:
            found = self.at(session, code=code, number=number)
            if found.plan.digest == digest:
                return found
        raise NoSuchForm

    def stands(self, *, code: str, number: int) -> Stands:
        """How a version stands towards the one that is live."""
        now = self._now()
        if not now.states:
            return self.folder.stands(code=code, number=number)
        state = now.states.get((code, number), "withdrawn")
        return "live" if state == "live" else "withdrawn" if state == "withdrawn" else "earlier"

    def forget(self) -> None:
        """Ask the rows again next time: this process has just published or withdrawn something."""
        self._seen = None

    def _now(self) -> _Seen:
        seen = self._seen
        if seen is not None and seen.until > monotonic():
            return seen
        # Whoever comes second goes on with what was true a moment ago, and takes no connection for it.
        if not self._reading.acquire(blocking=seen is None):
            assert seen is not None
            return seen
        try:
            if self._seen is None or self._seen.until <= monotonic():
                self._seen = self._look()
            return self._seen
        finally:
            self._reading.release()

    def _look(self) -> _Seen:
        numbered = select(FormVersion.code, FormVersion.number, FormVersion.state)
        with self.db.scope(NOBODY) as session:
            rows = session.execute(numbered.where(FormVersion.number.is_not(None)).order_by(FormVersion.code)).all()
            states = {(code, number): state for code, number, state in rows if number is not None}
            missing = [at for at, state in states.items() if state == "live" and at not in self._kept]
            for code, number in missing:
                self._read(session, code, number)
        live = {code: self._kept[code, number] for (code, number), state in states.items() if state == "live"}
        return _Seen(MappingProxyType(live if states else self.folder.forms), states, monotonic() + _KEEP_SECONDS)

    def _read(self, session: Session, code: str, number: int) -> Form:
        wanted = select(FormVersion.body, FormVersion.parts, FormVersion.hash)
        row = session.execute(wanted.where(FormVersion.code == code, FormVersion.number == number)).first()
        if row is None:
            raise NoSuchForm
        made = read_back(*row[:2], self.vocabulary, code=code, number=number, digest=row[2])
        return self._kept.setdefault((code, number), made)
