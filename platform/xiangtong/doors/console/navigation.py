"""The frame of every console page: the township's name, what this person may open, and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import current_app, g, request, url_for
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _

from xiangtong.doors.shared.person import person
from xiangtong.doors.shared.services import services
from xiangtong.identity.sessions import SignedIn
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import Scope


class Entry(NamedTuple):
    """One word of the navigation, and who sees it."""

    words: LazyString
    endpoint: str
    permission: str
    hint: LazyString | str = ""


# Doors that are not there yet (or not in this deployment) are left out by themselves.
ENTRIES = (
    Entry(_("办件"), "workbench.index", "cases.view", _("受理、办理、送达")),
    Entry(_("代办"), "agent.index", "cases.file_for", _("替群众填表，帮他交上来")),
    Entry(_("表单"), "designer.index", "forms.design", _("画表单、改表单")),
    Entry(_("申请表"), "forms.index", "forms.view", _("每张表的版本，预览和发布")),
    Entry(_("频道"), "builder.index", "channel.edit", _("群众看到的首页")),
    Entry(_("事项"), "items.index", "items.publish", _("能办哪些事，全市有新内容时看过再换")),
    Entry(_("公告"), "notices.index", "notices.write", _("写给群众看的公示公告")),
    Entry(_("大厅和服务点"), "places.index", "places.edit", _("地址、电话、开放时间、代办员")),
    Entry(_("城市"), "city.index", "tenants.provision", _("开通、暂停、改名、合并乡镇")),
    Entry(_("推送"), "push.index", "push.view", _("送到省网的消息，停下的、补发的")),
    Entry(_("人员"), "staff.index", "staff.view", _("添加人员，打印登录纸条")),
    Entry(_("终端和部门"), "machines.index", "machines.manage", _("发给自助终端和部门的名称和密钥")),
    Entry(_("记录"), "AuditLog.list", "audit.view", _("谁在什么时候做了什么")),
    Entry(_("区划"), "Divisions.list", "divisions.view", _("省市县乡村的代码和名称")),
    Entry(_("日历"), "WorkCalendar.list", "calendar.view", _("哪天上班，期限按它算")),
)

# Pages that lie within another's: the word of that one stays marked.
_WITHIN = {"interchange": "forms", "staff_lists": "staff", "seals": "AuditLog"}


def entries(found: SignedIn) -> Iterator[tuple[str, str, bool]]:
    """(words, address, is current) of everything this person may open here."""
    here = _WITHIN.get(request.blueprint or "", request.blueprint)
    for entry in _open_to(found):
        yield str(entry.words), url_for(entry.endpoint), here == entry.endpoint.partition(".")[0]


def doors(found: SignedIn) -> Iterator[tuple[str, str, str]]:
    """(words, what it is for, address) of the same, for the start page."""
    for entry in _open_to(found):
        yield str(entry.words), str(entry.hint), url_for(entry.endpoint)


def name_of(path: str) -> str:
    """What the navigation calls the place where an address of the console lies; the workbench for any other."""
    named = [
        (url_for(entry.endpoint), entry.words) for entry in ENTRIES if entry.endpoint in current_app.view_functions
    ]
    below = [(len(address), str(words)) for address, words in named if path.startswith(address)]
    return max(below)[1] if below else str(_("工作台"))


def _open_to(found: SignedIn) -> Iterator[Entry]:
    for entry in ENTRIES:
        if entry.permission in found.permissions and entry.endpoint in current_app.view_functions:
            yield entry


def tenant() -> Tenant | None:
    """The tenant of whoever is signed in, read once a request."""
    found = person()
    if found is None or found.tenant_id is None:
        return None
    if "tenant" not in g:
        with services().db.scope(Scope(tenant_id=found.tenant_id)) as session:
            g.tenant = session.get(Tenant, found.tenant_id)
    return g.tenant  # type: ignore[no-any-return]


def page() -> dict[str, Any]:
    """What `base_console.html` asks of a door."""
    found = person()
    frame: dict[str, Any] = {
        "site": {"name": _("工作台"), "home_url": url_for("home.index")},
        "nav": [],
        "person": "",
        "frame_links": [_other_language()],
    }
    if found is None or found.kind != "staff":
        return frame
    mine = tenant()
    frame["site"]["name"] = mine.short_name if mine else ""
    return frame | {
        "nav": list(entries(found)),
        "person": found.name,
        "account_url": url_for("account.index"),
        "sign_out_url": url_for("sign_in.sign_out"),
        "permissions": found.permissions,
    }


def _other_language() -> tuple[str, str, str]:
    """(words, address, language of the words) of the link that changes the language of the console."""
    # What a form was posted to is no page to come back to.
    here = request.path if request.method == "GET" else url_for("home.index").removeprefix(request.script_root)
    words, code, language = ("中文", "zh", "zh-CN") if str(get_locale()) == "en" else ("English", "en", "en")
    return words, f"{request.script_root}{here}?lang={code}", language
