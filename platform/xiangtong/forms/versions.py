"""Versions of forms: put in as a draft, publish under the next number, withdraw. A text never changes.

Every verb runs in scope `city` and takes the form's lock first, so that two operators come one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, defer

from xiangtong.dialect.check import check
from xiangtong.dialect.vocabulary import Finding, Schema, Vocabulary
from xiangtong.forms.contract_fit import fit
from xiangtong.forms.library import Form, form_of, written
from xiangtong.forms.models import FormSheet, FormVersion
from xiangtong.kernel import clock, ids
from xiangtong.kernel.errors import Conflict, NotFound, Problem, Problems
from xiangtong.kernel.locks import one_at_a_time

RELEASE, CONSOLE = "release", "console"


class NothingNew(Conflict):
    """The text is the one that is live already."""

    code = "FORM_UNCHANGED"


class SheetMissing(Conflict):
    """Nobody has looked yet at what publishing would mean for the filings in progress."""

    code = "SHEET_MISSING"


def release_forms(session: Session, *, forms: Iterable[Form]) -> list[FormVersion]:
    """Bring the forms that come with the software into the rows; gives what is new. Idempotent.

    A form that differs from the last one that came with the software is published as the next version. Where somebody
    has published a version of their own meanwhile, theirs stays and ours waits as a draft.
    """
    return [made for form in forms if (made := _released(session, form))]


def save_draft(
    session: Session, *, schema: Schema, vocabulary: Vocabulary, author: str, origin: str = CONSOLE
) -> FormVersion:
    """Keep a form document as the one draft of its code; an earlier draft is dropped. Raises Problems, NothingNew.

    Only what could not be shown at all is refused here: no code, no title. The rest is `findings`.
    """
    code = _code(schema)
    one_at_a_time(session, f"form:{code}")
    form = form_of(schema, vocabulary)
    live = _one(session, code, "live")
    if live is not None and live.hash == form.hash:
        raise NothingNew("这份表和现在用的一模一样，不用再发布", "This form is the one that is live already")
    earlier = _one(session, code, "draft")
    if earlier is not None:
        if earlier.hash == form.hash:
            return earlier
        earlier.state = "dropped"
        session.flush()
    return _add(session, form, state="draft", origin=origin, author=author)


def drop_draft(session: Session, *, code: str) -> None:
    """Throw the draft away; raises NotFound."""
    one_at_a_time(session, f"form:{code}")
    _draft(session, code).state = "dropped"
    session.flush()


def publish(session: Session, *, code: str, version_id: UUID, by: str, note: str = "") -> FormVersion:
    """Make the draft the live version under the next number; the one before stays for the drafts on it.

    `version_id` is the draft whose sheet was looked at. Raises NotFound, Conflict where another draft took its place,
    SheetMissing.
    """
    one_at_a_time(session, f"form:{code}")
    draft = _draft(session, code)
    if draft.id != version_id:
        raise Conflict("草稿刚刚换过了，请再看一遍发布单", "Another draft took its place", code="DRAFT_REPLACED")
    sheet = session.get(FormSheet, draft.id)
    if sheet is None or sheet.state != "done":
        raise SheetMissing("请先看发布单：要等正在填的申请都数完", "The sheet has not been drawn up yet")
    return _live(session, draft, by=by, note=note)


def withdraw(session: Session, *, code: str, number: int) -> FormVersion:
    """From now on nothing may be filed on this version; cases that were stay as they are. Raises NotFound."""
    one_at_a_time(session, f"form:{code}")
    found = get(session, code=code, number=number)
    if found.state not in ("live", "past"):
        raise Conflict("这一版已经停用了", "This version was withdrawn before", code="FORM_WITHDRAWN")
    found.state, found.withdrawn_at = "withdrawn", clock.now()
    session.flush()
    return found


def get(session: Session, *, code: str, number: int) -> FormVersion:
    """A published version; raises NotFound."""
    found = session.scalars(select(FormVersion).where(FormVersion.code == code, FormVersion.number == number)).first()
    if found is None:
        raise NotFound("没有这一版", "There is no such version")
    return found


def draft_of(session: Session, *, code: str) -> FormVersion | None:
    """The draft of a form, where there is one."""
    return _one(session, code, "draft")


def history(session: Session, *, code: str) -> Sequence[FormVersion]:
    """Every published version without its text, newest first."""
    mine = select(FormVersion).where(FormVersion.code == code, FormVersion.number.is_not(None))
    return session.scalars(_light(mine).order_by(FormVersion.number.desc())).all()


def overview(session: Session) -> Sequence[FormVersion]:
    """For each form its live version (or the last there was) and its draft, without texts."""
    shown = select(FormVersion).where(FormVersion.state != "dropped")
    rows = session.scalars(_light(shown).order_by(FormVersion.code, FormVersion.number.desc().nulls_last())).all()
    best: dict[tuple[str, bool], FormVersion] = {}
    for row in rows:
        kept = best.get((row.code, row.number is None))
        if kept is None or row.state == "live":
            best[row.code, row.number is None] = row
    return list(best.values())


def findings(form: Form) -> list[Finding]:
    """Everything that stands against publishing a form that somebody put in."""
    return list(check(form.schema, form.vocabulary)) or [*fit(form), *_one_name_each(form)]


def _one_name_each(form: Form) -> Iterator[Finding]:
    """A stable id names one question; two of one name could not be told apart by the next version."""
    known: dict[str, str] = {}
    for question in form.plan.by_pattern.values():
        own = question.notes.get("x-id")
        if own is not None and known.setdefault(own, question.pattern) != question.pattern:
            where = question.pattern
            yield Finding(
                where, f"x-id“{own}”和 {known[own]} 的一样，要各用各的", f"x-id {own} is that of {known[own]}"
            )


def _released(session: Session, form: Form) -> FormVersion | None:
    one_at_a_time(session, f"form:{form.code}")
    ours = select(FormVersion.hash).where(FormVersion.code == form.code, FormVersion.origin == RELEASE)
    newest = session.scalars(ours.order_by(FormVersion.created_at.desc(), FormVersion.id.desc()).limit(1)).first()
    if newest == form.hash:
        return None
    live = _one(session, form.code, "live")
    if live is None or live.origin == RELEASE:
        made = _add(session, form, state="dropped", origin=RELEASE)
        return _live(session, made, by=RELEASE)
    if _one(session, form.code, "draft") is not None:
        return None
    return _add(session, form, state="draft", origin=RELEASE)


def _live(session: Session, draft: FormVersion, *, by: str, note: str = "") -> FormVersion:
    before = _one(session, draft.code, "live")
    if before is not None:
        before.state = "past"
        session.flush()
    newest = session.scalar(select(func.max(FormVersion.number)).where(FormVersion.code == draft.code))
    draft.number, draft.state = (newest or 0) + 1, "live"
    draft.published_by, draft.published_at, draft.note = by, clock.now(), note
    session.flush()
    return draft


def _add(session: Session, form: Form, *, state: str, origin: str, author: str = "") -> FormVersion:
    body, parts = written(form)
    made = FormVersion(
        id=ids.new_id(), code=form.code, number=None, state=state, title=form.title, body=body, parts=parts,
        hash=form.hash, origin=origin, author=author, created_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _code(schema: Schema) -> str:
    said = schema.get("x-form")
    code = said.get("code") if isinstance(said, Mapping) else None
    if not isinstance(code, str) or not code or len(code) > 64 or not code.replace("-", "").isalnum():
        raise Problems([Problem("/x-form/code", "要写明是哪张表（x-form 里的 code）", "x-form/code names the form")])
    if not isinstance(schema.get("title"), str) or not schema["title"].strip():
        raise Problems([Problem("/title", "要有表名（title）", "A form has a title")])
    return code


def _draft(session: Session, code: str) -> FormVersion:
    found = _one(session, code, "draft")
    if found is None:
        raise NotFound("没有等着发布的草稿", "There is no draft")
    return found


def _one(session: Session, code: str, state: str) -> FormVersion | None:
    return session.scalars(select(FormVersion).where(FormVersion.code == code, FormVersion.state == state)).first()


def _light(query: Select[FormVersion]) -> Select[FormVersion]:
    return query.options(defer(FormVersion.body), defer(FormVersion.parts))
