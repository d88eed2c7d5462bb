"""Settings: one frozen class, read from the environment once.

Every field names its variable and says in a sentence what it is for; `docs/settings.md` is compared with this file
by a test. `make serve` fills what is missing with demo values; production refuses to start on those.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

DEMO_SECRET = "demo-secret-not-for-production"  # noqa: S105 - production refuses it.
DEMO_CLIENT_SECRET = "demo-client-secret-not-for-production"  # noqa: S105
DEMO_PROVINCE_SECRET = "demo-province-secret-not-for-production"  # noqa: S105
_DEMO = {DEMO_SECRET, DEMO_CLIENT_SECRET, DEMO_PROVINCE_SECRET}
# Left as they are, filings would go to whoever listens there, and sign-ins would be believed.
_DEMO_PROVINCE = ("province_url", "oidc_issuer", "oidc_client_id")
_PRODUCTION = "production"
_OFF = ("", "0", "false", "no")  # How FLASK_DEBUG is written where it is off.
_SHORTEST_SECRET = 32
_LAST_PORT = 65_535
_OWNER = "owner_database_url"
_DATABASES = ("postgresql://", "postgresql+psycopg://")
_OWN_SECRETS = ("secret_key", "master_key")  # The others are given to us by the province.
# A misspelt `production` would be a demo on the open net, with its sign-ins and its secrets.
_WORDS = {
    "environment": ("demo", "test", _PRODUCTION),
    "cipher": ("sm4", "aes"),
    "package_algorithm": ("ed25519", "sm2"),
}
_SM2_SECRET = re.compile("sm2:[0-9A-Fa-f]{64}")
_MOST_PROXIES = 5
_SHORTEST_TOKEN = 16
_MOST_AN_HOUR = 1_000_000
_FEWEST_KEY_DAYS, _MOST_KEY_DAYS = 90, 3650


def _setting(doc: str, default: str = "", *, variable: str = "") -> Any:
    return field(default=default, metadata={"doc": doc, "variable": variable})


class SettingsError(Exception):
    """The environment cannot be served with; the sentences say what to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a deployment decides. All values are text as in the environment; properties give them their types."""

    environment: str = _setting("`demo`, `test` or `production`.", "demo")
    database_url: str = _setting("PostgreSQL ≥ 15 as the role that serves requests (`xiangtong_app`).")
    owner_database_url: str = _setting(
        "The same database as the role that migrates (`xiangtong_owner`); only `xiangtong release` needs it."
    )
    oversight_database_url: str = _setting("The same database as the role of the city's screens.")
    relay_database_url: str = _setting("The same database as the role that sees which messages are due.")
    storage_url: str = _setting("Where files lie: `file:///folder` or `s3://bucket?endpoint=…&region=…`.")
    province_url: str = _setting("The provincial network; every case is pushed there.", "http://127.0.0.1:8090")
    province_app_id: str = _setting("Our access account at the province.", "city-3210")
    province_secret: str = _setting(
        "The HMAC-SM3 secret of that account, or `sm2:` and a private key in hex.", DEMO_SECRET
    )
    province_callback_secret: str = _setting("The key the province signs its callbacks with.", DEMO_PROVINCE_SECRET)
    oidc_issuer: str = _setting("The OpenID Connect issuer citizens sign in at.", "http://127.0.0.1:8090/oidc")
    oidc_client_id: str = _setting("Our client id there.", "xiangtong-demo")
    oidc_client_secret: str = _setting("Our client secret there.", DEMO_CLIENT_SECRET)
    secret_key: str = _setting("Signs cookies and forms; in production at least 32 characters.", DEMO_SECRET)
    master_key: str = _setting(
        "Wraps the tenants' keys; losing it loses everything that is encrypted. In production at least 32 characters.",
        DEMO_SECRET,
    )
    cipher: str = _setting("`sm4` (SM4-GCM) or `aes` (AES-GCM) for what is encrypted from now on.", "sm4")
    machine_key_days: str = _setting(
        "For how many days a machine's `Idempotency-Key` gives the same receipt; at least 90.", "90"
    )
    package_signer: str = _setting("The name this city signs packages of forms with: its code.", "3210")
    package_algorithm: str = _setting("What packages of forms are signed with: `ed25519` or `sm2`.", "ed25519")
    package_signers: str = _setting(
        "Whose packages of forms are taken: `3201:<public key>`, several with commas, also several of one city;"
        " see `xiangtong forms signer`."
    )
    port: str = _setting("The port that `make serve` serves at.", "8080")
    sandbox_port: str = _setting("The port of the demo province.", "8090")
    base_url: str = _setting("How browsers reach us; used in sign-in and in links we send.", "http://127.0.0.1:8080")
    proxies: str = _setting(
        "How many reverse proxies stand before us. That many addresses of `X-Forwarded-For` are believed, so that limits"
        " count each visitor and not the proxy; `0`: nobody's word is taken.",
        "0",
    )
    guest_drafts: str = _setting("How many forms one browser may begin within an hour without an account.", "30")
    guest_browsers: str = _setting(
        "How many new browsers of one address may begin a form within an hour without an account. Thousands of phones"
        " share an address of their carrier, a village hall's share one too.",
        "1000",
    )
    var: str = _setting("The folder for everything that is written locally.", "var")
    clamd: str = _setting("clamd at `tcp://host:port` or `unix:///socket`; empty: files are shown as “not scanned”.")
    metrics_token: str = _setting(
        "Who sends `Authorization: Bearer` and this may read `/metrics`; empty: nobody may. At least 16 characters."
    )
    failpoint: str = _setting("Name of a place to die at; honoured only in `test`.")
    debug: str = _setting(
        "Flask's own: `1` shows its errors in the browser; refused in production.", variable="FLASK_DEBUG"
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read every setting; raises SettingsError with one sentence for each thing wrong."""
        source = os.environ if environ is None else environ
        known = {item.name: source[variable(item)] for item in fields(cls) if source.get(variable(item))}
        read = cls(**known)
        read.refuse_nonsense()
        return read

    @property
    def production(self) -> bool:
        """True where real people are served."""
        return self.environment == _PRODUCTION

    @property
    def https(self) -> bool:
        """True where browsers reach us over TLS, wherever it ends: then cookies and addresses are kept to it."""
        return self.base_url.startswith("https://")

    @property
    def machine_key_kept(self) -> int:
        """For how many days keys of machines are remembered."""
        return int(self.machine_key_days)

    @property
    def proxy_count(self) -> int:
        """How many reverse proxies stand before us."""
        return int(self.proxies)

    @property
    def guests_at_once(self) -> tuple[int, int]:
        """Within an hour: forms of one guest, new guests of one address."""
        return int(self.guest_drafts), int(self.guest_browsers)

    @property
    def folder(self) -> Path:
        """The folder for what is written locally, absolute."""
        return Path(self.var).resolve()

    def refuse_nonsense(self) -> None:
        """Raise SettingsError with a sentence for each value that means nothing."""
        wrong = [
            f"{variable(item)} 要填 {' 或 '.join(_WORDS[item.name])}"
            for item in fields(self)
            if item.name in _WORDS and getattr(self, item.name) not in _WORDS[item.name]
        ]
        wrong += [
            f"XIANGTONG_{name} 要填 {least} 到 {most} 之间的{what}"
            for name, given, least, most, what in (
                ("MACHINE_KEY_DAYS", self.machine_key_days, _FEWEST_KEY_DAYS, _MOST_KEY_DAYS, "天数"),
                ("PORT", self.port, 1, _LAST_PORT, "端口"),
                ("SANDBOX_PORT", self.sandbox_port, 1, _LAST_PORT, "端口"),
                ("PROXIES", self.proxies, 0, _MOST_PROXIES, "数：前面有几层反向代理"),
                ("GUEST_DRAFTS", self.guest_drafts, 1, _MOST_AN_HOUR, "数"),
                ("GUEST_BROWSERS", self.guest_browsers, 1, _MOST_AN_HOUR, "数"),
            )
            if not _is_between(given, least, most)
        ]
        if self.province_secret.startswith("sm2:") and not _SM2_SECRET.fullmatch(self.province_secret):
            wrong.append("XIANGTONG_PROVINCE_SECRET 在 sm2: 后面要填 64 位十六进制的私钥")
        if self.metrics_token and len(self.metrics_token) < _SHORTEST_TOKEN:
            wrong.append(f"XIANGTONG_METRICS_TOKEN 至少要 {_SHORTEST_TOKEN} 个字符")
        if wrong:
            raise SettingsError("\n".join(wrong))

    def refuse_no_database(self, *, owner: bool = False) -> None:
        """Raise SettingsError where an address of the database is missing, or is not one of PostgreSQL.

        Only a release needs the `owner`; what serves does better without.
        """
        asked = [item for item in fields(self) if item.name.endswith("database_url") and (owner or item.name != _OWNER)]
        wrong = [variable(item) for item in asked if not getattr(self, item.name).startswith(_DATABASES)]
        if wrong:
            raise SettingsError(
                f"要用哪个数据库？请填 {'、'.join(wrong)}（以 postgresql:// 开头，见 docs/settings.md）；"
                "只想看看的，先运行 make serve"
            )

    def refuse_demo(self) -> None:
        """Raise SettingsError when production would start with what only a demo may have."""
        if not self.production:
            return
        wrong = [
            f"{variable(item)} 还是演示用的值" for item in fields(self) if _of_the_demo(item, getattr(self, item.name))
        ]
        wrong += [f"{variable(item)} 没有填" for item in fields(self) if _needed(item) and not getattr(self, item.name)]
        wrong += [
            f"{variable(item)} 太短，至少要 {_SHORTEST_SECRET} 位随机字符"
            for item in fields(self)
            if item.name in _OWN_SECRETS and len(getattr(self, item.name)) < _SHORTEST_SECRET
        ]
        wrong += ["FLASK_DEBUG 在正式环境不能打开"] if self.debug.lower() not in _OFF else []
        wrong += ["XIANGTONG_BASE_URL 必须是 https 地址"] if not self.https else []
        if wrong:
            raise SettingsError("\n".join(wrong))


def variable(item: Field[Any]) -> str:
    """The environment variable of a setting."""
    return item.metadata["variable"] or f"XIANGTONG_{item.name.upper()}"


def _is_between(words: str, least: int, most: int) -> bool:
    """Whether an integer between the two is written, in few digits."""
    return words.isascii() and words.isdigit() and len(words) <= len(str(most)) and least <= int(words) <= most


def _of_the_demo(item: Field[Any], value: str) -> bool:
    return value in _DEMO or (item.name in _DEMO_PROVINCE and value == item.default)


def _needed(item: Field[Any]) -> bool:
    return item.name.endswith("_url") and item.name != _OWNER
