"""Jobs that go through many things: one that fails is told of, and keeps nobody waiting."""

from __future__ import annotations

import pytest

from xiangtong.kernel import jobs


def test_one_that_fails_keeps_nobody_waiting(caplog: pytest.LogCaptureFixture) -> None:
    def act(number: int) -> int:
        return 12 // number

    assert jobs.each(act, (1, 0, 3), job="some.job") == 16
    (told,) = caplog.records
    assert (told.job, told.left_out) == ("some.job", "0")  # type: ignore[attr-defined]
    assert told.exc_info


def test_what_counts_nothing_counts_nothing() -> None:
    assert jobs.each(lambda _: None, "abc", job="some.job") == 0
