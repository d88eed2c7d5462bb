"""The signature of contract §3: HMAC-SM3, or SM2 with the fixed user id, raw r∥s on the wire."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence

from xiangtong.kernel import sm2
from xiangtong.kernel.crypto import hmac_sm3

Signer = Callable[[bytes], str]
_SM2 = "sm2:"


def string_to_sign(
    *, method: str, path: str, query: str, app_id: str, timestamp: str, nonce: str, content_sm3: str
) -> bytes:
    """Seven lines without a newline at the end; path and query exactly as they are sent."""
    return "\n".join((method, path, query, app_id, timestamp, nonce, content_sm3)).encode()


def signer(secret: str) -> Signer:
    """The signer for an account's secret: `sm2:` and a private key of 64 hex characters, else an HMAC key."""
    if secret.startswith(_SM2):
        return _by_sm2(secret.removeprefix(_SM2))
    key = secret.encode()
    return lambda text: f"hmac-sm3:{hmac_sm3(key, text).hex()}"


def holds(text: bytes, signature: str, *, secrets: Sequence[str]) -> bool:
    """Whether `signature` is one of these keys'; two may be valid during a change of keys.

    A secret that begins with `sm2:` is a public key (04 and 128 hex characters), any other an HMAC key.
    """
    # A list and not a generator: every key is tried, so that timing does not tell which one holds.
    return any([_holds(text, signature, secret) for secret in secrets if secret])  # noqa: C419


def _by_sm2(private_hex: str) -> Signer:
    key = sm2.PrivateKey.from_hex(private_hex)
    return lambda text: f"{_SM2}{base64.b64encode(key.sign(text)).decode()}"


def _holds(text: bytes, signature: str, secret: str) -> bool:
    if secret.startswith(_SM2):
        return signature.startswith(_SM2) and _sm2_holds(text, signature.removeprefix(_SM2), secret.removeprefix(_SM2))
    ours = f"hmac-sm3:{hmac_sm3(secret.encode(), text).hex()}"
    return hmac.compare_digest(ours.encode(), signature.encode())


def _sm2_holds(text: bytes, encoded: str, public_hex: str) -> bool:
    try:
        raw, public = base64.b64decode(encoded, validate=True), bytes.fromhex(public_hex)
    except (binascii.Error, ValueError):
        return False
    return sm2.holds(text, raw, public=public)
