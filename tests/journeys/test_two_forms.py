"""Two of the forms in a real browser, other ones every day: one with script, one without. `make prove` files them all."""

from __future__ import annotations

from typing import Any

import pytest

from every_form import file_in_browser
from sample_answers import FORMS
from xiangtong.kernel import clock

# Seven and the number of forms have no divisor in common, so that every form has its day.
_TODAY = clock.today().toordinal() * 7


@pytest.mark.parametrize(("turn", "script"), [(0, True), (1, False)], ids=["script", "no-script"])
def test_the_form_of_the_day(turn: int, script: bool, stack: Any, open_page: Any) -> None:
    file_in_browser(stack, open_page("phone", script=script), FORMS[(_TODAY + turn) % len(FORMS)], script=script)
