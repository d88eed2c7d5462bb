"""Buttons of a page that name no row change nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from xiangtong.doors.shared import stepping


@pytest.mark.parametrize(("index", "removed"), [("1", [1]), ("9" * 5000, []), ("-1", []), ("", []), ("²", [])])
def test_a_row_beyond_all_is_not_removed(monkeypatch: pytest.MonkeyPatch, index: str, removed: list[int]) -> None:
    done: list[int] = []
    monkeypatch.setattr(stepping.filling, "remove_row", lambda *_, index, **__: done.append(index))
    plan = SimpleNamespace(question_at=lambda pointer: SimpleNamespace(is_rows=pointer == "/household"))
    filing = cast(Any, SimpleNamespace(plan=plan, session=None, draft=None))
    left = stepping._Left(filing, cast(Any, None), frozenset(), cast(Any, None))
    assert left._changed_rows("remove", f"/household/{index}") == "/household"
    assert done == removed
