"""补正: the office asks once for everything that is missing, and the applicant supplies it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from xiangtong import attachments
from xiangtong.cases.facts import Actor, Body
from xiangtong.cases.materials import claim_files, files_in
from xiangtong.cases.models import CaseEvent
from xiangtong.cases.parties import parties
from xiangtong.cases.patch import merge_patch
from xiangtong.cases.people import promote
from xiangtong.cases.record import OpenCase, move, read_event
from xiangtong.dialect.known import as_filed
from xiangtong.drafts import pointers
from xiangtong.drafts.answers import answers, typed_of
from xiangtong.drafts.models import Draft
from xiangtong.drafts.opening import FormRef, Holder, OpenDraft, SupplementTo, context, start, unsealed
from xiangtong.drafts.typed import Typed, to_bytes
from xiangtong.fields.normal import scrub
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Conflict, NotFound, Problem, Problems, Refusal
from xiangtong.tenancy.calendar import calendar
from xiangtong.tenancy.keys import KeyRing
from xiangtong.validation.validate import decide

if TYPE_CHECKING:
    from xiangtong.dialect.vocabulary import Facts
    from xiangtong.forms.library import Form

_MOST_ASKED = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is missing: what, why, and where it goes (a question's pointer, or a material's code)."""

    what: str
    reason: str
    pointer: str | None = None
    material_code: str | None = None

    def to_json(self) -> dict[str, str]:
        """As the contract names it; members without a value are left out."""
        members = {"what": self.what, "reason": self.reason, "pointer": self.pointer}
        members["material_code"] = self.material_code
        return {name: scrub(value) for name, value in members.items() if value}


class AskedBefore(Conflict):
    """Everything missing is asked for at once (一次性告知); a second notice has to be meant."""

    code = "ASKED_BEFORE"


class NothingChanged(Refusal):
    """A supplement that changes nothing."""

    code = "NOTHING_CHANGED"
    status = 422


def ask_supplement(
    session: ScopedSession,
    *,
    case: OpenCase,
    actor: Actor,
    asked: Sequence[Asked],
    answer_days: int = 10,
    again: bool = False,
) -> CaseEvent:
    """补正告知: ask for everything at once, to be supplied within `answer_days` working days; the clock stops.

    Raises AskedBefore for a second notice unless `again` says that it is meant, Problems for an empty request.
    """
    _check(asked)
    if not again and _last_notice(session, case) is not None:
        raise AskedBefore(
            "这个办件已经发过一次补正告知。确实需要再补，请勾选“再次告知”", "A notice was sent before; mark it as meant"
        )
    today = clock.today()
    due_on = calendar(session).add(today, answer_days)
    payload = {"asked": [one.to_json() for one in asked], "due_on": due_on.isoformat()}
    limits = case.limits.stopped(today, until=due_on)
    return move(session, case=case, type="supplement_notice", payload=payload, actor=actor, limits=limits)


def asked_of(session: ScopedSession, *, case: OpenCase) -> tuple[list[Asked], str | None]:
    """What the last notice asked for, and the day (YYYY-MM-DD) it wants it by; ([], None) when nothing was asked."""
    notice = last_notice(session, case=case)
    if notice is None:
        return [], None
    payload = notice["payload"]
    return [Asked(**one) for one in payload["asked"]], payload["due_on"]


def last_notice(session: ScopedSession, *, case: OpenCase) -> dict[str, Any] | None:
    """What the last 补正告知 keeps (`payload` and `actor`, see record.read_event); None when nothing was asked."""
    event = _last_notice(session, case)
    return read_event(case, event) if event is not None else None


def begin_supplement(session: ScopedSession, *, keys: KeyRing, case: OpenCase, holder: Holder, title: str) -> OpenDraft:
    """The draft in which the applicant supplies: begun with the answers as they stand, resumed when there is one.

    It is sealed under the case's key. `title` is the form's.
    """
    row, filed = case.row, case.row.filed["form"]
    found = _begun(session, case)
    if found is not None:
        return unsealed(session, keys=keys, row=found)
    return start(
        session, keys=keys, tenant_id=row.tenant_id, holder=holder, channel="web", village_code=row.village_code,
        form=FormRef(row.item_code, filed["code"], filed["version"], filed["hash"], title),
        typed=typed_of(case.body["answers"]), supplements=SupplementTo(row.id, case.key),
    )  # fmt: skip


def supply(
    session: ScopedSession, *, keys: KeyRing, case: OpenCase, draft: OpenDraft, form: Form, facts: Facts
) -> CaseEvent:
    """补正: the answers of `draft` replace those of `case`; only what changed is told (RFC 7396).

    `case` comes from `open_to_move`, `form` is the version the case was filed on. It is judged as on the day of filing:
    what the township has changed since asks nothing more of whoever filed before. Raises Problems, NothingChanged,
    attachments.NotReady, moves.MoveRefused.
    """
    if draft.row.case_id != case.row.id or draft.row.state != "open":
        raise NotFound("没有找到要补正的内容，可能已经提交过", "This draft supplements nothing")
    then = as_filed(form.plan, case.row.filed.get("known", {}), facts)
    decision = decide(form.plan, answers(form.plan, draft.typed), then)
    decision.refuse()
    before = {file.id for file in files_in(form.plan, case.body["answers"])}
    materials = claim_files(
        session, key=case.key, tenant_id=case.row.tenant_id, owner_id=draft.id, case_id=case.row.id,
        files=[file for file in files_in(form.plan, decision.stored) if file.id not in before],
    )  # fmt: skip
    patch = merge_patch(case.body["answers"], decision.stored)
    if not patch:
        raise NothingChanged("还没有补充任何内容，请按告知单补齐后再提交", "Nothing was supplied")
    body: Body = {"answers": decision.stored, **parties(decision.stored, form.plan.form)}  # type: ignore[typeddict-item]
    promote(session, keys=keys, row=case.row, applicant=body["applicant"])
    _end(session, draft)
    return move(
        session, case=case, type="supplement", payload={"data": patch}, actor=None, materials=materials, body=body,
        limits=case.limits.resumed(clock.today()),
    )  # fmt: skip


def give_up(session: ScopedSession, *, keys: KeyRing, case: OpenCase) -> None:
    """The day has passed: what was begun towards the supplement ends with it, files included.

    Raises OperationalError while the applicant is just handing it in: they hold the draft and wait for the case, so
    whoever holds the case must not wait for the draft.
    """
    begun = _begun(session, case, nowait=True)
    if begun is not None:
        attachments.discard_owner(session, tenant_id=begun.tenant_id, owner_id=begun.id)
        _end(session, unsealed(session, keys=keys, row=begun))


def _begun(session: ScopedSession, case: OpenCase, *, nowait: bool = False) -> Draft | None:
    row = case.row
    begun = select(Draft).where(Draft.tenant_id == row.tenant_id, Draft.case_id == row.id, Draft.state == "open")
    return session.scalar(begun.with_for_update(nowait=nowait))


def _end(session: ScopedSession, draft: OpenDraft) -> None:
    nothing = draft.key.seal(to_bytes(Typed()), context=context(draft.id))
    draft.row.state, draft.row.typed, draft.row.revisions = "submitted", nothing, {}
    session.flush()
    pointers.remove(session, draft=draft.row)


def _check(asked: Sequence[Asked]) -> None:
    if not 1 <= len(asked) <= _MOST_ASKED:
        raise Problems([Problem("/asked", "请写明要补正什么，可以写多项", "Say what is missing", "missing")])
    problems = [
        Problem(f"/asked/{index}/{member}", "请写清楚，申请人会看到这句话", "This has to be said", "missing")
        for index, one in enumerate(asked)
        for member in ("what", "reason")
        if not getattr(one, member).strip()
    ]
    if problems:
        raise Problems(problems)


def _last_notice(session: ScopedSession, case: OpenCase) -> CaseEvent | None:
    notices = select(CaseEvent).where(
        CaseEvent.tenant_id == case.row.tenant_id,
        CaseEvent.case_id == case.row.id,
        CaseEvent.type == "supplement_notice",
    )
    return session.scalar(notices.order_by(CaseEvent.seq.desc()).limit(1))
