"""`xiangtong push status | park | replay`: what the city screen shows and does, without a browser."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click
from sqlalchemy import select

from xiangtong.kernel import clock
from xiangtong.push import replay as replaying
from xiangtong.push import status as reading
from xiangtong.push.ports import Services
from xiangtong.tenancy.models import City
from xiangtong.tenancy.scope import NOBODY, Scope


def services_of(context: click.Context) -> Services:
    """The product's services, opened when a command runs (`cli` leaves the opener in the context)."""
    opened: Services = context.find_root().obj()
    return opened


def cities(services: Services) -> list[str]:
    """The codes of every city on this platform."""
    with services.db.scope(NOBODY) as session:
        return list(session.scalars(select(City.code).order_by(City.code)))


@click.group()
def push() -> None:
    """Delivery to the province: what waits, what is parked, sending again."""


@push.command()
@click.pass_context
def status(context: click.Context) -> None:
    """What waits, why, and since when."""
    services = services_of(context)
    with services.db.oversight(*cities(services)) as session:
        _print_status(reading.status(session))


@push.command()
@click.argument("fact", required=False, type=click.UUID)
@click.option("--tenant", type=int, help="The township's tenant id.")
@click.option("--reason", default="人工停发", show_default=True, help="Shown to the city; names nobody.")
@click.pass_context
def park(context: click.Context, fact: UUID | None, tenant: int | None, reason: str) -> None:
    """List what is parked, or park one waiting FACT by hand."""
    services = services_of(context)
    if fact and tenant is None:
        raise click.UsageError("--tenant is needed to park one message")
    if fact and tenant is not None:
        with services.db.scope(Scope(tenant_id=tenant)) as session:
            replaying.park(session, tenant_id=tenant, fact_id=fact, reason=reason)
        return
    with services.db.oversight(*cities(services)) as session:
        for row in reading.parked(session):
            place = f"{row.tenant_id}\t{row.fact_id}\t{row.township}"
            click.echo(f"{place}\t{row.case_no}#{row.seq}\t{row.code}\t{row.reason}")


@push.command()
@click.option("--code", default="", help="Only messages parked for this reason.")
@click.option("--mend", is_flag=True, help="Build the message anew (a new id) instead of the same bytes.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write and send nothing.")
@click.pass_context
def replay(context: click.Context, code: str, mend: bool, dry_run: bool) -> None:
    """Send parked messages again."""
    services = services_of(context)
    with services.db.oversight(*cities(services)) as session:
        found = reading.parked(session, code=code, limit=1000)
    for row in found:
        click.echo(f"{row.case_no}#{row.seq}\t{_replay_one(services, row, mend=mend, dry_run=dry_run)}")


def _replay_one(services: Services, row: reading.Parked, *, mend: bool, dry_run: bool) -> str:
    which: dict[str, Any] = {"tenant_id": row.tenant_id, "fact_id": row.fact_id}
    try:
        if dry_run:
            tried = replaying.dry_run(services, **which)
            return " ".join(problem.where for problem in tried.problems) or f"ok {tried.size} bytes"
        if mend:
            replaying.remap(services, **which)
            return "mended"
        with services.db.scope(Scope(tenant_id=row.tenant_id)) as session:
            replaying.replay(session, **which)
    except (replaying.Unproved, replaying.NotParked) as refusal:
        return refusal.message
    return "replayed"


def _print_status(found: reading.Status) -> None:
    click.echo(f"waiting {found.waiting}, oldest {_age(found)}")
    for cause in found.causes:
        click.echo(f"  {cause.state}\t{cause.code or '-'}\t{cause.waiting}")
    for held in found.held:
        click.echo(f"  {held.destination}: {held.state} {held.reason}")
    for township in found.townships:
        click.echo(f"  {township.name}\twaiting {township.waiting}\tparked {township.parked}")


def _age(found: reading.Status) -> str:
    return str(clock.now() - found.oldest).split(".")[0] if found.oldest else "-"
