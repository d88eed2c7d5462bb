"""`xiangtong cases verify | erase`: prove that a case is as it was written, and erase the person of one that is over."""

from __future__ import annotations

from uuid import UUID

import click
from sqlalchemy import select

from xiangtong import audit
from xiangtong.cases import erasure
from xiangtong.cases.chain import verify_chain
from xiangtong.cases.lookup import tenant_of_number
from xiangtong.cases.models import CaseRecord
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.needs import Needs
from xiangtong.tenancy.scope import NOBODY, Scope


def register(group: click.Group) -> None:
    """Add the commands to the product's group."""
    group.add_command(cases)


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
