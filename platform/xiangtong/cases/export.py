"""The cases of one form as a table: one column for each question, whatever version a case was filed on.

Answers are in words; ids, phones and bank numbers are masked as everywhere. Cases are read a page at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from xiangtong.cases.models import CaseRecord
from xiangtong.cases.record import open_case
from xiangtong.dialect.known import as_filed
from xiangtong.dialect.vocabulary import Facts
from xiangtong.forms.columns import Columns, merged
from xiangtong.forms.library import Form
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Refusal
from xiangtong.rendering.answers import answers
from xiangtong.rendering.context import RenderContext
from xiangtong.tenancy.keys import KeyRing

_PAGE = 200
#: A spreadsheet of more rows is nothing a township could work with; choose a time instead.
MOST_CASES = 20_000
_OWN = ("办件编号", "状态", "提交时间", "表的版本")


class TooManyCases(Refusal):
    """More cases than one table holds."""

    code = "TOO_MANY_CASES"
    status = 422


@dataclass(frozen=True, slots=True)
class Table:
    """What is exported: the names of the columns, and a line for each case."""

    heads: tuple[str, ...]
    lines: list[list[str]]


def table(
    session: ScopedSession, *, keys: KeyRing, tenant_id: int, form_code: str, form_at: Callable[[int], Form],
    facts: Facts, may_see: Callable[[str | None], bool] = lambda _village: True,
) -> Table:  # fmt: skip
    """The tenant's cases of a form, the oldest first. `form_at` gives the form of a version number, `facts` today's lists.

    `may_see` says of the code of a case's village whether it is within the reach of whoever exports.

    Erased cases keep their number and state, and nothing else. Raises TooManyCases.
    """
    rows = [row for row in _rows(session, tenant_id, form_code) if may_see(row.village_code)]
    forms = {number: form_at(number) for number in sorted({_version(row) for row in rows})}
    columns = merged([(number, form.plan) for number, form in forms.items()])
    reader = _Reader(session, keys, columns, facts)
    lines = [reader.line(row, forms[_version(row)]) for row in rows]
    used = [index for index in range(len(columns.heads)) if any(line[len(_OWN) + index] for line in lines)]
    kept = [*range(len(_OWN)), *(len(_OWN) + index for index in used)]
    heads = (*_OWN, *columns.heads)
    return Table(tuple(heads[index] for index in kept), [[line[index] for index in kept] for line in lines])


def _rows(session: ScopedSession, tenant_id: int, form_code: str) -> Iterator[CaseRecord]:
    mine = select(CaseRecord).where(CaseRecord.tenant_id == tenant_id, CaseRecord.form_code == form_code)
    last: UUID | None = None
    count = 0
    while True:
        # Ids are made in the order of time.
        page = session.scalars(
            (mine.where(CaseRecord.id > last) if last else mine).order_by(CaseRecord.id).limit(_PAGE)
        ).all()
        count += len(page)
        if count > MOST_CASES:
            raise TooManyCases("办件太多，一张表放不下", f"More than {MOST_CASES} cases")
        yield from page
        if len(page) < _PAGE:
            return
        last = page[-1].id


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads cases, one at a time in the clear."""

    session: ScopedSession
    keys: KeyRing
    columns: Columns
    facts: Facts

    def line(self, row: CaseRecord, form: Form) -> list[str]:
        """What the table says of a case."""
        cells: list[list[str]] = [[] for _ in self.columns.heads]
        if row.erased_at is None:
            body = open_case(self.session, keys=self.keys, tenant_id=row.tenant_id, case_id=row.id).body
            known = as_filed(form.plan, row.filed.get("known", {}), self.facts)
            ctx = RenderContext(options=known.options)
            for answer in answers(form.plan, body["answers"], masked=True, ctx=ctx):
                column = self.columns.at(_version(row), answer.pointer)
                if column is not None:
                    cells[column].append(answer.value)
        submitted = clock.local(row.submitted_at).strftime("%Y-%m-%d %H:%M")
        own = [row.case_no, row.state, submitted, str(_version(row))]
        return [*own, *("；".join(values) for values in cells)]


def _version(row: CaseRecord) -> int:
    return int(row.filed["form"]["version"])
