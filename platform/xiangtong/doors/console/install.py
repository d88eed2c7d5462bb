"""What the release command does for the console: roles and permissions, once, so that no start of the app does."""

from __future__ import annotations

import secrets

from flask import Flask
from sqlalchemy.orm import scoped_session, sessionmaker

from xiangtong.doors.console.framework import build, grant
from xiangtong.kernel.db import engine


def install_console(owner_url: str) -> None:
    """Write the framework's roles and permissions as the owner; running it again changes nothing."""
    bind = engine(owner_url, pool_size=1)
    app = Flask("xiangtong.release", static_folder=None)
    app.config["SECRET_KEY"] = secrets.token_hex()
    session = scoped_session(sessionmaker(bind))
    try:
        builder = build(app, session, update=True)
        with app.app_context():
            grant(builder)
    finally:
        session.remove()
        bind.dispose()
