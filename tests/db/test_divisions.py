"""The divisions that forms list: what lies inside each, full names, what may be chosen, and a rename or merger since."""

from __future__ import annotations

from datetime import date

import pytest

from xiangtong.dialect.known import version_of
from xiangtong.fields.division import Division as Kind
from xiangtong.tenancy.divisions import PROVINCES, Divisions
from xiangtong.tenancy.models import Division
from xiangtong.tenancy.scope import CITY, NOBODY, Database


@pytest.mark.usefixtures("township")
def test_lists_go_as_deep_as_what_was_laid_down(db: Database) -> None:
    with db.scope(NOBODY) as session:
        known = Divisions(session, home="321003108000")
        assert list(known.below("").values()) == list(PROVINCES.values())
        assert known.below("321003000000") == {"321003100000": "公道镇", "321003108000": "杨寿镇"}
        assert known.below("110000000000") == {}
        assert known["321003108209"] == "江苏省扬州市邗江区杨寿镇东兴村委会"
        assert known.get("110000000000") == "北京市"
        assert known.get("999999999999") is None
        assert len(known) == len(list(known)) == 7


@pytest.mark.usefixtures("township")
def test_one_chooses_to_the_end_of_the_list(db: Database) -> None:
    with db.scope(NOBODY) as session:
        known, kind = Divisions(session), Kind()
        asked = ("321003108209", "110000000000", "321003108000", "320000000000", "321003108299", "x")
        assert [kind.is_listed(code, known) for code in asked] == [True, True, False, False, False, False]


@pytest.mark.usefixtures("township")
def test_what_was_merged_away_keeps_its_name_and_is_not_chosen_any_more(db: Database) -> None:
    with db.scope(NOBODY) as session:
        before = version_of(Divisions(session))
    with db.scope(CITY) as session:
        session.get_one(Division, "321003108209").valid_to = date(2026, 1, 1)
    with db.scope(NOBODY) as session:
        known = Divisions(session)
        assert version_of(known) != before
        assert len(before) == 12
        assert "321003108209" not in known
        assert known["321003108209"].endswith("东兴村委会")
        assert known.below("321003108000") == {}
