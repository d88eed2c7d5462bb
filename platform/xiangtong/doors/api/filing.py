"""`POST /api/v1/<township>/cases` and `…/files`: terminals and departments file as citizens do, with the same checks.

A machine signs in to each request by HTTP Basic (its name and secret). Its `Idempotency-Key` names a filing: files and
answers sent under one key are one draft, one case and one receipt. Refusals are `application/problem+json` (RFC 9457).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import get_locale
from werkzeug.exceptions import HTTPException

from xiangtong import audit
from xiangtong.audit import Actor
from xiangtong.cases import machine_filing
from xiangtong.cases.machine_filing import Sent
from xiangtong.cases.submit import Receipt
from xiangtong.dialect.known import as_of_today
from xiangtong.dialect.vocabulary import Facts
from xiangtong.doors.shared import files
from xiangtong.doors.shared.access import signed
from xiangtong.doors.shared.frame import csrf
from xiangtong.doors.shared.services import services
from xiangtong.drafts.opening import Holder
from xiangtong.forms.library import Form
from xiangtong.identity import machines
from xiangtong.identity.machines import Caller
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound, Problem, Problems, Refusal, TooMany
from xiangtong.tenancy.divisions import Divisions
from xiangtong.tenancy.known import Known, learn, recall
from xiangtong.tenancy.scope import NOBODY, Scope

blueprint = Blueprint("filing", __name__)
_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_MEMBERS = {"form", "village", "answers"}


class NotRecognised(Refusal):
    """No machine of this name and secret."""

    code = "NOT_RECOGNISED"
    status = 401

    def __init__(self) -> None:
        super().__init__(
            "没有认出是哪台终端或哪个部门，请核对名称和密钥", "No terminal or department has this name and secret"
        )


@dataclass(frozen=True, slots=True)
class _Call:
    """Who calls, for which township, under which key."""

    caller: Caller
    town: Known
    key: str

    @property
    def tenant_id(self) -> int:
        return self.town.town.tenant.id


@blueprint.post("/<string(length=9):code>/cases")
@signed
def file_case(code: str) -> tuple[Response, int]:
    """File: 201 with the receipt; 200 with the same one for the same key and content; 409 for other content."""
    call = _call(code)
    told = _told()
    with services().db.scope(Scope(tenant_id=call.tenant_id)) as session:
        form = services().library.form(told["form"])
        sent = Sent(form, _village(call, told), told["answers"])
        receipt, fresh = machine_filing.file(
            session, keys=services().keys, tenant_id=call.tenant_id, caller=call.caller, key=call.key, sent=sent,
            facts=_facts(session, call, form),
        )  # fmt: skip
        if fresh:
            _note(session, call, receipt)
    return jsonify(_receipt(receipt)), 201 if fresh else 200


@blueprint.post("/<string(length=9):code>/files")
@signed
def hand_in(code: str) -> tuple[Response, int]:
    """Hand in one file for a question, before the case is filed under the same key; 201 with what stands for it.

    Form fields `form`, `pointer` and `file`.
    """
    call = _call(code)
    upload, pointer = request.files.get("file"), request.form.get("pointer", "")
    if upload is None or not upload.filename:
        raise Problems([Problem("/file", "还没有选文件", "No file was sent", "FILE_MISSING")])
    with services().db.scope(Scope(tenant_id=call.tenant_id)) as session:
        form = services().library.form(request.form.get("form", ""))
        draft_id = machine_filing.begin(
            session, keys=services().keys, tenant_id=call.tenant_id, caller=call.caller, key=call.key, form=form
        )
    place = files.Place(call.tenant_id, draft_id, Holder(staff_id=call.caller.id))
    return jsonify(files.take(place, pointer=pointer, upload=upload).file.answer()), 201


csrf.exempt(file_case)
csrf.exempt(hand_in)


@blueprint.errorhandler(Refusal)
def refused(error: Refusal) -> Response:
    """A refusal as problem+json; all problems of a filing together."""
    english = str(get_locale()).startswith("en")
    body: dict[str, Any] = {
        "type": "about:blank", "title": HTTPStatus(error.status).phrase, "status": error.status, "code": error.code,
        "detail": error.message_en if english else error.message,
    }  # fmt: skip
    if isinstance(error, Problems):
        body["errors"] = [
            {
                "pointer": one.where,
                "code": one.code,
                "detail": (one.message_en or one.message) if english else one.message,
            }
            for one in error.problems
        ]
    response = jsonify(body)
    response.status_code, response.mimetype = error.status, "application/problem+json"
    if error.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Basic realm="xiangtong", charset="UTF-8"'
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


@blueprint.errorhandler(HTTPException)
def unread(error: HTTPException) -> Response:
    """What could not even be read, in the same shape."""
    return refused(
        Refusal("这个请求读不懂", "The request cannot be read", code="BAD_REQUEST", status=error.code or 400)
    )


def _call(code: str) -> _Call:
    """Who calls and for where; raises NotRecognised, and NotFound for a township beyond the caller's reach."""
    said = request.authorization
    name, secret = (said.username or "", said.password or "") if said and said.type == "basic" else ("", "")
    caller = machines.recognise(services().db, name=name, secret=secret)
    if caller is None:
        raise NotRecognised
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise Refusal(
            "请在 Idempotency-Key 里写明这份申请自己的编号（1 到 128 个字母、数字或符号）",
            "Idempotency-Key names the filing: 1 to 128 printable ASCII characters", code="KEY_MISSING",
        )  # fmt: skip
    town = _town(code)
    if not caller.reaches(town.town.tenant.division_code):
        raise NotFound("没有这个乡镇，或者不在授权范围里", "No such township within your reach")
    return _Call(caller, town, key)


def _town(code: str) -> Known:
    known = recall(services().db, code=code)
    if known is not None:
        return known
    with services().db.scope(NOBODY) as session:
        return learn(session, code=code)


def _told() -> dict[str, Any]:
    """The body of a filing; raises Problems with everything that is wrong with its shape."""
    told = request.get_json(silent=True)
    if not isinstance(told, dict):
        raise Problems([Problem("", "内容要写成一个 JSON 对象", "The body is a JSON object", "type")])
    problems = [
        Problem(f"/{name}", "没有这一项", "There is no such member", "UNKNOWN") for name in told.keys() - _MEMBERS
    ]
    if not isinstance(told.get("form"), str):
        problems.append(Problem("/form", "请写明是哪张表", "Say which form", "missing"))
    if not isinstance(told.get("answers"), Mapping):
        problems.append(Problem("/answers", "请写明答案（一个 JSON 对象）", "The answers are a JSON object", "missing"))
    if problems:
        raise Problems(problems)
    return told


def _village(call: _Call, told: Mapping[str, Any]) -> str | None:
    village = told.get("village")
    if village is not None and village not in list(call.town.around.villages):
        raise Problems(
            [Problem("/village", "这个乡镇没有这个村（社区）", "No such village in this township", "choice")]
        )
    return village


def _facts(session: ScopedSession, call: _Call, form: Form) -> Facts:
    tenant = call.town.town.tenant
    lists = {"villages": call.town.around.villages, "divisions": Divisions(session, home=tenant.division_code)}
    return as_of_today(form.plan, Facts(clock.today(), tenant.params, lists))


def _receipt(receipt: Receipt) -> dict[str, str]:
    return {
        "case_no": receipt.case_no, "short_code": receipt.short_code, "submitted_at": receipt.submitted_at.isoformat(),
    }  # fmt: skip


def _note(session: ScopedSession, call: _Call, receipt: Receipt) -> None:
    actor = Actor("system", call.caller.id, call.caller.kind)
    audit.record(session, actor=actor, action="case.filed_by_machine", subject=f"case:{receipt.case_no}")
