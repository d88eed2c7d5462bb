"""Made-up filings of a drill: complete, with photos, through the same verbs as everybody's, and a few steps of work."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy import select

from xiangtong import attachments, ledger
from xiangtong.attachments import Pending, Rules
from xiangtong.attachments.kinds import Examined
from xiangtong.cases import window
from xiangtong.cases.facts import Actor
from xiangtong.cases.materials import FoundFile, files_in
from xiangtong.cases.record import open_to_move
from xiangtong.cases.submit import submit
from xiangtong.dialect.known import as_of_today
from xiangtong.dialect.vocabulary import Facts
from xiangtong.drafts import opening
from xiangtong.drafts.answers import typed_of
from xiangtong.drafts.opening import FormRef, Holder, OpenDraft
from xiangtong.drafts.typed import to_bytes
from xiangtong.forms.library import Form
from xiangtong.items.offer import item_of_form
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.ledger.models import LedgerFact
from xiangtong.tenancy.divisions import Divisions
from xiangtong.tenancy.models import Tenant
from xiangtong.tenancy.neighbourhood import neighbourhood
from xiangtong.tenancy.scope import NOBODY, Scope
from xiangtong.wiring import Services

FORM = "old-age-allowance"
_NOBODY = UUID(int=0)
_HOLDER = Holder(staff_id=_NOBODY)
_MOST_TOWNS = 3


@dataclass(frozen=True, slots=True)
class Town:
    """A township that takes the form: its item with the unit that handles it, and one of its villages."""

    tenant_id: int
    code: str
    village_code: str
    item_code: str
    unit_name: str
    unit_code: str


@dataclass(frozen=True, slots=True)
class Made:
    """A case that was acknowledged."""

    town: Town
    case_id: UUID
    case_no: str


def towns(services: Services) -> list[Town]:
    """The first townships, by code, that take filings on the form of drills; empty where none does."""
    with services.db.scope(NOBODY) as session:
        open_ones = select(Tenant.id).where(Tenant.kind == "township", Tenant.state == "open").order_by(Tenant.code)
        ids = session.scalars(open_ones).all()
    found = (_town(services, tenant_id) for tenant_id in ids)
    ready = (town for town in found if town is not None)
    return [town for town, _ in zip(ready, range(_MOST_TOWNS), strict=False)]


def file_case(services: Services, town: Town, serial: int) -> Made:
    """File one made-up case, its photos included; returns after the commit."""
    form = services.library.form(FORM)
    data = _answers(services, form, town, serial)
    draft = _filled(services, town, form, data, serial)
    with services.db.scope(Scope(tenant_id=town.tenant_id)) as session:
        receipt = submit(
            session, keys=services.keys, tenant_id=town.tenant_id, draft_id=draft.id, holder=_HOLDER, form=form,
            facts=_facts(session, form, town),
        )  # fmt: skip
    return Made(town, draft.id, receipt.case_no)


def _filled(services: Services, town: Town, form: Form, data: dict[str, Any], serial: int) -> OpenDraft:
    """A draft with these answers and their files, each settled with no transaction open."""
    scope = Scope(tenant_id=town.tenant_id)
    with services.db.scope(scope) as session:
        ref = FormRef(town.item_code, form.code, form.version, form.hash, form.title)
        draft = opening.start(
            session, keys=services.keys, tenant_id=town.tenant_id, form=ref, holder=_HOLDER, channel="window",
            village_code=town.village_code,
        )  # fmt: skip
        taken = list(_announced(session, draft, files_in(form.plan, data), serial))
    settle = partial(attachments.settle_here, services.storage, services.scanner, key=draft.key)
    settled = [(pending, settle(file=pending, examined=examined)) for pending, examined in taken]
    with services.db.scope(scope) as session:
        for pending, verdict in settled:
            attachments.finish(session, file=pending, verdict=verdict)
        row = opening.load_to_write(
            session, keys=services.keys, tenant_id=town.tenant_id, draft_id=draft.id, holder=_HOLDER
        ).row
        row.typed = draft.key.seal(to_bytes(typed_of(data)), context=opening.context(draft.id))
    return draft


def work_on(services: Services, made: Made, *, steps: int) -> Iterator[int]:
    """The office accepts, looks, decides, delivers: as many of these as `steps` says; yields each seq once committed."""
    for verb in (_accept, _look, _decide, _deliver)[:steps]:
        with services.db.scope(Scope(tenant_id=made.town.tenant_id)) as session:
            case = open_to_move(session, keys=services.keys, tenant_id=made.town.tenant_id, case_id=made.case_id)
            seq = verb(session, case, _actor(made.town))
        yield seq


def facts_of(services: Services, made: Made, seq: int) -> dict[str, Any]:
    """The facts document of an event, as it was committed."""
    with services.db.scope(Scope(tenant_id=made.town.tenant_id)) as session:
        row = session.scalars(select(LedgerFact).where(LedgerFact.case_id == made.case_id, LedgerFact.seq == seq)).one()
        key = services.keys.open(session, tenant_id=row.tenant_id, key_id=row.key_id)
        return ledger.read_facts(row, key=key)


def _town(services: Services, tenant_id: int) -> Town | None:
    with services.db.scope(Scope(tenant_id=tenant_id)) as session:
        tenant = session.get_one(Tenant, tenant_id)
        villages = list(neighbourhood(session, tenant=tenant).villages)
        try:
            item = item_of_form(session, tenant_id=tenant_id, form_code=FORM)
        except NotFound:
            return None
        if not (villages and item.item_code):
            return None
        return Town(tenant_id, tenant.code, villages[0], item.item_code, item.unit_name, item.unit_code or "")


def _answers(services: Services, form: Form, town: Town, serial: int) -> dict[str, Any]:
    """The form's own sample, at home in this township; what differs tells one case from another."""
    data = copy.deepcopy(dict(services.library.samples[form.code]["sample"]))
    data["applicant"] |= {"village": town.village_code, "registered_address": f"演练用的地址 {serial} 号"}
    return data


def _facts(session: ScopedSession, form: Form, town: Town) -> Facts:
    tenant = session.get_one(Tenant, town.tenant_id)
    around = neighbourhood(session, tenant=tenant)
    lists = {"villages": around.villages, "divisions": Divisions(session, home=tenant.division_code)}
    return as_of_today(form.plan, Facts(clock.today(), tenant.params, lists))


def _announced(
    session: ScopedSession, draft: opening.OpenDraft, files: list[FoundFile], serial: int
) -> Iterator[tuple[Pending, Examined]]:
    """A picture for every file that the answers name; the answers name the pictures then."""
    for place, file in enumerate(files):
        media_type = file.entry["media_type"]
        rules = Rules(media_types=frozenset({media_type}))
        one = attachments.examine(_picture(serial, place, media_type), rules=rules)
        pending = attachments.receive(
            session, key=draft.key, tenant_id=draft.row.tenant_id, owner_id=draft.id,
            question=f"/{file.question.name}/{place}", name=file.entry["name"], examined=one, rules=rules,
        )  # fmt: skip
        file.entry.update(id=str(pending.id), size=len(one.data), media_type=one.media_type, digest=one.sm3)
        yield pending, one


def _picture(serial: int, place: int, media_type: str) -> bytes:
    out = io.BytesIO()
    shade = (serial % 256, serial // 256 % 256, 20 * place)
    Image.new("RGB", (48, 32), shade).save(out, "PNG" if media_type == "image/png" else "JPEG")
    return out.getvalue()


def _actor(town: Town) -> Actor:
    return Actor(_NOBODY, "演练", "DRILL", town.unit_name or town.code, town.unit_code)


def _accept(session: ScopedSession, case: Any, actor: Actor) -> int:
    return window.accept(session, case=case, actor=actor, window="演练窗口").seq


def _look(session: ScopedSession, case: Any, actor: Actor) -> int:
    step = window.Step("S1", "审核", "pass", "同意", clock.now())
    return window.record_step(session, case=case, actor=actor, step=step).seq


def _decide(session: ScopedSession, case: Any, actor: Actor) -> int:
    return window.decide(session, case=case, actor=actor, result="granted").seq


def _deliver(session: ScopedSession, case: Any, actor: Actor) -> int:
    return window.deliver(session, case=case, actor=actor, method="online").seq
