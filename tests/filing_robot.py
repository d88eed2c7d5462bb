"""Files any form in a browser, knowing nothing of it but the answers: what a hand could do, page by page."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from browsing import draw_signature
from sample_answers import TOWN, VILLAGE, Sample

_CASE_NO = re.compile(r"\d{22}")
_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
#: Without script a page comes back for as long as answers make further questions appear.
_MOST_PAGES = 40

#: Every input that somebody could use now, as {name, type, value}, in the order of the page.
_OPEN = """() => Array.from(document.querySelectorAll('form[data-draft] [name^="/"]'))
    .filter((one) => one.type !== 'hidden' && !one.disabled && !one.readOnly && !one.closest('[hidden]'))
    .map((one) => ({name: one.name, type: one.type, value: one.value}))"""
_ROWS = """() => Array.from(document.querySelectorAll('[data-rows]'))
    .filter((one) => !one.closest('[hidden]') && one.querySelector('button[value^="add:"]'))
    .map((one) => [one.dataset.field, one.querySelectorAll('fieldset.repeat').length])"""

Look = Callable[[Page, str], None]


def _glance(page: Page, place: str) -> None:
    """Look at nothing in particular."""


@dataclass
class Robot:
    """Somebody with a sample in hand at a page. `look` is called with every page of the form once it is filled in."""

    page: Page
    sample: Sample
    script: bool = True
    look: Look = _glance
    _given: set[str] = field(default_factory=set)

    def file(self, base: str) -> str:
        """From the first page to the receipt; the number of the case."""
        self.begin(base)
        for _ in range(_MOST_PAGES):
            if self._place() == "review":
                return self._submit()
            self.fill()
            self.look(self.page, self._place())
            self._onward()
        raise AssertionError(f"{self.sample.code}: no end to its pages")

    def begin(self, base: str) -> None:
        """Say for whom and in which village; the first page of the form follows."""
        self.page.goto(f"{base}/{TOWN}/apply/{self.sample.code}")
        self.look(self.page, "start")
        self.page.locator(f"[name=who][value={'other' if self.sample.for_other else 'self'}]").check()
        self.page.locator("[name=village]").select_option(VILLAGE)
        with self.page.expect_navigation():
            self.page.locator("main form button").last.click()

    def fill(self) -> None:
        """Answer everything that this page asks now; with script, also what it asks then."""
        self._until_awake()
        while self._add_row() or (self._answer_some() and self.script):
            self._until_awake()

    def _until_awake(self) -> None:
        """The script reads the form's plan first; who types sooner is asked by the server instead."""
        deadline = time.monotonic() + 60
        while self.script and not self.page.evaluate("() => Boolean(window.Xiangtong && window.Xiangtong.here)"):
            assert time.monotonic() < deadline, f"the script of {self.page.url} never wakes"
            time.sleep(0.02)

    def _add_row(self) -> bool:
        wanted = self.sample.rows()
        for pointer, there in self.page.evaluate(_ROWS):
            if there < wanted.get(pointer, 0):
                with self.page.expect_navigation():
                    self.page.locator(f'button[value="add:{pointer}"]').click()
                expect(self.page.locator(f'fieldset.repeat[data-field="{pointer}/{there}"]')).to_be_visible()
                return True
        return False

    def _answer_some(self) -> bool:
        """Answer what is open and was not answered yet; whether there was anything."""
        words, files = self.sample.words(), self.sample.files()
        found = {one["name"]: one["type"] for one in self.page.evaluate(_OPEN)}
        todo = [name for name in found if (name in words or name in files) and name not in self._given]
        for name in todo:
            self._given.add(name)
            if not self._is_open(name):
                self._given.discard(name)  # Another answer has just taken the question away; it may come back.
            elif name in files:
                self._hand_in(name, files[name])
            else:
                self._say(name, found[name], words[name])
        return bool(todo)

    def _is_open(self, name: str) -> bool:
        return any(one["name"] == name for one in self.page.evaluate(_OPEN)) if self.script else True

    def _say(self, name: str, sort: str, words: str | list[str]) -> None:
        if sort in ("radio", "checkbox"):
            for value in words if isinstance(words, list) else [words]:
                if value not in ("", "false") or sort == "radio":
                    self._input(name, f'[value="{value}"]').check()
        elif isinstance(words, list):
            self._choose_down(name, words)
        elif sort == "select-one":
            self._input(name).select_option(str(words))
        else:
            self._input(name).fill(str(words))

    def _choose_down(self, name: str, places: list[str]) -> None:
        """Choose a place level by level; without script a button lists what lies in the one before."""
        lists = self.page.locator(f'[data-levels="{name}"] select')
        for level, place in enumerate(places):
            if not self.script and lists.count() <= level:
                with self.page.expect_navigation():
                    self.page.locator(f'button[value="add:{name}"]').click()
            lists.nth(level).select_option(place)

    def _hand_in(self, name: str, files: list[Mapping[str, Any]]) -> None:
        if not self.script:
            self._input(name, "[type=file]").set_input_files([paper(name, one) for one in files])  # type: ignore[arg-type]
            return
        for count, one in enumerate(files):
            if name == "/signature":
                draw_signature(self.page, f'[data-pen="{name}"] canvas')
            else:
                self._input(name, "[type=file]").set_input_files([paper(name, one)])  # type: ignore[list-item]
            expect(self.page.locator(f'[data-files="{name}"] [data-file]')).to_have_count(count + 1)

    def _input(self, name: str, more: str = "") -> Locator:
        return self.page.locator(f'form[data-draft] [name="{name}"]{more}:not([type=hidden])')

    def _onward(self) -> None:
        """Go on. Without script the page may come back with more questions; with it they are there already."""
        here = self._place()
        with self.page.expect_navigation():
            self.page.locator(".onward button[value=next]").click()
        if self._place() != here:
            self._given = set()
        else:
            assert not self.script, self._trouble()
            assert not self.page.locator("#problems").count(), self._trouble()

    def _submit(self) -> str:
        assert not self.page.locator("#problems").count(), self._trouble()
        self.look(self.page, "review")
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="提交申请").click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("提交成功")
        self.look(self.page, "receipt")
        found = _CASE_NO.search(self.page.locator("main").inner_text())
        assert found, "the receipt shows a number of 22 digits"
        return found.group()

    def _place(self) -> str:
        """The last part of the address: the step, or “review”."""
        return urlsplit(self.page.url).path.rpartition("/")[2]

    def _trouble(self) -> str:
        problems = self.page.locator("#problems")
        return (
            f"{self.sample.code} at {self.page.url}: {problems.inner_text() if problems.count() else 'no problem told'}"
        )


def paper(question: str, file: Mapping[str, Any]) -> dict[str, Any]:
    """A small real file of the name and sort that the sample says; another question has another picture."""
    words = f"{question} {file['name']}"
    data = _PDF + f"%{words.encode().hex()}\n".encode() if file["media_type"] == "application/pdf" else _photo(words)
    return {"name": file["name"], "mimeType": file["media_type"], "buffer": data}


@cache
def _photo(words: str) -> bytes:
    """A picture whose bars are the words."""
    picture = Image.new("RGB", (320, 200), (250, 250, 250))
    for place, byte in enumerate(words.encode()[:100]):
        ImageDraw.Draw(picture).rectangle((place * 3, 200 - byte * 200 // 256, place * 3 + 2, 200), fill=(40, 90, 120))
    out = io.BytesIO()
    picture.save(out, "JPEG" if words.endswith(("jpg", "jpeg")) else "PNG")
    return out.getvalue()
