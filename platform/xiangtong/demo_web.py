"""The demo's web process: gunicorn, with the application imported while the database is still being made ready."""

from __future__ import annotations

import sys

from gunicorn.app.wsgiapp import run  # type: ignore[import-untyped]

from xiangtong.demo import GO


def main() -> None:
    """Import, wait for the word, serve; without the word (the demo was stopped meanwhile) end quietly."""
    import xiangtong.app  # noqa: F401 - what gunicorn is about to ask for.

    if sys.stdin.buffer.readline() == GO:
        run()


if __name__ == "__main__":
    main()
