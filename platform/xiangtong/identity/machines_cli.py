"""`xiangtong machines add|list|end`: terminals and departments that file over the API."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy import select

from xiangtong import audit
from xiangtong.identity import machines
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.scope import NOBODY, Scope


@click.group(name="machines")
def commands() -> None:
    """Terminals and departments that file over the API."""


@commands.command()
@click.option(
    "--tenant", required=True, help="Code of the body it belongs to: 3210 for a city, 9 digits for a township."
)
@click.option("--title", required=True, help="Which terminal or department it is.")
@click.option("--kind", required=True, type=click.Choice(sorted(machines.CHANNELS)))
@click.option("--reach", multiple=True, help="Divisions it may file in, by prefix; those of its body otherwise.")
@click.pass_context
def add(context: click.Context, *, tenant: str, title: str, kind: str, reach: tuple[str, ...]) -> None:
    """Add one and print its name and secret. The secret is not kept and never shown again."""
    services: Any = context.find_root().obj()
    body = _body(services, tenant)
    with services.db.scope(Scope(tenant_id=body.id)) as session:
        given = machines.provision(session, tenant=body, title=title, kind=kind, reach=reach or (tenant,))
        audit.record(session, actor=audit.SYSTEM, action="machine.added", subject=f"machine:{given.name}")
    click.echo(f"名称 {given.name}\n密钥 {given.secret}")


@commands.command("list")
@click.option("--tenant", required=True, help="Code of the body.")
@click.pass_context
def list_(context: click.Context, *, tenant: str) -> None:
    """Print the machines of a body."""
    services: Any = context.find_root().obj()
    body = _body(services, tenant)
    with services.db.scope(Scope(tenant_id=body.id)) as session:
        for one in machines.machines(session):
            click.echo(f"{machines.name_of(body, one.id)} {one.kind} {one.state} {','.join(one.reach)} {one.title}")


@commands.command()
@click.argument("name")
@click.pass_context
def end(context: click.Context, *, name: str) -> None:
    """From now on the machine of this NAME is refused."""
    services: Any = context.find_root().obj()
    code, machine_id = machines.parse_name(name)
    with services.db.scope(Scope(tenant_id=_body(services, code).id)) as session:
        machines.end(session, machine_id=machine_id)
        audit.record(session, actor=audit.SYSTEM, action="machine.ended", subject=f"machine:{name}")


def _body(services: Any, code: str) -> Tenant:
    with services.db.scope(NOBODY) as session:
        found: Tenant | None = session.scalar(select(Tenant).where(Tenant.code == code))
    if found is None:
        raise NotFound(f"没有代码是 {code} 的单位", f"No body has the code {code}")
    return found
