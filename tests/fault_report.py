"""The figures of the fault proofs, kept in docs/reliability.md: one line for each fault, the newest run's."""

from __future__ import annotations

from pathlib import Path

from faults import Figures

_PAGE = Path(__file__).resolve().parents[1] / "docs" / "reliability.md"
_HEAD = "| fault | seed | acknowledged | lost | wrong | doubled | phantom | not drained | duplicates absorbed |"
_RULE = "|---|---|---:|---:|---:|---:|---:|---:|---:|"


def keep(story: str, seed: int | str, figures: Figures) -> None:
    """Write the line of a fault into the section “Faults”; everything else on the page stays as it is."""
    text = _PAGE.read_text("utf-8")
    before, _, rest = text.partition(f"{_HEAD}\n{_RULE}\n")
    table, gap, after = rest.partition("\n\n")
    lines = {line.split("|")[1].strip(): line for line in table.splitlines() if line.startswith("|")}
    numbers = (
        figures.acknowledged, figures.lost, figures.wrong, figures.doubled, figures.phantom, figures.left,
        figures.absorbed,
    )  # fmt: skip
    lines[story] = f"| {story} | {seed} | " + " | ".join(str(number) for number in numbers) + " |"
    ordered = sorted(lines.values(), key=lambda line: int(line.split("|")[1].split()[0]))
    _PAGE.write_text(f"{before}{_HEAD}\n{_RULE}\n" + "\n".join(ordered) + (gap + after if gap else "\n"), "utf-8")
