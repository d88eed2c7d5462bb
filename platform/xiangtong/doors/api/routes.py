"""`/api/v1/`: its description, forms, and the division tree: read only, public, bounded. Filing is in `filing`."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import select

from xiangtong.doors.api import filing
from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.services import services
from xiangtong.forms.library import Form
from xiangtong.forms.versions import history
from xiangtong.items.offer import offered
from xiangtong.kernel.errors import Refusal
from xiangtong.tenancy.finding import township as find_township
from xiangtong.tenancy.models import PREFIX_DIGITS, Division
from xiangtong.tenancy.scope import NOBODY, enter

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.register_blueprint(filing.blueprint)
_MOST = 100
_LONGEST = 50
_TOWNSHIP = 9
_LAST = "\U0010ffff"
_DESCRIPTION = Path(__file__).with_name("openapi.json")


class BadQuery(Refusal):
    """A query parameter that cannot be understood."""

    code = "BAD_QUERY"
    status = 400


@blueprint.get("/openapi.json")
@public
def description() -> Response:
    """This API as OpenAPI 3.1."""
    return jsonify(_description())


@blueprint.get("/forms")
@public
def forms() -> Response:
    """Every form of the library, or what one `township` (9 digits) takes filings on: code, version, hash, title."""
    township, known = request.args.get("township"), services().library.forms
    if township is None:
        return jsonify(forms=[_form(form) for form in known.values()])
    if not (len(township) == _TOWNSHIP and township.isascii() and township.isdigit()):
        raise BadQuery("township 是 9 位数字的乡镇代码", "township is a code of 9 digits")
    with services().db.scope(NOBODY) as session:
        tenant = find_township(session, code=township).tenant
        enter(session, tenant_id=tenant.id)
        codes = [item.form_code for item in offered(session, tenant_id=tenant.id) if item.form_code in known]
    return jsonify(forms=[_form(known[code]) for code in codes if code])


@blueprint.get("/forms/<form_code>")
@public
def form(form_code: str) -> Response:
    """One form with its schema; 404 where there is none."""
    found = services().library.form(form_code)
    return jsonify(_form(found) | {"schema": found.plan.schema})


@blueprint.get("/forms/<form_code>/versions")
@public
def versions(form_code: str) -> Response:
    """The published versions of a form, newest first; 404 where there is none."""
    live = services().library.form(form_code)
    with services().db.scope(NOBODY) as session:
        rows = history(session, code=live.code)
        listed = [{"version": row.number, "state": row.state, "hash": row.hash} for row in rows]
    return jsonify(versions=listed or [{"version": live.version, "state": "live", "hash": live.hash}])


@blueprint.get("/divisions")
@public
def divisions() -> Response:
    """Divisions below a code (`parent`), or whose name or pinyin begins with `q`; else the provinces. At most 100 of a name.

    What lies below a code is kept for a day by browsers: forms open their lists of divisions with it.
    """
    parent, query = request.args.get("parent", ""), request.args.get("q", "").strip().lower()
    wanted = select(Division).where(Division.valid_to.is_(None)).order_by(Division.code)
    if len(query) > _LONGEST:
        raise BadQuery(f"q 最多 {_LONGEST} 个字", f"q has at most {_LONGEST} characters")
    if parent:
        if not (len(parent) == 12 and parent.isascii() and parent.isdigit()):
            raise BadQuery("parent 是 12 位数字的区划代码", "parent is a division code of 12 digits")
        wanted = wanted.where(Division.parent_code == parent)
    elif "\x00" in query:
        return jsonify(divisions=[])  # No name holds it, and the database would not even be asked.
    elif query:
        column = Division.short_name.collate("C") if not query.isascii() else Division.pinyin
        wanted = wanted.where(column >= query, column < query + _LAST).limit(_MOST)
    else:
        wanted = wanted.where(Division.parent_code.is_(None))
    with services().db.scope(NOBODY) as session:
        response = jsonify(divisions=[_division(row) for row in session.scalars(wanted)])
    if parent:
        response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _form(form: Form) -> dict[str, object]:
    return {"code": form.code, "version": form.version, "hash": form.hash, "title": form.title}


def _division(row: Division) -> dict[str, object]:
    digits = row.code[: PREFIX_DIGITS[row.level]]
    return {"code": row.code, "name": row.name, "level": row.level, "parent": row.parent_code, "prefix": digits}


@lru_cache(maxsize=1)
def _description() -> dict[str, object]:
    read: dict[str, object] = json.loads(_DESCRIPTION.read_text(encoding="utf-8"))
    return read
