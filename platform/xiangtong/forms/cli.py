"""``xiangtong forms``: check and look at the forms of a folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from xiangtong.dialect.check import check_part
from xiangtong.dialect.english import unspoken
from xiangtong.dialect.vocabulary import Finding
from xiangtong.forms.contract_fit import worst_case_bytes, worst_message_bytes
from xiangtong.forms.library import Form, Library, read_vocabulary
from xiangtong.forms.publishing import check_form

#: The forms that ship with the project.
SHIPPED = Path(__file__).resolve().parents[3] / "form_schemas"

_FOLDER = click.option(
    "--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=SHIPPED, show_default=False
)


@click.group()
def forms() -> None:
    """Check and show the declaration forms."""


@forms.command("check")
@click.argument("codes", nargs=-1)
@_FOLDER
def check_command(codes: tuple[str, ...], folder: Path) -> None:
    """Check forms (all of the folder where none is named) and print what stands against publishing them.

    Instead of codes a folder of forms may be named: `forms check form_schemas`. One without shared parts of its own
    uses those that ship. Words without English are named as well; they stand against nothing: Chinese is shown then.
    """
    named = Path(*codes[:1])
    if len(codes) == 1 and any(named.glob("*/form.json")):
        codes, folder = (), named
    library = _library(folder)
    findings = [] if codes else _of_parts(library)
    for code in codes or tuple(library.forms):
        form = library.form(code)
        against = [(code, finding) for finding in check_form(form, library.samples.get(code, {}))]
        findings += against
        if not against:
            _praise(form)
    for name, finding in findings:
        click.echo(f"{name} {finding.pointer or '/'}: {finding.sentence}")
    sys.exit(1 if findings else 0)


def _of_parts(library: Library) -> list[tuple[str, Finding]]:
    """What is wrong with the shared parts, each finding with the part's name."""
    vocabulary = library.vocabulary
    parts = vocabulary.documents.items()
    return [(urn, finding) for urn, part in parts for finding in check_part(part, vocabulary)]


def _praise(form: Form) -> None:
    for words in _without_english(form):
        click.echo(f"{form.code}: no English: {words}")
    size, told = worst_case_bytes(form) // 1024, worst_message_bytes(form) // 1024
    questions = len(form.plan.by_pattern)
    click.echo(f"{form.code}: {questions} questions, at most {size} KiB of answers, {told} KiB a message, good")


def _without_english(form: Form) -> list[str]:
    """What people who fill the form in would read in Chinese on an English page, each once, in the form's order."""
    named = [] if form.title_en != form.title else [form.title]
    return list(dict.fromkeys((*named, *unspoken(form.plan.schema))))


def _library(folder: Path) -> Library:
    if (folder / "_common").is_dir():
        return Library.from_folder(folder)
    return Library.from_folder(folder, read_vocabulary(SHIPPED))


@forms.command("plan")
@click.argument("code")
@_FOLDER
def plan_command(code: str, folder: Path) -> None:
    """Print what a browser is given of a form, as JSON."""
    click.echo(json.dumps(Library.from_folder(folder).form(code).client_plan, ensure_ascii=False, indent=1))
