"""`python -m province_sandbox --port 8090 --data DIR`: the province on this machine."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypedDict, Unpack

import click

from province_sandbox.app import create_app
from province_sandbox.memory import create_app as create_memory_app
from province_sandbox.serving import serve
from province_sandbox.settings import (
    DEMO_ACCOUNTS,
    DEMO_PROVINCE_SECRET,
    Account,
    Callbacks,
    Client,
    Settings,
)


class _Options(TypedDict):
    """What the command line gives, one key an option."""

    host: str
    port: int
    data: Path | None
    public_url: str
    callback_url: str
    callback_secret: str
    receipt_results: bool
    app_id: str | None
    secret: str | None
    redirect_uri: tuple[str, ...]
    rate: int
    memory: bool


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8090, show_default=True)
@click.option("--data", type=click.Path(path_type=Path), help="Folder of database and materials.")
@click.option("--public-url", default="", help="Address by which browsers reach the province.")
@click.option("--callback-url", default="", help="Where signed callbacks go.")
@click.option("--callback-secret", default=DEMO_PROVINCE_SECRET, envvar="PROVINCE_CALLBACK_SECRET")
@click.option("--receipt-results/--no-receipt-results", default=False)
@click.option("--app-id", help="One more access account; its secret comes from PROVINCE_SECRET.")
@click.option("--secret", envvar="PROVINCE_SECRET", help="HMAC key of --app-id.")
@click.option("--redirect-uri", multiple=True, help="A sign-in return address beside loopback.")
@click.option("--rate", default=200, show_default=True, help="Requests a second per account.")
@click.option("--memory", is_flag=True, help="Only answer receipts from memory, for measuring.")
def main(**given: Unpack[_Options]) -> None:
    """Run the little province until it is told to stop."""
    make = create_memory_app if given["memory"] else partial(create_app, _settings(given))
    serve(make, host=given["host"], port=given["port"])


def _settings(given: _Options) -> Settings:
    if given["data"] is None:
        raise click.UsageError("--data is needed")
    return Settings(
        data=given["data"],
        accounts=_accounts(given["app_id"], given["secret"]),
        client=replace(Client(), redirect_uris=given["redirect_uri"]),
        callbacks=Callbacks(
            url=given["callback_url"],
            secret=given["callback_secret"],
            send_receipt_results=given["receipt_results"],
        ),
        public_url=given["public_url"],
        requests_per_second=given["rate"],
    )


def _accounts(app_id: str | None, secret: str | None) -> tuple[Account, ...]:
    """The demo accounts, and the named one in place of a demo account of the same name."""
    if not app_id:
        return DEMO_ACCOUNTS
    if not secret:
        raise click.UsageError("--app-id needs PROVINCE_SECRET")
    others = tuple(account for account in DEMO_ACCOUNTS if account.app_id != app_id)
    return (*others, Account(app_id, (secret,)))


if __name__ == "__main__":
    main()
