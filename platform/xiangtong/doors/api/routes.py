"""`/api/v1/`: its own description, the forms of the library, and the division tree. Read only, public, bounded."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import select

from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.services import services
from xiangtong.forms.library import Form
from xiangtong.kernel.errors import Refusal
from xiangtong.tenancy.models import PREFIX_DIGITS, Division
from xiangtong.tenancy.scope import NOBODY

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
_MOST = 100
_LONGEST = 50
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
    """Every form of the library: code, version, hash, title."""
    return jsonify(forms=[_form(form) for form in services().library.forms.values()])


@blueprint.get("/forms/<form_code>")
@public
def form(form_code: str) -> Response:
    """One form with its schema; 404 where there is none."""
    found = services().library.form(form_code)
    return jsonify(_form(found) | {"schema": found.plan.schema})


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
