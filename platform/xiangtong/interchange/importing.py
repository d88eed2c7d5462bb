"""A whole form of elsewhere: read, given steps and an applicant, held against the dialect, and filled in once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from xiangtong.dialect.check import DIALECT, LARGEST_FORM
from xiangtong.dialect.vocabulary import Finding, Vocabulary
from xiangtong.forms.library import Form, form_of
from xiangtong.forms.publishing import check_form
from xiangtong.interchange.containers import read_object, read_question
from xiangtong.interchange.node import Left, Node, Ui
from xiangtong.interchange.repair import repaired
from xiangtong.interchange.report import Entry, Report
from xiangtong.interchange.sampling import sample_of
from xiangtong.interchange.scalars import Taken
from xiangtong.interchange.words import our_name, words

_PERSON = "urn:xiangtong:common:person"
_A_STEP = 7
_PARTY = ("name", "id_number", "phone", "village")


@dataclass(frozen=True)
class Imported:
    """What an import came to. `form` is None where the whole file is refused; `sentence` then says why.

    `findings` is what still stands against publishing: nothing for most, a missing sample for a few.
    """

    code: str
    form: Mapping[str, Any] | None
    sample: Mapping[str, Any]
    report: Report
    sentence: str = ""
    sentence_en: str = ""
    findings: tuple[Finding, ...] = field(default=())


def import_form(schema: Any, ui: Any, *, code: str, vocabulary: Vocabulary) -> Imported:
    """Convert a JSON Schema and its uiSchema (or None). Fails on nothing: what cannot be read is refused in words."""
    report = Report()
    code = code_of(code)
    try:
        form = _converted(schema, ui, code, report)
    except Left as refused:
        return _refused(code, report, str(refused), _english(report))
    except RecursionError:
        return _refused(code, report, "一层套一层太深，读不了", "It is nested too deeply")
    if (size := len(json.dumps(form, ensure_ascii=False).encode(errors="replace"))) > LARGEST_FORM:
        return _refused(code, report, *_too_large(size))
    form, left = repaired(form, vocabulary, report)
    if left:
        return _refused(code, report, left.sentence, left.sentence_en)
    made = form_of(form, vocabulary)
    return _tried(code, made, report)


def _tried(code: str, form: Form, report: Report) -> Imported:
    sample = sample_of(form.plan)
    findings = tuple(check_form(form, {"sample": sample}))
    return Imported(code, form.schema, sample, report, findings=findings)


def _too_large(size: int) -> tuple[str, str]:
    told, most = size // 1024, LARGEST_FORM // 1024
    return (
        f"这张表有 {told} KB，一份表最多 {most} KB，再大手机就打不开了。多半是选项太多，请减少选项，或改成自己填写",
        f"The form has {told} KB; {most} KB is what phones can bear. Most often there are too many options",
    )


def _refused(code: str, report: Report, sentence: str, english: str) -> Imported:
    return Imported(code, None, {}, report, sentence, english)


def _english(report: Report) -> str:
    refused = report.of("refused")
    return refused[-1].sentence_en if refused else "It cannot be read"


def code_of(name: str) -> str:
    """A code of a form made of a file's name: `a-z 0-9 -`, at most 64."""
    plain = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()).strip("-")[:64]
    return plain.strip("-") or "imported-form"


def _converted(schema: Any, ui: Any, code: str, report: Report) -> dict[str, Any]:
    said = ui if isinstance(ui, Mapping) else {}
    _check_document(schema, report)
    _global_settings(said, report)
    node = _root(schema, said, report)
    title = _title(node, code)
    fields: dict[str, Taken] = {}
    shape = read_object(node, fields)
    for keyword in ("default", "nullable", "readOnly", "x-kind"):
        node.refuse(keyword, "整张表不用写", "Not of a whole form")
    node.finish()
    return _form(code, title, shape, report)


def _check_document(schema: Any, report: Report) -> None:
    whole = Node({}, "", Ui({}, "", report), {}, report)
    if schema is True or schema is False or not isinstance(schema, Mapping):
        raise whole.leave(
            "", "这不是一张表的 JSON Schema，应当是一个 JSON 对象", "A JSON Schema of a form is an object"
        )
    if len(repr(schema)) > 4 * LARGEST_FORM:
        raise whole.leave("", "这个文件太大了", "This file is too large")


def _root(schema: Mapping[str, Any], said: Mapping[str, Any], report: Report) -> Node:
    ui = Ui(said, "", report)
    node = Node(schema, "", ui, schema, report).followed()
    _documents(node)
    if node.get("type") == "object" or "properties" in node or {"oneOf", "anyOf", "allOf"} & node.schema.keys():
        inner = Node({"type": "object", **node.schema}, node.pointer, ui, schema, report, node.origins)
        inner.taken |= node.taken
        if "type" not in node:
            inner.added("type", "没有写 type，看作 object", "It had no type: taken as object")
        return inner
    report.add(
        Entry("schema", "", "type", "changed", "整张表只有一个问题，放进了一个对象", "One question, put into an object")
    )
    wrapped = {"type": "object", "title": node.get("title"), "properties": {"value": dict(schema)}}
    silent = Ui({"value": said}, "", report)
    return _Wrapped(wrapped, "", silent, schema, report)


class _Wrapped(Node):
    """A single question as a form: what is said of it stands at the root of the source."""

    def part(self, schema: Any, tail: str, ui: Ui) -> Node:
        """The question itself."""
        return Node(schema, "", Ui(ui.said, "", ui.report), self.root, self.report, depth=1).followed()


def _documents(node: Node) -> None:
    known = str(node.get("$schema", ""))
    node.change("$schema", f"改成了 {DIALECT}", f"Made {DIALECT}")
    if known and not re.search(r"draft-0[4-7]|2019-09|2020-12", known):
        node.change("$schema", "没见过这个版本，按 2020-12 来读", "An unknown draft, read as 2020-12")
    for keyword in ("definitions", "$defs"):
        node.change(
            keyword, "引用到的内容写进了问题里，没有用到的没有带过来", "What is referred to was written in place"
        )


def _global_settings(said: Mapping[str, Any], report: Report) -> None:
    for key in said:
        if key in ("ui:globalOptions", "ui:submitButtonOptions", "ui:rootFieldId"):
            words_ = ("平台的按钮和样式是统一的", "Buttons and looks are the same on all pages")
            report.add(Entry("uiSchema", f"/{key}", key, "refused", *words_))


def _title(node: Node, code: str) -> str:
    has_title = isinstance(node.get("title"), str) and bool(node.get("title").strip())
    said = words(node, code)
    if has_title:
        node.keep("title")
    return str(said["x-label"])


def _form(code: str, title: str, shape: dict[str, Any], report: Report) -> dict[str, Any]:
    properties = shape.pop("properties")
    who = our_name("applicant", properties)
    report.add(
        Entry(
            "form", "/x-form", "x-form", "changed", "在最前面加上了申请人（姓名、身份证号码、电话、村）：省平台要这些",
            "The applicant (name, number, phone, village) was added in front: the province needs it",
        )
    )  # fmt: skip
    asked = {who: {"$ref": _PERSON}, **properties}
    party: dict[str, Any] = {role: f"/{who}/{role}" for role in _PARTY}
    party |= {"id_type": {"const": "resident_id"}, "address": f"/{who}/registered_address"}
    shape.pop("x-kind", None)
    return {
        "$schema": DIALECT, "$id": f"urn:xiangtong:form:{code}", "title": title[:100],
        "x-form": {"code": code, "applicant": party}, "x-steps": list(_steps(asked, who, title)),
        **shape, "properties": asked,
    }  # fmt: skip


def _steps(properties: Mapping[str, Any], who: str, title: str) -> Iterator[dict[str, Any]]:
    """The applicant, then each group or table by itself, and up to seven single questions together."""
    yield {"id": "who", "title": "您是谁", "ask": [f"/{who}"]}
    batch: list[str] = []
    number = 1
    for name, schema in properties.items():
        alone = schema.get("x-kind") in ("group", "rows")
        if name == who:
            continue
        if batch and (alone or len(batch) == _A_STEP):
            yield _step(number, title, batch)
            number, batch = number + 1, []
        if alone:
            yield _step(number, str(schema["x-label"]), [f"/{name}"])
            number += 1
        else:
            batch.append(f"/{name}")
    if batch:
        yield _step(number, title, batch)


def _step(number: int, title: str, asked: list[str]) -> dict[str, Any]:
    return {"id": f"part-{number}", "title": title[:60], "ask": asked}


__all__ = ["Imported", "code_of", "import_form", "read_question"]
