"""Read-only lists that the framework serves: the audit log, divisions, the work calendar. Rows obey the scope."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from flask_appbuilder import ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.widgets import ListWidget
from flask_babel import lazy_gettext as _

from xiangtong.audit.models import AuditEntry
from xiangtong.kernel import clock
from xiangtong.tenancy.models import Division, WorkDay


class _Rows(ListWidget):  # type: ignore[misc]
    template = "console/framework/_rows.html"

    def __call__(self, **arguments: Any) -> str:
        name = self.template_args["modelview_name"]
        view = next(view for view in LISTS if view.__name__ == name)
        rendered = super().__call__(column=view.looked_up, label=view.looked_up_label, **arguments)
        return str(rendered)


class ReadOnly(ModelView):  # type: ignore[misc]
    """A list, nothing else. `permission` is ours and is asked before the framework's own."""

    permission = ""
    base_permissions = ["can_list"]
    list_template = "console/framework/list.html"
    list_widget = _Rows
    page_size = 50
    # The column that the page's one search field looks in, from its beginning; and what the field is called.
    looked_up = ""
    looked_up_label = _("查找")


def _moment(value: datetime) -> str:
    return clock.local(value).strftime("%Y-%m-%d %H:%M:%S")


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


_WHO = {"staff": _("工作人员"), "citizen": _("群众"), "system": _("系统")}
_OUTCOMES = {"done": _("完成"), "refused": _("被拒绝"), "failed": _("没有成功")}
_LEVELS = {"province": _("省"), "city": _("市"), "county": _("区县"), "township": _("乡镇街道"), "village": _("村社区")}
# What the areas write into the log; an action that is not listed yet is shown as its code.
_ACTIONS = {
    "staff.sign_in": _("登录"), "staff.second_factor": _("第二道验证"), "staff.added": _("添加人员"),
    "staff.edited": _("修改资料"), "staff.disabled": _("停用账号"), "staff.enabled": _("启用账号"),
    "staff.handed_over": _("打印登录纸条"), "staff.password_set": _("设定密码"), "staff.factor_set": _("绑定验证器"),
    "staff.exported": _("导出名单"), "tenant.suspend": _("暂停乡镇"), "tenant.reopen": _("恢复乡镇"),
    "tenant.rename": _("乡镇改名"), "tenant.merge": _("乡镇合并"), "tenants.provisioned": _("开通乡镇"),
    "place.edited": _("修改服务点"), "place.added": _("添加分中心"), "place.removed": _("去掉分中心"),
    "notice.written": _("写公告"), "notice.sent": _("公告送审"), "notice.returned": _("公告退回"),
    "notice.published": _("发布公告"), "notice.withdrawn": _("撤下公告"), "notice.restored": _("恢复公告"),
    "notice.discarded": _("删掉公告草稿"),
}  # fmt: skip


def _detail(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""


class AuditLog(ReadOnly):
    """Who did what, newest first."""

    permission = "audit.view"
    route_base = "/audit"
    list_title = _("操作记录")
    datamodel = SQLAInterface(AuditEntry)
    list_columns = ["at", "actor_kind", "actor_label", "action", "subject", "outcome", "detail", "seal_seq"]
    search_columns = ["action", "subject", "actor_label", "outcome"]
    base_order = ("at", "desc")
    order_columns = ["at"]
    looked_up, looked_up_label = "subject", _("对象，如 staff:003")
    formatters_columns: dict[str, Any] = {
        "at": _moment,
        "actor_kind": lambda value: _WHO.get(value, value),
        "action": lambda value: _ACTIONS.get(value, value),
        "outcome": lambda value: _OUTCOMES.get(value, value),
        "detail": _detail,
        "seal_seq": lambda value: value or _("待封存"),
    }
    label_columns = {
        "at": _("时间"), "actor_label": _("工号"), "actor_kind": _("谁"), "action": _("动作"), "subject": _("对象"),
        "outcome": _("结果"), "seal_seq": _("封条"), "detail": _("细节"),
    }  # fmt: skip


class Divisions(ReadOnly):
    """Administrative divisions."""

    permission = "divisions.view"
    route_base = "/divisions"
    list_title = _("区划")
    datamodel = SQLAInterface(Division)
    list_columns = ["code", "name", "level", "parent_code", "valid_from", "valid_to", "successor_code"]
    search_columns = ["code", "name"]
    base_order = ("code", "asc")
    order_columns = ["code"]
    looked_up, looked_up_label = "name", _("名称开头的字")
    formatters_columns: dict[str, Any] = {
        "level": lambda value: _LEVELS.get(value, value),
        "valid_from": _day,
        "valid_to": _day,
    }
    label_columns = {
        "code": _("代码"), "name": _("名称"), "level": _("级别"), "parent_code": _("上级"),
        "valid_from": _("启用"), "valid_to": _("停用"), "successor_code": _("并入"),
    }  # fmt: skip


class WorkCalendar(ReadOnly):
    """Working days, by which due dates are counted."""

    permission = "calendar.view"
    route_base = "/calendar"
    list_title = _("工作日历")
    datamodel = SQLAInterface(WorkDay)
    list_columns = ["day", "working", "source", "provisional"]
    search_columns = ["source"]
    base_order = ("day", "asc")
    order_columns = ["day"]
    looked_up, looked_up_label = "source", _("来源")
    formatters_columns: dict[str, Any] = {
        "working": lambda value: _("上班") if value else _("休息"),
        "provisional": lambda value: _("暂定") if value else "",
    }
    label_columns = {"day": _("日期"), "working": _("上班吗"), "source": _("来源"), "provisional": _("是否暂定")}


LISTS: tuple[type[ReadOnly], ...] = (AuditLog, Divisions, WorkCalendar)
