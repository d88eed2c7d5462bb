"""Every form filed end to end in a real browser at 360 px, with and without script, and held by the province as filed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from demo_stack import Stack, demo_stack
from every_form import file_in_browser
from sample_answers import FORMS


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The whole demo."""
    with demo_stack() as running:
        yield running


@pytest.mark.timeout(600)
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("code", FORMS)
def test_a_form_end_to_end(code: str, script: bool, stack: Stack, open_page: Any) -> None:
    file_in_browser(stack, open_page("phone", script=script), code, script=script)
