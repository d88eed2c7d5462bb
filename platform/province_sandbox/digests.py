"""Canonical JSON, SM3 and the chain of contract §2."""

import json
from typing import Any, NoReturn

import rfc8785
from cryptography.hazmat.primitives import hashes

from province_sandbox.problems import Refused


class Sm3:
    """SM3 taken in pieces, for bodies that are too large to hold."""

    def __init__(self) -> None:
        self._hash = hashes.Hash(hashes.SM3())

    def update(self, piece: bytes) -> None:
        """Take the next piece."""
        self._hash.update(piece)

    def hexdigest(self) -> str:
        """Lowercase hex; afterwards no more pieces are taken."""
        return self._hash.finalize().hex()


def sm3_hex(data: bytes) -> str:
    """SM3 of some bytes as lowercase hex."""
    sm3 = Sm3()
    sm3.update(data)
    return sm3.hexdigest()


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes; raises ValueError beyond ±(2^53−1) and for lone surrogates."""
    encoded: bytes = rfc8785.dumps(value)
    return encoded


def chain_link(previous: str | None, message_digest: str) -> str:
    """The next link: SM3 over hex text, `previous` being None for the first message."""
    return sm3_hex(((previous or "") + message_digest).encode("ascii"))


def parse_canonical(body: bytes) -> Any:
    """The value of a body that must already be in canonical form, else `Refused` INVALID."""
    value = parse_json(body)
    try:
        same = canonical(value) == body
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise Refused("INVALID", "正文不是规范 JSON（RFC 8785）。", errors=[("", "not canonical JSON")])
    return value


def parse_json(body: bytes) -> Any:
    """The value of a JSON body in any layout, else `Refused` INVALID."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        # A lone surrogate is written as an escape, so only encoding it again brings it to light.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Refused("INVALID", "正文不是 JSON。", errors=[("", "not JSON")]) from None
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
