"""Static files: named by their content, compressed once, cached a year."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import brotli
from flask import Flask, Response, request

from xiangtong.doors.shared.access import public
from xiangtong.kernel.errors import NotFound

_COMPRESSED = {".css", ".js", ".svg", ".json"}
FOLDER = Path(__file__).resolve().parents[2] / "static"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file in the forms it is sent in."""

    digest: str
    media_type: str
    plain: bytes
    gzip: bytes | None
    br: bytes | None


@lru_cache(maxsize=1)
def load(folder: Path = FOLDER) -> dict[str, Asset]:
    """Every static file by its path below `folder`."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): _asset(path) for path in files}


def _asset(path: Path) -> Asset:
    data = path.read_bytes()
    packed = path.suffix in _COMPRESSED
    return Asset(
        hashlib.sha256(data).hexdigest()[:12],
        mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        data,
        gzip.compress(data, 9, mtime=0) if packed else None,
        brotli.compress(data) if packed else None,
    )


def install(app: Flask, assets: dict[str, Asset]) -> None:
    """Serve `/static/<digest>/<path>` and give templates `static_url(path)`."""
    prefix = app.config.get("STATIC_PREFIX", "")

    def static_url(path: str) -> str:
        return f"{prefix}/static/{assets[path].digest}/{path}" if path in assets else f"{prefix}/static/-/{path}"

    @public
    def static(digest: str, path: str) -> Response:
        asset = assets.get(path)
        if asset is None:
            raise NotFound
        return _send(asset, fresh=digest == asset.digest)

    app.add_url_rule("/static/<digest>/<path:path>", "static", static)
    app.jinja_env.globals["static_url"] = static_url


def _send(asset: Asset, *, fresh: bool) -> Response:
    accepted = request.accept_encodings
    body, encoding = asset.plain, ""
    if asset.br and accepted["br"] > 0:
        body, encoding = asset.br, "br"
    elif asset.gzip and accepted["gzip"] > 0:
        body, encoding = asset.gzip, "gzip"
    response = Response(body, mimetype=asset.media_type)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Vary"] = "Accept-Encoding"
    # An old digest gets today's file, but is not told to keep it for a year.
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "public, max-age=60"
    return response
