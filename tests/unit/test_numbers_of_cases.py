"""Case numbers, merge patches, parties, what was typed."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xiangtong.cases import numbers
from xiangtong.cases.parties import initials, parties
from xiangtong.cases.patch import applied, merge_patch
from xiangtong.drafts.typed import TooMuchTyped, Typed, from_bytes, to_bytes


@pytest.mark.parametrize(
    "text", ["", "3210031002609010000017x", "３２１００３１００２６０９０１０００００１７", "1" * 22]
)
def test_what_is_no_case_number(text: str) -> None:
    """Letters, full-width digits and wrong checks."""
    assert not numbers.is_case_no(text)


_json = st.recursive(
    st.one_of(st.booleans(), st.integers(-5, 5), st.text(max_size=3)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)
_objects = st.dictionaries(st.sampled_from("abcd"), _json, max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_objects, _objects)
def test_a_patch_makes_the_one_into_the_other(before: dict[str, object], after: dict[str, object]) -> None:
    """RFC 7396, both ways."""
    patched = applied(before, merge_patch(before, after))
    assert json.dumps(patched, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert merge_patch(after, after) == {}


def test_a_patch_is_small_and_says_null_for_what_became_hidden() -> None:
    """Arrays go whole, objects member by member."""
    before = {"a": 1, "b": {"c": 1, "d": 2}, "rows": [1, 2], "gone": "x"}
    after = {"a": 1, "b": {"c": 1, "d": 3}, "rows": [1, 2, 3]}
    assert merge_patch(before, after) == {"b": {"d": 3}, "rows": [1, 2, 3], "gone": None}
    assert merge_patch({"a": 1}, {"a": True}) == {"a": True}


def test_parties_stand_where_the_form_says() -> None:
    """Applicant by pointers and constants; an agent who was not named is none."""
    form = {
        "applicant": {
            "name": "/who/name",
            "id_type": {"const": "id_card"},
            "id_number": "/who/id",
            "phone": "/who/tel",
        },
        "agent": {"name": "/agent/name", "id_number": "/agent/id"},
    }
    answers = {"who": {"name": "张三", "id": "321003198801010016"}}
    assert parties(answers, form) == {
        "applicant": {
            "kind": "person", "name": "张三", "id_type": "resident_id", "id_number": "321003198801010016",
        },
        "co_applicants": [],
        "agent": None,
    }  # fmt: skip


@pytest.mark.parametrize(("name", "letters"), [("张三", "zs"), ("阿依古丽·买买提", "aygmmt"), ("李 O'Neil", "loneil")])
def test_initials(name: str, letters: str) -> None:
    """What a clerk types to find a name."""
    assert initials(name).startswith(letters[:2])
    assert initials(name).isascii()


def test_rows_move_up_and_nothing_else_is_lost() -> None:
    """Removing the first of three rows keeps what was typed into the others."""
    typed = Typed().changed({"/h/0/n": "a", "/h/1/n": "b", "/h/2/n": "c", "/x": "y", "/h/1/kinds": ["1", "2"]})
    assert typed.row_count("/h") == 3
    shorter = typed.without_row("/h", 0)
    assert shorter.row_count("/h") == 2
    assert shorter.values == {"/h/0/n": "b", "/h/0/kinds": ["1", "2"], "/h/1/n": "c", "/x": "y"}
    assert shorter.without_row("/h", 9) is shorter
    assert from_bytes(to_bytes(shorter)) == shorter


def test_a_fresh_row_counts_before_anything_is_typed_into_it() -> None:
    """The row that was just added is shown."""
    typed = Typed().with_row("/h").with_row("/h")
    assert typed.row_count("/h") == 2
    assert typed.changed({"/h/0/n": "a"}).row_count("/h") == 2


def test_more_than_any_form_holds_is_refused() -> None:
    """Too many values, too many bytes, too many rows."""
    with pytest.raises(TooMuchTyped):
        Typed().changed({f"/a{number}": "x" for number in range(2_001)})
    with pytest.raises(TooMuchTyped):
        Typed().changed({"/a": "字" * 300_000})
    with pytest.raises(TooMuchTyped):
        Typed(rows={"/h": 100}).with_row("/h")
