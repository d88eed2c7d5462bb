"""Contract §3: both signatures, by the vectors and by a second implementation."""

import base64
import json
from pathlib import Path

import gmalg
import pytest

from xiangtong.province.signing import holds, signer, string_to_sign

VECTOR = json.loads((Path(__file__).parents[1] / "schemas/province/vectors.json").read_text("utf-8"))["signature"]
TEXT = VECTOR["string_to_sign"].encode()
PUBLIC, PRIVATE = VECTOR["sm2_public_key_hex"], VECTOR["sm2_private_key_hex"]
USER_ID = VECTOR["sm2_user_id"].encode()
EXAMPLE = VECTOR["X-Signature (sm2, one valid example)"]


def test_the_string_to_sign():
    lines = VECTOR["string_to_sign"].split("\n")
    names = ("method", "path", "query", "app_id", "timestamp", "nonce", "content_sm3")
    assert string_to_sign(**dict(zip(names, lines, strict=True))) == TEXT


def test_hmac_sm3_is_the_vector():
    assert signer(VECTOR["hmac_key_utf8"])(TEXT) == VECTOR["X-Signature (hmac-sm3)"]


def test_the_sm2_example_holds_and_a_flipped_bit_does_not():
    assert holds(TEXT, EXAMPLE, secrets=[f"sm2:{PUBLIC}"])
    assert not holds(TEXT + b"x", EXAMPLE, secrets=[f"sm2:{PUBLIC}"])


def test_another_implementation_accepts_our_sm2():
    raw = base64.b64decode(signer(f"sm2:{PRIVATE}")(TEXT).removeprefix("sm2:"))
    other = gmalg.SM2(uid=USER_ID, pk=bytes.fromhex(PUBLIC))
    assert len(raw) == 64
    assert other.verify(TEXT, raw[:32], raw[32:])
    assert not gmalg.SM2(uid=b"another-user-id", pk=bytes.fromhex(PUBLIC)).verify(TEXT, raw[:32], raw[32:])


def test_we_accept_the_sm2_of_another_implementation():
    r, s = gmalg.SM2(bytes.fromhex(PRIVATE), USER_ID, bytes.fromhex(PUBLIC)).sign(TEXT)
    raw = r.rjust(32, b"\0") + s.rjust(32, b"\0")
    assert holds(TEXT, f"sm2:{base64.b64encode(raw).decode()}", secrets=[f"sm2:{PUBLIC}"])


def test_two_keys_hold_during_a_change_and_an_empty_one_never():
    signature = signer("new-secret")(TEXT)
    assert holds(TEXT, signature, secrets=["old-secret", "new-secret"])
    assert not holds(TEXT, signature, secrets=["old-secret"])
    assert not holds(TEXT, signer("")(TEXT), secrets=[""])


@pytest.mark.parametrize(
    "signature", ["", "sm2:", "sm2:!!", "sm2:AAAA", f"sm2:{'A' * 86}==", "hmac-sm3:", "乡通", "md5:0"]
)
def test_nonsense_never_holds_and_never_breaks(signature):
    assert not holds(TEXT, signature, secrets=["secret", f"sm2:{PUBLIC}"])
