"""A browser for the console's tests: mounted as in production, and every form carries its token."""

from __future__ import annotations

import re

import pyotp
from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse

from sign_in_codes import send_last
from xiangtong.identity import demo
from xiangtong.kernel import clock

ADMIN, CLERK, OPERATOR, AUDITOR = "321003100-001", "321003100-003", "3210-901", "3210-903"
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
_CODE = re.compile(r"<td[^>]*>([0-9]{6})，5</td>")


class Browser:
    """A client of the mounted console; paths are below `/console`."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = Client(DispatcherMiddleware(NotFound(), {"/console": app.wsgi_app}))

    def open(self, path: str) -> TestResponse:
        """Whatever stands at the address."""
        return self.client.get(f"/console{path}")

    def get(self, path: str, status: int = 200) -> str:
        """A page, with the status it must have."""
        answer = self.open(path)
        assert answer.status_code == status, (path, answer.status_code, answer.location)
        return answer.text if answer.mimetype == "text/html" else ""

    def post(self, path: str, status: int = 303, *, on: str = "", **form: object) -> TestResponse:
        """Send a form that stands on the page `on` (by default, at the same address)."""
        token = _CSRF.search(self.open(on or path).text)
        assert token, f"no form on {on or path}"
        answer = self.client.post(f"/console{path}", data={"csrf_token": token.group(1), **form})
        assert answer.status_code == status, (path, answer.status_code, answer.location, answer.text[-1500:])
        return answer

    def latest_code(self) -> str:
        """The code of the last demo message."""
        found = _CODE.search(self.get("/demo-sms"))
        assert found
        return found.group(1)

    def sign_in(self, account: str) -> Browser:
        """Sign a demo person in, second factor included."""
        answer = self.post("/sign-in", account=account, password=demo.PASSWORD)
        assert answer.location == "/console/sign-in/second"
        if "发验证码给我" in self.get("/sign-in/second"):
            self.post("/sign-in/second/send", 200, on="/sign-in/second")
            code = self.latest_code()
        else:
            code = pyotp.TOTP(demo.TOTP_SECRET).at(clock.now())
        # The page after sending has the code's field; its token serves any form of this browser.
        self.post("/sign-in/second", on="/sign-in/second", code=code)
        return self

    def sign_in_by_phone(self, phone: str) -> Browser:
        """Sign somebody of a village in, who needs no password."""
        self.post("/sign-in/code", 200, on="/sign-in?by=phone", phone=phone)
        services = self.app.extensions["xiangtong"]
        send_last(services.db, keys=services.keys, sms=services.sms)
        self.post("/sign-in/phone", on="/sign-in", phone=phone, code=self.latest_code())
        return self
