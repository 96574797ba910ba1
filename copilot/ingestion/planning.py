"""What a run has to do: which files are new, changed, moved, gone, or refused as before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import Refusal
from copilot.domain.indexing import Fingerprint
from copilot.errors import BadInput, InvalidManifest, OverLimits, UnreadableFile
from copilot.ingestion import metadata as about
from copilot.ingestion.folders import content_hash_of, within
from copilot.ingestion.statements import MEND, read_statements

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from copilot.domain.documents import SourcePath
    from copilot.ingestion.folders import Found, Walked
    from copilot.ingestion.reporting import Report
    from copilot.ports import Truth

FORM: Final = "4"
"""Raised when readers or cutting change what is stored for the same file, so that all is read again."""

_INSTALLABLE: Final = "tesseract"
"""A word in the hints of refusals that end when a program is installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A file that has to be read."""

    found: Found
    said: tuple[Mapping[str, object], Mapping[str, object]]
    fingerprint: Fingerprint
    known: bool
    moved_from: SourcePath | None = None


class Planner:
    """Holds the files of a workspace against what is stored of them."""

    def __init__(self, truth: Truth, *, limits: str) -> None:
        """Name the truth, and what reading a file is bounded by in this run."""
        self._truth = truth
        self._limits = limits

    def plan(
        self, walked: Walked, scope: Collection[str], report: Report, *, retry: bool = False
    ) -> list[Work]:
        """Return the files that have to be read; what needs no reading is done and reported.

        Args:
            walked: What stands under the roots.
            scope: Beginnings of the paths that the roots speak for.
            report: Is told what became of the files that are not read.
            retry: Try every file again that was refused.
        """
        known = dict(self._truth.fingerprints())
        refused = {} if retry else self._standing()
        statements = read_statements(walked)
        report.notes += statements.idle
        work: list[Work] = []
        touched: dict[SourcePath, Fingerprint] = {}
        for found in walked.found:
            try:
                said = statements.about(found)
            except InvalidManifest as exc:
                before = known.get(found.path)
                self.refuse(found, exc, before, report)
                if before is not None:
                    # Nothing that is said later may look like what was said when it was stored.
                    touched[found.path] = replace(before, about_hash="", stale=True)
                continue
            self._judge(
                found,
                said,
                (known.get(found.path), refused.get(found.path)),
                (work, touched, report),
            )
        self._truth.touch_all(touched)
        self._refuse_unfit(walked, known, refused, report)
        self._remove_gone(walked, scope, known, (work, report))
        return work

    def _standing(self) -> dict[str, tuple[Refusal, int, int]]:
        """Return the refusals that would be the same again, as long as the file is.

        What is said about a file may have been mended, and what it waited for may have been installed
        or allowed since; only those are read again, so that a file that takes a minute to fail does
        so once.
        """
        return {
            path: one
            for path, one in self._truth.refusals().items()
            if one[0].hint != MEND
            and _INSTALLABLE not in one[0].hint
            and one[0].limits in {"", self._limits}
        }

    def _refuse_unfit(
        self,
        walked: Walked,
        known: Mapping[SourcePath, Fingerprint],
        refused: Mapping[str, tuple[Refusal, int, int]],
        report: Report,
    ) -> None:
        """Report what could not even be opened; what is stored of it stays, and is stale."""
        stale: dict[SourcePath, Fingerprint] = {}
        for refusal in walked.refused:
            if refusal.path not in refused or refused[refusal.path][0] != refusal:
                self._truth.refuse(refusal, size=0, mtime_ns=0)
            kept = [path for path in known if within(path, [refusal.path])]
            stale |= {path: replace(known[path], about_hash="", stale=True) for path in kept}
            (report.stale if kept else report.refused).append(refusal)
        self._truth.touch_all(stale)

    def _judge(
        self,
        found: Found,
        said: tuple[Mapping[str, object], Mapping[str, object]],
        stored: tuple[Fingerprint | None, tuple[Refusal, int, int] | None],
        into: tuple[list[Work], dict[SourcePath, Fingerprint], Report],
    ) -> None:
        """Decide what a file needs: nothing, a new date, or to be read."""
        (known, refused), (work, touched, report) = stored, into
        about_hash = about.digest(*said, FORM, str(found.root.kind), str(found.root.audience))
        same_file = known is not None and (known.size, known.mtime_ns) == (
            found.size,
            found.mtime_ns,
        )
        if known is not None and same_file and known.about_hash == about_hash:
            if not known.stale:
                report.unchanged += 1
                return
            if refused is not None:
                report.stale.append(refused[0])
                return
        if known is None and refused is not None and refused[1:] == (found.size, found.mtime_ns):
            report.refused.append(refused[0])
            return
        try:
            content_hash = content_hash_of(found)
        except OSError as exc:
            self.refuse(found, UnreadableFile(f"it cannot be read: {exc.strerror}"), known, report)
            return
        fingerprint = Fingerprint(found.size, found.mtime_ns, content_hash, about_hash)
        if (
            known is not None
            and not known.stale
            and (known.content_hash, known.about_hash) == (content_hash, about_hash)
        ):
            touched[found.path] = fingerprint
            report.unchanged += 1
            return
        work.append(Work(found=found, said=said, fingerprint=fingerprint, known=known is not None))

    def _remove_gone(
        self,
        walked: Walked,
        scope: Collection[str],
        known: Mapping[SourcePath, Fingerprint],
        into: tuple[list[Work], Report],
    ) -> None:
        work, report = into
        refused = {refusal.path for refusal in walked.refused}
        present = {found.path for found in walked.found} | refused
        # What stands in a folder that cannot be opened just now is not gone.
        gone = [
            path
            for path in known
            if path not in present and within(path, scope) and not within(path, refused)
        ]
        by_content = {known[path].content_hash: path for path in gone}
        for at, one in enumerate(work):
            old = by_content.pop(one.fingerprint.content_hash, None) if not one.known else None
            if old is not None:
                work[at] = replace(one, moved_from=old)
        moved = {one.moved_from for one in work}
        report.removed += [path for path in gone if path not in moved]
        self._truth.remove(report.removed)
        listed = self._truth.refusals()
        self._truth.forget_refusals(
            [path for path in listed if path not in present and within(path, scope)]
        )

    def refuse(
        self,
        found: Found,
        problem: BadInput,
        known: Fingerprint | None,
        report: Report,
        *,
        tried: bool = False,
    ) -> None:
        """Leave a file out; if an earlier version is stored, keep it and mark it stale."""
        refusal = Refusal(
            path=found.path,
            reason=str(problem),
            hint=problem.hint,
            limits=self._limits if isinstance(problem, OverLimits) else "",
        )
        self._truth.refuse(refusal, size=found.size, mtime_ns=found.mtime_ns)
        if known is None:
            report.refused.append(refusal)
            return
        if tried:
            self._truth.touch(found.path, replace(known, stale=True))
        report.stale.append(refusal)
