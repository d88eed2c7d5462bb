"""The reference of `submit`: a bare Flask view with the same session, CSRF and gunicorn settings, one INSERT, one commit."""

from __future__ import annotations

import os

from flask import Flask, Response, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from sqlalchemy import text

from xiangtong.identity import sessions
from xiangtong.kernel.ids import new_id
from xiangtong.settings import Settings
from xiangtong.tenancy.scope import Database, Scope

_settings = Settings.from_environment()
_db = Database(
    app_url=_settings.database_url,
    oversight_url=_settings.oversight_database_url,
    relay_url=_settings.relay_database_url,
)
_STORED = os.environ["BENCH_STORED"]
app = Flask(__name__)
app.config.update(SECRET_KEY=_settings.secret_key, WTF_CSRF_TIME_LIMIT=None)
CSRFProtect(app)


@app.get("/form")
def form() -> str:
    """Where the client gets its CSRF token."""
    return f'<input name="csrf_token" value="{generate_csrf()}">'


@app.post("/submit")
def submit() -> Response:
    """Look the session up, insert the document, commit, redirect."""
    person = sessions.resolve(_db, token=request.cookies["xiangtong"])
    assert person is not None
    with _db.scope(Scope(tenant_id=1)) as session:
        session.execute(
            text("insert into bench_case (tenant_id, id, data) values (1, :id, cast(:data as jsonb))"),
            {"id": new_id(), "data": _STORED},
        )
    return Response(status=303, headers={"Location": "/form"})
