"""补正: supply what the office asked for, on the pages the form was filled in on."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from xiangtong import attachments
from xiangtong.cases.citizen import own_case
from xiangtong.cases.moves import MoveRefused
from xiangtong.cases.record import OpenCase
from xiangtong.cases.supplements import NothingChanged, asked_of, begin_supplement, supply
from xiangtong.doors.citizen._case import case_address
from xiangtong.doors.citizen._filing import Filing, open_filing, open_to_fill
from xiangtong.doors.citizen._visit import Visit, visit
from xiangtong.doors.citizen.cases_mine import own
from xiangtong.doors.shared.access import citizen
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import form_of_case
from xiangtong.drafts.opening import DraftClosed
from xiangtong.kernel.errors import NotFound, Problems
from xiangtong.rendering.view import id_of


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    blueprint.add_url_rule(
        "/<string(length=9):code>/cases/<string(length=22):case_no>/supply", "begin_supply", begin, methods=["POST"]
    )
    at = "/<string(length=9):code>/apply/<form_code>/<uuid:draft_id>/supply"
    blueprint.add_url_rule(at, "supply", send, methods=["POST"])


@citizen()
def begin(code: str, case_no: str) -> Response:
    """Open the supplement, with the answers as they stand, at the first thing that was asked for."""
    with visit(code) as here:
        case = own(here, case_no, to_move=True)
        asked, _ = asked_of(here.session, case=case)
        form = form_of_case(here.session, case.row)
        draft = begin_supplement(here.session, keys=services().keys, case=case, holder=here.holder, title=form.title)
        filing = open_filing(here, form.code, draft.id)
        wanted = next((one.pointer for one in asked if one.pointer), None)
        return redirect(_address(filing, wanted), 303)


@citizen()
def send(code: str, form_code: str, draft_id: UUID) -> Response:
    """Hand the supplement in; a second tap finds it handed in."""
    review = url_for("apply.review", code=code, form_code=form_code, draft_id=draft_id)
    try:
        with visit(code) as here:
            # The case first, then its draft, as everybody locks them: two who wait for each other help nobody.
            case = _supplemented(here, open_filing(here, form_code, draft_id), to_move=True)
            filing = open_to_fill(here, form_code, draft_id)
            supply(
                here.session, keys=services().keys, case=case, draft=filing.draft, form=filing.form,
                facts=here.facts,
            )  # fmt: skip
            return redirect(case_address(code, case.row.case_no), 303)
    except Problems:
        return redirect(review, 303)
    except attachments.NotReady:
        return redirect(f"{review}?wait=files", 303)
    except NothingChanged:
        return redirect(f"{review}?wait=nothing", 303)
    except (DraftClosed, MoveRefused):
        # It was handed in, the day was over, or the case was closed: its own page says what became of it.
        with visit(code) as here:
            case = _supplemented(here, open_filing(here, form_code, draft_id))
            return redirect(case_address(code, case.row.case_no), 303)


def _supplemented(here: Visit, filing: Filing, *, to_move: bool = False) -> OpenCase:
    """The case that this draft supplements; raises NotFound where it supplements none."""
    case_id = filing.draft.row.case_id
    if case_id is None:
        raise NotFound
    return own_case(
        here.session, keys=services().keys, tenant_id=here.tenant.id, case_id=case_id, citizen_id=here.citizen_id,
        to_move=to_move,
    )  # fmt: skip


def _address(filing: Filing, pointer: str | None) -> str:
    for step in filing.steps:
        if pointer and any(f"{pointer}/".startswith(f"{asked}/") for asked in step.asks):
            return f"{filing.address(step)}#{id_of(pointer)}"
    return filing.address(filing.steps[0])
