"""Send one claimed message: materials first, each remembered, then the message. No transaction is open meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import replace
from functools import partial
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from xiangtong import attachments
from xiangtong.kernel import clock, crypto
from xiangtong.kernel.errors import NotFound
from xiangtong.kernel.failpoint import reach
from xiangtong.ledger.models import PushedMaterial
from xiangtong.push.claim import Claim
from xiangtong.push.classify import Expected, Outcome, Verdict, classify, refusal
from xiangtong.push.ports import Answer, Enclosure, Services, Unreachable
from xiangtong.tenancy.scope import Scope

_HERE = (200, 201)


def send(services: Services, claim: Claim) -> Verdict:
    """Speak with the province until there is a verdict that needs time, a person or a row."""
    verdict = _upload(services, claim, done=claim.done) or _post(claim)
    if verdict.outcome is Outcome.UPLOAD:
        # What was remembered as uploaded is not there (any more): forget it, and send everything once.
        _forget(services, claim)
        verdict = _upload(services, claim, done=frozenset()) or _post(claim)
    if verdict.outcome in (Outcome.ASK, Outcome.CHAIN):
        verdict = _ask(claim, verdict)
    return _settled(verdict)


def _post(claim: Claim) -> Verdict:
    expected = Expected(claim.message_id, claim.wire.digest, claim.seq, claim.chain)
    reach("push.before_send")
    answer = _signed(
        lambda: claim.line.post_message(case_no=claim.case_no, message_id=claim.message_id, body=claim.wire.body)
    )
    reach("push.after_send")
    return classify(answer, expected)


def _ask(claim: Claim, verdict: Verdict) -> Verdict:
    """A 2xx that proves nothing: what does the province hold? Then the same bytes again, once."""
    try:
        state = claim.line.get_case(claim.case_no)
    except Unreachable:
        return replace(verdict, outcome=Outcome.AGAIN)
    if state is not None and state.last_seq == claim.seq and state.chain != claim.chain:
        return replace(verdict, outcome=Outcome.CHAIN, code="CHAIN", receipt={"chain": state.chain})
    return _post(claim)


def _settled(verdict: Verdict) -> Verdict:
    """What was tried once already and did not help becomes its lasting form."""
    lasting = {Outcome.SIGN_ANEW: Outcome.SHUT, Outcome.UPLOAD: Outcome.AGAIN, Outcome.ASK: Outcome.AGAIN}
    return replace(verdict, outcome=lasting.get(verdict.outcome, verdict.outcome))


def _signed(call: Callable[[], Answer]) -> Answer:
    """Ask; where only the clock or the nonce was refused, sign anew once."""
    answer = call()
    return call() if answer.code in ("SKEW", "NONCE") and answer.status in (401, 403) else answer


def _upload(services: Services, claim: Claim, *, done: Set[str]) -> Verdict | None:
    """Upload what the province lacks; a verdict when that cannot be done now."""
    for enclosure in claim.wire.enclosures:
        if enclosure.digest in done:
            continue
        answer = _signed(partial(claim.line.has_material, enclosure.digest))
        if answer.status == 404:
            content = _content(services, claim, enclosure)
            if content is None:
                return Verdict(Outcome.PARK, code="MATERIAL_LOST", reason=enclosure.digest)
            answer = _signed(partial(claim.line.put_material, enclosure.digest, content))
        if answer.status not in _HERE:
            # A refused upload says nothing about the message, so only what lasts is taken from the verdict.
            return refusal(answer) if answer.status not in (404, 409) else Verdict(Outcome.AGAIN, code="MATERIAL")
        _remember(services, claim, enclosure.digest)
        reach("push.after_material")
    return None


def _content(services: Services, claim: Claim, enclosure: Enclosure) -> bytes | None:
    """The bytes of a material, proved to be those it is named by; None when they are not there."""
    if enclosure.content is not None:
        return enclosure.content
    try:
        with services.db.scope(Scope(tenant_id=claim.tenant_id)) as session:
            file = attachments.find(
                session, tenant_id=claim.tenant_id, attachment_id=UUID(enclosure.attachment_id or "")
            )
            key = services.keys.open(session, tenant_id=claim.tenant_id, key_id=file.data_key_id)
        content = attachments.read(services.storage, key=key, file=file)
    except (NotFound, attachments.Missing, ValueError):
        return None
    return content if crypto.sm3_hex(content) == enclosure.digest else None


def _remember(services: Services, claim: Claim, digest: str) -> None:
    with services.db.scope(Scope(tenant_id=claim.tenant_id)) as session:
        session.execute(
            insert(PushedMaterial)
            .values(tenant_id=claim.tenant_id, case_id=claim.case_id, digest=digest, at=clock.now())
            .on_conflict_do_nothing()
        )


def _forget(services: Services, claim: Claim) -> None:
    wanted = [enclosure.digest for enclosure in claim.wire.enclosures]
    with services.db.scope(Scope(tenant_id=claim.tenant_id)) as session:
        session.execute(
            delete(PushedMaterial).where(
                PushedMaterial.tenant_id == claim.tenant_id,
                PushedMaterial.case_id == claim.case_id,
                PushedMaterial.digest.in_(wanted),
            )
        )
