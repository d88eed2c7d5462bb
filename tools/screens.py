"""Take a picture of every page at three widths into docs/screens/: `python tools/screens.py [words in the pages' names]`.

Drives a demo of its own as people do, so a page that cannot be reached stops the run. The pictures hold few colours:
they are for looking at layout and words, and stay small.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT / "tests")]

import screens_citizen  # noqa: E402
import screens_console  # noqa: E402
import screens_forms  # noqa: E402
import screens_results  # noqa: E402
import screens_states  # noqa: E402
import screens_village  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from accessibility import violations  # noqa: E402
from browsing import CHROMIUM, LAUNCH  # noqa: E402
from demo_stack import Stack, demo_stack  # noqa: E402

WIDTHS = {360: 740, 768: 1024, 1280: 900}
FOLDER = ROOT / "docs" / "screens"
MOST_BYTES = 80_000
# Colours, and how much of a long page: its end goes before its colours do.
_ATTEMPTS = ((96, 5_000), (48, 5_000), (48, 3_000), (48, 1_800), (24, 1_500))
# What floats over a page would cover its middle in a picture of the whole page.
_STILL = ".onward { position: static !important } * { caret-color: transparent !important }"


@dataclass
class Camera:
    """Takes the pictures, and notes every page that is wider than its window or keeps somebody out."""

    browser: Browser
    stack: Stack
    only: Sequence[str] = ()
    taken: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def page(self) -> Page:
        """A new person at a new browser."""
        context = self.browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", bypass_csp=True)
        context.set_default_timeout(60_000)
        return context.new_page()

    def shoot(self, page: Page, name: str) -> None:
        """The page as it is now, at every width."""
        if self.only and not any(word in name for word in self.only):
            return
        page.wait_for_load_state()
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                self.wrong.append(f"{name}-{width}: wider than its window")
            self._keep(page.screenshot(full_page=True, style=_STILL, animations="disabled"), f"{name}-{width}.png")
        page.set_viewport_size({"width": 360, "height": WIDTHS[360]})
        self.wrong += [f"{name}: {one}" for one in violations(page)]
        self.taken.append(name)
        print(name, flush=True)

    def _keep(self, taken: bytes, name: str) -> None:
        picture = Image.open(io.BytesIO(taken)).convert("RGB")
        for colours, most in _ATTEMPTS:
            out = io.BytesIO()
            part = picture.crop((0, 0, picture.width, min(picture.height, most)))
            part.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
            if out.tell() <= MOST_BYTES:
                break
        (FOLDER / name).write_bytes(out.getvalue())


def main(*only: str) -> int:
    """Walk through everything; returns how many things were wrong."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=60_000)
    parts = (screens_citizen, screens_forms, screens_console, screens_results, screens_village, screens_states)
    walks: list[Callable[[Camera], None]] = [walk for part in parts for walk in part.WALKS]
    with demo_stack() as stack, sync_playwright() as playwright:
        camera = Camera(playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH), stack, only)
        for walk in walks:
            walk(camera)
    for line in camera.wrong:
        print(f"✗ {line}")
    with suppress(ValueError):
        print(f"{len(camera.taken)} pages, largest {max(path.stat().st_size for path in FOLDER.glob('*.png'))} bytes")
    return len(camera.wrong)


if __name__ == "__main__":
    sys.exit(min(main(*sys.argv[1:]), 99))
