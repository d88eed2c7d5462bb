"""The pages of a form filled in for somebody. They work without script: what is posted is saved first, then heard."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Response as JsonResponse
from flask import jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from xiangtong import attachments, audit
from xiangtong.cases.submit import Receipt, submit
from xiangtong.dialect.plan import Step
from xiangtong.doors.console.workbench_desk import desk
from xiangtong.doors.console.workbench_filing import Filing, holder_of, open_filing
from xiangtong.doors.console.workbench_update import blueprint
from xiangtong.doors.shared import access, asking, files, others, replies, stepping
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import is_withdrawn
from xiangtong.drafts import filling
from xiangtong.drafts.opening import Holder
from xiangtong.identity.staff import actor_of
from xiangtong.kernel import clock
from xiangtong.kernel.errors import NotFound, Problems, Refusal
from xiangtong.rendering.answers import answer_rows
from xiangtong.rendering.render import problem_links, render_step
from xiangtong.rendering.view import id_of
from xiangtong.validation.validate import Problem

__all__ = ["blueprint"]

_MAY = access.staff("cases.file_for")


@blueprint.get("/<uuid:draft_id>")
@_MAY
def resume(draft_id: UUID) -> Response:
    """Go on where one was."""
    with desk() as here:
        filing = open_filing(here, draft_id)
        return redirect(filing.at("update") if filing.newer else filing.resume(), 303)


@blueprint.get("/<uuid:draft_id>/<step_id>")
@_MAY
def step(draft_id: UUID, step_id: str) -> Response | str:
    """The page of a step."""
    with desk() as here:
        filing = open_filing(here, draft_id)
        return redirect(filing.at("update"), 303) if filing.newer else _page(filing, filing.step(step_id))


@blueprint.post("/<uuid:draft_id>/<step_id>")
@_MAY
def post(draft_id: UUID, step_id: str) -> Response:
    """Save what was posted, then do what the button says: next, back, add, remove, drop."""
    pairs = list(request.form.items(multi=True))
    with desk() as here:
        filing, act = stepping.heard(open_filing(here, draft_id, to_write=True), step_id, pairs, page=_page)
        if not stepping.posted_files():
            return act(filing, ())
        tenant_id = here.tenant.id
    refused = stepping.take_files(_place(tenant_id, draft_id))
    with desk() as here:
        return act(open_filing(here, draft_id, to_write=True), refused)


@blueprint.post("/<uuid:draft_id>/save")
@_MAY
def save(draft_id: UUID) -> JsonResponse:
    """Take a JSON list of {pointer, value, revision}; answer as a citizen's page is answered."""
    sent = request.get_json(silent=True)
    with desk() as here:
        filing = open_filing(here, draft_id, to_write=True)
        reader = filing.reader(request.headers.get("X-Form-Digest", ""))
        fields = reader.sent(sent)
        saved = filling.save_fields(here.session, draft=filing.draft, fields=fields)
        filing = filing.again()
        if reader.late:
            return jsonify(replies.late(filing.revision, saved))
        return jsonify(replies.saved(filing.revision, saved, fields, filing.decision.problems))


@blueprint.post("/<uuid:draft_id>/files")
@_MAY
def upload(draft_id: UUID) -> JsonResponse:
    """Take one photo or file (fields `pointer`, `file`) as soon as it is picked."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Refusal("还没有选文件，请先拍照或选一个文件", "No file was chosen", code="FILE_MISSING", status=422)
    with desk() as here:
        tenant_id = open_filing(here, draft_id).draft.row.tenant_id
    told = request.form
    place, page = _place(tenant_id, draft_id), told.get("_form", "")
    staged = files.take(place, pointer=told.get("pointer", ""), upload=sent, page=page)
    address = url_for("agent.file", draft_id=draft_id, file_id=staged.file.id)
    answer = jsonify(staged.file.answer() | {"url": address, "revision": staged.revision})
    answer.status_code = 201
    return answer


@blueprint.get("/<uuid:draft_id>/files/<uuid:file_id>")
@_MAY
def file(draft_id: UUID, file_id: UUID) -> JsonResponse:
    """A file of the draft."""
    with desk() as here:
        draft = open_filing(here, draft_id).draft
        row = attachments.find(here.session, tenant_id=here.tenant.id, attachment_id=file_id, owner_id=draft_id)
        stored = attachments.reopen(row, key=draft.key)
    if not stored.ready:
        raise NotFound("这个文件还在检查，请过一会儿再看", "The file is still being looked at")
    return files.send(stored, key=draft.key, small="small" in request.args)


@blueprint.get("/<uuid:draft_id>/review")
@_MAY
def review(draft_id: UUID) -> Response | str:
    """All answers to be read out, what is missing, and the two ways on: file it, or give it back."""
    with desk() as here:
        filing = open_filing(here, draft_id)
        return redirect(filing.at("update"), 303) if filing.newer else _review(filing)


@blueprint.post("/<uuid:draft_id>/review")
@_MAY
def send(draft_id: UUID) -> Response:
    """File it for them, once they have agreed to what was read out."""
    with desk() as here:
        filing = open_filing(here, draft_id, to_write=True)
        if filing.newer and is_withdrawn(filing.draft.row):
            return redirect(filing.at("update"), 303)
        if request.form.get("agreed") != "yes":
            return make_response(_review(filing, gettext("请先念给本人听，本人同意后打勾")), 422)
    try:
        receipt = _filed(draft_id)
    except Problems:
        return redirect(url_for("agent.review", draft_id=draft_id), 303)
    except attachments.NotReady as refusal:
        with desk() as here:
            return make_response(_review(open_filing(here, draft_id), refusal.message), refusal.status)
    return make_response(render_template("console/workbench/filed.html", filed=receipt, local=clock.local))


def _filed(draft_id: UUID) -> Receipt:
    with desk() as here:
        filing = open_filing(here, draft_id, to_write=True)
        receipt = submit(
            here.session, keys=services().keys, tenant_id=here.tenant.id, draft_id=draft_id,
            holder=holder_of(here), form=filing.form, facts=filing.facts,
        )  # fmt: skip
        # Whoever filed what was handed over may print it afterwards.
        filing.draft.row.staff_id = here.who.subject_id
        audit.record(
            here.session, actor=actor_of(here.who), action="case.filed_for", subject=f"case:{receipt.case_no}",
            detail={"consent": "read_out"},
        )  # fmt: skip
        return receipt


def _place(tenant_id: int, draft_id: UUID) -> files.Place:
    return files.Place(tenant_id, draft_id, Holder(staff_id=asking.staff().subject_id))


def _page(filing: Filing, asked: Step, problems: Sequence[Problem] = (), *, more: bool = False) -> str:
    ctx = filing.context()
    return render_template(
        "console/workbench/fill.html", filing=filing, form_title=filing.form.title, asked=asked,
        number=filing.number(asked), count=len(filing.steps) + 1,
        saved=f"{clock.local(filing.draft.row.updated_at):%H:%M}", more=more, moved="moved" in request.args,
        others=others.shown(filing.plan, filing.draft.typed, asked, ctx),
        fields=render_step(filing.plan, asked, filing.data, problems, ctx), problems=problem_links(problems, ctx),
        action=filing.address(asked), back=filing.beside(asked, -1) is not None,
        village=filing.here.around.villages.get(filing.draft.row.village_code or "", ""),
    )  # fmt: skip


def _review(filing: Filing, unagreed: str = "") -> str:
    rows = answer_rows(filing.plan, filing.decision.stored, masked=False, ctx=filing.context())
    problems = [(_at(filing, one), one.summary) for one in filing.decision.problems]
    return render_template(
        "console/workbench/fill_review.html", filing=filing, form_title=filing.form.title, rows=rows,
        problems=problems, count=len(filing.steps) + 1, unagreed=unagreed,
        back=filing.address(filing.steps[-1]),
    )  # fmt: skip


def _at(filing: Filing, problem: Problem) -> str:
    shown = (one for one in filing.steps if problem in filing.problems_at(one))
    return f"{filing.address(next(shown, filing.steps[0]))}#{id_of(problem.pointer)}"
