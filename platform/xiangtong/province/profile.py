"""The profile: everything in which one province differs from another for one access account."""

from __future__ import annotations

from dataclasses import dataclass, field

from xiangtong.settings import Settings


@dataclass(frozen=True, slots=True)
class Profile:
    """One account at one province.

    name       names the breaker and the quota
    url        the root of the province's addresses
    app_id     our access account
    secret     an HMAC-SM3 key, or `sm2:` and a private key in hex
    callback_secrets  the keys the province may sign callbacks with; two during a change
    callback_app_ids  who may call; empty accepts any name, since the signature proves it
    message_bytes, data_bytes  the limit of a message, and from where on answers travel as a material
    case_no    the pattern of a case number here
    mandatory  JSON Pointers into the facts that this province demands beyond the contract
    """

    name: str
    url: str
    app_id: str
    secret: str = field(repr=False)
    callback_secrets: tuple[str, ...] = field(default=(), repr=False)
    callback_app_ids: tuple[str, ...] = ()
    message_bytes: int = 64 * 1024
    data_bytes: int = 32 * 1024
    case_no: str = "^[0-9A-Z]{12,50}$"
    mandatory: tuple[str, ...] = ()


def default(settings: Settings) -> Profile:
    """The default profile, filled from the environment (design §7)."""
    return Profile(
        name="default",
        url=settings.province_url.rstrip("/"),
        app_id=settings.province_app_id,
        secret=settings.province_secret,
        callback_secrets=tuple(part for part in settings.province_callback_secret.split(",") if part),
    )
