"""What became of every keyword of an imported form. Nothing is ignored in silence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["kept", "changed", "refused"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One keyword: where it stood (a JSON Pointer into `document`), what became of it, and why, in two languages.

    `form` is the converted form: what was added to it, and what the check took out of it.
    """

    document: Literal["schema", "uiSchema", "form"]
    pointer: str
    keyword: str
    outcome: Outcome
    sentence: str
    sentence_en: str

    def to_json(self) -> dict[str, Any]:
        """The entry as the command line and the page show it."""
        return {
            "document": self.document, "pointer": self.pointer, "keyword": self.keyword, "outcome": self.outcome,
            "zh": self.sentence, "en": self.sentence_en,
        }  # fmt: skip


#: Of two things said of one keyword (it is read wherever a definition is used) the graver stays.
_GRAVITY = {"kept": 0, "changed": 1, "refused": 2}


@dataclass
class Report:
    """The entries of one form, in the order of reading; one for each keyword."""

    _entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    parts: int = 0  # how many schemas were opened: definitions that name each other may unfold without an end

    def add(self, entry: Entry) -> None:
        """Say what became of a keyword."""
        place = (entry.document, entry.pointer)
        known = self._entries.get(place)
        if known is None or _GRAVITY[known.outcome] < _GRAVITY[entry.outcome]:
            self._entries[place] = entry

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything that was said."""
        return tuple(self._entries.values())

    def pointers(self, document: str = "schema") -> frozenset[str]:
        """Where something was said of in one of the two documents."""
        return frozenset(pointer for known, pointer in self._entries if known == document)

    def of(self, outcome: Outcome) -> list[Entry]:
        """The entries of one outcome."""
        return [entry for entry in self.entries if entry.outcome == outcome]
