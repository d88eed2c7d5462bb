"""Read-only lists that the framework serves: the audit log, divisions, the work calendar. Rows obey the scope."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask_appbuilder import ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.widgets import ListWidget
from flask_babel import lazy_gettext as _

from xiangtong.audit.models import AuditEntry
from xiangtong.doors.console import audit_words
from xiangtong.kernel import clock
from xiangtong.tenancy.models import Division, WorkDay


class _Rows(ListWidget):  # type: ignore[misc]
    template = "console/framework/_rows.html"

    def __call__(self, **arguments: Any) -> str:
        name = self.template_args["modelview_name"]
        view = next(view for view in LISTS if view.__name__ == name)
        rendered = super().__call__(
            view=view, label=view.looked_up_label, named=view.list_columns.index(view.named), **arguments
        )
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
    # The framework's number of the comparison that the field asks for, and how the browser takes the words.
    comparison, field_type = 0, "text"
    # Whether the page shows everything where nothing was asked.
    whole = True
    # The column that names a row.
    named = ""

    @classmethod
    def filter_name(cls) -> str:
        """The parameter of the address in which the framework is asked."""
        return f"_flt_{cls.comparison}_{cls.looked_up}"

    @classmethod
    def asked(cls, words: str) -> str:
        """What the framework is asked for, of the words that somebody typed; raises ValueError for none of its kind."""
        return words

    @classmethod
    def typed(cls, asked: str) -> str:
        """What stands in the field, where that was asked."""
        return asked


def _moment(value: datetime) -> str:
    return clock.local(value).strftime("%Y-%m-%d %H:%M:%S")


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


_WHO = {"staff": _("工作人员"), "citizen": _("群众"), "system": _("系统")}
_OUTCOMES = {"done": _("完成"), "refused": _("被拒绝"), "failed": _("没有成功")}
_LEVELS = {"province": _("省"), "city": _("市"), "county": _("区县"), "township": _("乡镇街道"), "village": _("村社区")}


_WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


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
    looked_up, looked_up_label = "subject", _("按对象查找，如：人员 003，或者办件的 22 位编号")
    named = "at"

    @classmethod
    def asked(cls, words: str) -> str:
        """人员 003 as the log writes it: `staff:003`."""
        return audit_words.looked_for(words)

    @classmethod
    def typed(cls, asked: str) -> str:
        """And back again."""
        return audit_words.subject(asked)

    formatters_columns: dict[str, Any] = {
        "at": _moment,
        "actor_kind": lambda value: _WHO.get(value, value),
        "action": audit_words.action,
        "subject": audit_words.subject,
        "outcome": lambda value: _OUTCOMES.get(value, value),
        "detail": audit_words.detail,
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
    named = "name"
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
    search_columns = ["day"]
    base_order = ("day", "asc")
    order_columns = ["day"]
    looked_up, looked_up_label = "day", _("从哪一天看起")
    # The framework compares by “later than”.
    comparison, field_type, whole = 1, "date", False
    named = "day"

    @classmethod
    def asked(cls, words: str) -> str:
        """The day before; today's where nothing is asked: what is past holds no limit any more."""
        first = date.fromisoformat(words) if words else clock.today()
        return (first - timedelta(days=1)).isoformat()

    @classmethod
    def typed(cls, asked: str) -> str:
        """The first day that is shown."""
        return asked and (date.fromisoformat(asked) + timedelta(days=1)).isoformat()

    formatters_columns: dict[str, Any] = {
        "day": lambda value: f"{value.isoformat()}　{_WEEKDAYS[value.weekday()]}",
        "working": lambda value: _("上班") if value else _("休息"),
        "provisional": lambda value: _("暂定") if value else "",
    }
    label_columns = {"day": _("日期"), "working": _("上班吗"), "source": _("来源"), "provisional": _("是否暂定")}


LISTS: tuple[type[ReadOnly], ...] = (AuditLog, Divisions, WorkCalendar)
