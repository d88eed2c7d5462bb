"""`xiangtong cases verify | erase | hand | recall`: prove a case, erase its person, let another township handle it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import click
from sqlalchemy import select

from xiangtong import audit
from xiangtong.cases import erasure, guests
from xiangtong.cases.chain import verify_chain
from xiangtong.cases.lookup import tenant_of_number
from xiangtong.cases.models import CaseRecord
from xiangtong.cases.record import OpenCase, open_case
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.finding import township
from xiangtong.tenancy.needs import Needs
from xiangtong.tenancy.scope import NOBODY, Scope


@click.group()
def cases() -> None:
    """Cases, by their number."""


@cases.command()
@click.argument("case_no")
@click.pass_context
def verify(context: click.Context, case_no: str) -> None:
    """Walk the chain of a case, erased or not; ends with 1 where an event is not as it was written."""
    services: Needs = context.find_root().obj()
    tenant_id, case_id = _find(services, case_no)
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        found = verify_chain(session, tenant_id=tenant_id, case_id=case_id)
    if not found.holds:
        raise click.ClickException(f"{case_no} 第 {found.broken_at} 步和当时写下的不一样")
    click.echo(f"{case_no} 共 {found.events} 步，都和当时写下的一样")


@cases.command()
@click.argument("case_no")
@click.confirmation_option(prompt="个人信息删除以后不能恢复，确定要删吗？")
@click.pass_context
def erase(context: click.Context, case_no: str) -> None:
    """Destroy the key of a case that is over and reconciled: answers, files and names are gone for good."""
    services: Needs = context.find_root().obj()
    tenant_id, case_id = _find(services, case_no)
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        erasure.erase(session, keys=services.keys, tenant_id=tenant_id, case_id=case_id)
        audit.record(session, actor=audit.SYSTEM, action="case.erased", subject=f"case:{case_no}")
    click.echo(f"{case_no} 的个人信息已经删除")


@cases.command()
@click.argument("case_no")
@click.option("--to", "code", required=True, help="The township that is to handle it, by its 9 digits.")
@click.pass_context
def hand(context: click.Context, case_no: str, code: str) -> None:
    """Ask another township to handle a case: it stands in that township's work list until it is recalled."""
    with _case_and_township(context, case_no, code) as (session, case, receiver):
        guests.invite(session, case=case, to_tenant_id=receiver)
        audit.record(session, actor=audit.SYSTEM, action="case.handed", subject=f"case:{case_no}", detail={"to": code})
    click.echo(f"{case_no} 已交给 {code} 办理")


@cases.command()
@click.argument("case_no")
@click.option("--from", "code", required=True, help="The township that was to handle it.")
@click.pass_context
def recall(context: click.Context, case_no: str, code: str) -> None:
    """Take a case back that another township was to handle."""
    with _case_and_township(context, case_no, code) as (session, case, handler):
        guests.uninvite(session, case=case, from_tenant_id=handler)
        detail = {"from": code}
        audit.record(session, actor=audit.SYSTEM, action="case.recalled", subject=f"case:{case_no}", detail=detail)
    click.echo(f"{case_no} 已从 {code} 收回")


@contextmanager
def _case_and_township(
    context: click.Context, case_no: str, code: str
) -> Iterator[tuple[ScopedSession, OpenCase, int]]:
    """A case in a transaction of its township, and the tenant of another township; raises NotFound for either."""
    services: Needs = context.find_root().obj()
    tenant_id, case_id = _find(services, case_no)
    with services.db.scope(NOBODY) as session:
        other = township(session, code=code).tenant.id
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        yield session, open_case(session, keys=services.keys, tenant_id=tenant_id, case_id=case_id), other


def _find(services: Needs, case_no: str) -> tuple[int, UUID]:
    """The tenant and the id of a case; raises NotFound."""
    with services.db.scope(NOBODY) as session:
        tenant_id = tenant_of_number(session, case_no)
    if tenant_id is not None:
        with services.db.scope(Scope(tenant_id=tenant_id)) as session:
            mine = select(CaseRecord.id).where(CaseRecord.tenant_id == tenant_id, CaseRecord.case_no == case_no)
            case_id = session.scalar(mine)
        if case_id is not None:
            return tenant_id, case_id
    raise NotFound("没有这个编号的办件", "No case has this number")
