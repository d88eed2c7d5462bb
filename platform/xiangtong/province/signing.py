"""The signature of contract §3: HMAC-SM3, or SM2 with the fixed user id, raw r∥s on the wire."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from tongsuopy.crypto import hashes as sm_hashes
from tongsuopy.crypto.asymciphers import ec
from tongsuopy.crypto.asymciphers.utils import encode_dss_signature
from tongsuopy.crypto.exceptions import InvalidSignature

from xiangtong.kernel.crypto import hmac_sm3

Signer = Callable[[bytes], str]
_HALF = 32


def string_to_sign(
    *, method: str, path: str, query: str, app_id: str, timestamp: str, nonce: str, content_sm3: str
) -> bytes:
    """Seven lines without a newline at the end; path and query exactly as they are sent."""
    return "\n".join((method, path, query, app_id, timestamp, nonce, content_sm3)).encode()


def signer(secret: str) -> Signer:
    """The signer for an account's secret: `sm2:` and a private key of 64 hex characters, else an HMAC key."""
    if secret.startswith("sm2:"):
        return _Sm2(secret.removeprefix("sm2:"))
    key = secret.encode()
    return lambda text: f"hmac-sm3:{hmac_sm3(key, text).hex()}"


def holds(text: bytes, signature: str, *, secrets: Sequence[str]) -> bool:
    """Whether `signature` is one of these keys'; two may be valid during a change of keys.

    A secret that begins with `sm2:` is a public key (04 and 128 hex characters), any other an HMAC key.
    """
    # A list and not a generator: every key is tried, so that timing does not tell which one holds.
    return any([_holds(text, signature, secret) for secret in secrets if secret])  # noqa: C419


class _Sm2:
    """Signs with a private key; the user id 1234567812345678 is the one the library uses for SM2 with SM3."""

    def __init__(self, private_hex: str) -> None:
        self._key = ec.derive_private_key(int(private_hex, 16), ec.SM2())

    def __call__(self, text: bytes) -> str:
        r, s = decode_dss_signature(self._key.sign(text, ec.ECDSA(sm_hashes.SM3())))
        raw = r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
        return f"sm2:{base64.b64encode(raw).decode()}"


def _holds(text: bytes, signature: str, secret: str) -> bool:
    if secret.startswith("sm2:"):
        return signature.startswith("sm2:") and _sm2_holds(text, signature.removeprefix("sm2:"), secret[4:])
    ours = f"hmac-sm3:{hmac_sm3(secret.encode(), text).hex()}"
    return hmac.compare_digest(ours.encode(), signature.encode())


def _sm2_holds(text: bytes, encoded: str, public_hex: str) -> bool:
    try:
        raw, point = base64.b64decode(encoded, validate=True), bytes.fromhex(public_hex)
    except (binascii.Error, ValueError):
        return False
    if len(raw) != 2 * _HALF or len(point) != 2 * _HALF + 1:
        return False
    r, s = int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big")
    x, y = int.from_bytes(point[1 : 1 + _HALF], "big"), int.from_bytes(point[1 + _HALF :], "big")
    try:
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SM2()).public_key()
        key.verify(encode_dss_signature(r, s), text, ec.ECDSA(sm_hashes.SM3()))
    except (InvalidSignature, ValueError):
        return False
    return True
