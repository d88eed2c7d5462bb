"""The English catalogue, compiled where it is read: a fresh clone needs no step for it, an edited one no second.

Compiled catalogues are never committed. Where the folder cannot be written (an installed copy), set-up has compiled
them before.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parents[2] / "translations"


@lru_cache(maxsize=1)
def compile_languages(folder: Path = FOLDER) -> str:
    """Compile every catalogue that is newer than its compiled form; gives the folder, as Flask-Babel wants it."""
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            with contextlib.suppress(PermissionError):
                _compile(source, target)
    return str(folder)


def _compile(source: Path, target: Path) -> None:
    """Several processes may start at once: each writes its own file and puts it in place whole."""
    with source.open("rb") as file:
        catalog = read_po(file, locale=source.parents[1].name)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        write_mo(file, catalog)
    Path(name).chmod(0o644)
    Path(name).replace(target)
