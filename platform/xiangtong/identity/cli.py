"""`xiangtong staff first`: the first account of a body, before anybody can sign in to make one."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy import select

from xiangtong.identity import handover, staff
from xiangtong.identity.models import Staff
from xiangtong.identity.roles import KEPT_APART, ROLE_NAMES, ROLES
from xiangtong.kernel import clock
from xiangtong.kernel.errors import NotFound, Problem, Problems
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY, Database, Scope

_OF_THE_CITY = frozenset({"city_operator", *KEPT_APART})


@click.group(name="staff")
def people() -> None:
    """Accounts that cannot be made on the screen."""


@people.command()
@click.option("--tenant", required=True, help="Code of the body: 3210 for a city, 9 digits for a township.")
@click.option("--number", required=True, help="Staff number (工号).")
@click.option("--name", required=True, help="Name of the person.")
@click.option("--role", "roles", required=True, multiple=True, type=click.Choice(ROLES))
@click.option("--phone", default="", help="Mobile phone, where there is one.")
@click.pass_context
def first(context: click.Context, *, tenant: str, number: str, name: str, roles: tuple[str, ...], phone: str) -> None:
    """Add a person and print the slip for the first sign-in; for a known number, print another slip."""
    services: Any = context.find_root().obj()
    entry = staff.Entry(number, name, phone, roles, (tenant,))
    slip = hand_over(services.db, keys=services.keys, tenant_code=tenant, entry=entry)
    click.echo(f"{slip.tenant_name} {slip.name}\n账号 {slip.account}\n一次性代码 {slip.code}")
    click.echo(f"有效到 {clock.local(slip.expires_at):%Y-%m-%d %H:%M}，在 /console/first 使用")


def hand_over(db: Database, *, keys: KeyRing, tenant_code: str, entry: staff.Entry) -> handover.Slip:
    """Add the person where their number is not known yet, and issue a slip; raises NotFound or Problems."""
    with db.scope(NOBODY) as session:
        tenant = session.scalar(select(Tenant).where(Tenant.code == tenant_code))
    if tenant is None:
        raise NotFound(f"没有代码是 {tenant_code} 的单位", f"There is no body with the code {tenant_code}")
    _refuse_roles_of_the_city(tenant, entry.roles)
    with db.scope(Scope(tenant_id=tenant.id)) as session:
        keys.found_tenant(session, tenant_id=tenant.id)
        known = select(Staff).where(Staff.tenant_id == tenant.id, Staff.staff_no == entry.staff_no)
        member = session.scalar(known) or staff.add(session, keys=keys, tenant=tenant, entry=entry, giver=None)
        return handover.issue(session, keys=keys, staff_id=member.id, giver=None)


def _refuse_roles_of_the_city(tenant: Tenant, roles: tuple[str, ...]) -> None:
    """Whoever types has no role that says what they may give; the body says it."""
    if tenant.code != tenant.city_code and (wrong := sorted(_OF_THE_CITY.intersection(roles))):
        named = "、".join(ROLE_NAMES[role] for role in wrong)
        message = f"{named}只能设在市里（--tenant {tenant.city_code}），不能设在{tenant.name}"
        raise Problems(
            [Problem("/roles", message, f"{', '.join(wrong)}: only at {tenant.city_code}", "ROLE_OF_THE_CITY")]
        )
