"""Contract §2 by its own worked examples: canonical form, digests, chain."""

import json
from pathlib import Path

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from xiangtong.kernel.crypto import sm3_hex
from xiangtong.kernel.ids import mod11_10
from xiangtong.province.canonical import canonical, link

VECTORS = json.loads((Path(__file__).parents[1] / "schemas/province/vectors.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", VECTORS["sm3"], ids=lambda vector: vector["text"] or "empty")
def test_sm3(vector):
    assert sm3_hex(vector["text"].encode()) == vector["hex"]


def test_messages_their_digests_and_the_chain():
    chain = None
    for vector in VECTORS["messages"]:
        body = canonical(vector["message"])
        assert body.decode() == vector["canonical"]
        assert sm3_hex(body) == vector["message_digest"]
        chain = link(chain, vector["message_digest"])
        assert chain == vector["chain"]


def test_check_digit_of_case_numbers():
    assert mod11_10(VECTORS["case_no_check"]["digits"]) == VECTORS["case_no_check"]["check"]


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800", 10**16, float("nan"), float("inf")])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        canonical({"value": value})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(_JSON)
@example({"\U00010000": 1, "\uffff": 2})
@example({"a": 10**15, "b": 1e21, "c": -0.0, "d": [1.0, 9007199254740991], "e": '\x7f\u2028\x1f\\"/'})
def test_what_is_written_quickly_is_what_the_rules_say(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)
