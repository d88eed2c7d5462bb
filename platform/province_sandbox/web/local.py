"""Guards of the addresses that are not part of the contract: this machine only, same origin only."""

from urllib.parse import urlsplit

from flask import current_app, request

from province_sandbox.identity import LOOPBACK
from province_sandbox.problems import Refused
from province_sandbox.province import Province


def province() -> Province:
    """The province that this app serves."""
    found: Province = current_app.extensions["province"]
    return found


def require_local() -> None:
    """Refuse other machines, and browsers that were lured here by another name (DNS rebinding)."""
    name = urlsplit("//" + request.host).hostname
    if request.remote_addr not in (*LOOPBACK, None) or name not in (*LOOPBACK, _public_name()):
        raise Refused("APP", "只能在本机使用。", status=403)


def require_same_origin() -> None:
    """Refuse a POST that another site's page made the browser send."""
    if request.method in ("GET", "HEAD"):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None:
        # Old browsers name the origin only; programs name neither.
        foreign = origin is not None and urlsplit(origin).netloc != request.host
    else:
        foreign = site not in ("same-origin", "none")
    if foreign:
        raise Refused("APP", "只接受本页面发出的操作。", status=403)


def _public_name() -> str | None:
    return urlsplit(province().settings.public_url).hostname
