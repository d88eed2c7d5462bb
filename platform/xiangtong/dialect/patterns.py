"""Regular expressions that Python, Rust and every browser read alike: a small grammar, everything else is refused."""

from __future__ import annotations

import re

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
    if not _is_plain(pattern):
        return "这个 pattern 读不懂，请检查括号是否成对", "This pattern cannot be read, or is read differently by some"
    try:
        re.compile(pattern)
    except (re.error, OverflowError):
        return "这个 pattern 读不懂，请检查括号是否成对", "This pattern cannot be read"
    return None


def _is_plain(pattern: str) -> bool:
    place, depth = 0, 0
    while place < len(pattern):
        token = _TOKEN.match(pattern, place)
        if token is None:
            return False
        place = token.end()
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        if depth < 0:
            return False
        if token.lastgroup in ("atom", "close"):
            repeated = _REPEATED.match(pattern, place)
            place = repeated.end() if repeated else place
    return depth == 0


def portable(pattern: str) -> str:
    """Give a pattern as Python must read it to mean the same: its ``$`` is the very end, never before a line end."""
    return re.sub(rf"({_CLASS}|{_ESCAPE})|\$", lambda found: found[1] or r"\Z", pattern)
