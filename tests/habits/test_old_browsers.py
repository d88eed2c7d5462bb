"""What is shipped runs on an iPhone of 2019 (iOS 13) and on Chrome 87: the stylesheet and the scripts, as they stand."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "platform" / "xiangtong" / "static"
STYLE = STATIC / "app.css"
SCRIPTS = sorted([*STATIC.glob("*.js"), *(STATIC / "form").glob("*.js")])
_IDS = [path.name for path in SCRIPTS]
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
#: What one of the two does not know, and since when it is there. What is merely ignored (text-wrap) may stay.
_TOO_NEW = {
    ":has(": "Chrome 105", ":is(": "Chrome 88", ":where(": "Chrome 88", ":user-invalid": "Chrome 119",
    "@container": "Chrome 105", "@layer": "Chrome 99", "@scope": "Chrome 118", "@property": "iOS 16.4",
    "aspect-ratio:": "Chrome 88", "inset:": "iOS 14.5", "dvh": "Chrome 108", "svh": "Chrome 108", "lvh": "Chrome 108",
    "color-mix(": "Chrome 111", "light-dark(": "Chrome 123", "clamp(": "iOS 13.4", "subgrid": "Chrome 117",
    "margin-inline": "iOS 14.5", "padding-inline": "iOS 14.5", "margin-block": "iOS 14.5",
    "padding-block": "iOS 14.5", "overflow: clip": "Chrome 90",
}  # fmt: skip
_ACORN = """
const { parse } = require("acorn");
const { readFileSync } = require("fs");
for (const path of process.argv.slice(1)) parse(readFileSync(path, "utf8"), { ecmaVersion: 2018, sourceType: "script" });
"""


def _too_new(css: str) -> list[str]:
    """What of a stylesheet an old browser would not understand."""
    css = _COMMENT.sub("", css)
    found = [f"{token} ({since})" for token, since in _TOO_NEW.items() if token in css]
    return (
        found + [f"gap in flex: {rule}" for rule in re.findall(r"[^{}]*\{[^{}]*[;{\s]gap:[^{}]*\}", css)] + _nested(css)
    )


def _nested(css: str) -> list[str]:
    """Rules within rules; an @ rule may hold rules, and @page stands in @media print."""
    found, inside = [], []
    for part in re.finditer(r"([^{};]*)([{};])", css):
        if part[2] == "{":
            if inside and not inside[-1].startswith("@"):
                found.append(f"nested: {part[1].strip()}")
            inside.append(part[1].strip())
        elif part[2] == "}":
            inside.pop()
    return found


def test_the_stylesheet_asks_for_nothing_new() -> None:
    assert _too_new(STYLE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("rule", ["a:has(b) { }", "a { gap: 4px }", "a { b { color: red } }", "a { height: 100dvh }"])
def test_this_net_holds(rule: str) -> None:
    assert _too_new(rule)
    assert _too_new("@media print { @page { size: A4 } a { grid-gap: 4px; color: red } }") == []


def test_every_script_is_of_2018() -> None:
    parsed = _parse(*(str(path) for path in SCRIPTS))
    assert parsed.returncode == 0, parsed.stderr


def test_a_newer_script_would_be_noticed(tmp_path: Path) -> None:
    newer = tmp_path / "newer.js"
    newer.write_text("const a = b?.c ?? 1;")
    assert _parse(str(newer)).returncode != 0


@pytest.mark.parametrize("path", SCRIPTS, ids=_IDS)
def test_no_script_calls_what_came_later(path: Path) -> None:
    later = re.compile(
        r"\.(replaceAll|matchAll|at|replaceChildren|toSorted|findLast|requestSubmit)\(|Promise\.any|structuredClone"
        r"|ResizeObserver|AbortSignal\.timeout|\.submitter"
    )
    assert later.search(path.read_text(encoding="utf-8")) is None


def _parse(*paths: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["node", "-e", _ACORN, *paths], cwd=ROOT, capture_output=True, text=True, check=False)
