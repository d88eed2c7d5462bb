"""Write docs/settings.md from the settings class, so that the two cannot disagree."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "platform"))

from xiangtong.settings import Settings, variable  # noqa: E402

HEAD = """# Settings

Everything a deployment decides, read from the environment once at start-up (`platform/xiangtong/settings.py`).
`make serve` makes what is missing; production refuses to start on demo secrets, in debug mode, without https, or
with a database role that the row policies would not bind. Written by `python tools/settings_page.py`.

| variable | what it is for | default |
| --- | --- | --- |
"""


def main() -> None:
    """Write the page."""
    rows = []
    for item in fields(Settings):
        default = (
            "a demo secret" if str(item.default).startswith("demo-") else f"`{item.default}`" if item.default else "–"
        )
        rows.append(f"| `{variable(item)}` | {item.metadata['doc']} | {default} |")
    (ROOT / "docs" / "settings.md").write_text(HEAD + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
