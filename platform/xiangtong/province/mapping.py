"""The default mapping: the facts of an event → the message of contract §1. The same facts give the same bytes.

The input is the facts document (form_schemas/_common/facts.json), never another message. What the contract's
schema does not know is left out; what it demands and the facts lack is reported, all of it together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from xiangtong.kernel.crypto import sm3_hex
from xiangtong.kernel.errors import Problem
from xiangtong.province.canonical import canonical
from xiangtong.province.profile import Profile
from xiangtong.push.ports import Enclosure, Unmappable, Wire

VERSION = "default-1"

_PARTY = ("kind", "name", "id_type", "id_number", "phone", "address", "relation")
_ACTOR = ("name", "staff_no", "dept_name", "dept_code")
_MATERIAL = ("material_code", "name", "source", "digest", "media_type", "size", "licence_id")
# The only members that the contract wants even where nothing is known (AcceptPayload).
_NULLABLE = ("promised_due_on", "statutory_due_on")
# What citizens do names no member of staff.
_BY_CITIZENS = ("apply", "supplement", "withdraw", "rate")
_ITEM_CODE = re.compile(r"[0-9A-Z]{31}\Z")

Facts = Mapping[str, Any]
_Build = Callable[[Facts, Profile, list[Enclosure]], dict[str, Any]]


def write(facts: Facts, *, message_id: UUID, profile: Profile) -> Wire:
    """The wire message of an event; raises Unmappable with every problem."""
    problems = _lacking(facts, profile)
    if problems:
        raise Unmappable(tuple(problems))
    event, enclosures = facts["event"], list[Enclosure]()
    message = {
        "message_id": str(message_id),
        "case_no": facts["case"]["case_no"],
        "seq": event["seq"],
        "type": event["type"],
        "occurred_at": event["occurred_at"],
        "division_code": _division(facts),
        "item_code": facts["item"]["item_code"],
        "payload": _PAYLOADS.get(event["type"], _staff)(facts, profile, enclosures),
    }
    body = _canonical(message)
    if len(body) > profile.message_bytes:
        raise Unmappable((_too_large(len(body), profile.message_bytes),), code="TOO_LARGE")
    return Wire(body, sm3_hex(body), _distinct(enclosures), VERSION)


def _too_large(size: int, limit: int) -> Problem:
    return Problem(
        "", f"消息有 {size} 字节，省网一次最多收 {limit} 字节", f"{size} bytes; the province takes {limit} at most"
    )


def check(item: Mapping[str, Any], form: Mapping[str, Any], profile: Profile) -> list[Problem]:
    """What would keep the cases of an item from being told to this province; asked when it is published.

    `item` needs item_code, name, item_type, case_type and unit {name, code}; `form` needs code and version.
    """
    facts = {"item": item, "unit": item.get("unit") or {}, "form": form}
    wanted = (*_STATIC, *(pointer for pointer in profile.mandatory if pointer.split("/")[1] in facts))
    problems = [_missing(pointer) for pointer in wanted if _at(facts, pointer) in (None, "")]
    if not _ITEM_CODE.match(str(item.get("item_code") or "")):
        problems.append(Problem("/item/item_code", "事项编码应为 31 位数字或大写字母", "not an item code"))
    return problems


_STATIC = ("/item/name", "/item/item_type", "/unit/name", "/unit/code", "/form/code", "/form/version")
_ALWAYS = ("/case/case_no", "/case/division_code", "/item/item_code", "/event/type", "/event/seq", "/event/occurred_at")
_OF_STAFF = ("/actor/name", "/actor/staff_no", "/actor/dept_name", "/actor/dept_code")
_OF_APPLY = ("/applicant/name", "/applicant/id_type", "/applicant/kind", "/case/channel", "/form/code", "/form/version")


def _lacking(facts: Facts, profile: Profile) -> list[Problem]:
    kind = _at(facts, "/event/type")
    wanted = [*_ALWAYS, *profile.mandatory]
    wanted += _OF_APPLY if kind == "apply" else ()
    wanted += () if kind in _BY_CITIZENS else _OF_STAFF
    return [_missing(pointer) for pointer in wanted if _at(facts, pointer) is None]


def _missing(pointer: str) -> Problem:
    return Problem(pointer, "上级要求填写，这里没有", "the province demands it and it is not there")


def _division(facts: Facts) -> str:
    """Where it was filed for `apply`, else who handles (contract §1): a village's code, or the township's."""
    case = facts["case"]
    filed_in = case.get("village_code") if facts["event"]["type"] == "apply" else None
    return str(filed_in or case["division_code"]).ljust(12, "0")


def _apply(facts: Facts, profile: Profile, enclosures: list[Enclosure]) -> dict[str, Any]:
    agent, form = facts.get("agent"), facts["form"]
    payload = {
        "channel": facts["case"]["channel"],
        "applicant": _party(facts["applicant"]),
        "co_applicants": [_party(party) for party in facts.get("co_applicants") or ()] or None,
        "agent": _party(agent) if agent else None,
        "form_code": form["code"],
        "form_version": form["version"],
        "materials": _materials(facts, enclosures),
        "bundle_no": facts.get("bundle_no"),
        "origin_case_no": facts.get("origin_case_no"),
    }
    return _present(payload) | _answers(facts.get("answers") or {}, profile, enclosures)


def _supplement(facts: Facts, profile: Profile, enclosures: list[Enclosure]) -> dict[str, Any]:
    patch = facts["event"]["payload"].get("data") or {}
    return {"materials": _materials(facts, enclosures), **_answers(patch, profile, enclosures)}


def _citizen(facts: Facts, profile: Profile, enclosures: list[Enclosure]) -> dict[str, Any]:
    return _present(facts["event"]["payload"])


def _staff(facts: Facts, profile: Profile, enclosures: list[Enclosure]) -> dict[str, Any]:
    return {**_present(facts["event"]["payload"]), "actor": {name: facts["actor"][name] for name in _ACTOR}}


def _decide(facts: Facts, profile: Profile, enclosures: list[Enclosure]) -> dict[str, Any]:
    materials = _materials(facts, enclosures)
    return _staff(facts, profile, enclosures) | ({"materials": materials} if materials else {})


def _correct(facts: Facts, profile: Profile, enclosures: list[Enclosure]) -> dict[str, Any]:
    """The replacing payload names the materials it had, and those that came with the correction."""
    payload, added = _staff(facts, profile, enclosures), _materials(facts, enclosures)
    if added:
        whole = payload["payload"]
        payload["payload"] = {**whole, "materials": [*whole.get("materials", ()), *added]}
    return payload


_PAYLOADS: dict[str, _Build] = {
    "apply": _apply,
    "supplement": _supplement,
    "withdraw": _citizen,
    "rate": _citizen,
    "decide": _decide,
    "correct": _correct,
}


def _answers(answers: Mapping[str, Any], profile: Profile, enclosures: list[Enclosure]) -> dict[str, Any]:
    """The answers themselves, or their digest where they are large and travel as a material (contract §2)."""
    written = _canonical(answers)
    if len(written) <= profile.data_bytes:
        return {"data": answers}
    digest = sm3_hex(written)
    enclosures.append(Enclosure(digest, "application/json", content=written))
    return {"data_digest": digest}


def _materials(facts: Facts, enclosures: list[Enclosure]) -> list[dict[str, Any]]:
    materials = facts.get("materials") or ()
    for material in materials:
        if material.get("digest") and material.get("attachment_id"):
            enclosures.append(
                Enclosure(material["digest"], material.get("media_type") or "", str(material["attachment_id"]))
            )
    return [_present({name: material.get(name) for name in _MATERIAL}) for material in materials]


def _party(party: Mapping[str, Any]) -> dict[str, Any]:
    """A person or organisation as the contract names it; who has no document has no number either."""
    members = _PARTY if party.get("id_type") != "none" else tuple(name for name in _PARTY if name != "id_number")
    return {name: party[name] for name in members if party.get(name) not in (None, "")}


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None or name in _NULLABLE}


def _distinct(enclosures: list[Enclosure]) -> tuple[Enclosure, ...]:
    return tuple({enclosure.digest: enclosure for enclosure in enclosures}.values())


def _canonical(value: Any) -> bytes:
    try:
        return canonical(value)
    except ValueError as error:
        problem = Problem("", "有一个数字或文字无法按规范写出", "a number or a text has no canonical form")
        raise Unmappable((problem,)) from error


def _at(document: Facts, pointer: str) -> Any:
    """The value at a JSON Pointer whose steps are plain names; None where there is none."""
    value: Any = document
    for name in pointer.split("/")[1:]:
        value = value.get(name) if isinstance(value, dict) else None
    return value
