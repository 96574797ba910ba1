"""Draft every kind of policy for the sample company and check every citation, from an empty index on.

`python -m benchmarks.drafts` drafts each kind twice: with the company's profile and with an empty one. It
counts what is open, reads each draft back from its Markdown, and checks every citation against the stored
source and, for text files, against the file itself.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import sample
from benchmarks.common import Bound, Outcome, cpu_seconds, options, publish
from copilot import bootstrap, config
from copilot.bootstrap import drafting
from copilot.citations.checking import check_citation
from copilot.citations.quotes import find_quote
from copilot.domain.companies import PROFILE_FILE
from copilot.drafting import markup
from copilot.errors import UnsupportedClaim

if TYPE_CHECKING:
    from benchmarks.common import Row
    from copilot.bootstrap import Copilot
    from copilot.domain.answers import Citation
    from copilot.domain.drafts import Draft

_SECONDS: Final = 60.0
_TEXT: Final = frozenset({".md", ".csv", ".txt", ".yaml", ".json", ".jsonl", ".html"})


def draft_all(home: Path, kinds: list[str], profile: str) -> tuple[list[Row], float]:
    """Return a row for each kind, and the seconds that all drafts took together."""
    with bootstrap.Copilot(config.find_workspace(home)) as copilot:
        drafter = copilot.principal(None)
        copilot.catalog, copilot.vocabulary, copilot.encoder  # noqa: B018  made before the clock runs
        begin, used = time.perf_counter(), cpu_seconds()
        drafts = drafting.draft_policies(copilot, kinds, principal=drafter)
        seconds, cpu = time.perf_counter() - begin, cpu_seconds() - used
        rows = [_row(copilot, one, profile) for one in drafts]
    rows.append({"kind": "all", "profile": profile, "seconds": seconds, "CPU s": cpu})
    return rows, seconds


def _row(copilot: Copilot, draft: Draft, profile: str) -> Row:
    text = markup.write(draft)
    read = markup.read(text)
    gone = sum(one.where == markup.NOT_ADDRESSED for one in read.coverage)
    return {
        "kind": draft.outline,
        "profile": profile,
        "open": len(read.questions),
        "to confirm": len(read.decisions),
        "citations": len(read.citations),
        "wrong": sum(not _holds(copilot, one) for one in read.citations),
        "places left": text.count("{") + len(read.mangled) + len(read.unknown),
        "points": len(read.coverage),
        "uncovered": gone,
    }


def _holds(copilot: Copilot, citation: Citation) -> bool:
    """Say whether a citation stands in its source, and in the file if that is text."""
    try:
        check_citation(citation, truth=copilot.truth, principal=copilot.principal(None))
    except UnsupportedClaim:
        return False
    file = copilot.workspace.root / citation.source
    if file.suffix not in _TEXT:
        return True
    return find_quote(file.read_text(encoding="utf-8"), citation.quote) is not None


def main() -> None:
    """Run it."""
    parser = options("drafts", __doc__ or "")
    given = parser.parse_args()
    rows: list[Row] = []
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "sample"
        sample.build(home)
        kinds = [one.id for one in bootstrap.load_catalog().policy_kinds]
        kinds = kinds[:3] if given.quick else kinds
        for profile in ("sample", "empty"):
            if profile == "empty":
                (home / PROFILE_FILE).unlink()
            found, took = draft_all(home, kinds, profile)
            rows += found
            seconds.append(took)
    totals = {
        name: float(sum(int(one.get(name) or 0) for one in rows))
        for name in ("wrong", "places left", "uncovered")
    }
    bounds = [Bound(what=name, measured=value, at_most=0.0) for name, value in totals.items()]
    bounds.append(Bound(what="all kinds, s", measured=max(seconds), at_most=_SECONDS))
    publish(
        Outcome(
            benchmark="drafts",
            quick=given.quick,
            parameters={"kinds": len(kinds)},
            rows=rows,
            bounds=bounds,
        ),
        given.json,
    )


if __name__ == "__main__":
    main()
