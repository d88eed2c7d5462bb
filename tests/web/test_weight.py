"""The first form page a citizen sees, with everything it needs, stays light; and no page asks the database much."""

from __future__ import annotations

from pathlib import Path

import brotli
import pytest
from werkzeug.datastructures import Headers

from citizen_desk import START, Desk, make_desk, statements
from door_services import make_services
from page_weight import weigh
from xiangtong.tenancy import known
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database

BUDGET = 50_000
QUERIES = 6


@pytest.fixture
def desk(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Desk:
    return make_desk(make_services(db, keys, tmp_path))


def test_the_first_form_page_with_everything_is_light(desk: Desk) -> None:
    weights = weigh(lambda address: _fetch(desk, address), _decoded, f"{desk.begin()}/who")
    assert any(address.endswith(".css") for address in weights)
    assert any(address.endswith("dist/form.js") for address in weights)
    assert sum(weights.values()) <= BUDGET, weights


def test_pages_cost_at_most_six_queries(desk: Desk) -> None:
    draft = desk.begin()
    desk.fill(draft)
    for page in (
        START,
        f"{draft}/who",
        f"{draft}/account",
        f"{draft}/papers",
        f"{draft}/review",
        f"{draft}/help",
        "/mine",
    ):
        known.forget()  # The township's own two queries are among them.
        with statements(desk.services) as sent:
            assert desk.client.get(page).status_code == 200
        assert len(sent) <= QUERIES, (page, sent)


def test_submitting_costs_at_most_ten_statements(desk: Desk) -> None:
    desk.file()  # The first one reads the work calendar, which then stays for ten minutes.
    draft = desk.begin()
    desk.fill(draft)
    known.forget()
    with statements(desk.services) as sent:
        assert desk.client.post(f"{draft}/review").status_code == 303
    assert len(sent) <= 10, "\n".join(one[:110].replace("\n", " ") for one in sent)


def _fetch(desk: Desk, address: str) -> tuple[Headers, bytes]:
    answer = desk.client.get(address, headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200, address
    return answer.headers, answer.data


def _decoded(headers: Headers, body: bytes) -> bytes:
    assert headers["Content-Encoding"] == "br"
    return brotli.decompress(body)
