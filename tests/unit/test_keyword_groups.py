"""Every honoured keyword, by itself: our tests of an `if`, the fast validator and the plain one say the same."""

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from keyword_groups import GROUPS, keywords_in, may_stand_in_if, plain, written
from plain_validator import formats
from xiangtong.dialect._check_keywords import _NARROWING, _SINGLE
from xiangtong.dialect.conditions import KEYWORDS, compile_test
from xiangtong.fields.formats import CHECKERS
from xiangtong.validation.compiled import bare


def names(group):
    return group["description"]


@pytest.mark.parametrize("group", GROUPS, ids=names)
def test_the_plain_validator_says_so(group):
    validator = Draft202012Validator(group["schema"], format_checker=formats())
    assert [validator.is_valid(one["data"]) for one in group["tests"]] == written(group)


@pytest.mark.parametrize("group", GROUPS, ids=names)
def test_the_fast_validator_says_so(group):
    validator = jsonschema_rs.Draft202012Validator(bare(plain(group)), formats=dict(CHECKERS), validate_formats=True)
    assert [validator.is_valid(one["data"]) for one in group["tests"]] == written(group)


@pytest.mark.parametrize("group", [one for one in GROUPS if may_stand_in_if(one)], ids=names)
def test_an_if_says_so(group):
    holds = compile_test(plain(group))
    assert [holds(one["data"]) for one in group["tests"]] == written(group)


def test_every_honoured_keyword_has_a_group():
    shown = {keyword for group in GROUPS for keyword in keywords_in(group["schema"])}
    honoured = (
        KEYWORDS | _SINGLE | _NARROWING | {"if", "then", "else", "oneOf", "dependentRequired", "dependentSchemas"}
    )
    assert honoured | {"additionalProperties", "$ref", "$defs"} <= shown
