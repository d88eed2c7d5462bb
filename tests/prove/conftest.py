"""Proofs in a browser share one Playwright a process: imported by each module, the fixtures would be one a module."""

from browsing import browser, open_page, playwright

__all__ = ["browser", "open_page", "playwright"]
