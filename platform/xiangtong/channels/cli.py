"""`xiangtong tenants` and `xiangtong items`: provisioning and importing from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from xiangtong.channels import founding
from xiangtong.channels.importing import import_items, only_city
from xiangtong.tenancy.folder import PathFolder
from xiangtong.tenancy.needs import Needs
from xiangtong.tenancy.provision import Report

_LEVELS = {"city": "市", "county": "县区", "township": "乡镇街道", "village": "村和社区"}
_KINDS = {"added": "新增", "renamed": "改名", "merged": "合并", "closed": "撤销", "altered": "调整"}
_MOST_LINES = 40


@click.group()
def tenants() -> None:
    """Cities and their townships."""


@tenants.command("provision")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.pass_context
def provision_command(context: click.Context, path: Path, *, dry_run: bool) -> None:
    """Bring a city to what its folder PATH says."""
    services: Needs = context.find_root().obj()
    try:
        for line in report_lines(founding.provision_path(services.db, services.keys, path, dry_run=dry_run)):
            click.echo(line)
    finally:
        services.db.dispose()


@click.group()
def items() -> None:
    """Service items."""


@items.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--city", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="The folder of the city whose townships offer them; not needed where there is one city.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.pass_context
def import_command(context: click.Context, file: Path, city: Path | None, *, dry_run: bool) -> None:
    """Take in a sheet of service items (xlsx or CSV)."""
    services: Needs = context.find_root().obj()
    try:
        folder = PathFolder(city or only_city(services.db))
        done = import_items(services.db, services.keys, file.read_bytes(), folder=folder, dry_run=dry_run)
    finally:
        services.db.dispose()
    for words, names in (("新增", done.added), ("更改", done.changed), ("没有变化", done.same)):
        click.echo(f"{words} {len(names)}" + "".join(f"\n  {name}" for name in names[:_MOST_LINES]))
    click.echo("只是预演，什么都没有改" if dry_run else f"完成，{done.townships} 个乡镇街道都能办")


def report_lines(report: Report) -> list[str]:
    """The report in words, for a terminal."""
    counts = "，".join(f"{_LEVELS[level]} {count}" for level, count in report.counts.items() if count)
    lines = [f"{report.city}：{counts}"]
    lines += [f"  {_KINDS[line.kind]} {line.code} {line.name}" for line in report.lines[:_MOST_LINES]]
    more = len(report.lines) - _MOST_LINES
    lines += [f"  …… 还有 {more} 处"] if more > 0 else []
    lines.append("  没有要改的" if report.changes_nothing else f"  涉及 {report.tenants_touched} 个单位")
    lines.append("待补：" + "，".join(f"{what} {count}" for what, count in report.unknown.items()))
    lines.append("只是预演，什么都没有改" if report.dry_run else f"完成，用了 {report.seconds:.1f} 秒")
    return lines
