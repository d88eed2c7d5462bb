"""Paper: my own filed form, the blank form for anybody, and the page that says whether a printed form is ours."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import lru_cache

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from xiangtong.dialect.known import as_of_today
from xiangtong.dialect.vocabulary import Facts
from xiangtong.doors.citizen._case import day_words, english_of
from xiangtong.doors.citizen._visit import visit
from xiangtong.doors.citizen.cases_mine import own
from xiangtong.doors.shared import paper
from xiangtong.doors.shared.access import citizen, public
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.services import services
from xiangtong.identity import throttle
from xiangtong.identity.throttle import Limit
from xiangtong.items.offer import item_of_form
from xiangtong.kernel import clock
from xiangtong.kernel.errors import NotFound
from xiangtong.printing import Printed, blank, named_on_blank, verified
from xiangtong.tenancy.finding import township
from xiangtong.tenancy.scope import NOBODY, within

blueprint = Blueprint("printing", __name__)

_WORDS = ("查得太频繁了，请过 {minutes} 分钟再查", "Too many tries: wait {minutes} minutes")
_FROM_ADDRESS = Limit("verify_address", 60, timedelta(hours=1), *_WORDS)
#: A blank form is the same for everybody, but for a township's parameters: printed once a process, kept by content.
_MOST_BLANKS = 48
_BLANK_CACHE = "public, max-age=3600"


@blueprint.get("/<string(length=9):code>/cases/<case_no>/print")
@citizen()
def mine(code: str, case_no: str) -> Response:
    """My filed form as the official sheet, in full: it is shown to me alone."""
    with visit(code) as here:
        sheet = paper.of_case(here.session, case=own(here, case_no), facts=here.facts)
    return paper.send_case(sheet)


@blueprint.get("/<string(length=9):code>/print/<form_code>")
@public
def empty(code: str, form_code: str) -> Response:
    """The blank form of something the township offers, to be filled in by hand."""
    with services().db.scope(NOBODY) as session:
        town = township(session, code=code)
        with within(session, tenant_id=town.tenant.id):
            item_of_form(session, tenant_id=town.tenant.id, form_code=form_code)
    form = services().library.form(form_code)
    known = as_of_today(form.plan, Facts(clock.today(), town.tenant.params)).params
    named = json.dumps(named_on_blank(form.plan, known), sort_keys=True)
    return paper.send(_blank(form_code, form.hash, named), name=form.title, cache=_BLANK_CACHE)


@blueprint.get("/verify")
@public
def ask() -> Response | str:
    """Where the code of a printed form is typed."""
    typed = request.args.get("code", "").strip()[:60]
    if typed:
        return redirect(url_for("printing.verify", proof=typed.replace("/", "")), 303)
    return render_template("citizen/verify.html", found=None, typed="", nothing="")


@blueprint.get("/verify/<proof>")
@public
def verify(proof: str) -> tuple[str, int]:
    """What anybody may learn of a printed form: that it is ours, and what to compare."""
    throttle.spend(services().db, _FROM_ADDRESS, request.remote_addr or "")
    try:
        with services().db.scope(NOBODY) as session:
            found = verified(session, keys=services().keys, code=proof[:60])
    except NotFound as nothing:
        words = nothing.message_en if language() == "en" else nothing.message
        return render_template("citizen/verify.html", found=None, typed=proof[:60], nothing=words), 404
    digests = [(day_words(clock.local(at).date()), digest) for at, digest in found.digests]
    return render_template(
        "citizen/verify.html", found=found, english=english_of(found.title), digests=digests,
        submitted=day_words(clock.local(found.submitted_at).date()),
    ), 200  # fmt: skip


@lru_cache(maxsize=_MOST_BLANKS)
def _blank(form_code: str, _content: str, named: str) -> Printed:
    """The printed blank form; the hash of its content and the parameters that it names make it another entry."""
    return paper.printed_sheet(blank(services().library.form(form_code).plan, json.loads(named)))
