"""A case on paper: its answers, what the office decided, its signature, and what makes the paper checkable."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import segno

from xiangtong import attachments
from xiangtong.attachments import Storage, Stored
from xiangtong.attachments.photos import Broken, thumbnail
from xiangtong.cases.record import OpenCase
from xiangtong.dialect.plan import Plan
from xiangtong.kernel.db import ScopedSession
from xiangtong.printing.codes import code_of, grouped
from xiangtong.printing.layout import Filled, filled
from xiangtong.printing.office import day_words, office_of
from xiangtong.printing.sheet import Sheet, Stamp
from xiangtong.printing.verifying import digests_of
from xiangtong.tenancy.keys import KeyRing

_SIGNATURE_PIXELS = 480


@dataclass(frozen=True)
class CaseSheet:
    """A sheet that still lacks its pictures: their bytes travel when no transaction is open."""

    plan: Plan
    content: Filled
    signatures: tuple[Stored, ...]
    case: OpenCase
    over: tuple[tuple[str, str], ...]
    stamp: Stamp

    def finished(self, storage: Storage) -> Sheet:
        """The whole sheet, with the signatures read from `storage`."""
        pictures = {str(one.id): found for one in self.signatures if (found := _picture(storage, self.case, one))}
        sheet = filled(self.plan, replace(self.content, pictures=pictures))
        return replace(sheet, over=self.over, stamp=self.stamp)


def case_sheet(
    session: ScopedSession,
    *,
    keys: KeyRing,
    case: OpenCase,
    plan: Plan,
    options: Mapping[str, Mapping[str, str]],
    address_of: Callable[[str], str],
) -> CaseSheet:
    """Everything of `case` that goes on paper. `address_of` gives the public address that proves a code. Four queries."""
    row = case.row
    opinions, result = office_of(session, case=case)
    code, digests = code_of(keys, row.case_no), digests_of(session, row)
    unit = row.filed["unit"]["name"]
    files = attachments.of_case(session, key=case.key, tenant_id=row.tenant_id, case_id=row.id)
    return CaseSheet(
        plan=plan, content=Filled(case.body["answers"], options, opinions, {}, result), case=case,
        signatures=tuple(one for one in files if _is_signature(plan, one)),
        over=(("办件编号", row.case_no), ("提交日期", day_words(row.submitted_at)), ("受理单位", unit)),
        stamp=_stamp(code, address_of(code), digests[-1][1] if digests else ""),
    )  # fmt: skip


def _stamp(code: str, address: str, digest: str) -> Stamp:
    picture: Any = segno.make(address, error="m", micro=False)
    return Stamp(grouped(code), address, picture.svg_data_uri(border=0), digest)


def _is_signature(plan: Plan, file: Stored) -> bool:
    question = plan.question_at(file.question)
    return question is not None and question.kind == "signature" and file.ready and file.media_type.startswith("image/")


def _picture(storage: Storage, case: OpenCase, file: Stored) -> str:
    """The signature as a data address, small; nothing where it cannot be read, which the sheet then says."""
    try:
        small = thumbnail(attachments.read(storage, key=case.key, file=file), edge=_SIGNATURE_PIXELS)
    except (Broken, attachments.Missing):
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(small).decode()
