"""The walks of tools/screens.py through the longest forms: rows, a ledger, everything on the page to look it over."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from every_form import sign_in
from filing_robot import Robot
from sample_answers import sample
from xiangtong.kernel import clock

Camera = Any  # tools/screens.Camera: these modules are its parts.
#: Form → the pages of it that are taken, by step, and how their pictures are called.
PAGES = {
    "minimum-living": {"who": "form-long", "family": "form-rows", "income": "form-ledger", "review": "review-long"},
    "farmland-subsidy": {"plots": "form-plots"},
}


def long_forms(camera: Camera) -> None:
    """Minimum living allowance and farmland subsidy, filed as their samples say."""
    for code, names in PAGES.items():
        if camera.only and not any(word in name for word in camera.only for name in names.values()):
            continue
        page, filed = camera.page(), sample(code, today=clock.today())
        sign_in(camera.stack, page, filed.claims)

        def look(at: Page, place: str, names: dict[str, str] = names) -> None:
            if place in names:
                camera.shoot(at, names[place])

        Robot(page, filed, look=look).file(camera.stack.url)
        page.context.close()


WALKS = (long_forms,)
