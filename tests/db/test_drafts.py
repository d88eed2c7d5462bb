"""A filing in progress: nothing typed is lost, nobody else sees it, handing over needs consent, time erases it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from makers import VILLAGE, a_draft, a_form, a_form_ref, a_scope, count
from xiangtong.drafts.answers import answers, posted_fields, typed_of
from xiangtong.drafts.expiry import discard
from xiangtong.drafts.filling import FieldSave, add_row, latest, remove_row, save_fields, save_step, set_files
from xiangtong.drafts.handing import ConsentMissing, give_back, hand_over, take_back
from xiangtong.drafts.jobs import expire
from xiangtong.drafts.opening import DraftClosed, Holder, OpenDraft, load, load_to_write, start
from xiangtong.drafts.pointers import drafts_of
from xiangtong.drafts.typed import Typed
from xiangtong.drafts.work import work_items
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import NotFound, Problems
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.keys import KeyRing
from xiangtong.tenancy.scope import Database, Scope

pytestmark = pytest.mark.usefixtures("township")

ME = new_id()
MINE = Holder(citizen_id=ME)
CLERK = Holder(staff_id=new_id())


def _loaded(session: ScopedSession, keys: KeyRing, draft: OpenDraft, holder: Holder = MINE) -> OpenDraft:
    return load_to_write(session, keys=keys, tenant_id=1, draft_id=draft.id, holder=holder)


def test_what_was_typed_is_there_tomorrow(db: Database, keys: KeyRing) -> None:
    """Wrong values, hidden questions, the step: all of it resumes; at rest it is sealed."""
    with db.scope(a_scope(ME)) as session:
        draft = a_draft(session, keys=keys, citizen_id=ME, leased="false", owner="王五", applicant__phone="１３８ 0013")
        save_step(session, draft=draft, step="all")
    with db.scope(a_scope(ME)) as session:
        again = _loaded(session, keys, draft)
        assert again.typed.values["/owner"] == "王五"
        assert again.typed.values["/applicant/phone"] == "１３８ 0013"
        assert again.row.step == "all"
        stored = session.scalar(text("select row_to_json(d)::text || encode(d.typed, 'escape') from draft d"))
        assert "王五" not in str(stored)
        assert "张三" not in str(stored)
        assert [one.draft_id for one in drafts_of(session, citizen_id=ME)] == [draft.id]


def test_the_later_save_wins_and_the_other_value_is_told(db: Database, keys: KeyRing) -> None:
    """Two pages, one field: the second writer hears what it wrote over; saving the same twice is no conflict."""
    with db.scope(a_scope(ME)) as session:
        draft = a_draft(session, keys=keys, citizen_id=ME)
        saved = save_fields(session, draft=_loaded(session, keys, draft), fields=[FieldSave("/owner", "王五", 0)])
        assert saved.revisions == {"/owner": 2}
        assert saved.conflicts == ()
        saved = save_fields(session, draft=_loaded(session, keys, draft), fields=[FieldSave("/owner", "王五", 0)])
        assert (saved.revisions, saved.conflicts) == ({"/owner": 2}, ())
        saved = save_fields(session, draft=_loaded(session, keys, draft), fields=[FieldSave("/owner", "李四", 0)])
        assert saved.revisions == {"/owner": 3}
        assert [(one.pointer, one.other) for one in saved.conflicts] == [("/owner", "王五")]
        saved = save_fields(session, draft=_loaded(session, keys, draft), fields=[FieldSave("/owner", "赵六", 3)])
        assert saved.conflicts == ()
        saved = save_fields(session, draft=_loaded(session, keys, draft), fields=[FieldSave("/owner", "王五")])
        assert saved.conflicts == ()
        assert _loaded(session, keys, draft).typed.values["/owner"] == "王五"


@pytest.mark.parametrize(
    "field",
    [
        FieldSave("", "x"), FieldSave("owner", "x"), FieldSave("/a\x00", "x"), FieldSave("/a/../b", "x"),
        FieldSave("/photos", [{"id": "somebody else's"}]), FieldSave("/owner", 7), FieldSave("/owner", None),
    ],
)  # fmt: skip
def test_what_is_no_field_is_refused(db: Database, keys: KeyRing, field: FieldSave) -> None:
    """No pointer, no text, a file that was not uploaded: a sentence, and nothing is saved."""
    with db.scope(a_scope(ME)) as session:
        draft = a_draft(session, keys=keys, citizen_id=ME)
        with pytest.raises(Problems):
            save_fields(session, draft=draft, fields=[FieldSave("/owner", "王五"), field])
        assert "/owner" not in _loaded(session, keys, draft).typed.values


def test_any_text_can_be_typed(db: Database, keys: KeyRing) -> None:
    """NUL, half a surrogate pair, four-byte characters: kept as typed, and harmless as data."""
    with db.scope(a_scope(ME)) as session:
        draft = a_draft(session, keys=keys, citizen_id=ME, owner="\x00\ud800𠮷", leased="true")
    with db.scope(a_scope(ME)) as session:
        typed = _loaded(session, keys, draft).typed
        assert typed.values["/owner"] == "\x00\ud800𠮷"
        assert "𠮷" in answers(a_form().plan, typed)["owner"].encode().decode()


def test_rows_come_and_go_and_files_go_along(db: Database, keys: KeyRing) -> None:
    """Adding shows an empty row; removing the first keeps the second."""
    with db.scope(a_scope(ME)) as session:
        draft = a_draft(session, keys=keys, citizen_id=ME, helpers__0__name="王五")
        add_row(session, draft=_loaded(session, keys, draft), pointer="/helpers")
        assert answers(a_form().plan, _loaded(session, keys, draft).typed)["helpers"] == [{"name": "王五"}, {}]
        save_fields(session, draft=_loaded(session, keys, draft), fields=[FieldSave("/helpers/1/name", "赵六")])
        remove_row(session, draft=_loaded(session, keys, draft), pointer="/helpers", index=0)
        assert answers(a_form().plan, _loaded(session, keys, draft).typed)["helpers"] == [{"name": "赵六"}]
        known = latest(_loaded(session, keys, draft).row.revisions)
        remove_row(session, draft=_loaded(session, keys, draft), pointer="/helpers", index=0)
        assert latest(_loaded(session, keys, draft).row.revisions) > known, (
            "a page would take old answers for newer ones"
        )
        file = {"id": str(new_id()), "name": "a.jpg", "size": 1, "media_type": "image/jpeg", "digest": "0" * 64}
        set_files(session, draft=_loaded(session, keys, draft), pointer="/photos", files=[file])
        assert answers(a_form().plan, _loaded(session, keys, draft).typed)["photos"] == [file]


def test_posted_pages_and_answers_become_what_was_typed() -> None:
    """The last of several texts counts; a draft made of answers gives the same answers."""
    plan = a_form().plan
    pairs = [("/leased", ""), ("/leased", "true"), ("/owner", "王五"), ("_csrf", "x"), ("/strange", "y")]
    assert posted_fields(plan, pairs) == [FieldSave("/leased", "true"), FieldSave("/owner", "王五")]
    stored = {
        "applicant": {"name": "张三", "id_number": "321003198801010016", "phone": "13800138000"},
        "leased": True,
        "owner": "王五",
        "helpers": [{"name": "赵六"}, {"name": "李四"}],
        "photos": [{"id": "x", "digest": "0"}],
    }
    assert answers(plan, typed_of(stored)) == stored


def test_drafts_are_their_holders(db: Database, keys: KeyRing) -> None:
    """Another citizen, staff without a work item, another township: not found."""
    with db.scope(a_scope(ME)) as session:
        draft = a_draft(session, keys=keys, citizen_id=ME)
        for holder in (Holder(citizen_id=new_id()), CLERK):
            with pytest.raises(NotFound):
                load(session, keys=keys, tenant_id=1, draft_id=draft.id, holder=holder)
    with db.scope(a_scope(ME, tenant_id=2)) as session:
        for tenant_id in (1, 2):
            with pytest.raises(NotFound):
                load(session, keys=keys, tenant_id=tenant_id, draft_id=draft.id, holder=MINE)
        assert [one.draft_id for one in drafts_of(session, citizen_id=ME)] == [draft.id]
    with pytest.raises(ValueError, match="held by"):
        Holder()


def test_handing_over_needs_consent_and_names_nobody(db: Database, keys: KeyRing) -> None:
    """帮我填: the clerk's work item has the form's title; the owner reads, and takes it back whenever he likes."""
    with db.scope(a_scope(ME)) as session:
        draft = a_draft(session, keys=keys, citizen_id=ME)
        with pytest.raises(ConsentMissing):
            hand_over(session, draft=draft, village_code=VILLAGE, title="茶园登记", consent=False)
        hand_over(session, draft=draft, village_code=VILLAGE, title="茶园登记", consent=True)
    with db.scope(Scope(tenant_id=1)) as session:
        assert [one.title for one in work_items(session, tenant_id=1, village_codes=[VILLAGE])] == ["茶园登记"]
        assert work_items(session, tenant_id=1, village_codes=["321003100999"]) == []
        handed = _loaded(session, keys, draft, CLERK)
        save_fields(session, draft=handed, fields=[FieldSave("/owner", "王五")])
    with db.scope(a_scope(ME)) as session:
        with pytest.raises(DraftClosed):
            _loaded(session, keys, draft)
        mine = load(session, keys=keys, tenant_id=1, draft_id=draft.id, holder=MINE)
        take_back(session, draft=mine)
        assert _loaded(session, keys, draft).typed.values["/owner"] == "王五"
        assert drafts_of(session, citizen_id=ME)[0].state == "open"
    with db.scope(Scope(tenant_id=1)) as session, pytest.raises(NotFound):
        _loaded(session, keys, draft, CLERK)


def test_a_clerk_gives_it_back(db: Database, keys: KeyRing) -> None:
    """Done: the owner looks at it and submits; it can be handed over again."""
    with db.scope(a_scope(ME)) as session:
        draft = a_draft(session, keys=keys, citizen_id=ME)
        hand_over(session, draft=draft, village_code=VILLAGE, title="茶园登记", consent=True)
    with db.scope(Scope(tenant_id=1)) as session:
        give_back(session, draft=_loaded(session, keys, draft, CLERK))
    with db.scope(a_scope(ME)) as session:
        hand_over(session, draft=_loaded(session, keys, draft), village_code=VILLAGE, title="茶园登记", consent=True)
        assert count(session, "work_item") == 2


def test_staff_fills_for_a_villager(db: Database, keys: KeyRing) -> None:
    """A draft of staff has no citizen's pointer and is that member of staff's."""
    with db.scope(Scope(tenant_id=1)) as session:
        draft = start(
            session, keys=keys, tenant_id=1, form=a_form_ref(), holder=CLERK, channel="window", agent_mode="agent",
            typed=Typed({"/leased": "false"}),
        )  # fmt: skip
        assert _loaded(session, keys, draft, CLERK).typed.values == {"/leased": "false"}
        with pytest.raises(NotFound):
            _loaded(session, keys, draft, Holder(staff_id=new_id()))


def test_time_erases_what_nobody_touched(db: Database, keys: KeyRing) -> None:
    """After thirty days: key, content, pointer and work item are gone; a draft that was touched stays."""

    class Services:
        def __init__(self) -> None:
            self.db, self.keys = db, keys

    with db.scope(a_scope(ME)) as session:
        old, fresh = (a_draft(session, keys=keys, citizen_id=ME) for _ in range(2))
        hand_over(session, draft=old, village_code=VILLAGE, title="茶园登记", consent=True)
    with clock.frozen(clock.now() + timedelta(days=20)), db.scope(a_scope(ME)) as session:
        save_step(session, draft=_loaded(session, keys, fresh), step="all")
    with clock.frozen(clock.now() + timedelta(days=31)):
        expire(Services())
        expire(Services())
    with db.scope(a_scope(ME)) as session:
        with pytest.raises(NotFound):
            load(session, keys=keys, tenant_id=1, draft_id=old.id, holder=MINE)
        assert _loaded(session, keys, fresh).id == fresh.id
        assert [one.draft_id for one in drafts_of(session, citizen_id=ME)] == [fresh.id]
        assert count(session, "data_key") == 1
        assert work_items(session, tenant_id=1) == []
        discard(session, keys=keys, row=_loaded(session, keys, fresh).row)
        assert count(session, "data_key") == count(session, "citizen_draft") == 0
