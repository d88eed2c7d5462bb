"""Put the English of a form's words beside them.

The words of all forms stand in one list (``form_schemas/_english/words.json``) and not in the forms: putting a better
word into it makes no new version of a form. What a form says itself in ``x-en`` comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xiangtong.dialect.plan import Question, Step
from xiangtong.dialect.vocabulary import PARAMETER_GAP, Schema

#: Name in ``x-en`` → the keyword that says the same in Chinese.
_PARTS = {
    "title": "title", "label": "x-label", "hint": "x-hint", "text": "x-text", "unit": "x-unit", "example": "x-example",
}  # fmt: skip


def in_english(node: Any, words: Mapping[str, str]) -> Any:
    """Copy a resolved form with ``x-en`` filled in at every question, and English at options, rows and materials."""
    if isinstance(node, list):
        return [in_english(member, words) for member in node]
    if not isinstance(node, Mapping):
        return node
    copied = {key: in_english(value, words) for key, value in node.items()}
    if isinstance(node.get("x-steps"), list):
        copied["x-steps"] = [_step(one, words) for one in node["x-steps"]]
    if isinstance(node.get("x-params"), Mapping):
        copied["x-params"] = {name: _parameter(one, words) for name, one in node["x-params"].items()}
    # A question may be called x-anything in `properties`; only a kind makes a schema a question.
    return copied | _beside(copied, words) if isinstance(node.get("x-kind"), str) else copied


def _beside(question: Schema, words: Mapping[str, str]) -> dict[str, Any]:
    told = {part: words[question[key]] for part, key in _PARTS.items() if question.get(key) in words}
    if "x-row" in question and question["x-row"].get("add") in words:
        told["add"] = words[question["x-row"]["add"]]
    beside: dict[str, Any] = {"x-en": told | question.get("x-i18n", {}).get("en", {}) | question.get("x-en", {})}
    if "x-options" in question:
        beside["x-options"] = [_option(one, words) for one in question["x-options"]]
    if "x-material" in question:
        beside["x-material"] = _material(question["x-material"], words)
    if "x-options" in question.get("items", {}):
        items = question["items"]
        beside["items"] = {**items, "x-options": [_option(one, words) for one in items["x-options"]]}
    return beside


def _step(step: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    told = {part: words[step[part]] for part in ("title", "hint") if step.get(part) in words}
    return {**step, "x-en": told | step.get("x-en", {})}


def _parameter(declared: Any, words: Mapping[str, str]) -> Any:
    """What a form declares of a parameter, with its unit in English."""
    if not isinstance(declared, Mapping) or declared.get("unit") not in words:
        return declared
    return {"unit_en": words[declared["unit"]], **declared}


def _option(option: Mapping[str, str], words: Mapping[str, str]) -> dict[str, str]:
    told = {"label_en": words.get(option["label"], ""), "hint_en": words.get(option.get("hint", ""), "")}
    return {key: value for key, value in told.items() if value} | dict(option)


def _material(material: Mapping[str, str], words: Mapping[str, str]) -> dict[str, str]:
    told = {"name_en": words.get(material["name"], ""), "when_en": words.get(material.get("when", ""), "")}
    return {key: value for key, value in told.items() if value} | dict(material)


def words_in(question: Question, part: str, language: str) -> tuple[str, str]:
    """Give a part of a question's words (label, title, hint, text, add …) and the language they are in.

    Falls back from a language of a region to the language, and at last to the Chinese of the form.
    """
    own = question.row.add if part == "add" else str(getattr(question, part, "") or "")
    tags = language.replace("_", "-").split("-")
    for length in range(len(tags), 0, -1):
        tag = "-".join(tags[:length])
        told = question.english if tag == "en" else question.notes.get("x-i18n", {}).get(tag, {})
        if tag == "zh" or not own:
            break
        if told.get(part):
            return str(told[part]), tag
    return own, "zh-CN"


def step_words(step: Step, part: str, language: str) -> tuple[str, str]:
    """Give the title or the hint of a step and the language it is in: the page's where there is one, or Chinese."""
    english = getattr(step, f"{part}_en") if language.partition("_")[0] == "en" else ""
    return (english, "en") if english else (getattr(step, part), "zh-CN")


def foreign(spoken: str, page: str) -> str:
    """Give the language of words where it is not the page's, for ``lang``; nothing where it is."""
    return "" if spoken.partition("-")[0] == page.replace("_", "-").partition("-")[0] else spoken


def unspoken(node: Schema) -> Iterator[str]:
    """The words of a form from `in_english`, for people who fill it in, that have no English yet, or one that names
    other parameters."""
    for step in node.get("x-steps", ()):
        yield from (step[part] for part in ("title", "hint") if step.get(part) and not step["x-en"].get(part))
    yield from (rule["message"] for rule in _rules(node) if not _fits(rule["message"], rule.get("message_en", "")))
    for question in _questions(node):
        known = question.get("x-en", {})
        said = {part: question[key] for part, key in _PARTS.items() if question.get(key)}
        yield from (words for part, words in said.items() if not _fits(words, known.get(part, "")))
        options = [*question.get("x-options", ()), *question.get("items", {}).get("x-options", ())]
        yield from (one["label"] for one in options if not one.get("label_en"))
        yield from (one["hint"] for one in options if one.get("hint") and not one.get("hint_en"))
        yield from (words for code, words in question.get("x-messages", {}).items() if not known.get(code))
        material = question.get("x-material", {})
        yield from (material[key] for key in ("name", "when") if material.get(key) and not material.get(f"{key}_en"))


def _fits(words: str, english: str) -> bool:
    """Say whether there is English for words, and it leaves room for the same parameters."""
    return bool(english) and set(PARAMETER_GAP.findall(english)) <= set(PARAMETER_GAP.findall(words))


def _rules(node: Any) -> Iterator[Schema]:
    if isinstance(node, Mapping):
        if isinstance(node.get("x-rules"), list):
            yield from node["x-rules"]
        node = list(node.values())
    if isinstance(node, list):
        for member in node:
            yield from _rules(member)


def _questions(node: Any) -> Iterator[Schema]:
    if isinstance(node, Mapping):
        if isinstance(node.get("x-kind"), str) and not node.get("x-office"):
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for member in node:
            yield from _questions(member)
