"""The web application: every door, side by side."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from xiangtong.doors.api.routes import blueprint as api
from xiangtong.doors.callbacks.routes import blueprint as callbacks
from xiangtong.doors.citizen import apply, cases, channel, mode, offline, printing, sign_in, uploads
from xiangtong.doors.cityctl import blueprint as city
from xiangtong.doors.console import (
    forms_export,
    forms_publish,
    interchange,
    machines,
    pushing,
    workbench_act,
    workbench_fill,
)
from xiangtong.doors.console.app import create_console
from xiangtong.doors.shared import access, health
from xiangtong.doors.shared.frame import create_door, csrf
from xiangtong.settings import Settings
from xiangtong.tenancy.self_check import refuse_silent_policies
from xiangtong.wiring import Services, build

# The order is the order in which addresses are tried; a township's code comes after every fixed word.
_BLUEPRINTS = (
    health.blueprint,
    callbacks,
    api,
    mode.blueprint,
    sign_in.blueprint,
    offline.blueprint,
    uploads.blueprint,
    apply.blueprint,
    cases.blueprint,
    printing.blueprint,
    channel.blueprint,
)
_OWN_PROOF = (callbacks, api)
# Doors that live in the staff's application, under `/console`.
_IN_THE_CONSOLE = (
    city,
    workbench_act.blueprint,
    workbench_fill.blueprint,
    pushing.blueprint,
    forms_publish.blueprint,
    forms_export.blueprint,
    interchange.blueprint,
    machines.blueprint,
)


def create_app(services: Services | None = None) -> Flask:
    """The citizens' doors, the callbacks and the API, with the console mounted at `/console`.

    Refuses, with a sentence, to serve from a database in which the row policies would be silent.
    """
    services = services or build(Settings.from_environment())
    refuse_silent_policies(services.db)
    services.db.dispose()  # No connection crosses a fork.
    app = create_door("xiangtong", services)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    for blueprint in _OWN_PROOF:
        csrf.exempt(blueprint)
    access.check(app)
    console = create_console(services, blueprints=_IN_THE_CONSOLE)
    app.extensions["console"] = console
    doors = DispatcherMiddleware(app.wsgi_app, {"/console": console.wsgi_app})
    # Only where the visitor is: our own address is a setting, and nobody tells us another.
    visitors = ProxyFix(doors, x_for=services.settings.proxy_count, x_proto=0, x_host=0, x_port=0, x_prefix=0)
    app.wsgi_app = visitors  # type: ignore[method-assign]
    return app
