"""Which version of a form a page works with: a draft and a case keep theirs, whatever is live today."""

from __future__ import annotations

from sqlalchemy.orm import Session

from xiangtong.cases.models import CaseRecord
from xiangtong.dialect.known import as_filed
from xiangtong.dialect.plan import Plan
from xiangtong.dialect.vocabulary import Facts
from xiangtong.doors.shared.services import services
from xiangtong.drafts.models import Draft
from xiangtong.forms.library import Form, NoSuchForm


def form_of_draft(session: Session, draft: Draft) -> Form:
    """The version the draft is on; raises NoSuchForm."""
    return services().library.at(session, code=draft.form_code, number=draft.form_version)


def form_of_case(session: Session, case: CaseRecord) -> Form:
    """The version the case was filed on; raises NoSuchForm."""
    filed = case.filed["form"]
    return services().library.at(session, code=filed["code"], number=filed["version"])


def facts_of_case(plan: Plan, case: CaseRecord, facts: Facts) -> Facts:
    """What the form knew when the case was filed: its options read as they did then."""
    return as_filed(plan, case.filed.get("known", {}), facts)


def form_of_page(session: Session, draft: Draft, digest: str) -> Form:
    """The version a page shows that says so by its plan's digest; the draft's own where the page says nothing known."""
    form = form_of_draft(session, draft)
    if not digest or digest == form.plan.digest:
        return form
    try:
        return services().library.planned(session, code=draft.form_code, digest=digest)
    except NoSuchForm:
        return form


def newer_than(draft: Draft) -> Form | None:
    """The version its holder has to be told of before going on; None where there is nothing to tell.

    Somebody who chose to go on with the old version is left alone until a newer one comes, or the old is withdrawn.
    """
    library = services().library
    try:
        live = library.form(draft.form_code)
    except NoSuchForm:
        return None
    if draft.case_id is not None or live.version == draft.form_version:
        return None
    told = draft.told_version == live.version
    return None if told and not is_withdrawn(draft) else live


def is_withdrawn(draft: Draft) -> bool:
    """Whether nothing may be filed any more on the version the draft is on."""
    return services().library.stands(code=draft.form_code, number=draft.form_version) == "withdrawn"
