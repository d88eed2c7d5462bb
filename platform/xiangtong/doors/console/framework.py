"""Flask-AppBuilder, kept to what it is good at: roles, permissions, and read-only lists over rows in scope.

It never signs anybody in (our session does), never writes (its own data layer would commit past our verbs), and its
pages wear our templates. This module and its neighbours are the only ones that know it.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder, IndexView, Model
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_login import LoginManager  # type: ignore[import-untyped]
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from xiangtong.doors.console.lists import LISTS
from xiangtong.doors.shared.person import person
from xiangtong.identity.accounts import name_of
from xiangtong.identity.roles import PERMISSIONS

# At every start it says that it has no user of its own and can make no form for a UUID: both are as they should be.
for _quiet in ("models.filters", "forms", "security.manager"):
    logging.getLogger(f"flask_appbuilder.{_quiet}").setLevel(logging.CRITICAL)

CONFIG: dict[str, object] = {
    "FAB_ADD_SECURITY_VIEWS": False,
    "FAB_ADD_SECURITY_API": False,
    "FAB_CREATE_DB": False,
    "FAB_UPDATE_PERMS": False,
    "FAB_API_SWAGGER_UI": False,
    "FAB_BASE_TEMPLATE": "base_console.html",
    "APP_NAME": "乡通",
    "LANGUAGES": {"zh": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}},
    "JWT_SECRET_KEY": None,
}


class Nowhere(IndexView):  # type: ignore[misc]
    """The framework insists on a start page; ours is another, so this one is closed to everybody."""

    route_base = "/framework"


class StaffSecurity(SecurityManager):  # type: ignore[misc]
    """The framework's users are whoever our session says; roles and permissions stay in its own tables."""

    def create_login_manager(self, app: Flask) -> LoginManager:
        """A login manager without a cookie of its own: the request's person decides."""
        manager = LoginManager(app)
        manager.session_protection = None
        manager.request_loader(self._load)
        manager.user_loader(lambda _: None)
        return manager

    def _load(self, _request: Any) -> Any:
        found = person()
        if found is None or found.kind != "staff":
            return None
        user = self.session.scalar(select(self.user_model).where(self.user_model.username == name_of(found.subject_id)))
        return user if user is not None and user.is_active else None


def build(app: Flask, session: scoped_session[Session], *, update: bool = False) -> AppBuilder:
    """Put the framework on `app`, with our read-only lists; with `update`, write its permissions as well."""
    app.config.update(CONFIG | {"FAB_CREATE_DB": update, "FAB_UPDATE_PERMS": update})
    app.config["JWT_SECRET_KEY"] = app.config["SECRET_KEY"]
    with app.app_context():
        builder = AppBuilder(app, session, indexview=Nowhere, security_manager_class=StaffSecurity)
        for view in LISTS:
            builder.add_view_no_menu(view)
    return builder


def grant(builder: AppBuilder) -> None:
    """Make every role of ours a role of the framework, with the lists that its permissions open."""
    for role, permissions in PERMISSIONS.items():
        held = builder.sm.add_role(role)
        for view in LISTS:
            found = builder.sm.find_permission_view_menu("can_list", view.__name__)
            if view.permission in permissions:
                builder.sm.add_permission_role(held, found)
            else:
                builder.sm.del_permission_role(held, found)


def tables() -> tuple[str, ...]:
    """The names of the framework's tables (for the catalogue: they carry no tenant and no personal data)."""
    return tuple(Model.metadata.tables)
