"""办理结果 without signing in: number and four digits show how a case stands; its files need the phone it names as well.

A number and four digits stand on papers that lie about; a message to the phone of the applicant (or of whoever filed for
them) is the second proof. What was proved travels sealed and for a quarter of an hour, so nothing of it stands in rows or
addresses, and a link that was copied is soon dead.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from hmac import compare_digest
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from xiangtong import attachments
from xiangtong.cases import results
from xiangtong.cases.record import OpenCase, open_case
from xiangtong.doors.shared import files
from xiangtong.doors.shared.access import public, signed
from xiangtong.doors.shared.services import services
from xiangtong.fields.normal import code as plain
from xiangtong.identity import codes, throttle
from xiangtong.kernel import clock
from xiangtong.kernel.crypto import SealBroken
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound
from xiangtong.notify.ports import SmsUnavailable
from xiangtong.tenancy.scope import NOBODY
from xiangtong.tenancy.walls import as_tenant

_PURPOSE = "case_results"
_SECONDS = 15 * 60
#: The one-time code was right: what a link to a file is sealed for.
_ASKED, _PROVED = "case-results-asked", "case-results-proved"


def register(blueprint: Blueprint) -> None:
    """Add the routes of this page."""
    blueprint.add_url_rule("/progress/results", "results_first", first)
    blueprint.add_url_rule("/progress/results", "results", prove, methods=["POST"])
    blueprint.add_url_rule("/progress/results/<token>", "result", result)


def proof_of(case: OpenCase) -> str:
    """What the page of a case that was found hands on: somebody knew its number and the four digits."""
    return _sealed(_ASKED, case.row.tenant_id, case.row.id)


@public
def first() -> Response:
    """Whoever comes here by an address starts at the beginning."""
    return redirect(url_for("cases.ask"), 303)


@public
def prove() -> Response | str:
    """The phone, then the code that was sent to it; then the files."""
    proof, phone, digits = request.form.get("proof", ""), plain(request.form.get("phone", "")), request.form.get("code")
    found = _opened(_ASKED, proof)
    if found is None:
        return redirect(url_for("cases.ask"), 303)
    if digits is None or request.form.get("again"):
        if not phone:
            return _page(422, proof=proof, problems={"phone": gettext("请填办事时留的手机号")})
        _send(*found[:2], phone)
        return _page(proof=proof, phone=phone)
    throttle.spend(services().db, throttle.CODE_TRIES, f"{_PURPOSE}:{found[1]}")
    with _case(*found[:2]) as (session, case):
        subject = f"{case.row.id}:{phone}"
        if not codes.redeem(session, keys=services().keys, purpose=_PURPOSE, subject=subject, code=digits):
            return _page(422, proof=proof, phone=phone, problems={"code": gettext("验证码不对，或者过了 5 分钟")})
        links = [
            (one.name, url_for("cases.result", token=_sealed(_PROVED, case.row.tenant_id, case.row.id, one.id)))
            for one in _handed_out(session, case)
        ]
    throttle.clear(services().db, throttle.CODE_TRIES, f"{_PURPOSE}:{found[1]}")
    return _page(links=links)


@signed
def result(token: str) -> Response:
    """One file, for as long as its link holds; raises NotFound."""
    found = _opened(_PROVED, token)
    if found is None or found[2] is None:
        raise NotFound("这个链接过期了，请再查一次办件进度", "This link has expired; please ask for the case again")
    with _case(*found[:2]) as (session, case):
        stored = next((one for one in _handed_out(session, case) if one.id == found[2]), None)
        key = case.key
    if stored is None:
        raise NotFound("没有找到这个文件", "There is no such file")
    return files.send(stored, key=key)


def _send(tenant_id: int, case_id: UUID, phone: str) -> None:
    """Send a code, if the case names this phone. Tells nobody whether it does."""
    throttle.spend(services().db, throttle.SMS_ADDRESS, request.remote_addr or "")
    throttle.spend(services().db, throttle.SMS_PAUSE, f"{_PURPOSE}:{phone}")
    throttle.spend(services().db, throttle.SMS_DAY, f"{_PURPOSE}:{phone}")
    with _case(tenant_id, case_id) as (session, case):
        if not _names(case, phone):
            return
        subject = f"{case.row.id}:{phone}"
        digits = codes.issue_digits(session, keys=services().keys, purpose=_PURPOSE, subject=subject)
    try:
        services().sms.send(phone=phone, template="case_code", values={"code": digits, "minutes": "5"})
    except SmsUnavailable:
        return  # The page says what to do when nothing comes.


def _names(case: OpenCase, phone: str) -> bool:
    parties = (case.body["applicant"], case.body["agent"])
    known = [str(one.get("phone", "")) for one in parties if one]
    return any(compare_digest(one.encode(), phone.encode()) for one in known if one)


def _handed_out(session: ScopedSession, case: OpenCase) -> list[attachments.Stored]:
    row = case.row
    return results.handed_out(attachments.of_case(session, key=case.key, tenant_id=row.tenant_id, case_id=row.id))


@contextmanager
def _case(tenant_id: int, case_id: UUID) -> Iterator[tuple[ScopedSession, OpenCase]]:
    """The case alone, in sight for the block."""
    with services().db.scope(NOBODY) as session, as_tenant(session, tenant_id, case_id=case_id):
        yield session, open_case(session, keys=services().keys, tenant_id=tenant_id, case_id=case_id)


def _sealed(context: str, tenant_id: int, case_id: UUID, file_id: UUID | None = None) -> str:
    until = int(clock.now().timestamp()) + _SECONDS
    told = json.dumps([tenant_id, str(case_id), str(file_id) if file_id else None, until]).encode()
    return base64.urlsafe_b64encode(services().keys.city_seal(told, context=context)).decode()


def _opened(context: str, sealed: str) -> tuple[int, UUID, UUID | None] | None:
    """Tenant, case and file; None for what we did not seal, or too long ago."""
    try:
        told = services().keys.city_unseal(base64.urlsafe_b64decode(sealed.encode()), context=context)
        tenant_id, case_id, file_id, until = json.loads(told)
    except (SealBroken, ValueError):
        return None
    if clock.now().timestamp() > until:
        return None
    return tenant_id, UUID(case_id), UUID(file_id) if file_id else None


def _page(status: int = 200, **told: object) -> Response:
    told = {"problems": {}, "links": None, "proof": "", "phone": ""} | told
    response = make_response(render_template("citizen/progress_results.html", **told), status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
