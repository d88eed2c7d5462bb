r"""Rewrite a regular expression of elsewhere into the small grammar that all our readers understand alike.

`\d` becomes `[0-9]`, `\w` `[0-9A-Za-z_]`, a group without a name an ordinary one; look-around has no counterpart.
"""

from __future__ import annotations

import re

from xiangtong.dialect.patterns import why_refused

_INSIDE = {"d": "0-9", "w": "0-9A-Za-z_", "s": " \t\n\r\f\v\u00a0\u3000"}
_PLAIN = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_SPECIAL = frozenset("\\^$.*+?()[]{}|/")
_SPECIAL_IN_CLASS = _SPECIAL | {"-"}
_TOKEN = re.compile(
    r"(?P<group>\(\?:)|(?P<unknown>\(\?|\\[bBpPkA-CE-RT-VX-Z1-9])"
    r"|\\u(?P<four>[0-9a-fA-F]{4})|\\x(?P<two>[0-9a-fA-F]{2})|\\(?P<escaped>.)|(?P<plain>.)",
    re.S,
)
#: Characters that stand for themselves in a class elsewhere and only behind a backslash here.
_SHIELDED = frozenset("^|[")


class Unreadable(ValueError):
    """A pattern says something that has no counterpart; the text says what."""


def rewritten(pattern: str) -> str:
    """Give the same pattern in our grammar. Raises Unreadable."""
    if why_refused(pattern) is None:
        return pattern
    found = "".join(_pieces(pattern))
    # Whether a repetition is lazy decides where a match ends and never whether there is one.
    found = re.sub(r"(?<!\\)([*+?}])\?", r"\1", found)
    refused = why_refused(found)
    if refused:
        raise Unreadable(found)
    return found


def _pieces(pattern: str) -> list[str]:
    pieces: list[str] = []
    in_class, begins = False, False
    for token in _TOKEN.finditer(pattern):
        if token["unknown"] or (token["group"] and in_class):
            raise Unreadable(token[0])
        pieces.append(_piece(token, in_class=in_class, begins=begins))
        begins = not in_class and token["plain"] == "["
        if token["plain"] == "[":
            in_class = True
        elif token["plain"] == "]":
            in_class = False
    return pieces


def _piece(token: re.Match[str], *, in_class: bool, begins: bool) -> str:
    code = token["four"] or token["two"]
    if token["group"]:
        return "("
    if code:
        return _literal(chr(int(code, 16)), in_class=in_class)
    if token["escaped"]:
        return _escaped(token["escaped"], in_class=in_class)
    plain = token["plain"]
    if in_class and plain in _SHIELDED and not (plain == "^" and begins):
        return f"\\{plain}"
    return plain


def _escaped(char: str, *, in_class: bool) -> str:
    if char.lower() in _INSIDE:
        inside = _INSIDE[char.lower()]
        if char.islower():
            return inside if in_class else f"[{inside}]"
        if in_class:
            raise Unreadable(f"\\{char}")
        return f"[^{inside}]"
    return _literal(_PLAIN.get(char, char), in_class=in_class)


def _literal(char: str, *, in_class: bool) -> str:
    return f"\\{char}" if char in (_SPECIAL_IN_CLASS if in_class else _SPECIAL) else char
