"""Everything that may differ between one little province and another."""

from dataclasses import dataclass, field
from pathlib import Path

DEMO_SECRET = "demo-secret-not-for-production"  # noqa: S105 (it says so itself)
DEMO_PROVINCE_SECRET = "demo-province-secret-not-for-production"  # noqa: S105 (it says so itself)
DEMO_CLIENT_SECRET = "demo-client-secret-not-for-production"  # noqa: S105 (it says so itself)
# The key pair of the worked examples in GB/T 32918; its private half is in vectors.json.
DEMO_SM2_PUBLIC_KEY = (
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)

# GB/T 2260: the first two digits of every division of the country.
PROVINCES = (
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37"),
    *("41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54"),
    *("61", "62", "63", "64", "65", "71", "81", "82"),
)


@dataclass(frozen=True)
class Account:
    """One access account of a city platform. Two keys of a kind are valid during a change of keys."""

    app_id: str
    hmac_secrets: tuple[str, ...] = ()
    sm2_public_keys: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ("",)

    def may_speak_for(self, division_code: str) -> bool:
        """Whether the division lies under one of the account's prefixes."""
        return division_code.startswith(self.divisions)


def demo_account(app_id: str = "city-3210") -> Account:
    """An account with the keys of vectors.json, for any division."""
    return Account(app_id, (DEMO_SECRET,), (DEMO_SM2_PUBLIC_KEY,))


DEMO_ACCOUNTS = tuple(demo_account(f"city-{code}") for code in ("3210", "4213", "5227", "3408", "4404"))


@dataclass(frozen=True)
class Client:
    """The one relying party of the OpenID provider. Loopback addresses are always allowed back."""

    client_id: str = "xiangtong-demo"
    client_secret: str = DEMO_CLIENT_SECRET
    redirect_uris: tuple[str, ...] = ()


@dataclass(frozen=True)
class Callbacks:
    """Where the province calls, and with which key. No address, no calls."""

    url: str = ""
    app_id: str = "province-demo"
    secret: str = DEMO_PROVINCE_SECRET
    send_receipt_results: bool = False


@dataclass(frozen=True)
class Settings:
    """`data` is the folder of the database and the materials; limits are those of contract §7."""

    data: Path
    accounts: tuple[Account, ...] = DEMO_ACCOUNTS
    divisions: tuple[str, ...] = PROVINCES
    client: Client = field(default_factory=Client)
    callbacks: Callbacks = field(default_factory=Callbacks)
    public_url: str = ""
    synchronous: str = "FULL"
    message_bytes: int = 64 * 1024
    material_bytes: int = 50 * 1024 * 1024
    requests_per_second: int = 200
    skew_ms: int = 300_000
    nonce_memory_ms: int = 600_000
    page_size: int = 1000
