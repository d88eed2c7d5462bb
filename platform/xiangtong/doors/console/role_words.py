"""What each permission allows, in words that an administrator reads before giving a role to somebody."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _

#: In the order in which they are read; everybody may keep their own account, so nobody needs to read that.
PERMISSIONS = {
    "cases.view": _("看办件"), "cases.accept": _("受理、不予受理、告知补正"), "cases.step": _("记录办理环节"),
    "cases.review": _("审核"), "cases.decide": _("办结"), "cases.deliver": _("送达"), "cases.export": _("导出办件"),
    "cases.file_for": _("代群众申报"), "items.view": _("看事项"), "items.publish": _("发布事项"),
    "forms.view": _("看申请表"), "forms.design": _("设计表单"), "library.publish": _("发布申请表"),
    "channel.edit": _("编辑频道"), "notices.write": _("写公告"), "notices.publish": _("审核、发布公告"),
    "places.edit": _("填写大厅和服务点"), "push.view": _("看推送"), "push.operate": _("重发、停发、对账"),
    "tenants.provision": _("上传区划、开通乡镇"), "tenants.change": _("暂停、改名、合并乡镇"),
    "oversight.view": _("看下面各单位的情况"), "staff.view": _("看人员名单"), "staff.manage": _("添加、修改、停用人员"),
    "staff.hand_over": _("打印登录纸条"), "divisions.view": _("看区划"), "calendar.view": _("看工作日历"),
    "audit.view": _("看操作记录"), "machines.manage": _("发放、停用接入系统的钥匙"),
}  # fmt: skip


def said(held: Collection[str]) -> str:
    """What somebody with these permissions may do: 看办件、受理……"""
    return "、".join(str(words) for permission, words in PERMISSIONS.items() if permission in held)
