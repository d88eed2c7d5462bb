"""One way to make a door: languages, CSRF, compression, headers, errors, access, static files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, current_app, request
from flask.json.provider import DefaultJSONProvider
from flask_babel import Babel, get_locale
from flask_compress import Compress
from flask_wtf import CSRFProtect
from werkzeug.datastructures import Authorization
from werkzeug.exceptions import BadRequest
from werkzeug.utils import cached_property

from xiangtong.doors.shared import access, assets, errors
from xiangtong.doors.shared.languages import compile_languages
from xiangtong.kernel import plain_json
from xiangtong.kernel.errors import NotFound
from xiangtong.rendering.tongue import spoken
from xiangtong.wiring import Services

_TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
_LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
_LIMIT = 12 * 1024 * 1024  # One picture of 10 MB and the form around it.
csrf = CSRFProtect()


class _Json(DefaultJSONProvider):
    """JSON as Flask reads and writes it, but what is read means one thing."""

    def loads(self, s: str | bytes, **options: Any) -> Any:
        """The value; raises plain_json.Repeated."""
        return plain_json.loads(s, **options)


class _Request(Request):
    """A request that is refused like any other that cannot be read where its JSON nests deeper than Python reads.

    The same for an `Authorization` that is not ASCII, over which werkzeug stumbles: nobody is recognised by it.
    """

    @cached_property
    def authorization(self) -> Authorization | None:
        """By what who asks wants to be recognised; None also where it cannot be read."""
        try:
            return super().authorization
        except ValueError:
            return None

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The body as JSON; None where it is none and `silent`."""
        try:
            return super().get_json(force=force, silent=silent, cache=cache)
        except RecursionError:
            if silent:
                return None
            raise BadRequest from None


def create_door(name: str, services: Services, *, strict: bool = True, **config: object) -> Flask:
    """A Flask app with everything but its routes."""
    app = Flask(name, template_folder=str(_TEMPLATES), static_folder=None)
    app.request_class = _Request
    app.json = _Json(app)
    app.config.update(_config(services), **config)
    app.extensions["xiangtong"] = services
    prepare(app, strict=strict)
    assets.install(app, assets.load())
    return app


def prepare(app: Flask, *, strict: bool = True) -> None:
    """Put languages, CSRF, compression, headers, errors and access on an app (the console makes its own)."""
    if "babel" not in app.extensions:
        Babel(app, locale_selector=language)
    csrf.init_app(app)
    Compress(app)
    errors.install(app)
    app.before_request(_refuse_nul)
    access.guard(app, strict=strict)
    app.after_request(secure)
    app.jinja_env.globals.update(lang=_lang)
    app.jinja_env.filters["spoken"] = lambda words: spoken(words, _lang())
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.context_processor(lambda: {"lang": _lang()})


def _lang() -> str:
    """The language of the page that is being written."""
    return "en" if str(get_locale()).startswith("en") else "zh-CN"


def _refuse_nul() -> None:
    """No address of ours holds a NUL, and PostgreSQL keeps none: nothing is there."""
    if "\0" in request.path:
        raise NotFound


def _config(services: Services) -> dict[str, object]:
    settings = services.settings
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": _LIMIT,
        "MAX_FORM_PARTS": 5000,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.https,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "BABEL_TRANSLATION_DIRECTORIES": compile_languages(),
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_MIMETYPES": ["text/html", "application/json", "text/plain"],
        "SESSION_TOKEN_COOKIE": "xiangtong",
        "SIGN_IN_PATH": "/sign-in",
        "STORAGE_ORIGIN": services.storage.origin,
    }


def language() -> str:
    """The language of this request: `?lang=`, the cookie, then the browser's wish; Chinese unless English is asked."""
    asked = request.args.get("lang") or request.cookies.get("lang")
    if asked in _LANGUAGES:
        return _LANGUAGES[asked]
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"])
    return "en" if best == "en" else _LANGUAGES["zh"]


def secure(response: Response) -> Response:
    """Strict headers on everything; pages about a person are never stored by a cache."""
    storage = current_app.config.get("STORAGE_ORIGIN", "")
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self';"
        f" connect-src 'self' {storage}; form-action 'self' {storage}; base-uri 'none'; frame-ancestors 'none';"
        " manifest-src 'self'; worker-src 'self'".replace("  ", " "),
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
    # TLS ends at a proxy, whose word about it nobody takes: what is set says how browsers reach us.
    if current_app.config.get("SESSION_COOKIE_SECURE"):
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    headers.setdefault("Cache-Control", "no-store")
    return response
