"""`make bench`: every figure of the budgets beside its reference, printed and written into docs/reliability.md.

A missed budget is marked and does not fail the run; only an error does. Ratios are taken within one run.
"""

from __future__ import annotations

import os
import platform as machine
import re
import sys
import time
from collections.abc import Callable, Iterator
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
    kept: bool

    def cells(self) -> tuple[str, ...]:
        """What is printed, in the order of the head."""
        return self.figure, self.ours, self.reference, self.ratio, self.budget, "yes" if self.kept else "NO"


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
    ratio = found.ours / found.bare
    yield Line(
        "push, ledger to receipt", f"{found.ours:.0f}/s", f"{found.bare:.0f}/s, bare signed loop", f"{ratio:.2f}",
        "≥ 0.5 and ≥ 100/s", ratio >= 0.5 and found.ours >= 100,
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
    yield Line("statements of a submit", f"{found.statements}", "", "", "≤ 12", found.statements <= 12)
    weight = sum(found.weights.values())
    yield Line("first form page, everything, brotli", f"{weight / 1000:.1f} kB", "", "", "≤ 50 kB", weight <= 50_000)


def growing() -> Iterator[Line]:
    """All of Jiangsu and a million cases, beside one township and none."""
    import jiangsu

    found = jiangsu.measure()
    yield Line(
        f"provision {found.townships} townships, {found.villages} villages", f"{found.seconds:.0f} s", "", "", "≤ 60 s",
        found.seconds <= 60,
    )  # fmt: skip
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
    "jiangsu": growing,
}


def table(lines: list[Line]) -> str:
    """The lines as a Markdown table that reads well in a terminal too."""
    rows = [_HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
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
    print(table(lines))
    print(where())
    if not wanted:
        write_down(f"{table(lines)}\n\n{where()}")


if __name__ == "__main__":
    main(sys.argv[1:])
