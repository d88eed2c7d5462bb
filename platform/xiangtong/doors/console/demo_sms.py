"""The demo's short messages, readable on a page: registered only where messages are not really sent."""

from __future__ import annotations

from flask import Blueprint, render_template

from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.services import services
from xiangtong.kernel import clock
from xiangtong.kernel.errors import NotFound
from xiangtong.notify.demo import DemoSms

blueprint = Blueprint("demo_sms", __name__)


@blueprint.get("/demo-sms")
@public
def index() -> str:
    """The last twenty messages."""
    sms = services().sms
    if services().settings.production or not isinstance(sms, DemoSms):
        raise NotFound
    rows = [[clock.local(m.at).strftime("%H:%M:%S"), m.phone, "，".join(m.values.values())] for m in sms.latest()]
    return render_template("console/demo_sms.html", rows=rows)
