"""导出: the township's cases of one form as a spreadsheet, all versions together."""

from __future__ import annotations

from collections.abc import Callable, Collection
from urllib.parse import quote

from flask import Blueprint, Response, request

from xiangtong import audit
from xiangtong.cases import export
from xiangtong.dialect.vocabulary import Facts
from xiangtong.doors.console import workbench_words
from xiangtong.doors.console.forms import desk
from xiangtong.doors.shared import access
from xiangtong.doors.shared.services import services
from xiangtong.identity import reach
from xiangtong.identity.staff import actor_of
from xiangtong.kernel import clock, sheets
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.divisions import Divisions
from xiangtong.tenancy.neighbourhood import neighbourhood

blueprint = Blueprint("forms_export", __name__, url_prefix="/forms")


@blueprint.get("/<form_code>/export")
@access.staff("cases.export")
def download(form_code: str) -> Response:
    """The cases as xlsx, or as CSV with `?as=csv`. Who took how many is written down."""
    as_csv = request.args.get("as") == "csv"
    with desk() as here:
        if here.tenant.kind != "township":
            raise NotFound
        villages = neighbourhood(here.session, tenant=here.tenant).villages
        lists = {"villages": villages, "divisions": Divisions(here.session, home=here.tenant.division_code)}
        found = export.table(
            here.session, keys=services().keys, tenant_id=here.tenant.id, form_code=form_code,
            form_at=lambda number: services().library.at(here.session, code=form_code, number=number),
            facts=Facts(clock.today(), here.tenant.params, lists), may_see=_within(here.who.reach, here.tenant.code),
        )  # fmt: skip
        detail = {"cases": len(found.lines), "as": "csv" if as_csv else "xlsx"}
        audit.record(
            here.session, actor=actor_of(here.who), action="cases.exported", subject=f"form:{form_code}", detail=detail
        )
        name = f"{here.tenant.short_name}_{form_code}_{clock.today()}"
    lines = [[number, str(workbench_words.STATES.get(state, state)), *rest] for number, state, *rest in found.lines]
    return _sent(sheets.write_csv(found.heads, lines) if as_csv else sheets.write(found.heads, lines), name, as_csv)


def _within(own: Collection[str], township: str) -> Callable[[str | None], bool]:
    """Whether a case of this village is within somebody's reach."""
    return lambda village: reach.covers(own, township) or village in own


def _sent(data: bytes, name: str, as_csv: bool) -> Response:
    response = Response(data, content_type=sheets.CSV if as_csv else sheets.XLSX)
    ending = "csv" if as_csv else "xlsx"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"cases.{ending}\"; filename*=UTF-8''{quote(name)}.{ending}"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
