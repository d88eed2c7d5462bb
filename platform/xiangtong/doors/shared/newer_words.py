"""A newer version of a form, for who fills it in: in words what it means for a draft, and the choice they make."""

from __future__ import annotations

from flask_babel import gettext

from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.versions import is_withdrawn
from xiangtong.drafts import moving
from xiangtong.drafts.opening import OpenDraft
from xiangtong.forms.library import Form
from xiangtong.forms.migration import Reason, Verdict
from xiangtong.kernel.db import ScopedSession
from xiangtong.kernel.errors import Refusal


class Unchosen(Refusal):
    """Neither of the two buttons was pressed."""

    code = "UNCHOSEN"
    status = 422


def choose(session: ScopedSession, *, draft: OpenDraft, choice: str | None, old: Form, new: Form) -> None:
    """Move the draft (`move`), or go on with the version it is on (`stay`); raises Unchosen."""
    if choice == "move":
        moving.move(session, draft=draft, old=old, new=new)
    elif choice == "stay" and not is_withdrawn(draft.row):
        moving.stay(session, draft=draft, number=new.version)
    else:
        raise Unchosen("请选“现在换到新表”或“按旧表交”", "Choose the new form, or go on with the old one")


def asks(verdict: Verdict, *, old: Form, new: Form) -> list[tuple[str, str]]:
    """(question, why) of what the new version will ask."""
    words = {
        "added": gettext("新表新问的"),
        "needed": gettext("新表里要填"),
        "reworded": gettext("问法改了，请再看一眼"),
        "rule": gettext("按新表的规定要再看一看"),
    }
    return [(_label(one, old, new), str(words.get(one.why, ""))) for one in verdict.asks]


def stays(verdict: Verdict, *, old: Form, new: Form) -> list[tuple[str, str]]:
    """(question, why) of what cannot be carried over."""
    words = {
        "removed": gettext("新表不再问了。您填的会留在这份草稿里，不会交上去"),
        "meaning": gettext("新表问的不是同一件事，要重新填。您原来填的留在草稿里"),
        "narrower": gettext("您填的新表不收了，要改一改"),
    }
    return [(_label(one, old, new), str(words.get(one.why, ""))) for one in verdict.stays]


def _label(reason: Reason, old: Form, new: Form) -> str:
    question = new.plan.question_at(reason.pattern) or old.plan.question_at(reason.pattern)
    return question.title_en if question is not None and language() == "en" else reason.label
