"""The printed slip of a hand-over: a page that is shown once and never stored."""

from __future__ import annotations

from flask import render_template

from xiangtong.doors.shared.services import services
from xiangtong.identity.handover import Slip
from xiangtong.kernel import clock


def page(slip: Slip, *, back: str) -> str:
    """The page to print; `back` is where its reader goes afterwards."""
    until = clock.local(slip.expires_at).strftime("%Y年%m月%d日 %H:%M")
    address = f"{services().settings.base_url}/console/first"
    return render_template("console/slip.html", slip=slip, until=until, address=address, back=back)
