"""Forms of elsewhere come in with a report that leaves nothing out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xiangtong.dialect.vocabulary import Facts
from xiangtong.forms.library import Library, form_of
from xiangtong.forms.publishing import SAMPLE_DAY
from xiangtong.interchange.importing import Imported, import_form
from xiangtong.interchange.patterns import Unreadable, rewritten
from xiangtong.interchange.source import Unread, pair_of, parse, sources
from xiangtong.validation.validate import decide

ROOT = Path(__file__).resolve().parents[2]
GIVEN = ROOT / "tests" / "schemas" / "interchange"
NAMES = sorted(path.stem for path in GIVEN.glob("*.json"))
LIBRARY = Library.from_folder(ROOT / "form_schemas")


HAVE = [{"const": True, "title": "有"}, {"const": False, "title": "没有"}]
ROW = {"type": "object", "properties": {"Main": {"type": "boolean", "title": "主要的"}}}


def _pair(name: str) -> tuple[Any, Any]:
    return pair_of(json.loads((GIVEN / f"{name}.json").read_text("utf-8")))


def _import(schema: Any, ui: Any = None, code: str = "given") -> Imported:
    return import_form(schema, ui, code=code, vocabulary=LIBRARY.vocabulary)


def _form(properties: dict[str, Any], ui: Any = None, **more: Any) -> Imported:
    return _import({"type": "object", "title": "表", "properties": properties, **more}, ui)


def _keywords(schema: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """The pointer of every keyword of a schema; tests, options and definitions count as one."""
    for key, value in schema.items():
        here = f"{at}/{key}"
        named = key in ("properties", "dependencies", "dependentSchemas", "patternProperties")
        if key in ("definitions", "$defs", "if", "contains") or not isinstance(value, dict):
            yield here
        elif named:
            yield here
            for name, part in value.items():
                if isinstance(part, dict) and key == "properties":
                    yield from _keywords(part, f"{here}/{name.replace('~', '~0').replace('/', '~1')}")
        else:
            yield here


@pytest.mark.parametrize("name", NAMES)
def test_what_is_given_becomes_a_form_that_could_be_published(name: str) -> None:
    made = _import(*_pair(name), code=name)
    assert made.form is not None, made.sentence
    assert made.findings == ()
    form = form_of(made.form, LIBRARY.vocabulary)
    assert decide(form.plan, made.sample, Facts(SAMPLE_DAY)).problems == ()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_ignored_in_silence(name: str) -> None:
    schema, ui = _pair(name)
    made = _import(schema, ui)
    told = made.report.pointers()
    left_out = {entry.pointer.rpartition("/")[0] for entry in made.report.of("refused")}
    silent = [
        pointer
        for pointer in _keywords(schema)
        if pointer not in told and not any(pointer.startswith(f"{gone}/") for gone in left_out if gone)
    ]
    assert silent == []
    for key in ui or {}:
        said = made.report.pointers("uiSchema")
        assert any(f"{pointer}/".startswith(f"/{key}/") for pointer in said) or key in schema["properties"]
    assert all(entry.sentence and entry.sentence_en for entry in made.report.entries)


def test_what_branches_declare_is_lifted_and_false_elsewhere() -> None:
    made = _import(*_pair("conditions"))
    form = form_of(made.form or {}, LIBRARY.vocabulary)
    plan = form.plan
    who = made.sample["applicant"]

    def shown(**answers: Any) -> set[str]:
        return {
            name.lstrip("/")
            for name in decide(plan, {"applicant": who, **answers}, Facts(SAMPLE_DAY)).effective.visible
        }

    assert {"food", "why"} <= shown(animal="Cat", food="grass")
    assert "tank" not in shown(animal="Cat", food="grass")
    assert not {"food", "why", "weight"} & shown(animal="Fish")
    assert "tank" in shown(animal="Fish")
    assert "scale" not in shown(animal="Cat", weight=249)
    assert "scale" in shown(animal="Cat", weight=250)
    assert "tank" in {one.pointer[1:] for one in decide(plan, {"animal": "Fish"}, Facts(SAMPLE_DAY)).problems}


def test_dependencies_ask_what_depends() -> None:
    made = _import(*_pair("dependencies"))
    plan = form_of(made.form or {}, LIBRARY.vocabulary).plan
    one = decide(plan, {"do_you_have_any_pets": "Yes: One"}, Facts(SAMPLE_DAY))
    assert "/how_old_is_your_pet" in {problem.pointer for problem in one.problems}
    assert "/rid_of_any" not in one.effective.visible
    card = decide(plan, {"name": "张三", "credit_card": 100}, Facts(SAMPLE_DAY))
    assert "/billing_address" in {problem.pointer for problem in card.problems}
    assert "/postcode" not in card.effective.visible


@pytest.mark.parametrize(
    ("given_", "kind", "also"),
    [
        ({"type": "string", "format": "date"}, "date", {"format": "date"}),
        ({"type": "string", "format": "data-url"}, "file", {"maxItems": 1}),
        ({"type": "number", "minimum": 0.5, "multipleOf": 0.5}, "number", {"minimum": 50, "multipleOf": 50}),
        ({"type": "number", "multipleOf": 1}, "integer", {}),
        ({"type": "integer", "exclusiveMinimum": 3, "maximum": 9}, "integer", {"minimum": 4, "maximum": 9}),
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": True}, "integer", {"minimum": 4}),
        ({"type": "boolean", "enum": [True]}, "consent", {"const": True}),
        ({"type": "boolean", "oneOf": HAVE}, "yes-no", {"oneOf": HAVE}),
        ({"type": "boolean", "enumNames": ["有", "没有"]}, "yes-no", {"oneOf": HAVE, "enum": None}),
        ({"type": "boolean", "anyOf": HAVE[:1]}, "yes-no", {"oneOf": None, "anyOf": None}),
        (
            {
                "type": "array",
                "contains": {"const": "a"},
                "minContains": 1,
                "maxContains": 2,
                "items": {"enum": ["a", "b"]},
            },
            "choices",
            {"contains": {"const": "a"}, "minContains": 1, "maxContains": 2},
        ),
        (
            {"type": "array", "contains": {"pattern": "^x"}, "items": {"type": "string"}},
            "lines",
            {"contains": {"pattern": "^x"}, "minContains": None},
        ),
        (
            {"type": "array", "contains": {"properties": {"Main": {"const": True}}}, "items": ROW},
            "rows",
            {"contains": {"properties": {"main": {"const": True}}, "required": ["main"]}},
        ),
        ({"type": "array", "minContains": 2, "items": {"type": "string"}}, "lines", {"minContains": None}),
        ({"type": ["string", "null"], "pattern": r"^\d+$"}, "text", {"pattern": "^[0-9]+$"}),
        ({"type": "string", "nullable": True}, "text", {"maxLength": 200}),
        ({"enum": ["a", "b"], "enumNames": ["甲", "乙"]}, "choice", {"enum": ["a", "b"]}),
        ({"type": "number", "enum": [1, 1.5]}, "choice", {"enum": ["1", "1.5"]}),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, "choices", {"uniqueItems": True, "maxItems": 2}),
        ({"type": "array", "items": {"type": "string"}}, "lines", {"maxItems": 20}),
        ({"type": "array", "uniqueItems": True, "items": {"type": "integer"}}, "lines", {"uniqueItems": True}),
        ({"type": "array", "items": {"type": "string", "format": "date"}}, "lines", {"default": None}),
        ({"type": "array", "minItems": 1, "default": ["a"], "items": {"type": "string"}}, "lines", {"default": ["a"]}),
        ({"type": "array", "items": {"type": "number"}}, "rows", {"maxItems": 20}),
        ({"allOf": [{"type": "string"}, {"maxLength": 5}]}, "text", {"maxLength": 5}),
    ],
)
def test_a_question_becomes_one_of_our_kinds(given_: dict[str, Any], kind: str, also: dict[str, Any]) -> None:
    made = _form({"asked": given_})
    assert made.form is not None, made.sentence
    asked = made.form["properties"]["asked"]
    assert asked["x-kind"] == kind
    assert {key: asked.get(key) for key in also} == also


@pytest.mark.parametrize(
    ("given_", "keyword"),
    [
        ({"type": "string", "pattern": "^(?=x)y"}, "pattern"),
        ({"type": "number", "multipleOf": 0.001}, "multipleOf"),
        ({"type": "string", "format": "hostname"}, "format"),
        ({"type": "array", "contains": {"format": "date"}, "items": {"type": "string"}}, "contains"),
        ({"type": "string", "minLength": -1}, "minLength"),
        ({"type": "string", "foo": 1}, "foo"),
        ({"type": ["string", "integer"]}, "type"),
        ({"$ref": "https://example.com/x"}, "$ref"),
        ({"$ref": "#/properties/asked"}, "$ref"),
        ({"oneOf": [{"type": "string"}, {"type": "number"}]}, "oneOf"),
        ({"not": {}}, "type"),
        (17, ""),
    ],
)
def test_what_cannot_be_taken_over_is_refused_by_name(given_: Any, keyword: str) -> None:
    made = _form({"asked": given_, "other": {"type": "string"}})
    assert made.form is not None, made.sentence
    assert keyword in {entry.keyword for entry in made.report.of("refused")}


@pytest.mark.parametrize(
    "document", [None, True, 3, "x", [], {}, {"type": "object"}, {"type": "object", "properties": {}}, {"$ref": "#"}]
)
def test_what_is_no_form_is_refused_in_words(document: Any) -> None:
    made = _import(document)
    assert made.form is None
    assert made.sentence and made.sentence_en


@pytest.mark.parametrize(
    ("given_", "wanted"),
    [
        (r"^\d{3}-\w+$", "^[0-9]{3}-[0-9A-Za-z_]+$"),
        (r"^[\d.\-]+$", r"^[0-9.\-]+$"),
        (r"^(?:ab)+?$", "^(ab)+$"),
        (r"^\D$", "^[^0-9]$"),
        (r"\u4e00|\x41", "一|A"),
        (r"^[^^|]$", r"^[^\^\|]$"),
        (r"^a\@b\_c$", "^a@b_c$"),
    ],
)
def test_patterns_are_rewritten(given_: str, wanted: str) -> None:
    assert rewritten(given_) == wanted


@pytest.mark.parametrize("given_", ["(?=a)", r"\bword", r"(a)\1", r"[\D]", "a)(", r"\p{L}"])
def test_patterns_without_a_counterpart_are_refused(given_: str) -> None:
    with pytest.raises(Unreadable):
        rewritten(given_)


def test_definitions_that_unfold_without_end_are_cut() -> None:
    wide = {f"d{n}": {"type": "object", "properties": {f"p{i}": {"$ref": f"#/definitions/d{n + 1}"} for i in range(9)}}
            for n in range(10)}  # fmt: skip
    made = _form({"a": {"$ref": "#/definitions/d0"}, "b": {"type": "string"}}, definitions=wide)
    assert any(entry.keyword == "$ref" for entry in made.report.of("refused"))


_WORDS = st.sampled_from(
    ["type", "properties", "required", "items", "enum", "oneOf", "anyOf", "allOf", "if", "then", "else", "const", "$ref",
     "format", "pattern", "minimum", "maxLength", "dependencies", "not", "title", "ui:order", "ui:options", "a", "b"]
)  # fmt: skip
_VALUES = st.sampled_from(
    [None, True, False, 0, 1.5, -3, 1e400, "object", "array", "string", "number", "a", "#/properties/a", "", "["]
)
_DOCUMENTS = st.recursive(
    _VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=5)
)


@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(schema=_DOCUMENTS, ui=_DOCUMENTS)
def test_whatever_is_given_is_read_or_refused_in_words(schema: Any, ui: Any) -> None:
    for document in (
        schema,
        {"type": "object", "properties": {"a": schema, "b": {"type": "string"}}, "allOf": [schema]},
    ):
        made = _import(document, ui)
        assert made.form is not None or made.sentence


def test_pairs_are_found_by_their_names(tmp_path: Path) -> None:
    for name in ("schema.json", "uiSchema.json", "x.schema.json", "x.ui.json", "gui.json", "z-ui-schema.json"):
        (tmp_path / name).write_text('{"type": "object", "ui:order": ["*"]}')
    paths = [tmp_path / name for name in ("schema.json", "x.schema.json", "x.ui.json", "gui.json", "z-ui-schema.json")]
    found = {one.path.name: (one.ui is not None, one.error is None) for one in sources(paths)}
    assert found == {
        "schema.json": (True, True), "x.schema.json": (True, True), "gui.json": (False, True),
        "z-ui-schema.json": (False, False),
    }  # fmt: skip


def test_a_number_that_cannot_be_written_again_is_not_read() -> None:
    with pytest.raises(Unread):
        parse(b'{"type": "object", "properties": {"a": {"type": "number", "maximum": 1e999}}}')
