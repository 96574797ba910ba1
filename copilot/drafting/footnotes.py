"""The footnotes of a draft: `“quote” — path, page 3, characters 1042–1131`, written and read.

Neither a quote nor a path can say something else about where it stands: the quotation marks of a quote
are written as entities, and so is a comma of a path that could begin what follows it.
"""

from __future__ import annotations

import re
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Final

from copilot.citations.quotes import fold
from copilot.domain.answers import Citation
from copilot.domain.documents import SourcePath
from copilot.drafting.escaping import escape_quote, flat, unescape

if TYPE_CHECKING:
    from collections.abc import Iterable

_TAIL: Final = re.compile(r",(?=\s*(?:page|characters))", re.IGNORECASE)
_ODD_SPACE: Final = re.compile(r"[^\S ]|(?<=\s) | \Z|\A ")
"""White space of a path that would not survive on a line of text."""
_WHERE: Final = (
    r"\s*[—–-]+\s*(?P<path>\S(?:(?!, (?:page|characters) \d)[^“”\n])*)"
    r"(?:, page (?P<page>\d{1,9}))?, characters (?P<start>\d{1,12})\s?[–—-]\s?(?P<end>\d{1,12})"
)
_CITED: Final = re.compile(rf"“(?P<quote>[^“”]*)”{_WHERE}")
_STRAIGHT: Final = re.compile(rf"\"(?P<quote>[^“”]*)\"{_WHERE}")
"""As a person may have typed it."""


class Footnotes:
    """Numbers for citations: each place that is cited has one, however often it is cited."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[object, ...], tuple[int, Citation]] = {}

    def references(self, citations: Iterable[Citation]) -> str:
        """Return the references to the footnotes of the citations, which are made if need be."""
        numbers = dict.fromkeys(self._number(one) for one in citations)
        return "".join(f"[^{one}]" for one in numbers)

    def definitions(self) -> list[str]:
        """Return the lines that define the footnotes, in the order of their numbers."""
        return [f"[^{number}]: {written(one)}" for number, one in self._numbers.values()]

    def _number(self, citation: Citation) -> int:
        key = (citation.source, citation.page, citation.start, citation.end, citation.quote)
        known = self._numbers.get(key)
        if known is None:
            known = self._numbers[key] = (len(self._numbers) + 1, citation)
        return known[0]


def written(citation: Citation) -> str:
    """Return the text of the footnote of a citation."""
    quote = flat(citation.quote)
    if fold(quote).text != fold(citation.quote).text:
        quote = fold(citation.quote).text  # a word that is broken at the end of a line is joined
    page = "" if citation.page is None else f", page {citation.page}"
    where = f"{_path(citation.source)}{page}, characters {citation.start}–{citation.end}"
    return f"“{escape_quote(quote)}” — {where}"


def _path(source: str) -> str:
    """Return a path that reads as just that path, with whatever its folders are called."""
    parts = _ODD_SPACE.split(source)
    odd = (f"&#{ord(one)};" for one in _ODD_SPACE.findall(source))
    escaped = "".join(chain(*zip_longest(map(escape_quote, parts), odd, fillvalue="")))
    return _TAIL.sub("&#44;", escaped)


def read_citation(text: str) -> Citation | None:
    """Return what the text of a footnote cites, or nothing if it is not written as a citation.

    The citation is not checked, and has the path of the source for a title. Words around it, which a
    person may have added, are passed over.
    """
    joined = " ".join(text.split())
    found = _CITED.search(joined) or _STRAIGHT.search(joined)
    if found is None:
        return None
    path = unescape(found["path"].strip())
    return Citation(
        source=SourcePath(path),
        title=path,
        page=int(found["page"]) if found["page"] else None,
        start=int(found["start"]),
        end=int(found["end"]),
        quote=unescape(found["quote"]),
    )
