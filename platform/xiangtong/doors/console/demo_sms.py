"""The demo's short messages, readable on a page: registered only where messages are not really sent."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import lazy_gettext

from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.services import services
from xiangtong.kernel import clock
from xiangtong.kernel.errors import NotFound
from xiangtong.notify.demo import DemoSms

blueprint = Blueprint("demo_sms", __name__)
#: What the code of a template opens.
_OPENS = {
    "staff_code": lazy_gettext("登录工作台"),
    "draft_code": lazy_gettext("换部手机接着填"),
    "case_code": lazy_gettext("下载结果文件"),
}


@blueprint.get("/demo-sms")
@public
def index() -> str:
    """The last twenty messages."""
    sms = services().sms
    if services().settings.production or not isinstance(sms, DemoSms):
        raise NotFound
    rows = [
        [
            clock.local(m.at).strftime("%H:%M:%S"),
            m.phone,
            _OPENS.get(m.template, m.template),
            "，".join(m.values.values()),
        ]
        for m in sms.latest()
    ]
    return render_template("console/demo_sms.html", rows=rows)
