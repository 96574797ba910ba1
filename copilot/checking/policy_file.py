"""A policy that is checked: a file as the readers gave it, which need not be in the workspace."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from copilot.citations.checking import check_citation
from copilot.domain.answers import Citation
from copilot.domain.documents import BlockKind, Passage, PassageId
from copilot.drafting.policy_sentences import sayings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from copilot.citations.checking import Texts
    from copilot.domain.access import Principal
    from copilot.domain.documents import NewPassage, ParsedDocument, Source, SourcePath
    from copilot.drafting.policy_sentences import Said


@dataclass(frozen=True, kw_only=True)
class PolicyFile:
    """A policy's text with its passages."""

    source: Source
    document: ParsedDocument
    passages: tuple[Passage, ...]

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """Its sentences, items and cells."""
        return tuple(sayings(self.passages))

    def field(self, *names: str) -> tuple[str, Citation] | None:
        """Return the first of those fields of its front matter that is filled in, and its line."""
        for name in names:
            value = str(self.document.metadata.get(name) or "").strip()
            line = re.search(
                rf"^[ \t]*[\"']?{re.escape(name)}[\"']?[ \t]*[:=].*$",
                self.document.text,
                re.IGNORECASE | re.MULTILINE,
            )
            if value and line:
                return value, self._cite(line.start(), line.end())
        return None

    @property
    def top(self) -> tuple[Citation, ...]:
        """Its title, to show where something that is absent should stand; none if it is too short."""
        first = next(
            (one for one in self.document.blocks if one.kind is BlockKind.HEADING),
            next(iter(self.document.blocks), None),
        )
        if first is None or first.end - first.start < _SHORTEST:
            return ()
        end = min(first.end, first.start + _LONGEST)
        return (self._cite(first.start, end, first.page, first.place),)

    def _cite(self, start: int, end: int, page: int | None = None, place: str = "") -> Citation:
        return Citation(
            source=self.source.path,
            title=self.source.metadata.title,
            page=page,
            start=start,
            end=end,
            quote=self.document.text[start:end],
            place=place,
        )


def policy_file(
    document: ParsedDocument, source: Source, pieces: Iterable[NewPassage]
) -> PolicyFile:
    """Return a document that is in no store, cut into its passages."""
    passages = tuple(
        Passage(
            # It is in no store, so it has no number there.
            id=PassageId(-1 - number),
            source=source,
            start=one.start,
            end=one.end,
            text=one.text,
            page=one.page,
            place=one.place,
            heading=one.heading,
            context=one.context,
        )
        for number, one in enumerate(pieces)
    )
    return PolicyFile(source=source, document=document, passages=passages)


_SHORTEST = 8
_LONGEST = 120


class WithFile:
    """The texts of a workspace and of the file that is checked, for the check of citations."""

    def __init__(self, file: PolicyFile, texts: Texts) -> None:
        self._file = file
        self._texts = texts

    def text_of(self, path: SourcePath, *, principal: Principal) -> str | None:
        """Return the text of the file, or of a source that may be read."""
        if path == self._file.source.path:
            return self._file.document.text
        return self._texts.text_of(path, principal=principal)

    def pages_of(
        self, path: SourcePath, start: int, end: int, *, principal: Principal
    ) -> Sequence[int | None]:
        """Return the pages of the passages that a stretch lies in, of the file or another source."""
        if path == self._file.source.path:
            return [one.page for one in self._file.passages if one.start < end and start < one.end]
        return self._texts.pages_of(path, start, end, principal=principal)

    def check(self, citation: Citation, *, principal: Principal) -> Citation:
        """Return a citation as verified.

        Raises:
            UnsupportedClaim: It does not hold.
        """
        return check_citation(citation, truth=self, principal=principal)
