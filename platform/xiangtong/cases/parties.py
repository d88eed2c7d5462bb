"""Who a filing is about: the parties of the contract, read out of the answers where the form says they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pypinyin import Style, lazy_pinyin

#: Our words for kinds of documents, where they differ from the contract's `IdType`.
_ID_TYPES = {"id_card": "resident_id"}
_CONTRACT_ID_TYPES = frozenset(
    (
        *("resident_id", "household_book", "birth_certificate", "passport", "officer_card", "hk_macau_permit"),
        *("taiwan_permit", "hk_macau_taiwan_residence", "foreign_residence", "uscc", "other", "none"),
    )
)
_PLACES = ("name", "id_type", "id_number", "phone", "address", "relation")


def party(answers: Mapping[str, Any], places: Mapping[str, Any]) -> dict[str, Any] | None:
    """The party whose values stand at `places` (member → JSON Pointer, {"const": value}, or a list of pointers).

    None without a name.
    """
    found = {member: _at(answers, places[member]) for member in _PLACES if member in places}
    said = {member: str(value) for member, value in found.items() if value not in (None, "")}
    if "name" not in said:
        return None
    said["id_type"] = _id_type(said)
    if said["id_type"] == "none":
        said.pop("id_number", None)
    return {"kind": "organisation" if said["id_type"] == "uscc" else "person"} | said


def parties(answers: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, Any]:
    """The `applicant`, `co_applicants` and `agent` of a filing; `form` is the form's `x-form` block."""
    co_applicants = (party(answers, places) for places in form.get("co_applicants", ()))
    return {
        "applicant": party(answers, form["applicant"]),
        "co_applicants": [found for found in co_applicants if found],
        "agent": party(answers, form["agent"]) if form.get("agent") else None,
    }


def village_of(answers: Mapping[str, Any], form: Mapping[str, Any]) -> str | None:
    """The village (12 digits) the applicant named, where the form asks for one."""
    place = form["applicant"].get("village")
    return _at(answers, place) if place else None


def initials(name: str) -> str:
    """The pinyin initials by which a clerk finds a name: 张三 → zs. Latin letters stay, everything else goes."""
    letters = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=str.lower)
    return "".join(char for char in "".join(letters) if char.isascii() and char.isalnum())


def _id_type(said: Mapping[str, str]) -> str:
    named = said.get("id_type", "resident_id" if "id_number" in said else "none")
    kind = _ID_TYPES.get(named, named)
    if kind not in _CONTRACT_ID_TYPES:
        kind = "other"
    return kind if "id_number" in said else "none"


def _at(answers: Mapping[str, Any], place: Any) -> Any:
    if isinstance(place, list):
        found = (_at(answers, one) for one in place)
        return next((value for value in found if value is not None), None)
    if isinstance(place, Mapping):
        return place.get("const")
    value: Any = answers
    for name in str(place).split("/")[1:]:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
