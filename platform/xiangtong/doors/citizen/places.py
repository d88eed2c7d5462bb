"""What lies inside a division, for the lists of a form that open one inside the other. Nobody needs to sign in."""

from __future__ import annotations

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from xiangtong.doors.shared.access import public
from xiangtong.doors.shared.services import services
from xiangtong.kernel.errors import NotFound
from xiangtong.tenancy.divisions import Divisions
from xiangtong.tenancy.scope import NOBODY

blueprint = Blueprint("places", __name__)


@blueprint.get("/divisions/<string(length=12):division>.json")
@public
def inside(division: str) -> Response:
    """[code, name] of each, in the order of codes; an empty list where the list goes no deeper. Kept for a day."""
    if not (division.isascii() and division.isdigit()):
        raise NotFound
    with services().db.scope(NOBODY) as session:
        found = Divisions(session).below(division)
    response = jsonify(list(found.items()))
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
