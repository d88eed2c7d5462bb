"""Thousands of random schemas and answers: the fast validator, the plain one and the browser never disagree."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from evaluator_fuzz import Case, cases, told_apart
from evaluator_pair import evaluator_page


@pytest.mark.timeout(600)
def test_three_validators_never_disagree(browser: Browser) -> None:
    page = evaluator_page(browser)
    counted = [0, 0]

    @given(made=st.lists(cases(), min_size=4, max_size=8))
    @settings(max_examples=600, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    def compare(made: list[Case]) -> None:
        counted[0] += len(made)
        counted[1] += sum(len(values) for _, values in made)
        assert told_apart(page, made) == []

    compare()
    page.close()
    print(f"\nthree validators agree about {counted[1]} answers to {counted[0]} random schemas")
