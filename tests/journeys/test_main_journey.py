"""The main job in a real browser at 360 px, with every process killed on the way."""

from __future__ import annotations

from typing import Any

import pytest

import main_journey


@pytest.mark.timeout(900)
def test_filed_on_a_phone_handled_at_the_window_held_by_the_province(stack: Any, open_page: Any) -> None:
    main_journey.walk(stack, open_page)
