"""What the script of a page is answered when it saves, in every door where a form is filled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from xiangtong.doors.shared.frame import language
from xiangtong.drafts.filling import FieldSave, Saved
from xiangtong.kernel import clock
from xiangtong.validation.validate import Problem


def saved(revision: int, done: Saved, fields: Sequence[FieldSave], problems: Sequence[Problem]) -> dict[str, Any]:
    """{revision, revisions, saved_at, problems, conflicts}, in the places of the page."""
    return {
        "revision": revision,
        "revisions": done.revisions,
        "saved_at": f"{clock.local(done.at):%H:%M}",
        "problems": _wrong(fields, problems),
        "conflicts": [{"pointer": one.pointer, "other": one.other} for one in done.conflicts],
    }


def late(revision: int, done: Saved) -> dict[str, Any]:
    """The page is of an earlier version: everything is saved, in places that it does not know, and it is told of none.

    Values that were written over are remembered in the draft, and shown on the page of the new version.
    """
    return {
        "revision": revision,
        "revisions": {},
        "saved_at": f"{clock.local(done.at):%H:%M}",
        "problems": {},
        "conflicts": [],
        "moved": gettext("这张表已经换成新的一版。您填的都保存了，请刷新这一页再接着填"),
    }


def _wrong(fields: Sequence[FieldSave], problems: Sequence[Problem]) -> dict[str, str]:
    """What is wrong with the answers that were just saved; an empty answer is not scolded while one still types."""
    sent = {one.pointer for one in fields if one.value}
    english = language() == "en"
    return {
        one.pointer: (one.message_en or one.message) if english else one.message
        for one in problems
        if one.pointer in sent and one.code != "missing"
    }
