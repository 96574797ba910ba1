"""Say quoted words as a person would: no marks of their format, a row with the names of its columns."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from copilot.domain.documents import Passage

_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s\"[^\"]*\")?\)")
_MARKS: Final = re.compile(r"(?<!\w)[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}(?!\w)")
_LEADING: Final = re.compile(r"^\s*(?:#{1,6}\s+|[-*•]\s+|>+(?:\s+|$))+")
_ITEM: Final = re.compile(r"^\s*(?:>\s+)*(?:[-*•]|\d{1,2}[.)])\s")
_EDGES: Final = re.compile(r"^\s*\|\s*|\s*\|\s*$")
_STOPS: Final = (".", "!", "?", ":", ";", ",")

_CELL: Final = re.compile(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", re.DOTALL | re.IGNORECASE)
_ROW_END: Final = re.compile(r"(?<=</tr>)", re.IGNORECASE)
_APART: Final = re.compile(r"\s*</(?:t[dhr]|li)>\s*", re.IGNORECASE)
_BREAK: Final = re.compile(r"<br\s*/?>|</(?:p|h[1-6])>", re.IGNORECASE)
_TAG: Final = re.compile(
    r"</?(?:a|b|big|blockquote|br|caption|center|cite|code|col|colgroup|dd|details|div|dl|dt|em|figcaption|figure|"
    r"font|h[1-6]|hr|i|img|kbd|li|mark|ol|p|pre|s|samp|section|small|span|strike|strong|sub|summary|sup|table|"
    r"tbody|td|tfoot|th|thead|tr|u|ul|var)\b[^<>]*>",
    re.IGNORECASE,
)
"""Tags of HTML in Markdown. Anything else in angle brackets, such as `<account>`, is the author's."""

_RECORDS: Final = (".json", ".jsonl", ".ndjson", ".yaml", ".yml")
_KEY: Final = re.compile(r"""(["'])([\w .@/$:-]{1,80}?)\1\s*:\s*""")
_BRACKETS: Final = re.compile(r"^[\s{}\[\],]+|[\s{}\[\],]+$")
_FIELD: Final = re.compile(r"\s*(?:-\s|[\"']?[\w.@/$-][\w .@/$-]{0,79}[\"']?\s*:(?:\s|$))")
_NOTHING_IN_IT: Final = re.compile(r"\[\s*\]|\{\s*\}")
_BLOCK_MARK: Final = re.compile(r":\s*[|>][+-]?\s*$")
_STAMPED: Final = re.compile(r"^\s*\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_ESCAPED: Final = re.compile(r"\\([\"\\/])")

_BROKEN_OFF: Final = re.compile(r"[a-z,][a-z,\s-]*\s[a-z]{2,}$")
"""How a line ends in the middle of a sentence; a heading or a table's cell seldom ends so."""

_WIDE: Final = 420
"""Characters of a row from which on its longest cells are shortened, so that it is read to its end."""

_LONGEST_CELL: Final = 90

_WORDS: Final = 40
"""Characters of a cell from which on a stop at its end is a sentence's, and not that of `Ltd.`."""

_SEPARATED: Final = re.compile(r"(?<=\w);(?=\w)")
"""The sign between the items of a cell: `CC6.2;CC6.3`."""


def told(passage: Passage, quote: str) -> str:
    """Return quoted words as a person would say them: a table's row with the names of its columns."""
    header = passage.context.rpartition("\n")[2].split(" | ") if "\n" in passage.context else []
    if _CELL.search(quote):
        whole = (_named_cells(_CELL.findall(row), header) for row in _ROW_END.split(quote))
        rows = [row for row in whole if row]
    else:
        rows = [row for line in quote.strip().split("\n") if (row := _named(line, header))]
    if rows:
        return " / ".join(rows)
    if passage.source.path.lower().endswith(_RECORDS):
        return _record(quote, indented=passage.source.path.lower().endswith((".yaml", ".yml")))
    return _cut_marked(passage, quote, plain(quote))


def _cut_marked(passage: Passage, quote: str, said: str) -> str:
    """Return words with a mark where the page before has their beginning, or the next one their end."""
    if passage.page is None:
        return said
    if said[:1].islower() and passage.text.startswith(quote):
        said = f"… {said}"
    last = quote.rpartition("\n")[2]
    if passage.text.endswith(quote) and _BROKEN_OFF.search(last) and not _ITEM.match(last):
        said = f"{said} …"
    return said


def plain(text: str) -> str:
    """Return words as a person would read them aloud: no link targets, stars, tags or table edges.

    Items of a list are set apart by semicolons, and lines of a log by slashes.
    """
    said = ""
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", _APART.sub("\n- ", text)))
    for line in text.split("\n"):
        words = " ".join(_EDGES.sub("", _LEADING.sub("", line)).split())
        if words and said:
            said += _between(said, line)
        said += words
    return _MARKS.sub("", _LINK.sub(r"\1", said)).strip()


def _between(said: str, line: str) -> str:
    if _STAMPED.match(line):
        return " / "
    return "; " if _ITEM.match(line) and not said.rstrip("*_`").endswith(_STOPS) else " "


def _named(line: str, header: Sequence[str]) -> str:
    """Return a row as `column: value` pairs, or nothing if it does not fit the header."""
    if len(header) < 2:
        return ""
    splits = [line.split(" | "), *(next(csv.reader([line], delimiter=d), []) for d in ",;\t|")]
    cells = next((split for split in splits if len(split) == len(header)), [])
    return _named_cells(cells, header)


def _named_cells(cells: Sequence[str], header: Sequence[str]) -> str:
    values = [plain(cell) for cell in cells]
    if not any(values) or values == [name.strip() for name in header]:
        return ""
    if len(values) != len(header):
        return "; ".join(filter(None, values))
    pairs = [(name.strip(), value) for name, value in zip(header, values, strict=True) if value]
    if sum(len(name) + len(value) for name, value in pairs) > _WIDE:
        pairs = [(name, _shortened(value)) for name, value in pairs]
    return "; ".join(f"{name}: {_listed(value)}" for name, value in pairs)


def _listed(value: str) -> str:
    """Return a value as it stands among others: without the stop of a sentence or signs of their list."""
    bare = value[:-1] if len(value) > _WORDS and value.endswith(".") else value
    return _SEPARATED.sub(", ", bare)


def _shortened(value: str) -> str:
    if len(value) <= _LONGEST_CELL:
        return value
    return f"{value[:_LONGEST_CELL].rpartition(' ')[0] or value[:_LONGEST_CELL]} …"


def _record(quote: str, *, indented: bool) -> str:
    """Return lines of JSON or YAML without their quotation marks and brackets.

    In YAML, whose structure is its indentation, a text goes on over several lines.
    """
    said = ""
    for line in quote.split("\n"):
        entry = _entry(line)
        if entry and said:
            goes_on = said.endswith((":", ".")) or (indented and not _FIELD.match(line))
            said += " " if goes_on else "; "
        said += entry
    return said


def _entry(line: str) -> str:
    bare = _LEADING.sub("", _BRACKETS.sub("", _NOTHING_IN_IT.sub("none", line)))
    if not _KEY.search(bare):
        return _BLOCK_MARK.sub(":", " ".join(_BRACKETS.sub("", bare.strip("\"'")).split()))
    pairs = _KEY.sub(r"\2: ", bare)
    return " ".join(_apart(pairs).split())


def _apart(pairs: str) -> str:
    """Return `a: "x", b: 2` with its strings bare and its pairs set apart by semicolons."""
    parts: Iterable[str] = re.split(r"(\"(?:[^\"\\]|\\.)*\")", pairs)
    return "".join(
        _ESCAPED.sub(r"\1", part[1:-1]) if part[:1] == '"' and part[-1:] == '"' and len(part) > 1
        else re.sub(r"[{}\[\]]", "", part.replace(",", ";"))
        for part in parts
    )  # fmt: skip
