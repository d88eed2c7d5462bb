"""`xiangtong drill --seed N --minutes M`: a bad day of the province, on a demo, with a verdict at its end."""

from __future__ import annotations

import secrets
import sys
from typing import Any

import click

from xiangtong.drill.run import Drill, run


@click.command(name="drill")
@click.option("--seed", type=int, help="The same seed gives the same plan; drawn and printed otherwise.")
@click.option("--minutes", type=click.FloatRange(0.05, 600), default=2.0, show_default=True, help="How long to file.")
@click.option("--every", type=click.FloatRange(0.01, 60), default=0.5, show_default=True, help="Seconds between cases.")
@click.option(
    "--patience", type=click.FloatRange(0, 600), default=15.0, show_default=True,
    help="Minutes until everything must have been told.",
)  # fmt: skip
@click.pass_context
def command(context: click.Context, *, seed: int | None, minutes: float, every: float, patience: float) -> None:
    """File made-up cases while the sandbox misbehaves, wait, compare by content; exits 1 unless all arrived as it was.

    Only beside the demo's own province, whose faults it turns on and off again; `xiangtong worker` must be running.
    """
    services: Any = context.find_root().obj()
    seed = secrets.randbelow(10**8) if seed is None else seed
    click.echo(f"seed {seed}")
    figures = run(services, Drill(seed, minutes * 60, every, patience * 60), say=click.echo)
    click.echo(str(figures))
    if not figures.clean:
        sys.exit(1)
