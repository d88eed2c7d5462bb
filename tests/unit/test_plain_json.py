"""JSON from outside means one thing, wherever it is read."""

from __future__ import annotations

import pytest

from xiangtong.interchange.source import Unread, parse
from xiangtong.kernel.errors import Refusal
from xiangtong.kernel.plain_json import Repeated, loads
from xiangtong.province import callbacks


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 1}', '[{"b": {"a": 1, "c": [], "a": 2}}]', '{"\\u0061": 1, "a": 2}', b'{"a":{},"a":{}}']
)
def test_a_member_that_stands_twice_is_named(text: str | bytes) -> None:
    with pytest.raises(Repeated, match="“a”写了两次"):
        loads(text)


def test_what_stands_once_is_read_as_ever() -> None:
    assert loads('{"a": [{"a": 1}, {"a": 2}], "A": null}') == {"a": [{"a": 1}, {"a": 2}], "A": None}


def test_a_long_text_that_repeats_is_refused_in_no_time() -> None:
    with pytest.raises(Repeated, match="“0”"):
        loads("{" + ",".join(f'"{number}":0' for number in [*range(200_000), 0]) + "}")


def test_forms_of_elsewhere_and_callbacks_are_read_so() -> None:
    with pytest.raises(Unread, match="“type”写了两次"):
        parse(b'{"type": "object", "type": "array"}')
    with pytest.raises(Refusal, match="“event”写了两次"):
        callbacks._envelope(b'{"event": "a", "event": "b"}')
