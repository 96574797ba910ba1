"""What every benchmark shares: options, statistics, a table for people and JSON for machines."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).resolve().parents[1]
SHARED: Final = ROOT.parent / "shared"
"""Data for development, which is not part of the project and may be absent."""

Cell = str | int | float | None
Row = dict[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A figure that the project promises, and what was measured for it."""

    what: str
    measured: float
    lowest: float | None = None
    highest: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    met: bool = field(init=False)

    def __post_init__(self) -> None:
        low = self.at_least is None or self.measured >= self.at_least
        high = self.at_most is None or self.measured <= self.at_most
        object.__setattr__(self, "met", low and high)

    @property
    def required(self) -> str:
        """The bound as people write it."""
        return f"≥ {self.at_least}" if self.at_least is not None else f"≤ {self.at_most}"


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What one run of a benchmark found, everything side by side."""

    benchmark: str
    quick: bool
    parameters: dict[str, Cell]
    rows: list[Row] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)
    load_before: float = field(default_factory=lambda: os.getloadavg()[0])
    """How busy the machine was with other things; much above 0, only ratios say anything."""


def options(benchmark: str, about: str) -> argparse.ArgumentParser:
    """Return a parser with the options that every benchmark has."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{benchmark}", description=about)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results as JSON")
    parser.add_argument(
        "--quick", action="store_true", help="a smoke test: little input, figures that say little"
    )
    return parser


def publish(outcome: Outcome, file: Path | None) -> None:
    """Print the results as tables, and write them as JSON if a file is named."""
    # What is not a terminal has no width, and 80 columns would cut the tables to pieces.
    console = Console(width=None if sys.stdout.isatty() else 120)
    marked = " [yellow](--quick: too little input to judge by)[/]" if outcome.quick else ""
    console.print(f"[bold]{outcome.benchmark}[/]{marked}")
    console.print(
        "[dim]" + ", ".join(f"{name} {value}" for name, value in outcome.parameters.items()) + "[/]"
    )
    console.print(_table(outcome.rows))
    if outcome.bounds:
        console.print(
            _table(
                [
                    {
                        "bound": bound.what,
                        "required": bound.required,
                        "measured": bound.measured,
                        "lowest": bound.lowest,
                        "highest": bound.highest,
                        "met": "yes" if bound.met else "no",
                    }
                    for bound in outcome.bounds
                ]
            )
        )
    console.print(
        f"[dim]{os.cpu_count()} cores; load {outcome.load_before:.1f} before and "
        f"{os.getloadavg()[0]:.1f} after. Compare figures within this run only.[/]"
    )
    if file is not None:
        machine = {
            "cores": os.cpu_count(),
            "system": platform.system(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "load_after": os.getloadavg()[0],
        }
        document = {**asdict(outcome), "machine": machine}
        file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _table(rows: Sequence[Row]) -> Table:
    table = Table()
    names = list(dict.fromkeys(name for row in rows for name in row))
    for name in names:
        numbers = any(isinstance(row.get(name), int | float) for row in rows)
        table.add_column(name, justify="right" if numbers else "left")
    for row in rows:
        table.add_row(*(_shown(row.get(name)) for name in names))
    return table


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:,.3f}" if abs(cell) < 10 else f"{cell:,.1f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def spread(name: str, values: Sequence[float]) -> Row:
    """Return the median of some measurements and how far they lie apart."""
    return {name: statistics.median(values), "lowest": min(values), "highest": max(values)}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed, 0.95 for the p95."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def cpu_seconds() -> float:
    """Return the processor time of this process and of its children that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def megabytes(maxrss: int) -> float:
    """Return what the system reports as a peak of memory, in megabytes."""
    return maxrss / 1e6 if sys.platform == "darwin" else maxrss * 1024 / 1e6


def default_folder() -> Path:
    """Return where what is slow to build is kept between runs."""
    return Path(tempfile.gettempdir()) / "soc2-copilot-benchmarks"


class Told:
    """Progress on stderr, one line that is written over."""

    def step(self, what: str, done: int, total: int) -> None:
        """Show how far it has come."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{what} {done:,}/{total:,}")
            if done == total:
                sys.stderr.write("\r\033[K")
            sys.stderr.flush()
