"""Where a person may be sent on to: only within this site, and only where it is worth going."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from flask import url_for

SIGN_IN, WHOSE = "/sign-in", "/sign-in/whose"


def safe_onward(wish: str | None) -> str:
    """`wish` when it is a path on this site that is worth going to, else the home page.

    Browsers read a backslash as a slash and drop tabs and line ends, so none of them may be in it.
    """
    if not wish or not wish.startswith("/") or wish.startswith("//") or "\\" in wish or not wish.isprintable():
        return "/"
    address = urlsplit(wish)
    own = address.path.startswith((SIGN_IN, "/sign-out"))
    return "/" if address.scheme or address.netloc or own else wish


def safe_return(wish: str | None) -> str:
    """As `safe_onward`, but the pages of signing in, with a safe place to go on to, are worth going back to."""
    path, _, query = (wish or "").partition("?")
    if path in (SIGN_IN, WHOSE):
        page = "sign_in.ask" if path == SIGN_IN else "sign_in.whose"
        return url_for(page, next=safe_onward(parse_qs(query).get("next", [""])[0]))
    return safe_onward(wish)
