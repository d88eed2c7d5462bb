"""Collect the sentences of every page into the English catalogue; new ones arrive with nothing in English."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "platform" / "xiangtong"
ENGLISH = SOURCE / "translations" / "en" / "LC_MESSAGES" / "messages.po"
_KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}
#: Where pages and their sentences are made.
PLACES = {
    "doors": "python",
    "channels": "python",
    "templates": "jinja2",
}


def sentences() -> Catalog:
    """Every sentence that a page may say."""
    found = Catalog(locale="en", project="xiangtong")
    for place, method in PLACES.items():
        pattern = "**.py" if method == "python" else "**.html"
        _collect(found, SOURCE / place, [(pattern, method)])
    return found


def _collect(found: Catalog, folder: Path, methods: list[tuple[str, str]]) -> None:
    options = {pattern: {"silent": "false"} for pattern, _ in methods}
    for _, _, message, _, _ in extract_from_dir(str(folder), methods, options, keywords=_KEYWORDS):
        found.add(message)


def english() -> Catalog:
    """The catalogue as it is stored."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def main() -> int:
    """Bring the stored catalogue up to date; gives how many sentences have no English."""
    stored = english() if ENGLISH.exists() else Catalog(locale="en")
    fresh = sentences()
    for message in fresh:
        known = stored.get(message.id) if message.id else None
        if known is not None:
            message.string = known.string
    with ENGLISH.open("wb") as file:
        write_po(file, fresh, omit_header=True, sort_output=True, width=0, include_lineno=False)
    missing = [message.id for message in fresh if message.id and not message.string]
    for sentence in missing:
        print(f"没有英文：{sentence}")
    return len(missing)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
