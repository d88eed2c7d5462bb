"""The verification code of a printed case: its number, enciphered. Nothing is stored, nothing can be guessed (ADR 0010).

A case number without its check digit is 21 digits, 70 bits. It is enciphered as one 128-bit block whose other 58 bits
are zero: a code that was made up opens to something else, but once in 2^58 tries. The code says nothing to whoever
lacks the key, and the same case always has the same code.
"""

from __future__ import annotations

import base64
import binascii

from xiangtong.cases.numbers import is_case_no
from xiangtong.kernel.errors import NotFound
from xiangtong.kernel.ids import mod11_10
from xiangtong.tenancy.keys import KeyRing

_DIGITS = 21
_LENGTH = 26  # 128 bits in base 32
_GROUP = 5
# Letters that people take for digits are read as those digits' neighbours in base 32.
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B"})


def code_of(keys: KeyRing, case_no: str) -> str:
    """The 26 letters and digits of a case: 128 bits in base 32."""
    block = keys.encipher_block(int(case_no[:_DIGITS]).to_bytes(16, "big"))
    return base64.b32encode(block).decode().rstrip("=")


def case_of(keys: KeyRing, code: str) -> str:
    """The case number behind a code as somebody typed it; raises NotFound for what is no code of ours."""
    plain = "".join(code.split()).replace("-", "").upper().translate(_MISREAD)
    if len(plain) != _LENGTH or not plain.isascii():
        raise _nothing()
    try:
        block = base64.b32decode(plain + "=" * 6)
    except binascii.Error:
        raise _nothing() from None
    number = int.from_bytes(keys.decipher_block(block), "big")
    digits = f"{number:0{_DIGITS}d}"
    if len(digits) != _DIGITS or not is_case_no(digits + mod11_10(digits)):
        raise _nothing()
    return digits + mod11_10(digits)


def grouped(code: str) -> str:
    """The code as it is printed, in groups that can be read out."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def _nothing() -> NotFound:
    return NotFound("没有查到这个核验码，请对照纸上的再看一遍", "No printed form has this code")
