"""SM2 signatures (GB/T 32918.2) with SM3, raw r∥s of 64 bytes; the user id is the fixed 1234567812345678.

The library uses that id for SM2 with SM3 by itself; `gmalg` in the tests says so independently.
"""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from tongsuopy.crypto import hashes as sm_hashes
from tongsuopy.crypto.asymciphers import ec
from tongsuopy.crypto.asymciphers.utils import encode_dss_signature
from tongsuopy.crypto.exceptions import InvalidSignature

_HALF = 32
_UNCOMPRESSED = b"\x04"
# The order of the curve's group (GB/T 32918.5): private keys are 1 … n − 2.
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


class PrivateKey:
    """A private key, from its number."""

    def __init__(self, number: int) -> None:
        self._key: Any = ec.derive_private_key(number, ec.SM2())

    @classmethod
    def from_hex(cls, text: str) -> PrivateKey:
        """From 64 hex characters; raises ValueError for anything else."""
        return cls(int(text, 16))

    @classmethod
    def from_seed(cls, seed: bytes) -> PrivateKey:
        """The key that follows from 32 bytes nobody can guess; always the same one."""
        return cls(int.from_bytes(seed, "big") % (_ORDER - 2) + 1)

    @property
    def public(self) -> bytes:
        """The public key: 04 ∥ x ∥ y, 65 bytes."""
        point = self._key.public_key().public_numbers()
        x, y = int(point.x), int(point.y)
        return _UNCOMPRESSED + x.to_bytes(_HALF, "big") + y.to_bytes(_HALF, "big")

    def sign(self, text: bytes) -> bytes:
        """The signature of `text`, 64 bytes."""
        r, s = decode_dss_signature(self._key.sign(text, ec.ECDSA(sm_hashes.SM3())))
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def holds(text: bytes, signature: bytes, *, public: bytes) -> bool:
    """Whether `signature` (64 bytes) of `text` is of this public key (65 bytes); False for anything malformed."""
    if len(signature) != 2 * _HALF:
        return False
    r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    try:
        _public(public).verify(encode_dss_signature(r, s), text, ec.ECDSA(sm_hashes.SM3()))
    except (InvalidSignature, ValueError):
        return False
    return True


def is_public(public: bytes) -> bool:
    """Whether these bytes are a point of the curve, uncompressed."""
    try:
        _public(public)
    except ValueError:
        return False
    return True


def _public(public: bytes) -> Any:
    if len(public) != 2 * _HALF + 1 or public[:1] != _UNCOMPRESSED:
        raise ValueError("no uncompressed point")
    x, y = int.from_bytes(public[1 : 1 + _HALF], "big"), int.from_bytes(public[1 + _HALF :], "big")
    return ec.EllipticCurvePublicNumbers(x, y, ec.SM2()).public_key()
