"""What we store as JSON comes back as it was."""

from __future__ import annotations

import json
from datetime import date
from uuid import UUID

import pytest

from xiangtong.kernel.compact import written

ID = UUID("01a20194-6063-7251-a6c5-0de49ea05581")


def test_ids_days_and_bytes_are_told_as_the_database_reads_them() -> None:
    told = json.loads(written({"id": ID, "day": date(2026, 9, 1), "sealed": b"\x01\xff", "name": "张三"}))
    assert told == {"id": str(ID), "day": "2026-09-01", "sealed": "\\x01ff", "name": "张三"}


def test_numbers_of_any_length_are_kept_exactly() -> None:
    assert json.loads(written({"most": 10**30, "least": -(2**63), "area": 120.5})) == {
        "most": 10**30, "least": -(2**63), "area": 120.5,
    }  # fmt: skip


@pytest.mark.parametrize(("value", "error"), [({"x": object()}, TypeError), ({"x": "\ud800"}, UnicodeEncodeError)])
def test_what_has_no_json_is_refused_rather_than_changed(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        written(value)
