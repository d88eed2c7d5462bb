"""The command line: one group, each area brings its commands."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from xiangtong.kernel import log
from xiangtong.kernel.hindrances import in_words
from xiangtong.settings import Settings

if TYPE_CHECKING:
    from xiangtong.wiring import Services


# Where the commands of each area are. Starting one command does not wait for the parts of all the others.
_AREAS = {
    "cases": "cases.cli:cases",
    "drill": "drill.cli:command",
    "forms": "interchange.cli:forms",
    "items": "channels.cli:items",
    "machines": "identity.machines_cli:commands",
    "province": "province.cli:province",
    "push": "push.cli:push",
    "staff": "identity.cli:people",
    "tenants": "channels.cli:tenants",
}


class _Areas(click.Group):
    """The product's own commands, and those of each area, which are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_AREAS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _AREAS:
            return super().get_command(ctx, cmd_name)
        module, _, command = _AREAS[cmd_name].partition(":")
        found: click.Command = getattr(import_module(f"xiangtong.{module}"), command)
        return found


@click.group(cls=_Areas)
@click.version_option(package_name="xiangtong")
@click.pass_context
def cli(context: click.Context) -> None:
    """乡通: township government services."""
    # Areas stand below wiring and may not import it; their commands open the services through the context.
    context.obj = _services


def _services() -> Services:
    # Each command imports what it needs when it runs: the parts of the others would double the wait for the first line.
    from xiangtong import demo, wiring

    settings = Settings.from_environment()
    # Typed beside `make serve`, whose settings nobody has to know.
    return wiring.build((demo.beside() if settings.environment == "demo" else None) or settings)


@cli.command()
@click.option("--concurrency", type=click.IntRange(1, 64), default=4, show_default=True, help="Jobs at a time.")
def worker(concurrency: int) -> None:
    """Work jobs until stopped."""
    from xiangtong import wiring
    from xiangtong import worker as working

    log.configure()
    working.run(wiring.build(Settings.from_environment()), concurrency=concurrency)


@cli.command()
def release() -> None:
    """Migrate, install permissions and reference data."""
    from xiangtong.release import release as run

    run(Settings.from_environment())


@cli.command()
@click.option("--fresh", is_flag=True, help="Throw away the demo's data first.")
def demo(fresh: bool) -> None:
    """Serve a whole demo on this machine: database, province, web and worker."""
    from xiangtong.demo import serve

    serve(fresh=fresh)


def main() -> None:
    """Entry point: a refusal prints its sentence and exits with 2, never a stack trace."""
    try:
        cli(standalone_mode=True)
    except Exception as error:
        if not (lines := in_words(error)):
            raise
        for line in lines:
            click.echo(line, err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
