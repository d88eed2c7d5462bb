"""The services of the app that handles this request."""

from __future__ import annotations

from flask import current_app

from xiangtong.wiring import Services


def services() -> Services:
    """The services that `create_app` was given."""
    found = current_app.extensions["xiangtong"]
    assert isinstance(found, Services)
    return found
