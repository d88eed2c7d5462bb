"""What the audit log says, in words: the actions, whom or what they touched, and their details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from xiangtong.doors.console.pushing_view import STEPS
from xiangtong.identity.roles import ROLE_NAMES

# What the areas write into the log; an action that is not listed yet is shown as its code.
ACTIONS = {
    "staff.sign_in": _("登录"), "staff.second_factor": _("第二道验证"), "staff.added": _("添加人员"),
    "staff.edited": _("修改资料"), "staff.disabled": _("停用账号"), "staff.enabled": _("启用账号"),
    "staff.handed_over": _("打印登录纸条"), "staff.password_set": _("设定密码"), "staff.factor_set": _("绑定验证器"),
    "staff.exported": _("导出名单"), "tenant.suspend": _("暂停乡镇"), "tenant.reopen": _("恢复乡镇"),
    "tenant.rename": _("乡镇改名"), "tenant.merge": _("乡镇合并"), "tenants.provisioned": _("开通乡镇"),
    "items.imported": _("导入事项"), "item.taken_over": _("换成全市新内容"),
    "place.edited": _("修改服务点"), "place.added": _("添加分中心"), "place.removed": _("去掉分中心"),
    "notice.written": _("写公告"), "notice.sent": _("公告送审"), "notice.returned": _("公告退回"),
    "notice.published": _("发布公告"), "notice.withdrawn": _("撤下公告"), "notice.restored": _("恢复公告"),
    "notice.discarded": _("删掉公告草稿"), "form.draft_saved": _("上传申请表"), "form.draft_dropped": _("删掉申请表草稿"),
    "form.imported": _("导入申请表"), "form.sheet_asked": _("看发布单"), "form.published": _("发布申请表"),
    "form.withdrawn": _("停用申请表"), "case.file": _("看材料"), "case.revealed": _("看完整号码"),
    "case.printed": _("打印"), "case.filed_for": _("代群众申报"), "case.filed_by_machine": _("系统代报"),
    "case.result_added": _("上传办理结果"), "case.result_dropped": _("删掉办理结果"), "cases.exported": _("导出办件"),
    "case.erased": _("删除个人信息"), "case.handed": _("交给别处办理"), "case.recalled": _("收回办件"),
    "draft.agency": _("开始代办"), "draft.fetched": _("接着帮填"), "draft.fetch_refused": _("接着帮填没成"),
    "draft.given_back": _("还给本人"), "draft.discarded": _("丢掉代办的表"), "licences.asked": _("查电子证照"),
    "push.paused": _("停发"), "push.resumed": _("恢复发送"), "push.replayed": _("原样重发"),
    "push.remapped": _("重新生成后发送"), "push.remap_refused": _("重新生成没成"), "push.reconciled": _("对账"),
    "push.settled": _("关掉对不上的"),
    "machine.added": _("添加接入系统"), "machine.ended": _("停用接入系统"),
}  # fmt: skip
_SUBJECTS = {
    "staff": _("人员"), "case": _("办件"), "tenant": _("乡镇"), "notice": _("公告"), "place": _("服务点"),
    "form": _("申请表"), "draft": _("草稿"), "upload": _("上传"), "machine": _("接入系统"), "fact": _("推送"),
    "item": _("事项"),
}  # fmt: skip
_STAFF_NUMBER = 12  # What is longer is the number of a case.
_DETAILS = {
    "roles": _("角色"), "reach": _("范围"), "name": _("名称"), "into": _("并入"), "city": _("城市"),
    "changes": _("变化"), "tenants": _("单位"), "changed": _("改了"), "rows": _("行数"), "number": _("版本"),
    "state": _("状态"), "seq": _("第几步"), "pointer": _("哪一项"), "reason": _("原因"), "count": _("条数"),
    "tenant": _("单位"), "hash": _("摘要"), "hours": _("小时"), "code": _("代码"), "day": _("日期"),
}  # fmt: skip


def action(value: str) -> str:
    """What was done; the step of a case by the name that the window gives it."""
    known = ACTIONS.get(value) or STEPS.get(value.removeprefix("case."))
    return str(known or value)


def subject(value: str) -> str:
    """Whom or what it touched: `staff:003` as 人员 003."""
    kind, _colon, which = value.partition(":")
    return f"{_SUBJECTS[kind]} {which}".strip() if kind in _SUBJECTS else value


def looked_for(words: str) -> str:
    """`subject` backwards, of what somebody typed: 人员 003, a case's number, or the log's own writing."""
    if not words or ":" in words:
        return words
    kind = next((kind for kind, name in _SUBJECTS.items() if words.startswith(str(name))), "")
    which = words.removeprefix(str(_SUBJECTS[kind])).strip() if kind else words
    return f"{kind or ('case' if len(which) > _STAFF_NUMBER else 'staff')}:{which}"


def detail(value: Mapping[str, Any]) -> str:
    """The details one after another: 角色：窗口人员；范围：321003100."""
    parts = [
        gettext("%(what)s：%(said)s", what=_DETAILS.get(name, name), said=_said(said)) for name, said in value.items()
    ]
    return "；".join(str(part) for part in parts)


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return detail(value)
    if isinstance(value, list):
        return "、".join(_said(one) for one in value)
    return ROLE_NAMES.get(value, value) if isinstance(value, str) else str(value)
