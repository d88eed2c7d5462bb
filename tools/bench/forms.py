"""Every form of the library: render, decide, one change on a slow phone, beside react-jsonschema-form on its schema.

What is rendered and changed is the whole form with its sample, all steps on one page, since that is what the
reference shows; a citizen sees one step at a time. The reference gets the form as plain JSON Schema.
"""

from __future__ import annotations

import json
import logging
import statistics
import subprocess
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import brotli
import jsonschema
from bench import ROOT, median_ms
from playwright.sync_api import Browser, Page, sync_playwright

from browsing import CHROMIUM, LAUNCH
from form_page import Desk, make_app, served
from rendering_form import DIVISIONS
from xiangtong.dialect.effective import effective
from xiangtong.dialect.vocabulary import Facts
from xiangtong.forms.library import Form, Library
from xiangtong.interchange.exporting import plain_schema
from xiangtong.rendering.context import RenderContext
from xiangtong.rendering.render import render_form
from xiangtong.validation.compiled import validator_of
from xiangtong.validation.validate import decide

HERE = Path(__file__).parent
RUNS, CHANGES, SLOWER = 20, 12, 6
_TODAY = date(2026, 11, 21)
_NODE = {"NODE_ENV": "production", "PATH": "/usr/local/bin:/usr/bin:/bin"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Milliseconds: ours, and react-jsonschema-form's."""

    ours: float
    reference: float

    @property
    def ratio(self) -> float:
        """How many times longer the reference takes."""
        return self.reference / self.ours


@dataclass(frozen=True, slots=True)
class Measured:
    """One form.

    render   the whole form with its sample, on the server
    decide   the sample through normal form, conditions, derived values, schema and rules, beside pure jsonschema's
             schema alone
    schema   our schema check alone, beside the same
    ajv      the reference's own schema check, under Node
    change   the median of one change in a Chromium six times slower; longest: ours
    """

    code: str
    questions: int
    render: Pair
    decide: Pair
    schema: Pair
    ajv: float
    change: Pair
    longest: float


@dataclass(frozen=True, slots=True)
class Forms:
    """All of them, and the bytes of the reference's script as a browser fetches it (brotli)."""

    each: tuple[Measured, ...]
    reference_script: int


def measure(codes: Collection[str] = (), *, runs: int = RUNS, changes: int = CHANGES) -> Forms:
    """Measure the forms of these codes, or of the whole library."""
    library = Library.from_folder(ROOT / "form_schemas")
    forms = [form for code, form in library.forms.items() if not codes or code in codes]
    samples = {form.code: library.samples[form.code]["sample"] for form in forms}
    script, node = _bundled(), _under_node(forms, samples, runs)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=LAUNCH)
        stage = _Stage(browser, script, changes)
        each = tuple(_measured(form, samples[form.code], node[form.code], stage) for form in forms)
        browser.close()
    return Forms(each, len(brotli.compress(script.encode())))


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where changes are timed: a browser, the reference's script, how many changes to a form."""

    browser: Browser
    script: str
    changes: int


def _measured(form: Form, sample: Mapping[str, Any], node: Mapping[str, float], stage: _Stage) -> Measured:
    times, theirs = _changes(form, sample, stage), _reference_changes(form, sample, stage)
    return Measured(
        form.code, len(form.plan.by_pattern), Pair(_render_ms(form, sample), node["render"]), *_decisions(form, sample),
        node["validate"], Pair(statistics.median(times), statistics.median(theirs)), max(times),
    )  # fmt: skip


def _facts() -> Facts:
    return Facts(_TODAY, {}, {"villages": {}, "divisions": DIVISIONS})


def _render_ms(form: Form, sample: Mapping[str, Any]) -> float:
    facts = _facts()
    now = effective(form.plan, sample, facts)
    context = RenderContext(facts.options, frozenset(now.visible), frozenset(now.required), now.derived)
    return median_ms(lambda: render_form(form.plan, sample, (), context), 40)


def _decisions(form: Form, sample: Mapping[str, Any]) -> tuple[Pair, Pair]:
    """The whole decision and the schema alone, each beside the same reference."""
    facts, plain = Facts(_TODAY), jsonschema.Draft202012Validator(plain_schema(form))
    stored, validator = decide(form.plan, sample, facts).stored, validator_of(form.plan)
    reference = median_ms(lambda: list(plain.iter_errors(stored)), 20)
    whole, schema = (
        median_ms(lambda: decide(form.plan, sample, facts), 60),
        median_ms(lambda: validator.is_valid(stored), 60),
    )
    return Pair(whole, reference), Pair(schema, reference)


def _plain(form: Form) -> dict[str, Any]:
    """The schema without the name of its dialect, which the reference knows by another way."""
    return {key: value for key, value in plain_schema(form).items() if key != "$schema"}


def _under_node(forms: list[Form], samples: Mapping[str, Any], runs: int) -> dict[str, dict[str, float]]:
    asked = [{"code": form.code, "schema": _plain(form), "data": samples[form.code]} for form in forms]
    done = subprocess.run(
        ["node", str(HERE / "reference_forms.mjs")], input=json.dumps({"forms": asked, "runs": runs}),
        capture_output=True, text=True, check=True, cwd=ROOT, env=_NODE,
    )  # fmt: skip
    found: dict[str, dict[str, float]] = json.loads(done.stdout)
    return found


def _bundled() -> str:
    bundler = next((ROOT / "node_modules" / "@esbuild").glob("*/bin/esbuild"))
    defined = '--define:process.env.NODE_ENV="production"'
    command = [str(bundler), str(HERE / "reference_page.mjs"), "--bundle", "--minify", "--format=iife", defined]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def _changes(form: Form, sample: Mapping[str, Any], stage: _Stage) -> list[float]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with served(make_app(Desk(plan=form.plan, answers=dict(sample)))) as address:
        page = _page(stage.browser)
        page.goto(address)
        page.wait_for_selector("form[data-ready]")
        return _changed(page, stage.changes)


def _reference_changes(form: Form, sample: Mapping[str, Any], stage: _Stage) -> list[float]:
    page = _page(stage.browser)
    page.set_content("<!doctype html><main></main>")
    page.add_script_tag(content=stage.script)
    page.evaluate("(shown) => window.show(shown)", {"schema": _plain(form), "data": dict(sample)})
    page.wait_for_selector("form")
    return _changed(page, stage.changes)


def _page(browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.set_default_timeout(60_000)
    return page


def _changed(page: Page, changes: int) -> list[float]:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    times: list[float] = page.evaluate((HERE / "changing.js").read_text(encoding="utf-8"), changes)
    page.close()
    if not times:
        raise SystemExit("nothing on the page could be changed")
    return times


HEAD = ("form", "questions", "render, ours / rjsf", "decide / jsonschema / ajv", "change, ours / rjsf", "page")


def rows(found: Forms, weights: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    """The lines of the table below `HEAD`; `weights` are the bytes of the heaviest page of each form, where known."""
    for one in found.each:
        yield (
            one.code, str(one.questions), f"{one.render.ours:.1f} / {one.render.reference:.0f} ms",
            f"{one.decide.ours * 1000:.0f} / {one.decide.reference * 1000:.0f} / {one.ajv * 1000:.0f} µs",
            f"{one.change.ours:.0f} / {one.change.reference:.0f} ms",
            f"{weights[one.code] / 1000:.1f} kB" if one.code in weights else "",
        )  # fmt: skip
