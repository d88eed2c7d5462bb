"""Say everything about a form document that the dialect refuses. An empty list means: it can be honoured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator

from xiangtong.dialect import _check_keywords, _check_meaning, _check_questions, _check_texts
from xiangtong.dialect.resolve import resolve
from xiangtong.dialect.rewrite import rewrite
from xiangtong.dialect.vocabulary import DialectError, Finding, Vocabulary

DIALECT = "urn:xiangtong:form-dialect:1"

#: A form larger than this many bytes of JSON would not fit a phone's patience either.
LARGEST_FORM = 512 * 1024


def check(schema: Any, library: Vocabulary) -> list[Finding]:
    """Check a whole form document; findings come in the order of the document."""
    if not isinstance(schema, Mapping):
        return [Finding("", "表单必须是一个 JSON 对象", "A form must be a JSON object")]
    if schema.get("$schema") != DIALECT:
        return [Finding("/$schema", f"$schema 要写成 {DIALECT}", f"$schema must be {DIALECT}")]
    # Each of these may rely on what the one before has made sure of.
    for stage in (_check_keywords.check_keywords, _against_meta_schema, _beyond_keywords):
        findings = list(stage(schema, library))
        if findings:
            return findings
    return []


def check_part(part: Any, library: Vocabulary) -> list[Finding]:
    """Check a shared part of ``form_schemas/_common``: its keywords only, since it has no order of its own."""
    return list(_check_keywords.check_keywords(part, library, root=False))


def _beyond_keywords(schema: Mapping[str, Any], library: Vocabulary) -> Iterator[Finding]:
    """What can only be said once references are resolved."""
    try:
        plain = rewrite(resolve(schema, library))
    except DialectError as error:
        yield Finding("", f"表单引用的内容有问题：{error}", str(error))
        return
    findings = list(_check_questions.check_questions(plain, library))
    yield from findings or (*_check_meaning.check_meaning(plain), *_check_texts.check_texts(plain))


def _against_meta_schema(schema: Mapping[str, Any], library: Vocabulary) -> Iterator[Finding]:
    """Hold the form against the published meta-schema, so that the two descriptions cannot drift apart."""
    if _is_plainly_valid(schema, library):
        return
    for error in Draft202012Validator(library.meta_schema).iter_errors(schema):
        pointer = "".join(f"/{token}" for token in error.absolute_path)
        yield Finding(pointer, f"这里不符合表单规范：{error.message}", error.message)


def _is_plainly_valid(schema: Mapping[str, Any], library: Vocabulary) -> bool:
    """The same question to a validator that is fifty times as fast, and whose words nobody would understand.

    What it cannot take in (nested too deep, a number beyond its own) it does not call valid.
    """
    try:
        return jsonschema_rs.Draft202012Validator(dict(library.meta_schema)).is_valid(schema)
    except ValueError:
        return False
