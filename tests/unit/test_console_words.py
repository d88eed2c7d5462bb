"""The console speaks in words: every permission, every cause of a stop, and what the log holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel

from xiangtong.doors.console import audit_words, pushing_view, role_words
from xiangtong.identity import roles


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """A request of somebody who reads Chinese."""
    app = Flask(__name__)
    Babel(app, default_locale="zh_Hans_CN")
    with app.test_request_context():
        yield


def test_every_permission_has_words() -> None:
    held = frozenset().union(*roles.PERMISSIONS.values()) - {"account.own"}
    assert held <= set(role_words.PERMISSIONS), "an administrator reads what a role may do before giving it"
    assert role_words.said({"notices.write", "cases.view"}) == "看办件、写公告"


def test_the_log_reads_as_sentences() -> None:
    assert audit_words.subject("staff:003") == "人员 003"
    assert audit_words.subject("something else") == "something else"
    assert audit_words.action("case.accept") == "受理"
    assert audit_words.action("not.known") == "not.known", "better a code than nothing"
    assert audit_words.detail({"roles": ["reviewer"], "reach": ["321003100"]}) == "角色：审核人员；范围：321003100"


def test_the_log_is_asked_in_its_own_words() -> None:
    typed = {"人员 003": "staff:003", "003": "staff:003", "办件3210031002611220000013": "case:3210031002611220000013",
             "3210031002611220000013": "case:3210031002611220000013", "staff:9": "staff:9", "": ""}  # fmt: skip
    assert {words: audit_words.looked_for(words) for words in typed} == typed


def test_an_answer_without_a_code_of_the_contract_is_still_told() -> None:
    assert "重新生成" in pushing_view.cause_words("HTTP_413")
    assert "503" in pushing_view.cause_words("HTTP_503")
    assert pushing_view.ending_words("", "delivered") == "省网已收"
