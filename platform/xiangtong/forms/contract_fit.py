"""Whether everything a form can hold fits what the province takes (provincial contract §1, §2, §7).

Asked before a form is published: otherwise the one family of sixteen with all its papers would find out, a day later,
as a message that nobody can send.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import rfc8785

from xiangtong.dialect.plan import Question
from xiangtong.dialect.vocabulary import Finding
from xiangtong.fields.formats import FORMATS
from xiangtong.forms.library import Form

#: Answers over this many bytes travel as a material of their own (provincial contract §2).
LARGEST_INLINE = 32 * 1024
#: The greatest a message may be (provincial contract §7).
LARGEST_MESSAGE = 64 * 1024
#: The longest text of each member of a party (contract, Party).
LONGEST = {"name": 100, "id_number": 40, "phone": 20, "address": 300, "relation": 40}
#: The shortest number of a document (contract, Party).
SHORTEST_ID = 4
#: The kinds of documents a party may have (contract, IdType).
ID_TYPES = frozenset(
    (
        *("resident_id", "household_book", "birth_certificate", "passport", "officer_card", "hk_macau_permit"),
        *("taiwan_permit", "hk_macau_taiwan_residence", "foreign_residence", "uscc", "other", "none"),
    )
)
#: What the provincial message needs of an applicant.
_NEEDED = ("name", "id_type", "id_number", "phone")
#: Envelope, channel, form, bundle and the names of all members: what does not depend on the form.
_ENVELOPE = 1536
_FILE_KINDS = frozenset({"file", "photo", "signature"})
#: The longest media type and size of a file that may be handed in.
_A_FILE = {"source": "upload", "digest": "0" * 64, "media_type": "application/pdf", "size": 52_428_800}
#: A character outside the basic plane takes four bytes of UTF-8.
_CHARACTER = 4


def fit(form: Form) -> Iterator[Finding]:
    """Yield what would keep a filing of this form, filled to the brim, from being told to the province."""
    for place, party in _parties(form):
        for role, source in party.items():
            yield from _sources(form, f"{place}/{role}", role, source)
    missing = [role for role in _NEEDED if role not in form.plan.form.get("applicant", {})]
    for role in missing:
        yield Finding("/x-form/applicant", f"省平台要申请人的 {role}，表里没有说明在哪里", f"{role} is not mapped")
    size = worst_message_bytes(form)
    if size > LARGEST_MESSAGE:
        yield Finding(
            "",
            f"填满时消息约有 {size // 1024} KiB，省平台最多收 {LARGEST_MESSAGE // 1024} KiB：请减少能传的文件个数",
            f"Filled to the brim the message has about {size // 1024} KiB; let fewer files be handed in",
        )


def worst_case_bytes(form: Form) -> int:
    """Estimate the greatest size of a form's stored answers: every text full of rare characters, every list full."""
    return _worst(form.plan.root)


def worst_message_bytes(form: Form) -> int:
    """Estimate the greatest size of the message that tells a filing: answers where they still travel in it, and files."""
    answers = min(worst_case_bytes(form), LARGEST_INLINE)
    parties = sum(_CHARACTER * LONGEST.get(role, 10) for _, party in _parties(form) for role in party)
    return _ENVELOPE + parties + answers + _references(form.plan.root)


def _parties(form: Form) -> Iterator[tuple[str, Mapping[str, Any]]]:
    said = form.plan.form
    for role in ("applicant", "agent"):
        if said.get(role):
            yield f"/x-form/{role}", said[role]
    for index, party in enumerate(said.get("co_applicants", ())):
        yield f"/x-form/co_applicants/{index}", party


def _sources(form: Form, where: str, role: str, source: Any) -> Iterator[Finding]:
    """Check what one member of a party is read from: a constant, a pointer, or the first answered of several."""
    if isinstance(source, Mapping):
        if role == "id_type" and source.get("const") not in ID_TYPES:
            yield Finding(where, "省平台没有这种证件", "The contract knows no such document")
        return
    places: Sequence[str] = source if isinstance(source, list) else [source]
    for place in places:
        question = form.plan.question_at(place)
        if question is None or question.office or question.schema.get("type") != "string":
            yield Finding(where, f"{place} 不是申请人回答的文字问题", f"{place} is no question answered in text")
        elif role == "id_type":
            yield from _documents(where, question)
        else:
            yield from _lengths(where, role, question)


def _documents(where: str, question: Question) -> Iterator[Finding]:
    unknown = [one for one in question.schema.get("enum", ()) if one not in ID_TYPES]
    if unknown or "enum" not in question.schema:
        yield Finding(where, f"省平台没有这些证件：{'、'.join(unknown)}", f"No documents of the contract: {unknown}")


def _lengths(where: str, role: str, question: Question) -> Iterator[Finding]:
    schema, most = question.schema, LONGEST.get(role)
    if most and _longest(schema) > most:
        yield Finding(
            where,
            f"“{question.label}”最长 {_longest(schema)} 个字，省平台最多收 {most} 个：请写 maxLength",
            f"{question.pattern} may be longer than the {most} characters the contract takes",
        )
    if role == "id_number" and "format" not in schema and schema.get("minLength", 0) < SHORTEST_ID:
        yield Finding(
            where,
            f"“{question.label}”至少要 {SHORTEST_ID} 位：请写 minLength",
            f"{question.pattern} may be shorter than the {SHORTEST_ID} characters the contract wants",
        )


def _longest(schema: Mapping[str, Any]) -> int:
    if "enum" in schema:
        return max(map(len, schema["enum"]))
    # No format is longer than a credit code or a fixed telephone; texts without an end are.
    return int(schema.get("maxLength", 20 if schema.get("format") in FORMATS else 10**6))


def _references(question: Question) -> int:
    """The bytes in which a message names all files that a question and what is in it can hold."""
    if question.office:
        return 0
    most = int(question.schema.get("maxItems", 50)) if question.schema.get("type") == "array" else 1
    if question.kind in _FILE_KINDS:
        named = question.material
        said = {
            "material_code": named.code if named else question.name,
            "name": named.name if named else question.title,
        }
        return most * (len(rfc8785.dumps(_A_FILE | said)) + 1)
    return most * sum(_references(child) for child in question.children)


def _worst(question: Question) -> int:
    name = len(question.name) + 4
    if question.office:
        return 0
    if question.is_rows:
        one = sum(_worst(child) for child in question.children) + 3
        return name + one * int(question.schema.get("maxItems", 200))
    if question.children:
        return name + sum(_worst(child) for child in question.children) + 2
    return name + _worst_value(question.schema)


def _worst_value(schema: Mapping[str, Any]) -> int:
    match schema.get("type"):
        case "string":
            return 2 + _CHARACTER * int(schema.get("maxLength", 20)) if "enum" not in schema else 40
        case "array":
            return 2 + _worst_item(schema["items"]) * int(schema.get("maxItems", 50))
        case _:
            return 18


def _worst_item(item: Mapping[str, Any]) -> int:
    properties = item.get("properties", {})
    if not properties:
        return _worst_value(item) + 1
    return sum(len(name) + 4 + _worst_value(part) for name, part in properties.items()) + 3
