"""`xiangtong province reconcile`: compare a day with the province."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from xiangtong.kernel import clock
from xiangtong.kernel.errors import NotFound
from xiangtong.push.cli import cities, services_of
from xiangtong.push.ports import Unreachable
from xiangtong.push.reconcile import reconcile as compare


@click.group()
def province() -> None:
    """The provincial network."""


@province.command()
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day to compare; yesterday by default.")
@click.option("--city", help="Only the city of this code.")
@click.pass_context
def reconcile(context: click.Context, day: datetime | None, city: str | None) -> None:
    """Compare one day with the province; exits with 1 when something differs or cannot be asked."""
    services, clean = services_of(context), True
    wanted = day.date() if day else clock.today() - timedelta(days=1)
    for code in _asked(cities(services), city):
        try:
            report = compare(services, wanted, city_code=code)
        except Unreachable:
            click.echo(f"{code}\tcannot be asked now")
            clean = False
            continue
        click.echo(
            f"{code}\t{wanted}\tcases {report.cases}\tequal {report.equal}\tsent again {report.re_sent}"
            f"\tdifferences {report.differences}\tunknown here {len(report.strays)}\tclosed {report.closed}"
        )
        clean = clean and report.clean
    context.exit(0 if clean else 1)


def _asked(known: list[str], city: str | None) -> list[str]:
    if city and city not in known:
        raise NotFound(f"没有代码是 {city} 的城市", f"There is no city with the code {city}")
    return [city] if city else known
