"""请村里帮我填: hand a draft to the village clerk with consent, and take it back; or throw it away."""

from __future__ import annotations

import contextlib
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from xiangtong.doors.citizen._filing import Filing, open_filing, open_to_fill
from xiangtong.doors.citizen._page import helping, title_of
from xiangtong.doors.citizen._visit import visit
from xiangtong.doors.shared.access import citizen
from xiangtong.doors.shared.services import services
from xiangtong.drafts import expiry, handing, opening
from xiangtong.drafts.opening import DraftClosed
from xiangtong.kernel import clock
from xiangtong.kernel.errors import NotFound

_AT = "/<string(length=9):code>/apply/<form_code>/<uuid:draft_id>"


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    blueprint.add_url_rule(f"{_AT}/help", "ask_help", ask)
    blueprint.add_url_rule(f"{_AT}/help", "hand_over", hand_over, methods=["POST"])
    blueprint.add_url_rule(f"{_AT}/helped", "helped", helped)
    blueprint.add_url_rule(f"{_AT}/take-back", "take_back", take_back, methods=["POST"])
    blueprint.add_url_rule(f"{_AT}/discard", "ask_discard", ask_discard)
    blueprint.add_url_rule(f"{_AT}/discard", "discard", discard, methods=["POST"])


@citizen(assurance=0)
def ask(code: str, form_code: str, draft_id: UUID) -> Response | str:
    """What the clerk will see, which village, and the consent."""
    with visit(code) as here:
        filing = open_filing(here, form_code, draft_id)
        if filing.draft.row.state != "open":
            return redirect(filing.at("apply.helped"), 303)
        return _page(filing, filing.draft.row.village_code or "")


@citizen(assurance=0)
def hand_over(code: str, form_code: str, draft_id: UUID) -> Response:
    """Give the draft to the clerk of the village."""
    village, consent = request.form.get("village", ""), request.form.get("consent") == "yes"
    with visit(code) as here:
        filing = open_to_fill(here, form_code, draft_id)
        if filing.supplements:
            raise NotFound
        problems = {}
        if village not in here.around.villages:
            problems["village"] = gettext("请选是哪个村（社区）")
        if not consent:
            problems["consent"] = gettext("请先打勾，代办员才能看到您的申请")
        if problems:
            return make_response(_page(filing, village, problems), 422)
        handing.hand_over(
            here.session, draft=filing.draft, village_code=village, title=filing.form.title, consent=consent
        )
        return redirect(filing.at("apply.helped"), 303)


@citizen(assurance=0)
def helped(code: str, form_code: str, draft_id: UUID) -> Response | str:
    """The draft is with the clerk: what happens next, and the way back."""
    with visit(code) as here:
        filing = open_filing(here, form_code, draft_id)
        row = filing.draft.row
        if row.state != "handed":
            return redirect(filing.at("apply.resume"), 303)
        village = here.around.villages.get(row.village_code or "", "")
        return render_template(
            "citizen/helped.html", form_title=title_of(filing), village=village, hands=helping(here, filing),
            take_back=filing.at("apply.take_back"),
        )  # fmt: skip


@citizen(assurance=0)
def take_back(code: str, form_code: str, draft_id: UUID) -> Response:
    """Fill it oneself again; what the clerk typed stays."""
    with visit(code) as here:
        draft = opening.load(
            here.session, keys=services().keys, tenant_id=here.tenant.id, draft_id=draft_id, holder=here.holder,
            for_update=True,
        )  # fmt: skip
        handing.take_back(here.session, draft=draft)
        return redirect(open_filing(here, form_code, draft_id).at("apply.resume"), 303)


@citizen(assurance=0)
def ask_discard(code: str, form_code: str, draft_id: UUID) -> Response | str:
    """What throwing a draft away means, before it is done."""
    with visit(code) as here:
        filing = open_filing(here, form_code, draft_id)
        if filing.draft.row.state != "open":
            return redirect("/mine", 303)
        return render_template(
            "citizen/discard.html", form_title=title_of(filing), supplements=filing.supplements,
            saved=f"{clock.local(filing.draft.row.updated_at):%Y-%m-%d %H:%M}", back=filing.at("apply.resume"),
        )  # fmt: skip


@citizen(assurance=0)
def discard(code: str, form_code: str, draft_id: UUID) -> Response:
    """Throw a draft away for good; a second tap finds it gone."""
    with contextlib.suppress(NotFound, DraftClosed), visit(code) as here:
        filing = open_to_fill(here, form_code, draft_id)
        expiry.discard(here.session, keys=services().keys, row=filing.draft.row)
    return redirect("/mine", 303)


def _page(filing: Filing, village: str, problems: dict[str, str] | None = None) -> str:
    around = filing.visit.around
    return render_template(
        "citizen/help.html", form_title=title_of(filing), villages=list(around.villages.items()), village=village,
        problems=problems or {}, back=filing.at("apply.resume"), hands=helping(filing.visit, filing),
        action=filing.at("apply.hand_over"),
    )  # fmt: skip
