"""What the templates of filing are given: words, addresses and fields, no rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext

from xiangtong.dialect.english import foreign, step_words
from xiangtong.dialect.known import as_of_today
from xiangtong.dialect.plan import Plan, Step
from xiangtong.doors.citizen import _covered, _earlier, _known, _licences, _masked
from xiangtong.doors.citizen._filing import Filing
from xiangtong.doors.citizen._terminal import is_terminal
from xiangtong.doors.citizen._visit import Visit
from xiangtong.doors.shared import others
from xiangtong.doors.shared.frame import language
from xiangtong.doors.shared.posted import locked_in
from xiangtong.drafts.typed import Raw
from xiangtong.kernel import clock
from xiangtong.rendering.context import RenderContext
from xiangtong.rendering.render import problem_links, render_step
from xiangtong.validation.form_data import without_secrets
from xiangtong.validation.validate import Problem


def step_page(filing: Filing, step: Step, problems: Sequence[Problem] = (), *, more: bool = False) -> str:
    """The page of one step. `more`: what was answered made further questions appear."""
    ctx = context(filing)
    row, wrong = filing.draft.row, {one.pointer for one in filing.decision.problems}
    hidden = _masked.masks(filing.plan, filing.draft.typed, wrong=wrong, covered=filing.covered)
    shown = _masked.shown(filing.plan, filing.data, hidden, covered=filing.covered)
    return render_template(
        "citizen/apply.html",
        form_title=title_of(filing), step_title=words_of(step), step_lang=_foreign(step, "title"),
        hint=step_words(step, "hint", language())[0], hint_lang=_foreign(step, "hint"),
        number=filing.number(step), count=len(filing.steps) + 1, saved=f"{clock.local(row.updated_at):%H:%M}",
        fields=render_step(filing.plan, step, shown, problems, ctx), problems=problem_links(problems, ctx),
        draft=told(filing, hidden), action=filing.address(step),
        others=others.shown(filing.plan, filing.draft.typed, step, ctx, mask=partial(_mask_of_other, filing)),
        back=filing.beside(step, -1) is not None, more=more,
        hands=helping(filing.visit, filing), supplements=filing.supplements, kept="kept" in request.args,
        moved="moved" in request.args,
        nothing=_licences.why_nothing(filing.draft.typed) if filing.number(step) == 1 else "",
    )  # fmt: skip


def _mask_of_other(filing: Filing, plan: Plan, pointer: str, raw: Raw) -> str:
    """How another phone's answer is shown beside the one that stands."""
    question = plan.question_at(pointer)
    hidden = bool(filing.covered) and question is not None and _covered.is_secret(question)
    return _masked.mask_of(plan, pointer, raw, strict=hidden) or (_covered.UNREADABLE if hidden else "")


def context(filing: Filing) -> RenderContext:
    """The township, the reader and the day, as far as the look of the form depends on them."""
    counted, english = filing.decision.effective, language() == "en"
    known = as_of_today(filing.plan, filing.facts)
    return RenderContext(
        options=known.options,
        params=known.params,
        visible=frozenset(counted.visible),
        required=frozenset(counted.required),
        derived={pointer: value for pointer, value in counted.derived.items() if not filing.covers(pointer)},
        locked=locked_in(filing.draft.typed),
        sources=_known.sources(
            filing.plan,
            filing.draft.typed,
            from_sign_in=gettext("来自您的实名登录，不用填"),
            chosen_before=gettext("开始时选的；选错了，请回到开始重新填一份"),
        )
        | _earlier.sources(filing.draft.typed)
        | _licences.sources(filing.draft.typed),
        file_url=file_address(filing),
        gettext=gettext,
        locale="en" if english else "zh_CN",
    )


def file_address(filing: Filing) -> Callable[[str], str]:
    """How a file of this draft is addressed."""

    covered = _covered.files(filing.draft.typed)

    def address(file_id: str) -> str:
        code = filing.visit.tenant.code
        shown = file_id and not filing.visit.reopened and (filing.visit.guest or file_id not in covered)
        return url_for("uploads.show", code=code, draft_id=filing.draft.id, file_id=file_id) if shown else ""

    return address


def told(filing: Filing, hidden: Mapping[str, str]) -> dict[str, Any]:
    """What the script of the page is told (components/filing.html); `hidden` are the numbers shown as masks."""
    facts, form = filing.visit.facts, filing.form
    open_ = not (filing.visit.reopened or filing.covered)
    return {
        "id": str(filing.draft.id),
        "form": filing.plan.digest,
        "revision": filing.revision,
        "autosave_url": filing.at("apply.save"),
        "upload_url": url_for("uploads.add", code=filing.visit.tenant.code, draft_id=filing.draft.id),
        "sign_in_url": url_for("sign_in.start", next=filing.at("apply.resume")),
        # Without a plan the script decides nothing, and needs to know nothing.
        "plan_url": url_for("apply.plan", form_code=form.code, digest=form.plan.digest) if open_ else "",
        "facts": {"today": facts.today.isoformat(), "params": dict(facts.params)},
        "answers": without_secrets(filing.plan, filing.data) if open_ else {},
        "masks": dict(hidden),
        "key": "" if is_terminal() else filing.unsent_key,
    }


def helping(visit: Visit, filing: Filing | None = None) -> dict[str, Any]:
    """The two helping hands: whom to call, and where to ask the village to fill it in."""
    telephone = visit.around.phone_of(filing.draft.row.village_code if filing else None)
    elsewhere = filing.at("apply.elsewhere") if filing and not filing.supplements and not visit.reopened else None
    may_ask = filing is not None and not filing.supplements and visit.around.villages
    return {
        "phone": telephone.number if telephone else None,
        "whose": telephone.whose if telephone else None,
        "demo": bool(telephone and telephone.demo),
        "elsewhere_url": elsewhere,
        "help_url": filing.at("apply.ask_help") if filing and may_ask else None,
        "ask_url": f"/{visit.tenant.code}/" if telephone is None else None,
    }


def words_of(step: Step) -> str:
    """The title of a step in the reader's language."""
    return step_words(step, "title", language())[0]


def _foreign(step: Step, part: str) -> str:
    """The language of words of a step, where it is not the page's: those who hear the page are told."""
    return foreign(step_words(step, part, language())[1], language())


def title_of(filing: Filing) -> str:
    """The title of the form in the reader's language."""
    return filing.form.title_en if language() == "en" else filing.form.title
