"""Words in another language than the page's say so, for those who hear it read.

Only Chinese can stand on a page of another language: it is what a text falls back to, and what most people type.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
#: From the first Chinese character to the last, with the signs around them.
_CHINESE = re.compile(
    f"[\u2018\u201c\u3008-\u3011\uff08]*[{_HAN}](?:.*[{_HAN}])?[\u2019\u201d\u3001-\u3011\uff01-\uff1f]*"
)


def spoken(words: object, page: str) -> Markup:
    """Give words as HTML, line by line; what is Chinese in them is marked, unless the page (``zh_CN``, ``en``) is, too."""
    if page.startswith("zh") or isinstance(words, Markup):
        return escape(words)
    return Markup("\n").join(_marked(line) for line in str(words).split("\n"))


def _marked(line: str) -> Markup:
    found = _CHINESE.search(line)
    if found is None:
        return escape(line)
    before, after = line[: found.start()], line[found.end() :]
    return Markup('{}<span lang="zh-CN">{}</span>{}').format(before, found[0], after)
