"""At the counter: go on with what a villager began on a phone without an account, by its short code and their phone.

Whoever can say both, and agrees, hands it over as with 帮我填; they can take it back on their phone. Every try is counted
and goes into the audit book.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from xiangtong.doors.console.workbench_agent import agent_page, blueprint, note
from xiangtong.doors.console.workbench_desk import Desk, desk
from xiangtong.doors.shared import access, asking
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.services import services
from xiangtong.doors.shared.versions import form_of_draft
from xiangtong.drafts import handing, opening, returning
from xiangtong.drafts.opening import Holder
from xiangtong.drafts.returning import Found
from xiangtong.kernel.errors import NotFound, TooMany

__all__ = ["blueprint"]


@blueprint.post("/fetch")
@access.staff("cases.file_for")
def fetch() -> Response | tuple[str, int]:
    """Take over the draft of a short code, with the consent of whoever began it."""
    code, tail = request.form.get("code", "").strip()[:20], request.form.get("tail", "").strip()[:8]
    problems = _problems(code, tail)
    if problems:
        return _refused(problems)
    staff_id = asking.staff().subject_id
    try:
        found = returning.use_at_counter(services().db, keys=services().keys, code=code, tail=tail, staff_id=staff_id)
        with desk() as here:
            _hand(here, found)
    except (NotFound, TooMany) as refusal:
        with desk() as here:
            note(here, "draft.fetch_refused", None, {"reason": refusal.code})
        return _refused({"code": refusal.message_en if language() == "en" else refusal.message})
    return redirect(url_for("agent.resume", draft_id=found.draft_id), 303)


def _hand(here: Desk, found: Found) -> None:
    """Hand the draft to this person's village, as its owner would; one that is handed already is only opened."""
    if found.tenant_id != here.tenant.id:
        raise NotFound("这份表是在别的乡镇开始填的，请到那里的窗口", "It was begun in another township")
    draft = opening.load(
        here.session, keys=services().keys, tenant_id=here.tenant.id, draft_id=found.draft_id,
        holder=Holder(citizen_id=found.guest_id), for_update=True,
    )  # fmt: skip
    village = draft.row.village_code
    if not here.may_see(village):
        raise NotFound("这份表是别的村的，请到那个村或者镇里的窗口", "It is another village's")
    if draft.row.state == "open":
        title = form_of_draft(here.session, draft.row).title
        handing.hand_over(here.session, draft=draft, village_code=village or "", title=title, consent=True)
    note(here, "draft.fetched", found.draft_id, {"consent": request.form["seen"], "village": village})


def _problems(code: str, tail: str) -> dict[str, str]:
    found = {}
    if not code:
        found["code"] = gettext("请写短码，在本人手机的“换部手机接着填”里")
    if not (len(tail) == 4 and tail.isascii() and tail.isdecimal()):
        found["tail"] = gettext("请写手机号的最后四位数字")
    if request.form.get("seen") != "in_person":
        found["seen"] = gettext("没有本人同意不能看，请先问过本人")
    return found


def _refused(problems: dict[str, str]) -> tuple[str, int]:
    with desk() as here:
        return agent_page(here, problems), 422
