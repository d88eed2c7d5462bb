"""From a setting to an adapter."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from xiangtong.attachments.local import LocalStorage
from xiangtong.attachments.ports import Scanner, Storage
from xiangtong.attachments.scan import ClamdScanner, NotScanned
from xiangtong.settings import SettingsError


def open_storage(url: str, *, secret: bytes) -> Storage:
    """The store at `file:///folder` or `s3://bucket?endpoint=…&region=…&public=…`; raises SettingsError for any other.

    `secret` signs the upload addresses of a folder; an S3 server has keys of its own, from the environment.
    """
    address = urlsplit(url)
    if address.scheme == "file":
        return LocalStorage(Path(unquote(address.path)), secret=secret)
    if address.scheme == "s3" and address.hostname:
        return _s3(address.hostname, {name: values[-1] for name, values in parse_qs(address.query).items()})
    raise SettingsError("XIANGTONG_STORAGE_URL 要写明文件放在哪里：file:///文件夹，或者 s3://桶?endpoint=…")


def open_scanner(address: str | None) -> Scanner:
    """clamd at `tcp://host:port`, `unix:///socket`, or either without its scheme; raises SettingsError for any other.

    Without an address files stay “not scanned”.
    """
    if not address:
        return NotScanned()
    return ClamdScanner(address.removeprefix("unix://").removeprefix("tcp://"))


def _s3(bucket: str, options: dict[str, str]) -> Storage:
    # boto3 takes half a second to import; whoever keeps files in a folder does not wait for it.
    from xiangtong.attachments.s3 import S3Storage

    return S3Storage(
        bucket,
        endpoint=options.get("endpoint"),
        region=options.get("region", "us-east-1"),
        public_endpoint=options.get("public"),
    )
