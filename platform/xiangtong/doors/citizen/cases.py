"""What became of a filing: my list, one case with its 经过, supply what was asked, withdraw; ask without signing in."""

from __future__ import annotations

from flask import Blueprint

from xiangtong.doors.citizen import cases_mine, cases_progress, cases_results, cases_supply

blueprint = Blueprint("cases", __name__)
for page in (cases_mine, cases_progress, cases_results, cases_supply):
    page.register(blueprint)
