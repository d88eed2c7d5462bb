"""Decide about answers: what is stored, and everything that must be mended first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xiangtong.dialect import identity_numbers
from xiangtong.dialect.effective import Effective
from xiangtong.dialect.expressions import values_at
from xiangtong.dialect.known import as_of_today
from xiangtong.dialect.plan import Plan, Question, Rule, pattern_of
from xiangtong.dialect.rules import broken_rules
from xiangtong.dialect.vocabulary import Facts
from xiangtong.fields.kind import PRECEDENCE, Sentence
from xiangtong.fields.kinds import KINDS
from xiangtong.fields.lines import Lines, at_lines
from xiangtong.fields.normal import today_or_before
from xiangtong.fields.parameters import with_parameters
from xiangtong.kernel.errors import Problem as PlainProblem
from xiangtong.kernel.errors import Problems
from xiangtong.validation.compiled import Refused, keyword_of, refusals
from xiangtong.validation.normalise import counted
from xiangtong.validation.wording import rule_words, rule_words_en, whereabouts, whereabouts_en

#: How a question says that nothing was answered: no value, or no rows.
_UNANSWERED = ("missing", "too-few")
#: Kinds whose answer is a list and is asked in one piece.
_INDIVISIBLE = ("lines", "choices")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``message`` stands at the field; ``summary`` also says which field it is.

    ``summary_en`` may be empty: ``message_en`` then says it all.
    """

    pointer: str
    code: str
    message: str
    message_en: str
    summary: str
    summary_en: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What counts of a submission, and its problems in the form's order."""

    effective: Effective
    problems: tuple[Problem, ...]

    @property
    def stored(self) -> dict[str, Any]:
        """Exactly what is stored: effective data, derived values included."""
        return self.effective.data

    def refuse(self) -> None:
        """Raise all problems together, where there are any."""
        if self.problems:
            raise as_refusal(self.problems)


def decide(plan: Plan, data: Any, facts: Facts) -> Decision:
    """Normalise answers, find what counts of them, and check that. Fails on nothing a client can send."""
    facts = as_of_today(plan, facts)
    now = counted(plan, data, facts)
    return Decision(now, tuple(_problems(plan, now, facts)))


def validate(plan: Plan, data: Any, facts: Facts) -> list[Problem]:
    """Give every problem of the answers, in the form's order."""
    return list(decide(plan, data, facts).problems)


def problems_of_step(plan: Plan, step_id: str, problems: Sequence[Problem]) -> list[Problem]:
    """Keep the problems that a step's questions show."""
    step = plan.step(step_id)
    asked = step.asks if step else ()
    return [one for one in problems if any(f"{one.pointer}/".startswith(f"{pattern}/") for pattern in asked)]


def not_asked_before(plan: Plan, problems: Sequence[Problem], fresh: Collection[str]) -> list[Problem]:
    """Keep the problems that nobody could have avoided: `fresh` questions without an answer, and rules that wait for one.

    `fresh` are the pointers of questions that have only now appeared. What they hold already is judged like the rest.
    """
    empty = [one for one in problems if one.pointer in fresh and one.code in _UNANSWERED]
    awaited = {pattern_of(one.pointer) for one in empty}
    waiting = {(rule.code, rule.at) for rule in _rules(plan) if awaited.intersection(rule.reads)} if awaited else ()
    return [one for one in problems if one in empty or (one.code, pattern_of(one.pointer)) in waiting]


def appeared(plan: Plan, step_id: str, stored: Mapping[str, Any], fresh: Collection[str]) -> bool:
    """Say whether one of the `fresh` questions of a step holds nothing yet, whether it has to be answered or not."""
    step = plan.step(step_id)
    here = [one for one in fresh if any(f"{one}/".startswith(f"{asked}/") for asked in (step.asks if step else ()))]
    return any(_is_to_answer(plan.question_at(one)) and not _holds(stored, one) for one in here)


def _is_to_answer(question: Question | None) -> bool:
    if question is None or question.is_group or question.is_derived:
        return False
    return not (question.office or question.read_only or question.kind == "notice")


def _holds(data: Any, pointer: str) -> bool:
    for token in pointer.split("/")[1:]:
        data = data[int(token)] if isinstance(data, list) else data.get(token) if isinstance(data, Mapping) else None
    return data not in (None, "", [])


def _rules(plan: Plan) -> Iterator[Rule]:
    for question in (plan.root, *plan.by_pattern.values()):
        yield from question.rules


def as_refusal(problems: Sequence[Problem]) -> Problems:
    """Make the refusal that a door answers with."""
    return Problems(
        [PlainProblem(one.pointer, one.summary, one.summary_en or one.message_en, one.code) for one in problems]
    )


def _problems(plan: Plan, now: Effective, facts: Facts) -> list[Problem]:
    found: dict[str, Problem] = {}
    for question, pointer, sentence in _own_problems(plan, now, facts):
        told = _with_parameters(plan, question, sentence, facts)
        found.setdefault(pointer, _problem(plan, question, pointer, told))
    for broken in broken_rules(plan, now.data, facts, found.keys()):
        question, around = _question(plan, broken.pointer)
        # One line, or one choice, has no place of its own on the page.
        pointer = around if question.kind in _INDIVISIBLE else broken.pointer
        words = rule_words(plan, broken.rule, broken.pointer, facts)
        sentence = Sentence(broken.rule.code, words, rule_words_en(plan, broken.rule, broken.pointer, facts))
        found.setdefault(pointer, _problem(plan, question, pointer, sentence))
    if len(found) < 2:
        return list(found.values())
    order = {pointer: place for place, pointer in enumerate(now.visible)}
    return sorted(found.values(), key=lambda one: order.get(one.pointer, len(order)))


def _own_problems(plan: Plan, now: Effective, facts: Facts) -> Iterator[tuple[Question, str, Sentence]]:
    refused = [(_place(keyword_of(plan, one)), one) for one in refusals(plan, now.data)]
    ordered = [one for _, one in sorted(refused, key=lambda pair: pair[0])]
    yield from _faulty_lines(plan, ordered)
    for one in ordered:
        question, pointer = _question(plan, one.pointer)
        if _line_of(question, pointer, one) is None:
            yield question, pointer, _sentence(plan, now, question, pointer, one)
    for question, pointer, value in _dated(plan, now):
        yield from _beyond_schema(question, pointer, value, facts)


def _faulty_lines(plan: Plan, refused: Sequence[Refused]) -> Iterator[tuple[Question, str, Sentence]]:
    """What is wrong with lines: all of them at their question, of each the most telling."""
    found: dict[str, tuple[Question, dict[int, Sentence]]] = {}
    for one in refused:
        question, pointer = _question(plan, one.pointer)
        kind, line = KINDS[question.kind], _line_of(question, pointer, one)
        if isinstance(kind, Lines) and line is not None:
            told = _own_words(question, kind.explain_line(one.value, question, keyword_of(plan, one), one.limit))
            found.setdefault(pointer, (question, {}))[1].setdefault(line, told)
    for pointer, (question, lines) in found.items():
        yield question, pointer, at_lines(lines)


def _line_of(question: Question, pointer: str, one: Refused) -> int | None:
    """The line, counted from zero, that a refused value stands in; None where it is the question's whole answer."""
    inside = one.pointer.removeprefix(pointer)
    return int(inside.split("/")[1]) if inside and question.kind == "lines" else None


def _sentence(plan: Plan, now: Effective, question: Question, pointer: str, one: Refused) -> Sentence:
    """Say what is wrong with the value at a question's pointer, or with something inside of it."""
    kind, keyword = KINDS[question.kind], keyword_of(plan, one)
    inside = one.pointer.removeprefix(pointer)
    if keyword == "required" and not inside:
        return _own_words(question, kind.missing(question))
    value = _at(now.data, pointer) if inside else one.value
    return _own_words(question, kind.explain(value, question, keyword, one.limit))


def _own_words(question: Question, sentence: Sentence) -> Sentence:
    """Give the form's own sentence for a problem, where it has one."""
    words = question.messages.get(sentence.code)
    if words is None:
        return sentence
    return Sentence(sentence.code, words, str(question.english.get(sentence.code) or words))


def _with_parameters(plan: Plan, question: Question, sentence: Sentence, facts: Facts) -> Sentence:
    """Fill what a form's own sentence leaves open; the sentences of kinds leave nothing open, and may quote answers."""
    if sentence.code not in question.messages:
        return sentence
    words = with_parameters(sentence.message, plan, facts.params)
    return Sentence(sentence.code, words, with_parameters(sentence.message_en, plan, facts.params, english=True))


def _place(keyword: str) -> int:
    return PRECEDENCE.index(keyword) if keyword in PRECEDENCE else len(PRECEDENCE)


def _question(plan: Plan, pointer: str) -> tuple[Question, str]:
    """Find the question that shows a problem: the value's own, or the nearest around it."""
    while pointer:
        question = plan.question_at(pointer)
        if question is not None:
            return question, pointer
        pointer = pointer.rpartition("/")[0]
    return plan.root, ""


def _at(data: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        data = data[int(token)] if isinstance(data, list) else data.get(token)
    return data


def _dated(plan: Plan, now: Effective) -> Iterator[tuple[Question, str, Any]]:
    """The answers that only the facts of the day can judge: lists of the township, dates of birth."""
    for question in plan.watched:
        for pointer, value in values_at(now.data, question.pattern):
            for one in value if isinstance(value, list) else (value,):
                if isinstance(one, str):
                    yield question, pointer, one


def _beyond_schema(
    question: Question, pointer: str, value: str, facts: Facts
) -> Iterator[tuple[Question, str, Sentence]]:
    allowed = facts.options.get(question.options_from) if question.options_from else None
    if allowed is not None and not KINDS[question.kind].is_listed(value, allowed):
        yield question, pointer, KINDS[question.kind].explain(value, question, "enum", None)
    born = identity_numbers.birth_of(value) if question.kind == "resident-id" else None
    if born is not None and not today_or_before(born.isoformat(), facts.today):
        words = "号码里的出生日期还没到，请对照身份证再看一遍"
        yield question, pointer, Sentence("format", words, "The date of birth in the number is in the future")


def _problem(plan: Plan, question: Question, pointer: str, sentence: Sentence) -> Problem:
    where = whereabouts(plan, pointer)
    if sentence.code in ("missing", "const"):
        summary = f"{where}：{sentence.message}" if where else sentence.message
        english = sentence.message_en
    else:
        name = f"{where}的{question.title}" if where else question.title
        summary, english = f"{name}：{sentence.message}", f"{question.title_en}: {sentence.message_en}"
    there = whereabouts_en(plan, pointer)
    english = f"{there}. {english}" if there else english
    return Problem(pointer, sentence.code, sentence.message, sentence.message_en, summary, english)
