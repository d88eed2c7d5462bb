"""Ten faults in each evaluator, one at a time: the corpus turns red for every one of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from evaluator_mutations import IN_BROWSER, IN_PYTHON, Mutation, changed_script, notices_in_python
from evaluator_pair import evaluator_page, wrong_in_browser


def test_there_are_ten_of_each() -> None:
    assert len(set(IN_PYTHON)) == len(set(IN_BROWSER)) == 10


def test_without_a_fault_the_copy_is_green(tmp_path: Path) -> None:
    assert not notices_in_python(None, tmp_path)


@pytest.mark.parametrize("mutation", IN_PYTHON, ids=lambda one: one[1][:40])
def test_the_corpus_notices_it_in_python(mutation: Mutation, tmp_path: Path) -> None:
    assert notices_in_python(mutation, tmp_path)


@pytest.mark.parametrize("mutation", IN_BROWSER, ids=lambda one: one[1][:40])
def test_the_corpus_notices_it_in_the_browser(mutation: Mutation, browser: Browser) -> None:
    page = evaluator_page(browser, changed_script(mutation))
    assert wrong_in_browser(page)
    page.close()
