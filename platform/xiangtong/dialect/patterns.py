"""Regular expressions that Python, Rust and every browser read alike: a small grammar, everything else is refused."""

from __future__ import annotations

import re

from xiangtong.dialect._swift import is_swift

_CLASSES = re.compile(r"\\[dDwWsSbBpP]|\(\?")
_ESCAPED = r"\\[\\^$.*+?()\[\]{}|/-]"
#: What a pattern is made of. In a class, what Python keeps for sets of classes stands only behind a backslash.
_ESCAPE = r"\\[\\^$.*+?()\[\]{}|/]"
_CLASS = rf"\[\^?(?:(?:[^\\\[\]\^&~|-]|{_ESCAPED})(?:-(?:[^\\\[\]\^&~|-]|{_ESCAPED}))?)+-?\]"
_QUANTIFIER = r"(?:[*+?]|\{[0-9]{1,4}(?:,(?:[0-9]{1,4})?)?\})"
_TOKEN = re.compile(
    rf"(?P<atom>{_CLASS}|{_ESCAPE}|[^\\^$.*+?()\[\]{{}}|]|\.)|(?P<mark>[\^$|])|(?P<open>\()|(?P<close>\))"
)
_REPEATED = re.compile(_QUANTIFIER)


def why_refused(pattern: str) -> tuple[str, str] | None:
    """Say in two languages why a pattern is refused; None where every reader understands the same by it."""
    if _CLASSES.search(pattern):
        return (
            r"pattern 里不能用 \d \w \s \b \p 和环视，数字请写 [0-9]",
            r"A pattern may not use \d \w \s \b \p or look-around; write [0-9]",
        )
    tokens = _tokens(pattern)
    if tokens is None:
        return "这个 pattern 读不懂，请检查括号是否成对", "This pattern cannot be read, or is read differently by some"
    try:
        re.compile(pattern)
    except (re.error, OverflowError):
        return "这个 pattern 读不懂，请检查括号是否成对", "This pattern cannot be read"
    if not is_swift(tokens):
        return (
            "这个 pattern 的重复套着重复，或者太长，手机会卡住，请写得简单一些",
            "This pattern repeats what is repeated, or is too long: a phone would stand still; write it more simply",
        )
    return None


def _tokens(pattern: str) -> list[tuple[str, str]] | None:
    """What a pattern is made of, as (sort, text), without `^` and `$`; None where it is no pattern of ours."""
    found: list[tuple[str, str]] = []
    place, depth = 0, 0
    while place < len(pattern):
        token = _TOKEN.match(pattern, place)
        if token is None:
            return None
        place, sort = token.end(), token.lastgroup or ""
        depth += (sort == "open") - (sort == "close")
        if depth < 0:
            return None
        if sort != "mark":
            found.append((sort, token[0]))
        elif token[0] == "|":
            found.append(("or", "|"))
        repeated = _REPEATED.match(pattern, place) if sort in ("atom", "close") else None
        if repeated:
            place = repeated.end()
            found.append(("times", repeated[0]))
    return found if depth == 0 else None


def portable(pattern: str) -> str:
    """Give a pattern as Python must read it to mean the same: its ``$`` is the very end, never before a line end."""
    return re.sub(rf"({_CLASS}|{_ESCAPE})|\$", lambda found: found[1] or r"\Z", pattern)
