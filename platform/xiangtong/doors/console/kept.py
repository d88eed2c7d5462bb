"""A form that was posted after the session had ended loses nothing: whoever wrote it signs in again and hands it on.

One mechanism for every form of the console. What was posted waits sealed on the server for an hour (`drafts.unsent`);
its key is in this browser's cookie, and inside stands who wrote it: nobody else is shown it. Nothing is done before the
writer has seen it and pressed the button again, with a token of the new session.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, g, redirect, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as Answer

from xiangtong.doors.console import navigation
from xiangtong.doors.shared import access, asking, errors
from xiangtong.doors.shared.person import SignedOut, person
from xiangtong.doors.shared.services import services
from xiangtong.drafts import unsent
from xiangtong.identity import throttle
from xiangtong.identity.throttle import Limit
from xiangtong.kernel.errors import TooMany

blueprint = Blueprint("kept", __name__, url_prefix="/kept")
_MOST = 4
_WHO, _MARK = "_who", "_kept"
#: What belongs to one page or one session, and what nobody may keep.
_PASSING, _SECRET = frozenset({"csrf_token", _MARK}), frozenset({"password", "again", "old"})
_WRITTEN = re.compile(r"[\u3400-\u9fff]|\S\s+\S|.{20}")
_OFTEN = Limit(
    "kept", 60, unsent.KEPT_FOR, "保存得太频繁了，请过 {minutes} 分钟再试", "Too often: wait {minutes} minutes"
)
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that waits: where it goes, what is in it, which files have to be picked again. `token` may be empty."""

    token: str
    path: str
    fields: Fields
    files: tuple[str, ...] = ()

    @property
    def written(self) -> list[str]:
        """What a person would know again; codes and choices are left out."""
        return [value for name, value in self.fields if not name.startswith("_") and _WRITTEN.search(value)]

    @property
    def page(self) -> str:
        """What the navigation calls the place it goes to."""
        return navigation.name_of(self.path)


def install(app: Flask) -> None:
    """Keep what is posted to any page of the console."""
    app.register_blueprint(blueprint)
    app.register_error_handler(CSRFError, _stale)
    app.after_request(_after)
    app.context_processor(lambda: {"kept_waits": bool(session.get("kept"))})


@blueprint.get("/")
@access.staff("account.own")
def index() -> Answer | str:
    """What this person wrote in this browser and could not hand in."""
    mine = list(_mine())
    return _page(mine) if mine else redirect(url_for("home.index"), 303)


@blueprint.post("/discard")
@access.staff("account.own")
def discard() -> Answer:
    """Throw one away."""
    token = request.form.get(_MARK, "")
    if token in {one.token for one in _mine()}:
        _forget(token)
    return redirect(url_for("kept.index"), 303)


def waits() -> bool:
    """Whether this person has something here that was not handed in."""
    return any(_mine())


def _page(kept: Sequence[Kept], *, stale: bool = False) -> str:
    return render_template("console/kept.html", kept=kept, stale=stale)


def _after(response: Response) -> Response:
    """Every answer passes here: what nobody could hand in is kept, what arrived is forgotten."""
    if "person" not in g:
        return response  # Nobody asked who it is, or nobody could: an error page must not ask again.
    found = person()
    if found is not None and found.kind == "staff":
        _remember(str(found.subject_id), response.status_code)
        return response
    if response.status_code != 303 or not _is_guarded():
        return response
    if errors.wants_json():
        return current_app.make_response(current_app.handle_user_exception(SignedOut()))
    return _put_aside() or response


def _stale(error: CSRFError) -> Response:
    """The page is of an earlier session: show what it sent once more, if it came from a page of ours."""
    if not (_is_ours() and _may_keep()) or errors.wants_json():
        return errors.stale_form(error)
    found = person()
    if found is None or found.kind != "staff":
        return _put_aside() or errors.stale_form(error)
    return current_app.make_response((_page([Kept("", _address(), _posted(), _files())], stale=True), 400))


def _put_aside() -> Response | None:
    """Seal what was posted for whoever was signed in here last; None where there is nothing to keep, or nobody."""
    who = session.get("who", "")
    if not who or not _may_keep():
        return None
    try:
        throttle.spend(services().db, _OFTEN, who)
    except TooMany:
        return None  # Somebody presses the same button on and on; what they wrote is kept many times over.
    files = [(f"{_WHO}:file", name) for name in _files()]
    fields = [(_WHO, who), *files, *_posted()]
    token = unsent.keep(services().db, path=_address(), fields=fields)
    if token is None:
        return None
    waiting = [one for one in session.get("kept", []) if one != request.form.get(_MARK)]
    session["kept"] = [*waiting, token][-_MOST:]
    return redirect(url_for("sign_in.index", next=url_for("kept.index")), 303)  # type: ignore[return-value]


def _may_keep() -> bool:
    """A form of the staff's pages with something in it, and no password."""
    return _is_guarded() and bool(_posted()) and _SECRET.isdisjoint(request.form)


def _is_guarded() -> bool:
    """Something sent to a page of the staff's; what these pages themselves send is none."""
    stated = access.stated(current_app, request.endpoint)
    staffs = stated is not None and stated.kind == "staff" and request.blueprint != blueprint.name
    return request.method == "POST" and staffs


def _posted() -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.form.items(multi=True) if name not in _PASSING]


def _files() -> tuple[str, ...]:
    return tuple(name for name, file in request.files.items() if file.filename)


def _address() -> str:
    query = request.query_string.decode("ascii", "replace")
    return f"{request.script_root}{request.path}{'?' if query else ''}{query}"


def _is_ours() -> bool:
    """Browsers say where a form came from, and no page can say it in their stead."""
    if request.headers.get("Sec-Fetch-Site"):
        return request.headers["Sec-Fetch-Site"] == "same-origin"
    origin = urlsplit(request.headers.get("Origin", ""))
    return bool(origin.netloc) and origin.netloc in (request.host, urlsplit(services().settings.base_url).netloc)


def _mine() -> Iterator[Kept]:
    who = str(asking.staff().subject_id)
    for token in session.get("kept", []):
        page = unsent.read(services().db, token=token)
        if page is not None and (_WHO, who) in page.fields:
            files = tuple(value for name, value in page.fields if name == f"{_WHO}:file")
            yield Kept(token, page.path, [pair for pair in page.fields if not pair[0].startswith(_WHO)], files)


def _forget(token: str) -> None:
    unsent.drop(services().db, token=token)
    session["kept"] = [one for one in session.get("kept", []) if one != token]


def _remember(who: str, status: int) -> None:
    """Who writes in this browser is known when their session is not; what arrived need not wait any more."""
    if session.get("who") != who:
        session["who"] = who
    # A page that refuses shows what was written: it has arrived there, too.
    arrived = status < 400 or status in (409, 422)
    if arrived and request.method == "POST" and session.get("kept"):
        token = request.form.get(_MARK, "")
        if token in session["kept"]:
            _forget(token)
