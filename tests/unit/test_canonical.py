"""Contract §2 by its own worked examples: canonical form, digests, chain."""

import json
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800"])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        canonical({"value": value})
