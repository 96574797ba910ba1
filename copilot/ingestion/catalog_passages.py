"""Cut the catalog's YAML into passages: each text a criterion has is one, at its own offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from copilot.catalog import marked_yaml
from copilot.domain.documents import ASKED_AS, NewPassage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.catalog.marked_yaml import Path
    from copilot.domain.documents import ParsedDocument

_PROSE: Final = (
    ("statement", "What it asks"),
    ("why", "Why it matters"),
    ("prove", "How to prove it"),
)
_AUDIT: Final = (
    ("inquiry", "What the auditor asks"),
    ("questions", "Questions in the interview"),
    ("observation", "What the auditor watches"),
    ("inspection", "What the auditor inspects"),
    ("requests", "Documents requested"),
    ("reperformance", "What the auditor does again"),
    ("population", "Population"),
    ("sample", "Sample"),
)


def cut_series(text: str) -> Iterator[NewPassage]:
    """Yield the passages of one file of criteria, which must have passed its checks."""
    parsed = marked_yaml.parse(text)
    for at, criterion in enumerate(parsed.value["criteria"]):
        title = f"{criterion['id']} {criterion['title']}"
        for path, part, place in _parts(criterion):
            start, end = marked_yaml.content_span(text, parsed, ("criteria", at, *path))
            yield NewPassage(
                start=start,
                end=end,
                page=None,
                place=place,
                heading=(title, *part),
                text=text[start:end],
                context=" > ".join((title, *part)),
            )


def asked_in(document: ParsedDocument, *, title: str) -> Iterator[NewPassage]:
    """Yield the questions of a guidance page's front matter, each under the heading that answers it."""
    listed = document.metadata.get("questions")
    for entry in listed if isinstance(listed, list) else ():
        question, section = str(entry["question"]), str(entry["section"])
        start = document.text.find(question)
        if start >= 0:
            yield NewPassage(
                start=start,
                end=start + len(question),
                page=None,
                place=ASKED_AS,
                heading=(title, section),
                text=question,
                context=f"{title} > {section}",
            )


def _parts(criterion: dict[str, Any]) -> Iterator[tuple[Path, tuple[str, ...], str]]:
    for name, label in _PROSE:
        yield (name,), (label,), name
    for at, _ in enumerate(criterion["asked_as"]):
        yield ("asked_as", at), (), ASKED_AS
    for at, point in enumerate(criterion["points_of_focus"]):
        yield ("points_of_focus", at, "text"), ("Points of focus", point["name"]), point["id"]
    for name, label in _AUDIT:
        yield ("audit", name), ("What an auditor does", label), name
    for at, item in enumerate(criterion["evidence"]):
        yield ("evidence", at, "good"), ("Evidence", item["record"]), "evidence"
    for at, item in enumerate(criterion["gaps"]):
        yield ("gaps", at, "first_step"), ("Common gaps", item["gap"]), "gap"
    for at, item in enumerate(criterion.get("neighbours", [])):
        label = f"Not to be confused with {item['criterion']}"
        yield ("neighbours", at, "difference"), (label,), "neighbour"
