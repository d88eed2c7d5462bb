"""`make bench`: every figure of the budgets beside its reference, printed and written into docs/reliability.md.

A missed budget is marked and does not fail the run; only an error does. Ratios are taken within one run.
"""

from __future__ import annotations

import os
import platform as machine
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench import ROOT

PAGE = ROOT / "docs" / "reliability.md"
_MARKS = ("<!-- make bench: begin -->", "<!-- make bench: end -->")
_HEAD = ("figure", "ours", "reference", "ratio", "budget", "kept")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table."""

    figure: str
    ours: str
    reference: str
    ratio: str
    budget: str
    kept: bool | None = None  # None where there is no budget

    def cells(self) -> tuple[str, ...]:
        """What is printed, in the order of the head."""
        kept = {True: "yes", False: "NO", None: ""}[self.kept]
        return self.figure, self.ours, self.reference, self.ratio, self.budget, kept


def rendering() -> Iterator[Line]:
    """40 fields with 40 values and 5 problems, beside react-jsonschema-form under Node."""
    import render

    ours, reference = render.render()
    yield Line(
        "render 40 fields on the server", f"{ours:.2f} ms", f"{reference:.2f} ms, rjsf", f"1/{reference / ours:.0f}",
        "≤ 1/8", ours * 8 <= reference,
    )  # fmt: skip


def validating() -> Iterator[Line]:
    """40 answers and 5 household rows, beside pure jsonschema."""
    import render

    found = render.validation()
    for figure, ours in (("decide about 40 answers and 5 rows", found.decision), ("their schema alone", found.schema)):
        yield Line(
            figure, f"{ours * 1000:.0f} µs", f"{found.reference * 1000:.0f} µs, jsonschema",
            f"1/{found.reference / ours:.0f}", "≤ 1/20", ours * 20 <= found.reference,
        )  # fmt: skip


def pushing() -> Iterator[Line]:
    """From the ledger to the receipt by one worker, beside a bare signed posting loop."""
    import push

    found = push.measure()
    ours, bare = found.ours, found.bare
    ratio = ours.rate / bare.rate
    yield Line(
        "push, ledger to receipt", f"{ours.rate:.0f}/s", f"{bare.rate:.0f}/s, bare signed loop", f"{ratio:.2f}",
        "≥ 0.5 and ≥ 100/s", ratio >= 0.5 and ours.rate >= 100,
    )  # fmt: skip
    yield Line(
        "the same in processor time", f"{ours.work:.1f} ms", f"{bare.work:.1f} ms, bare signed loop",
        f"{bare.work / ours.work:.2f}", "≥ 0.5", bare.work >= ours.work * 0.5,
    )  # fmt: skip


def submitting() -> Iterator[Line]:
    """Through HTTP, one web process, eight connections, beside a bare view; and the weight of the first form page."""
    import submit

    found = submit.measure()
    ours, bare = found.ours, found.bare
    ratio = ours.rate / bare.rate
    yield Line(
        "submit through HTTP", f"{ours.rate:.0f}/s", f"{bare.rate:.0f}/s, bare view", f"{ratio:.2f}", "≥ 0.4",
        ratio >= 0.4,
    )  # fmt: skip
    yield Line(
        "submit, p50 and p95 at 8 connections", f"{ours.p50:.0f} and {ours.p95:.0f} ms",
        f"{bare.p50:.0f} and {bare.p95:.0f} ms, bare view", f"{ours.p95 / bare.p95:.1f}", "p95 ≤ 25 ms", ours.p95 <= 25,
    )  # fmt: skip
    yield Line(
        f"submit, p50 and p95 at 8 connections, {submit.A_SECOND} a second",
        f"{found.paced.p50:.0f} and {found.paced.p95:.0f} ms", "", "", "p95 ≤ 25 ms", found.paced.p95 <= 25,
    )  # fmt: skip
    yield Line("statements of a submit", f"{found.statements}", "", "", "≤ 12", found.statements <= 12)
    weight = sum(found.first.values())
    yield Line("first form page, everything, brotli", f"{weight / 1000:.1f} kB", "", "", "≤ 50 kB", weight <= 50_000)
    _heaviest.update(found.heaviest)
    code, most = max(found.heaviest.items(), key=lambda one: one[1])
    yield Line(
        f"heaviest page of {len(found.heaviest)} forms ({code})", f"{most / 1000:.1f} kB", "", "", "≤ 50 kB",
        most <= 50_000,
    )  # fmt: skip


#: Bytes of each form's heaviest page, weighed where a server runs and told in the table of all forms.
_heaviest: dict[str, int] = {}
_every_form: list[tuple[str, ...]] = []


def filling() -> Iterator[Line]:
    """Every form of the library beside react-jsonschema-form on the same schema; here the worst, the rest in a table."""
    import forms

    found = forms.measure()
    _every_form[:] = [forms.HEAD, *forms.rows(found, _heaviest)]
    render = min(found.each, key=lambda one: one.render.ratio)
    decide = min(found.each, key=lambda one: one.decide.ratio)
    change = max(found.each, key=lambda one: one.change.ours)
    yield Line(
        f"render, the worst of {len(found.each)} forms ({render.code})", f"{render.render.ours:.1f} ms",
        f"{render.render.reference:.0f} ms, rjsf", f"1/{render.render.ratio:.0f}", "≤ 1/8", render.render.ratio >= 8,
    )  # fmt: skip
    for what, worst in (("decide about the sample", decide.decide), ("its schema alone", decide.schema)):
        yield Line(
            f"{what}, the worst of them ({decide.code})", f"{worst.ours:.2f} ms", f"{worst.reference:.2f} ms, jsonschema",
            f"1/{worst.ratio:.0f}", "≤ 1/20", worst.ratio >= 20,
        )  # fmt: skip
    yield Line(
        f"a change, CPU {forms.SLOWER}× slower, the worst ({change.code})", f"{change.change.ours:.0f} ms",
        f"{change.change.reference:.0f} ms, rjsf", f"1/{change.change.ratio:.1f}", "≤ 100 ms", change.change.ours <= 100,
    )  # fmt: skip
    script = found.reference_script
    yield Line("what rjsf's script alone weighs, brotli", "", f"{script / 1000:.0f} kB, rjsf", "", "")


def growing() -> Iterator[Line]:
    """All of Jiangsu and a million cases, beside one township and none."""
    import jiangsu

    found = jiangsu.measure()
    yield Line(
        f"provision {found.townships} townships, {found.villages} villages", f"{found.seconds:.0f} s", "", "", "≤ 60 s",
        found.seconds <= 60,
    )  # fmt: skip
    yield Line(f"write {found.cases:,} cases straight into the tables", f"{found.filling:.0f} s", "", "", "")
    for what, (one, whole) in (("page", found.pages), ("submit", found.submits)):
        for name, ours, reference in (("p50", whole.p50, one.p50), ("p95", whole.p95, one.p95)):
            yield Line(
                f"{what} {name}, all of them and {found.cases:,} cases", f"{ours:.1f} ms",
                f"{reference:.1f} ms, one township", f"{ours / reference:.2f}", "≤ 1.2", ours <= reference * 1.2,
            )  # fmt: skip
    yield Line("queries of a citizen's page, the most", f"{found.queries}", "", "", "≤ 6", found.queries <= 6)


PARTS: dict[str, Callable[[], Iterator[Line]]] = {
    "render": rendering,
    "validate": validating,
    "push": pushing,
    "submit": submitting,
    "forms": filling,
    "jiangsu": growing,
}


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table that reads well in a terminal too."""
    rows = [head, *lines]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    written = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    written.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(written)


def where() -> str:
    """When and on what class of machine, so that figures can be compared."""
    kind, memory = machine.machine(), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[1]
    return (
        f"Measured on {time.strftime('%Y-%m-%d')}: {os.cpu_count()} cores ({kind}), {memory:.0f} GB, "
        f"Python {machine.python_version()}; load of the five minutes before the end: {load:.1f}."
    )


def write_down(text: str) -> None:
    """Put the table between its marks on the page; make the section where there is none."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Reliability\n"
    block = f"{_MARKS[0]}\n{text}\n{_MARKS[1]}"
    if _MARKS[0] in page:
        page = re.sub(f"{_MARKS[0]}.*?{_MARKS[1]}", lambda _: block, page, flags=re.DOTALL)
    else:
        page = f"{page.rstrip()}\n\n## Speed\n\n{_WORDS}\n\n{block}\n"
    PAGE.write_text(page, encoding="utf-8")


_WORDS = """`make bench` measures what design budgets promise and writes this table. Every reference is measured in the
same run on the same machine, so the ratios mean something where the machine has other work; milliseconds and rates do
not. A budget that is missed says NO."""


def main(wanted: list[str]) -> None:
    """Measure the parts named, or all of them; only a whole run is written down."""
    lines: list[Line] = []
    for name in wanted or PARTS:
        started = time.monotonic()
        for line in PARTS[name]():
            lines.append(line)
            print("  ".join(cell for cell in line.cells() if cell), flush=True)
        print(f"── {name}: {time.monotonic() - started:.0f} s", flush=True)
    told = "\n\n".join(_told(lines))
    print(told)
    if not wanted:
        write_down(told)


def _told(lines: list[Line]) -> Iterator[str]:
    yield table(_HEAD, [line.cells() for line in lines])
    if _every_form:
        yield _FORMS
        yield table(_every_form[0], _every_form[1:])
    yield where()


_FORMS = """Every form with its sample: rendered whole on the server beside react-jsonschema-form under Node; decided
about (conditions, computed values and rules as well as shape) beside the shape alone by jsonschema and by the
reference's own ajv; one change in a Chromium slowed down six times, the whole form on one page; the heaviest page of
the form as it is served, with everything it asks for, compressed. The reference gets the form as plain JSON Schema."""


if __name__ == "__main__":
    main(sys.argv[1:])
