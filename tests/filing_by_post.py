"""Files any form as a browser without script does: what stands on the page is posted, page by page, without a browser."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient

from citizen_desk import problems
from filing_robot import paper
from sample_answers import TOWN, VILLAGE, Sample

_VOID = frozenset({"input", "br", "img", "meta", "link", "progress"})
#: A page comes back for as long as answers make further questions appear.
_MOST_PAGES = 60


@dataclass
class Poster:
    """Somebody with a sample in hand, and a client that is signed in."""

    client: FlaskClient
    sample: Sample
    pages: dict[str, str] = field(default_factory=dict)
    _sent: set[str] = field(default_factory=set)

    def file(self) -> str:
        """From the first page to the receipt; the address of the draft. `pages` then holds every page that was seen."""
        start = f"/{TOWN}/apply/{self.sample.code}"
        who = "other" if self.sample.for_other else "self"
        draft = self.client.post(start, data={"who": who, "village": VILLAGE}).location
        place = self.client.get(draft).location
        for _ in range(_MOST_PAGES):
            if place.endswith("/review"):
                break
            place = self._answer(place)
        self.pages[place] = self.client.get(place).text
        answer = self.client.post(place)
        assert answer.location == f"{draft}/receipt", problems(self.client.get(place))
        self.pages[answer.location] = self.client.get(answer.location).text
        return draft

    def _answer(self, place: str) -> str:
        """Post a page; the address of the one that follows, which may be the same."""
        page = self._with_rows(place)
        self.pages[place] = page
        words, files = self.sample.words(), self.sample.files()
        names = _read(page).names
        data: dict[str, object] = {name: words[name] for name in names if name in words}
        new = [name for name in names if name in files and name not in self._sent]
        self._sent.update(new)
        for name in new:
            data[name] = [self._parcel(name, number) for number in range(len(files[name]))]
        answer = self.client.post(place, data=data)
        assert answer.status_code in (200, 303), f"{self.sample.code} {self.sample.name} {place}: {problems(answer)}"
        return answer.location or place

    def _with_rows(self, place: str) -> str:
        """The page of a step with as many rows as are to be filled in."""
        page, wanted = self.client.get(place).text, self.sample.rows()
        missing = {
            pointer: wanted.get(pointer, 0) - len(set(re.findall(rf'data-field="({pointer}/\d+)"', page)))
            for pointer in _read(page).rows
        }
        for pointer, count in missing.items():
            for _ in range(count):
                self.client.post(place, data={"_action": f"add:{pointer}"})
        return self.client.get(place).text if any(count > 0 for count in missing.values()) else page

    def _parcel(self, name: str, place: int) -> tuple[io.BytesIO, str, str]:
        one = paper(name, self.sample.files()[name][place])
        return io.BytesIO(one["buffer"]), one["name"], one["mimeType"]


class _Page(HTMLParser):
    """What somebody could use on a page: the names of its inputs, and the questions to which rows may be added."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.rows: list[str] = []
        self._open: list[bool] = []  # of every element around: whether it is hidden

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        hidden = "hidden" in own or own.get("type") == "hidden" or any(self._open)
        if tag not in _VOID:
            self._open.append(hidden)
        if hidden or "readonly" in own or "disabled" in own:
            return
        name, value = own.get("name") or "", own.get("value") or ""
        if name.startswith("/") and name not in self.names:
            self.names.append(name)
        if name == "_action" and value.startswith("add:"):
            self.rows.append(value.removeprefix("add:"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and self._open:
            self._open.pop()


def _read(text: str) -> _Page:
    page = _Page()
    # Only the form: what stands around it has closing tags of its own mind.
    page.feed(text[text.index("<form method") : text.rindex("</form>")])
    return page
