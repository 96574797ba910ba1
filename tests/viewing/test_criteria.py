"""A criterion of the catalog, shown without the signs of the file that it stands in."""

from __future__ import annotations

import re

import pytest

from copilot.domain.access import EVERYONE
from copilot.domain.documents import (
    ASKED_AS,
    Metadata,
    Passage,
    PassageId,
    Source,
    SourceKind,
    SourcePath,
)
from copilot.ingestion.catalog_passages import cut_series
from copilot.viewing.criteria import criterion_of
from tests.viewing.opened import words


@pytest.fixture(scope="module")
def series(knowledge):
    """Return the text of each file of criteria with its passages."""

    def cut(file):
        text = file.read_text()
        about = Metadata(kind=SourceKind.CATALOG, title=file.stem, audience=EVERYONE)
        source = Source(path=SourcePath(file.name), metadata=about)
        new = sorted(cut_series(text), key=lambda one: one.start)
        return text, [
            Passage(
                id=PassageId(at),
                source=source,
                start=one.start,
                end=one.end,
                text=one.text,
                page=None,
                place=one.place,
                heading=one.heading,
            )
            for at, one in enumerate(new)
        ]

    return [cut(file) for file in sorted((knowledge / "tsc").glob("*.yaml"))]


def test_every_passage_of_the_catalog_is_marked_where_it_is_quoted(series):
    """In the criterion that it belongs to, and without the dashes and brackets of its list."""
    for text, passages in series:
        for passage in passages[::7]:
            if passage.place == ASKED_AS:
                continue
            shown = criterion_of(text, passages, mark=(passage.start, passage.end))
            marked = "".join(r.text for one in shown.pieces for r in one.runs if r.marked)
            assert f"{shown.id} {shown.title}" == passage.heading[0]
            assert words(marked) == words(passage.text)
            assert not re.search(r"^\s*-\s|>-", marked, re.MULTILINE)


def test_questions_that_only_lead_to_a_criterion_are_not_shown(series):
    """They are no part of what it says."""
    text, passages = series[0]
    shown = criterion_of(text, passages)
    asked = next(one for one in passages if one.place == ASKED_AS)
    assert all(one.start != asked.start for one in shown.pieces)
