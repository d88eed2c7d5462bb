"""The keys of packages: Ed25519 (RFC 8032) or SM2 with SM3 (GB/T 32918), each known by the algorithm it signs with."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from xiangtong.kernel import sm2
from xiangtong.kernel.crypto import hmac_sm3

ED25519, SM2 = "Ed25519", "SM2"
#: The setting's word → the algorithm in a package's header.
ALGORITHMS = {"ed25519": ED25519, "sm2": SM2}
_SM2_MARK = "sm2:"


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key: the algorithm it holds for, how cities write it into their settings, and its check."""

    algorithm: str
    text: str
    holds: Callable[[bytes, bytes], bool]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, and the public one that belongs to it."""

    public: VerifyingKey
    sign: Callable[[bytes], bytes]


def signing_key(algorithm: str, *, master: str) -> SigningKey:
    """The key of a deployment for one algorithm; it follows from the master key, and serves packages only."""
    # One purpose, one key: nothing else is ever derived for these names.
    if algorithm == SM2:
        pair = sm2.PrivateKey.from_seed(hmac_sm3(master.encode(), b"xiangtong:form-packages:sm2"))
        return SigningKey(_sm2_key(pair.public), pair.sign)
    private = Ed25519PrivateKey.from_private_bytes(hmac_sm3(master.encode(), b"xiangtong:form-packages"))
    return SigningKey(_ed25519_key(private.public_key()), private.sign)


def verifying_key(text: str) -> VerifyingKey:
    """The public key that a city gave out: `sm2:` and 130 hex characters, or 43 of base64url. Raises ValueError."""
    if text.startswith(_SM2_MARK):
        public = bytes.fromhex(text.removeprefix(_SM2_MARK))
        if not sm2.is_public(public):
            raise ValueError("no point of the curve")
        return _sm2_key(public)
    return _ed25519_key(Ed25519PublicKey.from_public_bytes(unpacked(text)))


def packed(data: bytes) -> str:
    """Base64url without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """Undo `packed`; raises ValueError for anything that `packed` would not have written."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    if packed(data) != text:
        raise ValueError("not the one way to write it")
    return data


def _sm2_key(public: bytes) -> VerifyingKey:
    def holds(text: bytes, signature: bytes) -> bool:
        return sm2.holds(text, signature, public=public)

    return VerifyingKey(SM2, f"{_SM2_MARK}{public.hex()}", holds)


def _ed25519_key(public: Ed25519PublicKey) -> VerifyingKey:
    def holds(text: bytes, signature: bytes) -> bool:
        try:
            public.verify(signature, text)
        except InvalidSignature:
            return False
        return True

    return VerifyingKey(ED25519, packed(public.public_bytes_raw()), holds)
