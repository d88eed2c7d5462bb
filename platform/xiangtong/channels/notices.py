"""Notices: the simplest document. A village writes, the township looks at it and publishes; publishing makes it findable.

A draft that waits for the township, or that came back from it, says so in its note; publishing wipes the note.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiangtong.documents import publish
from xiangtong.documents.models import DocumentVersion
from xiangtong.kernel import clock
from xiangtong.kernel.errors import Conflict, NotFound, Problem, Problems
from xiangtong.kernel.ids import new_id
from xiangtong.search import entries

KIND = "notice"
LONGEST_TITLE, LONGEST_TEXT = 80, 20_000
_LONGEST_REASON = 200
_MOST_LISTED = 300
_SENT, _RETURNED = "待审核", "退回："
_EARLIEST = date(2000, 1, 1)
# An id number in a notice is somebody's, whoever they are; with digits masked it does not match.
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Written:
    """What a form says of a notice."""

    title: str
    text: str
    day: str = ""  # ISO; empty: the day it is published


@dataclass(frozen=True, slots=True)
class Standing:
    """A notice with everything there is of it. `division_code` is a village's, or empty for the township's own."""

    key: str
    division_code: str
    draft: DocumentVersion | None
    live: DocumentVersion | None
    past: Sequence[DocumentVersion]

    @property
    def newest(self) -> DocumentVersion:
        """What a person who works on it wants to see: the draft, else what is live, else what was."""
        return self.draft or self.live or self.past[0]

    @property
    def sent(self) -> bool:
        """True while the township is to look at the draft."""
        return bool(self.draft and self.draft.note == _SENT)

    @property
    def returned(self) -> str:
        """Why the township sent the draft back; empty when it did not."""
        note = self.draft.note if self.draft else ""
        return note.removeprefix(_RETURNED) if note.startswith(_RETURNED) else ""


def publish_notice(
    session: Session, *, tenant_id: int, township_code: str, title: str, text: str, village_code: str = "",
    key: str = "", author: str = "", demo: bool = False, at: datetime | None = None,
) -> DocumentVersion:  # fmt: skip
    """Publish a notice of the township, or of one village's column; raises Problems.

    key  names the notice in its address; without one a fresh name is made. Publishing under a key again replaces it.
    """
    written = _tidied(Written(title, text))
    if problems := list(_wrong(written)):
        raise Problems(problems)
    key, at = key or new_id().hex, at or clock.now()
    body = {"title": written.title, "text": written.text, "demo": demo}
    publish.save_draft(
        session, tenant_id=tenant_id, kind=KIND, key=key, title=written.title, body=body, division_code=village_code,
        author=author,
    )  # fmt: skip
    version = publish.publish(session, tenant_id=tenant_id, kind=KIND, key=key, at=at)
    _let_find(session, township_code, version)
    return version


def withdraw_notice(session: Session, *, tenant_id: int, key: str) -> None:
    """Take a notice down; it stays in the history."""
    publish.withdraw(session, tenant_id=tenant_id, kind=KIND, key=key)
    entries.take_out(session, tenant_id=tenant_id, kind=KIND, key=key)


def write(
    session: Session, *, tenant_id: int, written: Written, village_code: str, author: str, key: str = ""
) -> DocumentVersion:
    """Write a draft, or write it anew; what is live stays live. Raises Problems."""
    written = _tidied(written)
    if problems := list(_wrong(written)):
        raise Problems(problems)
    body = {"title": written.title, "text": written.text, "demo": False, "day": written.day}
    draft = publish.save_draft(
        session, tenant_id=tenant_id, kind=KIND, key=key or new_id().hex, title=written.title, body=body,
        division_code=village_code, author=author,
    )  # fmt: skip
    draft.note = ""
    session.flush()
    return draft


def send(session: Session, *, notice: Standing) -> None:
    """Ask the township to look at the draft. Raises Conflict when there is none."""
    _draft(notice).note = _SENT
    session.flush()


def send_back(session: Session, *, notice: Standing, why: str) -> None:
    """Give the draft back to whoever wrote it, with a reason. Raises Problems, Conflict."""
    reason = " ".join("".join(char if char.isprintable() else " " for char in why).split())
    if not 0 < len(reason) <= _LONGEST_REASON:
        raise Problems([Problem("/why", f"请写退回的原因，最多 {_LONGEST_REASON} 个字", "Give the reason")])
    if not notice.sent:
        raise Conflict("这篇公告不在待审核，刷新后再看看", "It does not wait for a review")
    _draft(notice).note = f"{_RETURNED}{reason}"
    session.flush()


def release(session: Session, *, notice: Standing, township_code: str, reviewed: bool) -> DocumentVersion:
    """Publish the draft. Raises Problems unless its content was reviewed for secrets and personal data."""
    draft = _draft(notice)
    if not reviewed:
        raise Problems([Problem("/reviewed", "发布前请先做保密审查，并在这里打勾", "Confirm the review", "REVIEW")])
    day = date.fromisoformat(draft.body["day"]) if draft.body.get("day") else clock.today()
    # A notice that is dated back stands among those of its day.
    at = clock.now() if day == clock.today() else datetime.combine(day, time(12), clock.local(clock.now()).tzinfo)
    version = publish.publish(session, tenant_id=draft.tenant_id, kind=KIND, key=notice.key, at=at)
    _let_find(session, township_code, version)
    return version


def restore(session: Session, *, notice: Standing, township_code: str, number: int, author: str) -> DocumentVersion:
    """Publish an earlier version again, under a new number. Raises NotFound, and Conflict while there is a draft."""
    if notice.draft:
        raise Conflict("这篇公告有没发布的修改，请先发布或删掉草稿", "Publish or discard the draft first")
    version = publish.roll_back(
        session, tenant_id=notice.newest.tenant_id, kind=KIND, key=notice.key, number=number, author=author
    )
    _let_find(session, township_code, version)
    return version


def discard(session: Session, *, notice: Standing) -> None:
    """Throw the draft away; what is live stays."""
    session.delete(_draft(notice))
    session.flush()


def get(session: Session, *, tenant_id: int, key: str) -> Standing:
    """A notice with its draft and its history; raises NotFound."""
    mine = select(DocumentVersion).where(
        DocumentVersion.tenant_id == tenant_id, DocumentVersion.kind == KIND, DocumentVersion.key == key
    )
    versions = session.scalars(mine.order_by(DocumentVersion.number.desc().nulls_first())).all()
    if not versions:
        raise NotFound
    return _standing(key, versions)


def written(session: Session, *, tenant_id: int) -> list[Standing]:
    """The notices of a township and its villages, newest work first: drafts, live ones, withdrawn ones."""
    mine = select(DocumentVersion).where(DocumentVersion.tenant_id == tenant_id, DocumentVersion.kind == KIND)
    newest = mine.order_by(DocumentVersion.created_at.desc(), DocumentVersion.number.desc()).limit(_MOST_LISTED)
    by_key: dict[str, list[DocumentVersion]] = {}
    for version in session.scalars(newest):
        by_key.setdefault(version.key, []).append(version)
    return [_standing(key, versions) for key, versions in by_key.items()]


def _standing(key: str, versions: Sequence[DocumentVersion]) -> Standing:
    of = {state: [version for version in versions if version.state == state] for state in ("draft", "live", "past")}
    draft, live = (of[state][0] if of[state] else None for state in ("draft", "live"))
    return Standing(key, versions[0].division_code, draft, live, of["past"])


def _draft(notice: Standing) -> DocumentVersion:
    if notice.draft is None:
        raise Conflict("这篇公告没有要发布的修改，刷新后再看看", "There is no draft")
    return notice.draft


def _let_find(session: Session, township_code: str, version: DocumentVersion) -> None:
    day = clock.local(version.published_at or clock.now()).date()
    address = f"/{township_code}/notices/{version.key}"
    found_as = entries.Entry("notice", version.key, version.title, address, day=day)
    entries.put(session, tenant_id=version.tenant_id, entries=[found_as])


def _tidied(written: Written) -> Written:
    """Plain text: no invisible characters, no more than one empty line in a row."""
    title = " ".join("".join(char if char.isprintable() else " " for char in written.title).split())
    lines = unicodedata.normalize("NFC", written.text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    plain = ["".join(char if char.isprintable() else " " for char in line).rstrip() for line in lines]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(plain)).strip()
    return Written(unicodedata.normalize("NFC", title), text, written.day.strip())


def _wrong(written: Written) -> Iterator[Problem]:
    if not 0 < len(written.title) <= LONGEST_TITLE:
        yield Problem("/title", f"请写标题，最多 {LONGEST_TITLE} 个字", "Give a title")
    if not 0 < len(written.text) <= LONGEST_TEXT:
        yield Problem("/text", f"请写正文，最多 {LONGEST_TEXT} 个字", "Give a text")
    for where, words in (("/title", written.title), ("/text", written.text)):
        if _ID_NUMBER.search(words):
            yield Problem(where, "里面有像身份证号的数字，请去掉，或把中间几位换成 *", "An id number", "PERSONAL")
    if written.day and _day(written.day) is None:
        yield Problem("/day", "日期不能晚于今天，请核对", "The day cannot be later than today", "DAY")


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= clock.today() else None
