"""``xiangtong forms import``, ``render``, ``export`` and ``signer``: forms from elsewhere and for elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from xiangtong.dialect.check import check
from xiangtong.dialect.known import as_of_today
from xiangtong.dialect.vocabulary import Facts, Vocabulary
from xiangtong.forms.cli import SHIPPED, forms
from xiangtong.forms.library import Form, Library, form_of, read_vocabulary
from xiangtong.forms.publishing import SAMPLE_DAY, check_form
from xiangtong.interchange.exporting import plain_schema
from xiangtong.interchange.importing import Imported, code_of, import_form
from xiangtong.interchange.package import PackageRefused, Signer, is_package, open_package, seal_package
from xiangtong.interchange.report import Report
from xiangtong.interchange.source import Source, Unread, parse, sources
from xiangtong.kernel.errors import Problem, Problems, Refusal
from xiangtong.rendering.context import RenderContext
from xiangtong.rendering.render import render_form
from xiangtong.settings import Settings
from xiangtong.validation.validate import decide

_FILE = click.Path(path_type=Path)
_FOLDER = click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=SHIPPED)


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--out", type=_FILE, required=True, help="Each form is written to a folder of its own in here.")
def import_command(files: tuple[Path, ...], out: Path) -> None:
    """Convert schemas (with their uiSchema), plain JSON Schema, and signed packages; print a report as JSON.

    Exit 0 where every file was read, or refused with a sentence.
    """
    vocabulary = read_vocabulary(SHIPPED)
    packages = [path for path in files if _is_package(path)]
    told: list[dict[str, Any]] = []
    taken: set[str] = set()
    for source in sources([path for path in files if path not in packages]):
        told.append(_told(source, _read(source, vocabulary, taken), out))
    for path in packages:
        told.append(_told(Source(path, path.stem), _unpacked(path, vocabulary, taken), out))
    click.echo(json.dumps({"files": told}, ensure_ascii=False, indent=1))


def _read(source: Source, vocabulary: Vocabulary, taken: set[str]) -> Imported:
    code = _free(code_of(source.code), taken)
    if source.error is not None:
        return Imported(code, None, {}, Report(), source.error.zh, source.error.en)
    if isinstance(source.schema, Mapping) and str(source.schema.get("$schema", "")).startswith("urn:xiangtong:"):
        return _of_ours(source.schema, vocabulary)
    return import_form(source.schema, source.ui, code=code, vocabulary=vocabulary)


def _of_ours(schema: Mapping[str, Any], vocabulary: Vocabulary) -> Imported:
    """A form that is in our dialect already is checked and stays as it is."""
    findings = check(schema, vocabulary)
    code = str(schema.get("x-form", {}).get("code", "")) if isinstance(schema.get("x-form"), Mapping) else ""
    if findings:
        first = findings[0]
        return Imported(code, None, {}, Report(), f"{first.pointer}：{first.sentence}", first.sentence_en)
    return Imported(code, schema, {}, Report(), findings=tuple(check_form(form_of(schema, vocabulary), {})))


def _unpacked(path: Path, vocabulary: Vocabulary, taken: set[str]) -> Imported:
    try:
        signer = Signer.from_settings(Settings.from_environment())
        opened = open_package(path.read_bytes(), signer=signer, vocabulary=vocabulary)
    except PackageRefused as refused:
        return Imported(code_of(path.stem), None, {}, Report(), refused.message, refused.message_en)
    form, sample = opened.form, opened.sample
    findings = tuple(check_form(form, {"sample": sample} if sample else {}))
    if findings:
        first = findings[0]
        return Imported(form.code, None, {}, Report(), f"{first.pointer}：{first.sentence}", first.sentence_en)
    return Imported(_free(form.code, taken), form.schema, sample, Report())


def _is_package(path: Path) -> bool:
    try:
        return path.suffix == ".xtform" or is_package(path.read_bytes())
    except OSError:
        return False


def _free(code: str, taken: set[str]) -> str:
    found, number = code, 2
    while found in taken:
        found, number = f"{code[:60]}-{number}", number + 1
    taken.add(found)
    return found


def _told(source: Source, made: Imported, out: Path) -> dict[str, Any]:
    entries = [entry.to_json() for entry in made.report.entries]
    told: dict[str, Any] = {
        "file": str(source.path), "outcome": "read" if made.form else "refused", "code": made.code,
        "counts": {name: len(made.report.of(name)) for name in ("kept", "changed", "refused")},
    }  # fmt: skip
    if made.form is None:
        told |= {"zh": made.sentence, "en": made.sentence_en}
    else:
        told["form"] = str(_write(made, out))
        told["findings"] = [asdict(finding) for finding in made.findings]
    return told | {"report": entries}


def _write(made: Imported, out: Path) -> Path:
    folder = out / made.code
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "form.json"
    path.write_text(json.dumps(made.form, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if made.sample:
        sample = json.dumps(made.sample, ensure_ascii=False, indent=2) + "\n"
        (folder / "sample.json").write_text(sample, encoding="utf-8")
    return path


@click.command("render")
@click.argument("form")
@click.argument("data", required=False, type=_FILE)
@click.option("--sample", "sample_name", help="Fill it with this sample of the form's folder, like `sample`.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day of filing; the day of the samples otherwise.")
@_FOLDER
def render_command(form: str, data: Path | None, sample_name: str | None, today: Any, folder: Path) -> None:
    """Print what a citizen sees of FORM (a code of the library or a form.json), and the problems, as JSON.

    `{"html": "…", "problems": [{"pointer", "code", "message", "message_en"}], "stored": {…}}`; blank without answers.
    """
    chosen, samples = _form(form, folder)
    answers = _document(data) if data else samples.get(sample_name or "", {})
    filled = bool(data or sample_name)
    facts = as_of_today(chosen.plan, Facts(today.date() if today else SAMPLE_DAY))
    click.echo(json.dumps(_rendered(chosen, answers, facts, filled=filled), ensure_ascii=False, indent=1))


def _rendered(form: Form, answers: Any, facts: Facts, *, filled: bool) -> dict[str, Any]:
    answers = answers if isinstance(answers, Mapping) else {}
    decision = decide(form.plan, answers, facts)
    counted, problems = decision.effective, decision.problems if filled else ()
    context = RenderContext(
        options=facts.options,
        params=facts.params,
        visible=counted.visible,
        required=counted.required,
        derived=counted.derived,
    )
    told = [
        {"pointer": one.pointer, "code": one.code, "message": one.summary, "message_en": one.message_en}
        for one in problems
    ]
    html = str(render_form(form.plan, answers, problems, context))
    return {"html": html, "problems": told, "stored": decision.stored if filled else {}}


@click.command("export")
@click.argument("form")
@click.option("--package", is_flag=True, help="As a signed package that another city can import.")
@click.option("--out", type=_FILE, help="A file to write to; standard output otherwise.")
@_FOLDER
def export_command(form: str, package: bool, out: Path | None, folder: Path) -> None:
    """Print FORM as plain JSON Schema: references resolved, no word of ours left; or as a signed package."""
    chosen, samples = _form(form, folder)
    if package:
        signer = Signer.from_settings(Settings.from_environment())
        text = seal_package(chosen, sample=samples.get("sample", {}), signer=signer)
    else:
        text = json.dumps(plain_schema(chosen), ensure_ascii=False, indent=2)
    if out is None:
        click.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")


@click.command("signer")
def signer_command() -> None:
    """Print this city's name and public key, for the settings of cities that shall take its packages."""
    signer = Signer.from_settings(Settings.from_environment())
    click.echo(f"{signer.name}:{signer.public}")


def _form(named: str, folder: Path) -> tuple[Form, Mapping[str, Any]]:
    """A form by its code, or by its file; with its samples."""
    path = Path(named)
    path = path / "form.json" if (path / "form.json").is_file() else path
    if not path.is_file():
        library = Library.from_folder(folder)
        return library.form(named), library.samples[named]
    vocabulary = read_vocabulary(SHIPPED)
    schema = _document(path)
    findings = check(schema, vocabulary)
    if findings:
        raise Problems([Problem(one.pointer or "/", one.sentence, one.sentence_en) for one in findings])
    samples = {one.stem: _document(one) for one in sorted(path.parent.glob("sample*.json"))}
    return form_of(schema, vocabulary), samples


def _document(path: Path) -> Any:
    try:
        return parse(path.read_bytes())
    except OSError:
        raise Refusal(f"打不开 {path.name}", f"{path.name} cannot be opened") from None
    except Unread as error:
        raise Refusal(f"{path.name}：{error.zh}", f"{path.name}: {error.en}") from None


for _command in (import_command, render_command, export_command, signer_command):
    forms.add_command(_command)
