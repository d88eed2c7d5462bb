"""Lists that a form takes from the township: on the page, in the refusal, and in words when it is read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from citizen_desk import VILLAGE, Desk, item_of, make_desk
from door_services import make_services
from xiangtong.items.models import Item
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope

FORM = "pension-enrolment"


@pytest.fixture
def desk(db: Database, keys: KeyRing, township: tuple[int, int], tmp_path: Path) -> Desk:
    desk = make_desk(make_services(db, keys, tmp_path))
    with desk.services.db.scope(Scope(tenant_id=1)) as session:
        code = f"11321003{FORM[:12]}"
        session.add(Item(**item_of(1) | {"key": FORM, "form_code": FORM, "item_code": code}))
    return desk


def test_contribution_tiers_come_from_the_form_until_the_township_says_its_own(desk: Desk) -> None:
    draft = desk.client.post(f"/321003100/apply/{FORM}", data={"who": "other", "village": VILLAGE}).location
    assert "每年 500 元" in desk.client.get(f"{draft}/pay").text
    refused = desk.client.post(f"{draft}/pay", data={"/tier": "501", "/pay_way": "self", "_action": "next"})
    assert refused.status_code == 422
    taken = desk.client.post(f"{draft}/pay", data={"/tier": "500", "/pay_way": "self", "_action": "next"})
    assert taken.status_code in {302, 303}
    assert "每年 500 元" in desk.client.get(f"{draft}/review").text
