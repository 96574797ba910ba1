"""What of an approved draft is published, and what keeps suggestions from being made twice."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from copilot.adapters.vector_cache import FileVectorCache
from copilot.domain.controls import (
    Because,
    Control,
    ControlId,
    ControlKind,
    Suggestion,
    Suggestions,
)
from copilot.domain.criteria import CriterionId
from copilot.domain.documents import SourcePath
from copilot.drafting.published import published
from copilot.mapping.remembering import KeptSuggestions, RememberingEncoder, key_of
from tests.retrieval.workspace import HashingEncoder

DRAFT = """\
---
title: "Access control policy"
kind: "policy"
---

# Access control policy

## 1. Purpose

Accounts are reviewed each quarter.[^1] Others are not.[^lost]

## 2. Coverage of the criteria

| Criterion | Point of focus | Where |
| --- | --- | --- |
| CC6.2 | CC6.2-1 Reviews | 1. Purpose |
| CC6.3 | CC6.3-1 Roles | not addressed |
| C9.9 | by hand | 1. Purpose |

{after}[^1]: “Accounts are reviewed” — policies/a.md, characters 1–22
"""


@pytest.mark.parametrize("after", ["", "## 3. Approval\n\nBy the board.\n\n"])
def test_a_policy_goes_out_without_what_only_reviewers_need(after):
    """Front matter, footnotes and coverage stay behind; the criteria that it speaks to go along."""
    text, criteria = published(DRAFT.format(after=after))
    assert text == (
        "# Access control policy\n\n## 1. Purpose\n\n"
        "Accounts are reviewed each quarter. Others are not.\n"
        + f"\n{after}".rstrip("\n")
        + ("\n" if after else "")
    )
    assert criteria == ("CC6.2",)


def test_a_text_of_plain_markdown_goes_out_as_it_is():
    """A person may have written it."""
    assert published("# Visitors\n\nThey sign.\n") == ("# Visitors\n\nThey sign.\n", ())


CONTROL = Control(id=ControlId("AC-01"), title="Access review", description="Each quarter.")
SUGGESTED = Suggestions(
    control=CONTROL.id,
    ranked=(
        Suggestion(
            criterion=CriterionId("CC6.2"),
            confidence=0.8,
            reason="It reads alike.",
            because=(
                Because(
                    kind="point of focus",
                    source=SourcePath("knowledge/tsc/CC6.yaml"),
                    title="Reviews",
                    quote="Access is reviewed",
                    start=1,
                    end=19,
                    likeness=0.7,
                    point=1,
                ),
            ),
        ),
        Suggestion(criterion=CriterionId("CC6.3"), confidence=0.1),
    ),
    decided=(CriterionId("CC6.2"),),
)


def test_suggestions_are_kept_whole_for_one_state_only(tmp_path):
    """Read back they are the same; for another state, or damaged, there are none."""
    kept = KeptSuggestions(tmp_path / "mapping" / "suggestions.json")
    assert kept.read("one") is None
    kept.write("one", [SUGGESTED])
    assert kept.read("one") == {CONTROL.id: SUGGESTED}
    assert kept.read("other") is None
    (tmp_path / "mapping" / "suggestions.json").write_text("{")
    assert kept.read("one") is None


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path):
    """The suggestions are made again the next time."""
    (tmp_path / "mapping").write_text("")
    kept = KeptSuggestions(tmp_path / "mapping" / "suggestions.json")
    kept.write("one", [SUGGESTED])
    assert kept.read("one") is None


def test_another_text_kind_decision_or_catalog_is_another_state():
    """And another owner is not."""
    first = key_of([CONTROL], knowledge="a", decisions=0)
    others = [
        key_of([dataclasses.replace(CONTROL, title="Other")], knowledge="a", decisions=0),
        key_of([dataclasses.replace(CONTROL, kind=ControlKind.SYSTEM)], knowledge="a", decisions=0),
        key_of([CONTROL], knowledge="b", decisions=0),
        key_of([CONTROL], knowledge="a", decisions=1),
    ]
    assert first not in others
    assert key_of([dataclasses.replace(CONTROL, owner="Jo")], knowledge="a", decisions=0) == first


def test_a_text_is_encoded_once(tmp_path):
    """Also by the next process, and to the same vector."""
    inner = HashingEncoder()
    first = RememberingEncoder(inner, FileVectorCache(tmp_path, inner.name))
    before = first.encode(["one", "two", "one"])
    second = RememberingEncoder(inner, FileVectorCache(tmp_path, inner.name))
    assert np.array_equal(second.encode(["two", "one"]), before[[1, 0]])
    assert (inner.encoded, second.dimensions, second.remote) == (2, inner.dimensions, False)
    assert second.encode([]).shape == (0, inner.dimensions)
