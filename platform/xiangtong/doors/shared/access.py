"""Access is stated where a route is made, “public” included; a route that states none is refused at start-up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, request

from xiangtong.doors.shared.person import require_citizen, require_staff
from xiangtong.kernel.errors import NotFound

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come in. `kind` is public, citizen, staff or signed (the request carries its own signature)."""

    kind: str
    permission: str = ""
    assurance: int = 0


def _stating(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Anybody may come in."""
    return _stating(Access("public"))(view)


def signed(view: View) -> View:
    """The view itself checks a signature or a token over the request."""
    return _stating(Access("signed"))(view)


def citizen(assurance: int = 1) -> Callable[[View], View]:
    """A citizen who signed in with at least this assurance (1 none, 2 primary, 3 advanced: contract §6).

    0: a guest, who has not signed in and sees what they began; or a citizen of whom filing needs no more.
    """
    return _stating(Access("citizen", assurance=assurance))


def staff(permission: str) -> Callable[[View], View]:
    """A member of staff who holds `permission`."""
    return _stating(Access("staff", permission=permission))


def stated(app: Flask, endpoint: str | None) -> Access | None:
    """What the view behind `endpoint` states."""
    view = app.view_functions.get(endpoint or "")
    return getattr(view, "access", None)


def guard(app: Flask, *, strict: bool = True) -> None:
    """Enforce access before every request; with `strict`, call `check` once all routes are there."""

    @app.before_request
    def _enforce() -> None:
        if request.endpoint is None:
            return
        access = stated(app, request.endpoint)
        if access is None:
            if strict:
                raise NotFound
            return
        if access.kind == "citizen":
            require_citizen(access.assurance)
        elif access.kind == "staff":
            require_staff(access.permission)


def check(app: Flask) -> None:
    """Raise RuntimeError when a route states no access."""
    silent = sorted(rule.rule for rule in app.url_map.iter_rules() if stated(app, rule.endpoint) is None)
    if silent:
        raise RuntimeError(f"these routes state no access: {', '.join(silent)}")
