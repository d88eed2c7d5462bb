"""Look it all over, submit, and the receipt. Double tap, Back and retry all end at the same receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from xiangtong import attachments
from xiangtong.cases.citizen import own_case
from xiangtong.cases.models import NO_DAY
from xiangtong.cases.submit import FilingClosed, FormChanged, FormWithdrawn, submit
from xiangtong.dialect.plan import Step
from xiangtong.doors.citizen import _masked
from xiangtong.doors.citizen._case import case_address, day_words, english_of, print_address
from xiangtong.doors.citizen._covered import UNREADABLE
from xiangtong.doors.citizen._filing import Filing, open_filing
from xiangtong.doors.citizen._page import context, file_address, helping, title_of, words_of
from xiangtong.doors.citizen._visit import visit
from xiangtong.doors.citizen.apply_start import closed_page
from xiangtong.doors.shared.access import citizen
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.others import asked_on
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import newer_than
from xiangtong.forms.library import Form, NoSuchForm
from xiangtong.items.offer import NotRegistered
from xiangtong.kernel import clock
from xiangtong.kernel.errors import Problems
from xiangtong.rendering.answers import Answer, answers
from xiangtong.rendering.view import id_of
from xiangtong.validation.validate import Problem

_AT = "/<string(length=9):code>/apply/<form_code>/<uuid:draft_id>"
_FILES = frozenset({"file", "photo", "signature"})


@dataclass(frozen=True, slots=True)
class Part:
    """What was answered on one step. Files are (name, address)."""

    title: str
    change: str
    answers: Sequence[Answer]
    files: Sequence[tuple[str, Sequence[tuple[str, str]]]]


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    blueprint.add_url_rule(f"{_AT}/review", "review", review)
    blueprint.add_url_rule(f"{_AT}/review", "submit", send, methods=["POST"])
    blueprint.add_url_rule(f"{_AT}/receipt", "receipt", receipt)


@citizen(assurance=0)
def review(code: str, form_code: str, draft_id: UUID) -> Response | str:
    """Every answer with a way to change it, what is still missing, and the button to submit."""
    with visit(code) as here:
        filing = open_filing(here, form_code, draft_id)
        if filing.draft.row.state != "open":
            return redirect(filing.at("apply.resume"), 303)
        if newer_than(filing.draft.row):
            return redirect(filing.at("apply.update"), 303)
        problems = [(_place(filing, one.pointer), _sentence(one)) for one in filing.decision.problems]
        return render_template(
            "citizen/review.html", form_title=title_of(filing), parts=_parts(filing), problems=problems,
            count=len(filing.steps) + 1, action=filing.at("cases.supply" if filing.supplements else "apply.submit"),
            back=filing.address(filing.steps[-1]), hands=helping(here, filing), supplements=filing.supplements, guest=here.guest,
            sign_in=url_for("sign_in.ask"), here=request.path,
            waiting=_words_of(request.args.get("wait", "")),
        )  # fmt: skip


@citizen(assurance=2)
def send(code: str, form_code: str, draft_id: UUID) -> Response | str:
    """File it; what stands in the way is shown where it can be mended."""
    try:
        _file(code, form_code, draft_id)
    except Problems:
        return redirect(request.path, 303)
    except attachments.NotReady:
        return redirect(f"{request.path}?wait=files", 303)
    except FormWithdrawn:
        return _withdrawn(code, form_code, draft_id)
    except FilingClosed:
        with visit(code) as here:
            return closed_page(here)
    except NotRegistered:
        with visit(code) as here:
            return closed_page(here, registered=False)
    return redirect(request.path.removesuffix("review") + "receipt", 303)


def _file(code: str, form_code: str, draft_id: UUID) -> None:
    """File it on the version it was filled on: most are on the live one, which costs no look."""
    try:
        _file_on(services().library.form(form_code), code, draft_id)
    except (FormChanged, NoSuchForm):
        with visit(code) as here:
            form = open_filing(here, form_code, draft_id).form
        _file_on(form, code, draft_id)


def _withdrawn(code: str, form_code: str, draft_id: UUID) -> Response:
    """Where to go on from a version that was withdrawn; raises FormWithdrawn while there is no other."""
    with visit(code) as here:
        filing = open_filing(here, form_code, draft_id)
        if newer_than(filing.draft.row):
            return redirect(filing.at("apply.update"), 303)
    raise FormWithdrawn(
        "这张表已经停用，新表还没有发布。您填过的都留着，请过几天再来，或打电话问一问",
        "This form was withdrawn and there is no new one yet; what you filled in is kept",
    )


def _file_on(form: Form, code: str, draft_id: UUID) -> None:
    with visit(code) as here:
        submit(
            here.session, keys=services().keys, tenant_id=here.tenant.id, draft_id=draft_id, holder=here.holder,
            form=form, facts=here.facts,
        )  # fmt: skip


@citizen(assurance=2)
def receipt(code: str, form_code: str, draft_id: UUID) -> str:
    """The number, the short code, what happens next and by when."""
    with visit(code) as here:
        case = own_case(
            here.session, keys=services().keys, tenant_id=here.tenant.id, case_id=draft_id, citizen_id=here.citizen_id
        )
        row = case.row
        return render_template(
            "citizen/receipt.html", row=row, english=english_of(row.item_name),
            answer_by=day_words(row.due_on) if row.due_on != NO_DAY else None,
            promised=case.limits.promised_days, submitted=clock.local(row.submitted_at),
            address=case_address(code, row.case_no), print_url=print_address(code, row.case_no),
        )  # fmt: skip


def _parts(filing: Filing) -> list[Part]:
    stored = filing.decision.stored
    # Whoever checks their own answers has to be able to read them.
    given = [_readable(filing, one) for one in answers(filing.plan, stored, masked=False, ctx=context(filing))]
    return [_part(filing, step, given) for step in filing.steps]


def _readable(filing: Filing, answer: Answer) -> Answer:
    """The answer, or its mask where it was typed elsewhere by whoever it is about."""
    if not filing.covers(answer.pointer):
        return answer
    raw = filing.draft.typed.values.get(answer.pointer)
    return replace(answer, value=_masked.mask_of(filing.plan, answer.pointer, raw, strict=True) or UNREADABLE)


def _part(filing: Filing, step: Step, given: Sequence[Answer]) -> Part:
    here = [one for one in given if asked_on(step, one.pointer)]
    kinds = {one.pointer: filing.plan.question_at(one.pointer) for one in here}
    address = file_address(filing)
    files, words = [], []
    for one in here:
        question = kinds[one.pointer]
        if question is not None and question.kind in _FILES:
            named = _value(filing.decision.stored, one.pointer)
            title = question.title_en if language() == "en" else question.title
            files.append((title, [(str(file["name"]), address(str(file["id"]))) for file in named]))
        else:
            words.append(one)
    return Part(words_of(step), filing.address(step), words, files)


def _value(stored: object, pointer: str) -> list[dict[str, object]]:
    for name in pointer.split("/")[1:]:
        if isinstance(stored, list):
            stored = stored[int(name)]
        elif isinstance(stored, dict):
            stored = stored.get(name)
    return stored if isinstance(stored, list) else []


def _place(filing: Filing, pointer: str) -> str:
    """The address of the field at which a problem is mended."""
    step = next((one for one in filing.plan.steps if asked_on(one, pointer)), filing.steps[0])
    return f"{filing.address(step)}#{id_of(pointer)}"


def _sentence(problem: Problem) -> str:
    return (problem.summary_en or problem.message_en) if language() == "en" else problem.summary


def _words_of(wait: str) -> str:
    words = {
        "files": gettext("有文件还在检查，请等一分钟再提交；等不及可以删掉重新传"),
        "nothing": gettext("还没有补充任何内容，请按要求补齐后再提交"),
    }
    return str(words.get(wait, ""))
