"""From a sheet to bytes: a PDF where the system's parts for it are there, the same page for a browser where not."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from jinja2 import Environment, PackageLoader, StrictUndefined

from xiangtong.kernel.errors import TooMany
from xiangtong.printing import glyphs
from xiangtong.printing.sheet import Sheet

STYLE = Path(__file__).resolve().parents[1] / "static" / "print.css"
#: A sheet costs about a second of one processor: one at a time in a process, and nobody waits longer than this.
_ONE_AT_A_TIME = BoundedSemaphore(1)
#: Nor do more than these stand in line: every one who waits keeps a thread from everybody else's pages.
_IN_LINE = BoundedSemaphore(3)
_PATIENCE = 15.0
_RETRY = 5

_templates = Environment(
    loader=PackageLoader("xiangtong", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Printed:
    """A sheet as it leaves the house. `missing` are the characters that could not be drawn."""

    body: bytes
    media_type: str
    missing: tuple[str, ...] = ()

    @property
    def is_pdf(self) -> bool:
        """Whether it is a PDF, or a page that the browser prints."""
        return self.media_type == "application/pdf"


def print_sheet(sheet: Sheet, *, style_url: str) -> Printed:
    """`sheet` as a PDF, or as a page with the style sheet at `style_url`; raises TooMany when the printer is busy."""
    if not can_make_pdf():
        return Printed(page(sheet, style_url=style_url).encode(), "text/html")
    sheet = with_missing_named(sheet)
    return Printed(_pdf(page(sheet, style_url="")), "application/pdf", sheet.missing)


def page(sheet: Sheet, *, style_url: str) -> str:
    """The sheet as one HTML page; without `style_url` the printer brings the style itself."""
    return _templates.get_template("printing/sheet.html").render(sheet=sheet, style_url=style_url)


def with_missing_named(sheet: Sheet) -> Sheet:
    """The sheet with 〓 for what cannot be drawn, and a sentence that says which characters those are."""
    missing = glyphs.unprintable(sheet.texts())
    if not missing:
        return sheet
    codes = "、".join(f"U+{ord(char):04X}" for char in missing)
    note = f"有字打不出来，印成了“{glyphs.GETA}”，请手写补上。字的编码：{codes}"
    drawn = _each_text(sheet, str.maketrans(dict.fromkeys(missing, glyphs.GETA)))
    return replace(drawn, notes=(note, *drawn.notes), missing=missing)


@cache
def can_make_pdf() -> bool:
    """Whether the library, the system's text layout and fonts for Chinese are all here; asked once a process."""
    return glyphs.ready() and _printer() is not None


@cache
def _printer() -> Callable[[str], bytes] | None:
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):
        return None
    for noisy in ("weasyprint", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    fonts = FontConfiguration()
    # Pictures are data in the page itself; whatever else a page should name is not fetched.
    nothing_from_outside = URLFetcher(allowed_protocols={"data"})
    style = CSS(string=STYLE.read_text(encoding="utf-8"), font_config=fonts)

    def run(markup: str) -> bytes:
        made = HTML(string=markup, url_fetcher=nothing_from_outside).write_pdf(stylesheets=[style], font_config=fonts)
        return bytes(made)

    return run


def _pdf(markup: str) -> bytes:
    printer = _printer()
    if printer is None:  # Whoever calls has asked `can_make_pdf`.
        raise RuntimeError("the parts for making PDFs are missing")
    with _taken(_IN_LINE, patience=0), _taken(_ONE_AT_A_TIME, patience=_PATIENCE):
        return printer(markup)


@contextmanager
def _taken(place: BoundedSemaphore, *, patience: float) -> Iterator[None]:
    if not place.acquire(blocking=patience > 0, timeout=patience or None):
        raise TooMany(
            "打印的人多，请过几秒再点一次", "The printer is busy: try again in some seconds", retry_after=_RETRY
        )
    try:
        yield
    finally:
        place.release()


def _each_text(sheet: Sheet, table: dict[int, str]) -> Sheet:
    def drawn(text: str) -> str:
        return text.translate(table)

    rows = tuple(
        tuple(
            replace(
                box, text=drawn(box.text), under=drawn(box.under),
                ticks=tuple(replace(tick, words=drawn(tick.words)) for tick in box.ticks),
            )
            for box in row
        )
        for row in sheet.rows
    )  # fmt: skip
    return replace(
        sheet, title=drawn(sheet.title), rows=rows, notes=tuple(drawn(note) for note in sheet.notes),
        papers=tuple(replace(one, name=drawn(one.name), said=drawn(one.said)) for one in sheet.papers),
        over=tuple((drawn(label), drawn(value)) for label, value in sheet.over),
    )  # fmt: skip
