"""The cut templates of one form version in one language, by one translator."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from xiangtong.dialect.english import foreign, step_words, words_in
from xiangtong.dialect.plan import Option, Plan, Question, Step
from xiangtong.dialect.vocabulary import PARAMETER_GAP
from xiangtong.fields.kinds import KINDS
from xiangtong.fields.yes_no import YES_NO
from xiangtong.rendering.pieces import BODY, FILE_URL, PROBLEM, ROW, VALUE, Pieces, parameter_hole, quiet
from xiangtong.rendering.view import FieldView, FileView, OptionView

_AGREED = (Option("true", "同意", "I agree"),)
#: Banks that pay to farmers' cards nearly everywhere; any other may be typed.
_BANKS = tuple(
    Option(name, name)
    for name in ("中国农业银行", "中国邮政储蓄银行", "农村商业银行", "农村信用社", "中国工商银行", "中国建设银行",
                 "中国银行", "交通银行")
)  # fmt: skip
_FIXED_OPTIONS = {"yes-no": YES_NO, "consent": _AGREED, "bank": _BANKS}
_AUTOCOMPLETE = {
    "person-name": "name", "mobile-phone": "tel", "phone": "tel", "landline": "tel", "address": "street-address",
    "postcode": "postal-code", "email": "email",
}  # fmt: skip
#: Township lists differ, so a sheet of a popular form would grow for ever without this.
_MOST_PIECES = 3000

_templates = Environment(
    loader=PackageLoader("xiangtong", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Look(NamedTuple):
    """Everything besides the holes that decides a field's markup; a tuple, since every field hashes one."""

    question: str  # its pattern
    partial: str
    problem: bool = False
    optional: bool = False
    hidden: bool = False
    readonly: bool = False
    source: str = ""
    township_options: tuple[tuple[str, str], ...] = ()
    has_address: bool = False  # of a file
    level: int = 0  # of one of the lists of a division
    titled: bool = False  # the page's title says its label already
    kept: bool = False  # it was answered, and the answer never comes back to a page


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cut templates, made when they are first needed."""

    locale: str
    gettext: Callable[[str], str]
    applicant: frozenset[str]  # patterns of the applicant's own answers, which a browser may fill in
    params: tuple[str, ...] = ()  # names of the form's parameters
    cut: dict[Look, Pieces] = field(default_factory=dict)

    def pieces(self, look: Look, question: Question) -> Pieces:
        """Give the cut template for a look."""
        known = self.cut.get(look)
        if known is not None:
            return known
        made = Pieces.cut(self._run(look, question))
        if len(self.cut) >= _MOST_PIECES:
            self.cut.clear()
        self.cut[look] = made
        return made

    def _run(self, look: Look, question: Question) -> str:
        template = _templates.get_template(f"fields/{look.partial}.html")
        return template.render(f=self._view(look, question), _=self.gettext).strip()

    def _view(self, look: Look, question: Question) -> FieldView:
        known = question.pattern in self.applicant
        return FieldView(
            question=question,
            name=question.pattern.replace("*", ROW),
            label=self._words(question, "label"),
            hint=self._hint(question),
            text=self._words(question, "text"),
            unit=quiet(self._unit(question)),
            add=self._add(question),
            options=tuple(self._option(one) for one in options_of(question, look)),
            autocomplete=_AUTOCOMPLETE.get(question.kind, "off") if known else "off",
            value=VALUE,
            problem=PROBLEM if look.problem else "",
            body=BODY,
            optional=look.optional,
            hidden=look.hidden,
            readonly=look.readonly,
            source=quiet(look.source),
            file=FileView(url=FILE_URL if look.has_address else ""),
            level=look.level,
            titled=look.titled,
            kept=look.kept,
        )

    def _words(self, question: Question, part: str) -> str:
        words, language = words_in(question, part, self.locale)
        return self._spoken(PARAMETER_GAP.sub(self._gap, quiet(words)), language)

    def _gap(self, gap: re.Match[str]) -> str:
        """The hole of a parameter; a name that the form does not declare stays as it is written."""
        return parameter_hole(self.params.index(gap[1])) if gap[1] in self.params else gap[0]

    def _spoken(self, words: str, language: str) -> str:
        """Mark words that are not in the page's language, line by line, for those who hear them read."""
        if not words or not foreign(language, self.locale):
            return words
        marked = Markup('<span lang="{}">{}</span>')
        return Markup("\n").join(marked.format(language, line) for line in words.split("\n"))

    def ordinal(self, question: Question, index: int) -> str:
        """The name of one row, in the page's language or marked as Chinese."""
        return f"No. {index + 1}" if self.locale == "en" else self._spoken(quiet(question.row.ordinal(index)), "zh-CN")

    def _add(self, question: Question) -> str:
        """The words of the button that adds a row."""
        words, language = words_in(question, "add", self.locale)
        if self.locale == "en" and language != "en":
            return "Add one more"
        return self._spoken(quiet(words), language)

    def step_title(self, step: Step) -> str:
        """The title of a step, marked where it is not in the page's language."""
        words, language = step_words(step, "title", self.locale)
        return self._spoken(quiet(words), language)

    def _hint(self, question: Question) -> str:
        hint = self._words(question, "hint")
        if not question.example:
            return hint
        if self.locale == "en":
            spoken = Markup("For example: {}").format(self._words(question, "example"))
            return Markup(" ").join([hint, spoken]) if hint else spoken
        example = f"例如 {question.example}"
        return quiet(f"{hint.rstrip('。')}，{example}" if hint else example)

    def _unit(self, question: Question) -> str:
        kind = KINDS.get(question.kind)
        if self.locale == "en":
            return str(question.english.get("unit") or getattr(kind, "unit_en", ""))
        return str(question.unit or getattr(kind, "unit", ""))

    def _option(self, option: Option) -> OptionView:
        english = self.locale == "en"
        label, lang = (option.label_en, "en") if english and option.label_en else (option.label, "zh-CN")
        hint, hint_lang = (option.hint_en, "en") if english and option.hint_en else (option.hint, "zh-CN")
        return OptionView(
            quiet(option.value), quiet(label), quiet(hint), foreign(lang, self.locale), foreign(hint_lang, self.locale)
        )


def options_of(question: Question, look: Look) -> tuple[Option, ...]:
    """Give the options a question offers: those of its kind, of the township's list, or its own."""
    if look.township_options:
        return tuple(Option(value, label) for value, label in look.township_options)
    return question.options or _FIXED_OPTIONS.get(question.kind, ())


@lru_cache(maxsize=256)
def _sheet(
    digest: str, locale: str, gettext: Callable[[str], str], applicant: frozenset[str], params: tuple[str, ...]
) -> Sheet:
    return Sheet(locale, gettext, applicant, params)


def sheet_of(plan: Plan, locale: str, gettext: Callable[[str], str]) -> Sheet:
    """Find the sheet of a form version, one per version, language and translator."""
    applicant = plan.form.get("applicant") or {}
    sources = (one for source in applicant.values() for one in (source if isinstance(source, list) else [source]))
    own = frozenset(one for one in sources if isinstance(one, str))
    return _sheet(plan.digest, locale, gettext, own, tuple(plan.params))
