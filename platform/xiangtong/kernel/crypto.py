"""Cryptography, all of it from libraries: SM3, SM4-GCM or AES-GCM envelopes, keyed digests.

A sealed value is `suite (1 byte) ∥ nonce (12) ∥ ciphertext ∥ tag (16)`; the suite byte lets a deployment change
its cipher while everything sealed before stays readable.
"""

from __future__ import annotations

import secrets
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Suite = Literal["sm4", "aes"]
_SUITE_BYTE: dict[Suite, bytes] = {"sm4": b"\x01", "aes": b"\x02"}
_NONCE, _TAG, KEY_BYTES = 12, 16, 16


class SealBroken(Exception):
    """A sealed value does not open: wrong key, wrong place (associated data) or damaged bytes."""


def sm3(data: bytes) -> bytes:
    """SM3 digest (GB/T 32905), 32 bytes."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def sm3_hex(data: bytes) -> str:
    """SM3 as 64 lowercase hex characters."""
    return sm3(data).hex()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """HMAC over SM3, 32 bytes."""
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(data)
    return mac.finalize()


def derive(key: bytes, purpose: str) -> bytes:
    """A 16-byte key for one purpose from a key of any length."""
    return hmac_sm3(key, purpose.encode())[:KEY_BYTES]


def new_key() -> bytes:
    """A fresh 128-bit data key."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, plain: bytes, *, context: bytes, suite: Suite = "sm4") -> bytes:
    """Encrypt and authenticate `plain`; `context` (where the value lives) is authenticated with it.

    A value moved to another row does not open there, because its context differs.
    """
    nonce = secrets.token_bytes(_NONCE)
    head = _SUITE_BYTE[suite] + nonce
    if suite == "aes":
        return head + AESGCM(key).encrypt(nonce, plain, context)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(context)
    return head + encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def unseal(key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """Open what `seal` closed; raises SealBroken."""
    suite, nonce, body = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        if suite == _SUITE_BYTE["aes"]:
            return AESGCM(key).decrypt(nonce, body, context)
        decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, body[-_TAG:])).decryptor()
        decryptor.authenticate_additional_data(context)
        return decryptor.update(body[:-_TAG]) + decryptor.finalize()
    except (InvalidTag, ValueError) as error:
        raise SealBroken("sealed value does not open") from error


def encipher_block(key: bytes, block: bytes) -> bytes:
    """One block of 16 bytes under SM4: a keyed permutation, for values that carry their own proof."""
    encryptor = _one_block(key).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def decipher_block(key: bytes, block: bytes) -> bytes:
    """Undo `encipher_block`."""
    decryptor = _one_block(key).decryptor()
    return decryptor.update(block) + decryptor.finalize()


def _one_block(key: bytes) -> Cipher[modes.ECB]:
    # The weakness of ECB is that equal blocks of one text look equal; here a text is one block.
    return Cipher(algorithms.SM4(key), modes.ECB())  # noqa: S305
