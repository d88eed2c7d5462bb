"""The first time: whoever holds a printed slip chooses a password of their own."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from xiangtong.doors.shared import asking
from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.services import services
from xiangtong.identity import handover
from xiangtong.kernel.errors import Problem, Problems, Refusal

blueprint = Blueprint("first", __name__)


@blueprint.route("/first", methods=["GET", "POST"])
@public
def index() -> Response | tuple[str, int]:
    """Account, the code on the slip, and a new password twice."""
    error: Refusal | None = None
    if request.method == "POST":
        try:
            _redeem()
            return redirect(url_for("sign_in.index", done="password"), 303)
        except Refusal as refusal:
            error = refusal
    page = render_template(
        "console/first.html",
        problems=asking.sentences(error) if error else [],
        by_field=asking.by_field(error),
        account=request.form.get("account", request.args.get("account", "")),
    )
    return page, error.status if error else 200


def _redeem() -> None:
    form = request.form
    if form.get("password") != form.get("again"):
        raise Problems([Problem("/again", "两次输入的密码不一样，请再输一遍", "The two differ", "PASSWORD_TWICE")])
    handover.redeem(
        services().db,
        keys=services().keys,
        account=form.get("account", ""),
        code=form.get("code", ""),
        password=form.get("password", ""),
    )
