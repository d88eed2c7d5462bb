"""Roles and permissions: one table that can be read aloud.

System, security and audit administration are kept apart (GB/T 22239 level 3): nobody holds two of the three.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Literal

from xiangtong.kernel.errors import Problem

Factor = Literal["totp", "sms", "none"]

_OWN = frozenset({"account.own"})
_WINDOW = frozenset({"cases.view", "cases.accept", "cases.step", "cases.deliver", "cases.file_for", "items.view"})

PERMISSIONS: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {
        "city_operator": _OWN
        | {"tenants.provision", "tenants.change", "staff.view", "staff.hand_over", "oversight.view", "push.view",
           "push.operate", "forms.view", "library.publish", "divisions.view", "calendar.view", "machines.manage"},
        "township_admin": _OWN | _WINDOW
        | {"staff.view", "staff.manage", "staff.hand_over", "channel.edit", "forms.view", "forms.design", "items.publish",
           "notices.write", "notices.publish", "places.edit", "cases.review", "cases.export", "push.view",
           "divisions.view", "calendar.view", "machines.manage"},
        "window_clerk": _OWN | _WINDOW | {"calendar.view"},
        "reviewer": _OWN | {"cases.view", "cases.step", "cases.review", "cases.decide", "items.view", "calendar.view"},
        "village_staff": _OWN | {"cases.file_for", "notices.write", "places.edit", "items.view"},
        "auditor": _OWN | {"cases.view", "oversight.view", "push.view", "items.view"},
        "system_admin": _OWN | {"tenants.change", "calendar.view", "divisions.view", "push.view"},
        "security_admin": _OWN | {"staff.view", "staff.manage", "staff.hand_over"},
        "audit_admin": _OWN | {"audit.view"},
    }
)  # fmt: skip
ROLES = tuple(PERMISSIONS)

ROLE_NAMES = MappingProxyType(
    {
        "city_operator": "市级运营", "township_admin": "乡镇管理员", "window_clerk": "窗口人员", "reviewer": "审核人员",
        "village_staff": "村社工作人员", "auditor": "监督检查", "system_admin": "系统管理员",
        "security_admin": "安全管理员", "audit_admin": "审计管理员",
    }
)  # fmt: skip

KEPT_APART = ("system_admin", "security_admin", "audit_admin")

# Who may give which role. Nobody gives a role to themselves (staff.edit sees to it).
GRANTS: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {
        "city_operator": frozenset({"township_admin"}),
        "township_admin": frozenset({"township_admin", "window_clerk", "reviewer", "village_staff", "auditor"}),
        "security_admin": frozenset({"city_operator", "auditor", "system_admin", "audit_admin"}),
    }
)

# The second factor after the password. Village staff have none to add: phone and code are the two.
_TOTP_ROLES = frozenset({"city_operator", "township_admin", *KEPT_APART})
_SMS_ROLES = frozenset({"window_clerk", "reviewer", "auditor"})


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything the roles permit together."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


def grantable(roles: Iterable[str]) -> frozenset[str]:
    """The roles that somebody with `roles` may give to others."""
    return frozenset().union(*(GRANTS.get(role, frozenset()) for role in roles))


def factor_of(roles: Iterable[str]) -> Factor:
    """The second factor that the strictest of the roles asks for."""
    held = set(roles)
    if held & _TOTP_ROLES:
        return "totp"
    return "sms" if held & _SMS_ROLES else "none"


def signs_in_by_phone(roles: Iterable[str]) -> bool:
    """True for people who need no password: village staff and nothing else."""
    return set(roles) == {"village_staff"}


def problems_of(roles: Iterable[str]) -> list[Problem]:
    """Why these roles cannot be held together; an empty list when they can."""
    held = list(dict.fromkeys(roles))
    found = [
        Problem("/roles", f"没有“{role}”这个角色", f"There is no role {role}", "ROLE_UNKNOWN")
        for role in held
        if role not in PERMISSIONS
    ]
    if not held:
        found.append(Problem("/roles", "请至少选一个角色", "Choose at least one role", "ROLE_MISSING"))
    apart = [ROLE_NAMES[role] for role in KEPT_APART if role in held]
    if len(apart) > 1:
        found.append(
            Problem("/roles", f"{'、'.join(apart)}要由不同的人担任", "These three are kept apart", "ROLES_APART")
        )
    return found
