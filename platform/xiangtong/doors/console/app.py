"""The console as an application of its own, mounted at `/console`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, Response, current_app, redirect, request, url_for
from flask_babel import Babel
from sqlalchemy.orm import Session, scoped_session

from xiangtong.doors.console import (
    account,
    demo_sms,
    first,
    home,
    items,
    kept,
    navigation,
    notices,
    places,
    seals,
    sign_in,
    staff,
    staff_lists,
)
from xiangtong.doors.console.framework import build
from xiangtong.doors.console.lists import LISTS, ReadOnly
from xiangtong.doors.shared import access
from xiangtong.doors.shared.frame import create_door
from xiangtong.doors.shared.person import STAFF_COOKIE, person
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound, Refusal
from xiangtong.notify.demo import DemoSms
from xiangtong.tenancy.scope import NOBODY, Scope
from xiangtong.wiring import Services

_PLAIN = ("workbench", "agent", "push", "machines")
_OWN = (
    sign_in.blueprint,
    first.blueprint,
    home.blueprint,
    staff.blueprint,
    staff_lists.blueprint,
    account.blueprint,
    seals.blueprint,
    items.blueprint,
    places.blueprint,
    notices.blueprint,
)


class Unprintable(Refusal):
    """A text with a character that cannot be kept."""

    code = "UNPRINTABLE"


def create_console(services: Services, *, blueprints: Sequence[Blueprint] = ()) -> Flask:
    """The staff's application; `blueprints` are doors that live in it (workbench, builders, city operations).

    Building it runs no statement: `install_console` has written what the framework needs.
    """
    app = create_door(
        "xiangtong.console", services,
        SESSION_TOKEN_COOKIE=STAFF_COOKIE, SIGN_IN_PATH="/console/sign-in",
        SESSION_COOKIE_NAME="xiangtong_console", SESSION_COOKIE_PATH="/console",
    )  # fmt: skip
    for blueprint in (*_OWN, *blueprints):
        app.register_blueprint(blueprint)
    if isinstance(services.sms, DemoSms):
        app.register_blueprint(demo_sms.blueprint)
    rows = _rows(services)
    build(app, rows)
    # The framework put its own language selector in place.
    Babel(app, locale_selector=_language)
    _state_access(app)
    kept.install(app)
    app.before_request(_refuse_nul)
    app.context_processor(navigation.page)
    app.teardown_appcontext(lambda _error: rows.remove())
    app.after_request(_remember_language)
    return app


def _language() -> str:
    """Chinese, whatever a browser was installed in, unless somebody asks for English."""
    asked = request.args.get("lang") or request.cookies.get("lang")
    return "en" if asked == "en" else "zh_Hans_CN"


def _remember_language(response: Response) -> Response:
    """`?lang=` is asked once, and holds until the other is asked."""
    asked = request.args.get("lang")
    if asked in ("en", "zh") and request.method == "GET":
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie("lang", asked, max_age=365 * 24 * 3600, httponly=True, samesite="Lax", secure=secure)
    return response


def _refuse_nul() -> None:
    """PostgreSQL keeps no NUL in a text, and no keyboard types one. Forms that say so at the field are left to it."""
    if request.blueprint in _PLAIN and any(
        "\0" in value for _, value in (*request.form.items(multi=True), *request.args.items(multi=True))
    ):
        raise Unprintable("内容里有看不见的字符，请删掉再试一次", "There is an invisible character; please remove it")


def _rows(services: Services) -> scoped_session[Session]:
    """The session in which the framework reads: the scope of whoever asks, never more."""

    def scoped() -> ScopedSession:
        found = person()
        scope = Scope(tenant_id=found.tenant_id) if found and found.kind == "staff" else NOBODY
        return ScopedSession(services.db.app, info={"settings": scope.settings(), "scope": scope})

    # Any factory will do; the annotation asks for a sessionmaker.
    return scoped_session(scoped)  # type: ignore[arg-type]


def _state_access(app: Flask) -> None:
    """Open the lists to whoever holds their permission; what the framework brings beside them stays closed."""
    for view in LISTS:
        endpoint = f"{view.__name__}.list"
        app.view_functions[endpoint] = access.staff(view.permission)(_asked_well(view, app.view_functions[endpoint]))


def _asked_well(view: type[ReadOnly], listing: Any) -> Any:
    """The framework takes any query for its own and stumbles over some, so only what our pages send gets through.

    What somebody typed comes as `q`, and goes on in the framework's own words.
    """
    known = {
        f"page_{view.__name__}": r"[0-9]{1,4}\Z",
        view.filter_name(): r"[^\0]{0,40}\Z",
        "q": r"[^\0]{0,40}\Z",
        "lang": r"[a-z]{2}\Z",
    }

    def call() -> Any:
        for name, value in request.args.items(multi=True):
            if name not in known or not re.match(known[name], value):
                raise NotFound
        asked = request.args.get(view.filter_name(), "")
        try:
            view.typed(asked)
            return _in_its_words(view) if "q" in request.args or not (asked or view.whole) else listing()
        except (ValueError, OverflowError):
            raise NotFound from None

    return call


def _in_its_words(view: type[ReadOnly]) -> Any:
    asked = view.asked(request.args.get("q", "").strip())
    wanted: dict[str, Any] = {view.filter_name(): asked} if asked else {}
    return redirect(url_for(f"{view.__name__}.list", **wanted), 303)
