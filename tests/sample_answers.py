"""The samples of the forms as people would file them on a day: what is typed where, and what must then be kept."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from door_services import library
from xiangtong.dialect.known import as_of_today
from xiangtong.dialect.plan import Plan
from xiangtong.dialect.vocabulary import Facts
from xiangtong.fields.division import chain
from xiangtong.identity.ports import Claims
from xiangtong.rendering.values import typed
from xiangtong.validation.form_data import put_value
from xiangtong.validation.validate import decide

FORMS = tuple(library().forms)
SAMPLES = tuple((code, name) for code in FORMS for name in library().samples[code])
TOWN, VILLAGE = "321003108", "321003108215"
_FILES = ("photo", "file", "signature")

#: What a sample says of days that were to come when it was written, and of a child who has grown up since.
_TODAY: Mapping[str, Mapping[str, Callable[[date], str]]] = {
    "birth-registration": {"/due": lambda day: f"{day + timedelta(days=90)}"},
    "food-stall": {"/own_health/expires": lambda day: f"{day + timedelta(days=200)}"},
    "medical-enrolment": {"/insured_year": lambda day: f"{day.year}"},
    "minimum-living": {
        "/household/1/labour": lambda day: "none",
        "/household/1/marriage": lambda day: "1",
        "/household/1/education": lambda day: "7",
    },
}


@dataclass(frozen=True)
class Sample:
    """The answers of somebody who files a form in 杨寿镇."""

    code: str
    name: str
    data: dict[str, Any]

    @property
    def plan(self) -> Plan:
        """The form."""
        return library().form(self.code).plan

    @property
    def for_other(self) -> bool:
        """Whether somebody else files it."""
        return self.data["by_agent"] is True

    @property
    def claims(self) -> Claims:
        """Whoever signs in to file it: the applicant, or the agent."""
        who = self.data["agent" if self.for_other else "applicant"]
        number = who.get("id_number") or who["document"]["number"]
        return Claims("test", f"robot-{number}", who["name"], "id_card", number, who["phone"], assurance=3)

    def words(self) -> dict[str, str | list[str]]:
        """What is typed or chosen, by the name of its input; files are left out."""
        return {pointer: _words(kind, value) for pointer, kind, value in self._flat() if kind not in _FILES}

    def files(self) -> dict[str, list[Mapping[str, Any]]]:
        """Which files are handed in, by the name of their question."""
        return {pointer: value for pointer, kind, value in self._flat() if kind in _FILES and value}

    def rows(self) -> dict[str, int]:
        """How many rows there are of every question that has rows."""
        counts: dict[str, int] = {}
        for pointer, _, _ in self._flat():
            *above, _ = pointer.split("/")
            for place, part in enumerate(above):
                if part.isdecimal():
                    counts["/".join(above[:place])] = max(counts.get("/".join(above[:place]), 0), int(part) + 1)
        return counts

    def kept(self, day: date) -> Any:
        """What must be kept of it when it is filed on `day`; what would stand in the way fails here."""
        places = {"villages": {VILLAGE: "永和村"}, "divisions": {VILLAGE: "永和村委会"}}
        decision = decide(self.plan, self.data, as_of_today(self.plan, Facts(day, {}, places)))
        assert [(one.pointer, one.message) for one in decision.problems] == [], f"{self.code} {self.name} on {day}"
        return nameless(decision.stored)

    def _flat(self) -> Iterator[tuple[str, str, Any]]:
        return _flat(self.plan, "", self.data)


def sample(code: str, name: str = "sample", *, today: date | None = None) -> Sample:
    """A sample, moved to 杨寿镇; with a day, one that can be filed on it."""
    form = library().form(code)
    data = copy.deepcopy(dict(library().samples[code][name]))
    data["applicant"]["village"] = VILLAGE
    for pointer, words in _TODAY.get(code, {}).items() if today and name == "sample" else ():
        put_value(form.plan, data, pointer, words(today))
    return Sample(code, name, data)


def nameless(answers: Any) -> Any:
    """Answers in which a file is its name and sort: numbers and digests are given when it comes."""
    if isinstance(answers, list):
        return [nameless(one) for one in answers]
    if not isinstance(answers, Mapping):
        return answers
    if "digest" in answers:
        return (answers["name"], answers["media_type"])
    return {name: nameless(value) for name, value in answers.items()}


def _flat(plan: Plan, at: str, value: Any) -> Iterator[tuple[str, str, Any]]:
    question = plan.question_at(at)
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(plan, f"{at}/{name}", inner)
    elif question is not None and question.is_rows:
        for index, row in enumerate(value):
            yield from _flat(plan, f"{at}/{index}", row)
    elif question is not None:
        yield at, question.kind, value


def _words(kind: str, value: Any) -> str | list[str]:
    """One text, or several of one name: what is ticked; the place in each of its lists, from the province down."""
    if kind == "division":
        return chain(value)
    return [typed("choice", one) for one in value] if kind == "choices" else typed(kind, value)
