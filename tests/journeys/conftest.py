"""Journeys: the whole demo on free ports, real browsers, every page watched for violations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browsing import browser, open_page, playwright
from demo_stack import Stack, demo_stack

__all__ = ["browser", "open_page", "playwright", "stack"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever journey comes first also waits for the demo to stand: on a loaded machine that takes minutes."""
    for item in items:
        if "journeys" in item.path.parts and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Everything `make serve` starts, on free ports and in a folder of its own."""
    with demo_stack() as running:
        yield running
