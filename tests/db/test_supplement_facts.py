"""What a supplement is judged by: the township's parameters, and the day, as they were when the case was filed."""

from __future__ import annotations

import copy
from datetime import date
from uuid import UUID

import pytest

from makers import CLERK, SMALL_FORM, a_case, a_scope
from xiangtong.cases.models import CaseRecord
from xiangtong.cases.record import open_to_move
from xiangtong.cases.supplements import Asked, ask_supplement, begin_supplement, supply
from xiangtong.dialect.vocabulary import Facts, Vocabulary
from xiangtong.drafts.filling import FieldSave, save_fields
from xiangtong.drafts.opening import Holder
from xiangtong.fields.formats import FORMATS
from xiangtong.forms.library import Form, form_of
from xiangtong.kernel.errors import Problems
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database

pytestmark = pytest.mark.usefixtures("township")

ME = Holder(citizen_id=new_id())


def _form() -> Form:
    """The small form, with a plot that the township sets a ceiling for."""
    source = copy.deepcopy(SMALL_FORM)
    source["properties"]["plot"] = {
        "type": "integer", "minimum": 0, "maximum": 9999, "x-kind": "integer", "x-label": "几平方米",
    }  # fmt: skip
    source["x-steps"][0]["ask"].append("/plot")
    source["x-params"] = {"plot.most": {"title": "上限", "default": 100}}
    source["x-rules"] = [
        {"code": "most", "op": "at_most", "of": ["/plot", {"param": "plot.most"}], "message": "超过上限"}
    ]
    return form_of(source, Vocabulary(documents={}, kinds={}, formats=FORMATS), version=1)


FORM = _form()


def _facts(most: int) -> Facts:
    return Facts(date(2026, 9, 28), {"plot.most": most})


def _filed(db: Database, keys: KeyRing) -> UUID:
    """A case that was filed when the ceiling was 120."""
    case_id = a_case(db, keys, citizen_id=ME.citizen_id).case_id
    with db.scope(a_scope(ME.citizen_id)) as session:
        row = session.get_one(CaseRecord, (1, case_id))
        row.filed = row.filed | {"known": {"day": "2026-09-28", "params": {"plot.most": 120}}}
    return case_id


def _supplied(db: Database, keys: KeyRing, case_id: UUID, *, today: Facts, **typed: str) -> None:
    with db.scope(a_scope(ME.citizen_id)) as session:
        case = open_to_move(session, keys=keys, tenant_id=1, case_id=case_id)
        ask_supplement(session, case=case, actor=CLERK, asked=[Asked("电话", "打不通", pointer="/applicant/phone")])
        draft = begin_supplement(session, keys=keys, case=case, holder=ME, title=FORM.title)
        fields = [FieldSave(f"/{name.replace('__', '/')}", raw) for name, raw in typed.items()]
        save_fields(session, draft=draft, fields=fields)
        draft = begin_supplement(session, keys=keys, case=case, holder=ME, title=FORM.title)
        supply(session, keys=keys, case=case, draft=draft, form=FORM, facts=today)


def test_a_ceiling_lowered_since_does_not_refuse_what_was_within_it(db: Database, keys: KeyRing) -> None:
    """Filed under 120: what is supplied later is not measured under 90."""
    _supplied(db, keys, _filed(db, keys), today=_facts(90), plot="110")


def test_a_ceiling_raised_since_allows_nothing_that_it_did_not_then(db: Database, keys: KeyRing) -> None:
    with pytest.raises(Problems) as refused:
        _supplied(db, keys, _filed(db, keys), today=_facts(500), plot="300")
    assert [one.where for one in refused.value.problems] == ["/plot"]
