"""Rows of forms: one draft, one live, immutable; what comes with the software, and what somebody puts in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from citizen_desk import FORM
from door_services import library
from form_versions import as_form, edited, new_question, reworded
from xiangtong.forms import versions
from xiangtong.forms.models import FormSheet, FormVersion
from xiangtong.forms.shelf import Shelf
from xiangtong.kernel import clock
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Conflict, Problems
from xiangtong.kernel.ids import new_id
from xiangtong.tenancy.scope import CITY, NOBODY, Database


def _release(db: Database, *edits: Any) -> list[FormVersion]:
    with db.scope(CITY) as session:
        return versions.release_forms(session, forms=[as_form(edited(*edits))])


def _draft(session: ScopedSession, *edits: Any) -> FormVersion:
    return versions.save_draft(session, schema=edited(*edits), vocabulary=library().vocabulary, author="甲")


def _publish(session: ScopedSession, *edits: Any) -> FormVersion:
    draft = _draft(session, *edits)
    session.add(FormSheet(version_id=draft.id, state="done", asked_at=clock.now()))
    session.flush()
    return versions.publish(session, code=FORM, version_id=draft.id, by="甲")


def test_releasing_twice_changes_nothing_and_another_text_is_the_next_version(db: Database) -> None:
    assert [one.number for one in _release(db)] == [1]
    assert _release(db) == []
    assert [(one.number, one.state) for one in _release(db, reworded)] == [(2, "live")]
    with db.scope(NOBODY) as session:
        assert [(one.number, one.state) for one in versions.history(session, code=FORM)] == [(2, "live"), (1, "past")]


def test_a_version_of_our_own_is_not_written_over_by_a_release(db: Database) -> None:
    _release(db)
    with db.scope(CITY) as session:
        assert _publish(session, new_question("own")).number == 2
    assert _release(db) == [], "the same software comes again"
    assert [(one.number, one.state) for one in _release(db, reworded)] == [(None, "draft")]
    assert _release(db, reworded) == []
    with db.scope(NOBODY) as session:
        live = [one for one in versions.history(session, code=FORM) if one.state == "live"]
        assert [one.number for one in live] == [2]


def test_nothing_is_published_unseen_or_twice(db: Database) -> None:
    _release(db)
    with db.scope(CITY) as session:
        draft = _draft(session, reworded)
        with pytest.raises(versions.SheetMissing):
            versions.publish(session, code=FORM, version_id=draft.id, by="甲")
        with pytest.raises(Conflict, match="换过了"):
            versions.publish(session, code=FORM, version_id=new_id(), by="甲")
        with pytest.raises(versions.NothingNew):
            _draft(session)
        again = _draft(session, reworded)
        assert again.id == draft.id
        newer = _draft(session, new_question("more"))
        assert (draft.state, newer.state) == ("dropped", "draft")
        with pytest.raises(Problems):
            versions.save_draft(session, schema={"title": "x"}, vocabulary=library().vocabulary, author="甲")


_FORBIDDEN = {
    "a second draft": "insert into form_version (id, code, state, title, body, parts, hash, origin)"
    " values (gen_random_uuid(), 'a', 'draft', '', '', '', '', 'console'),"
    " (gen_random_uuid(), 'a', 'draft', '', '', '', '', 'console')",
    "a second live version": "insert into form_version (id, code, number, state, title, body, parts, hash, origin)"
    " values (gen_random_uuid(), 'a', 1, 'live', '', '', '', '', 'x'),"
    " (gen_random_uuid(), 'a', 2, 'live', '', '', '', '', 'x')",
    "one number twice": "insert into form_version (id, code, number, state, title, body, parts, hash, origin)"
    " values (gen_random_uuid(), 'a', 1, 'past', '', '', '', '', 'x'),"
    " (gen_random_uuid(), 'a', 1, 'live', '', '', '', '', 'x')",
    "a live version without a number": "insert into form_version (id, code, state, title, body, parts, hash, origin)"
    " values (gen_random_uuid(), 'a', 'live', '', '', '', '', 'x')",
}


@pytest.mark.parametrize("statement", _FORBIDDEN.values(), ids=_FORBIDDEN)
def test_the_database_itself_refuses(db: Database, statement: str) -> None:
    with pytest.raises(IntegrityError), db.scope(CITY) as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    ["update form_version set body = '{}'", "update form_version set hash = 'x'", "delete from form_version"],
)
def test_not_even_the_city_changes_a_text(db: Database, statement: str) -> None:
    _release(db)
    with pytest.raises(DBAPIError, match="permission denied"), db.scope(CITY) as session:
        session.execute(text(statement))


def test_a_township_writes_no_form(db: Database) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), db.scope(NOBODY) as session:
        versions.release_forms(session, forms=[as_form(edited())])


def test_the_shelf_serves_rows_and_asks_once_in_two_seconds(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, now = Shelf(db, library()), [100.0]
    monkeypatch.setattr("xiangtong.forms.shelf.monotonic", lambda: now[0])
    assert shelf.forms == library().forms, "before the first release the folder is served"
    _release(db)
    assert len(shelf.forms) > 1
    now[0] += 3
    assert [(form.code, form.version) for form in shelf.forms.values()] == [(FORM, 1)]
    first = shelf.form(FORM)
    assert first.plan.digest == library().form(FORM).plan.digest, "what is read back is what was written"
    _release(db, reworded)
    assert shelf.form(FORM) is first
    now[0] += 3
    assert shelf.form(FORM).version == 2
    with db.scope(NOBODY) as session:
        assert _asked(session, lambda: shelf.at(session, code=FORM, number=1)) == 0, "known already"
        session.execute(text("select 1"))
        other = Shelf(db, library())
        other.form(FORM)
        assert _asked(session, lambda: other.at(session, code=FORM, number=1)) == 1
        assert _asked(session, lambda: other.at(session, code=FORM, number=1)) == 0
    assert (shelf.stands(code=FORM, number=1), shelf.stands(code=FORM, number=2)) == ("earlier", "live")


def _asked(session: ScopedSession, call: Callable[[], object]) -> int:
    """How many statements a call sends."""
    from sqlalchemy import event

    sent: list[str] = []
    note = lambda *args: sent.append(args[2])  # noqa: E731
    event.listen(session.get_bind(), "before_cursor_execute", note)
    call()
    event.remove(session.get_bind(), "before_cursor_execute", note)
    return len(sent)
