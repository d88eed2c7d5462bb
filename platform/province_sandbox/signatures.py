"""The string to sign and its two signatures, contract §3."""

import base64
import binascii
import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from tongsuopy.crypto import hashes as sm_hashes
from tongsuopy.crypto.asymciphers import ec
from tongsuopy.crypto.asymciphers.utils import (
    encode_dss_signature,
)
from tongsuopy.crypto.exceptions import InvalidSignature

_RAW_LENGTH = 64


def string_to_sign(
    *,
    method: str,
    path: str,
    query: str,
    app_id: str,
    timestamp: str,
    nonce: str,
    content_sm3: str,
) -> bytes:
    """Seven lines, no newline at the end; path and query exactly as sent."""
    lines = (method, path, query, app_id, timestamp, nonce, content_sm3)
    return "\n".join(lines).encode("utf-8")


def sign_hmac(secret: str, text: bytes) -> str:
    """`hmac-sm3:` and 64 hex characters."""
    mac = HMAC(secret.encode("utf-8"), hashes.SM3())
    mac.update(text)
    return "hmac-sm3:" + mac.finalize().hex()


def hmac_matches(secret: str, text: bytes, signature: str) -> bool:
    """Compared in constant time, so that guessing byte by byte teaches nothing."""
    return hmac.compare_digest(sign_hmac(secret, text).encode(), signature.encode("utf-8"))


def sm2_matches(public_key_hex: str, text: bytes, signature: str) -> bool:
    """`signature` is `sm2:` and base64 of raw r∥s; the signer id is OpenSSL's default,
    1234567812345678, as the contract demands."""
    try:
        raw = base64.b64decode(signature.removeprefix("sm2:"), validate=True)
    except (binascii.Error, ValueError):
        return False
    if len(raw) != _RAW_LENGTH:
        return False
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    try:
        key = _sm2_key(public_key_hex)
        key.verify(encode_dss_signature(r, s), text, ec.ECDSA(sm_hashes.SM3()))
    except InvalidSignature:
        return False
    return True


def _sm2_key(public_key_hex: str) -> ec.EllipticCurvePublicKey:
    point = bytes.fromhex(public_key_hex)
    x, y = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
    return ec.EllipticCurvePublicNumbers(x, y, ec.SM2()).public_key()
