"""The corpus is what it says: quotes stand where they should, and only there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.gate import corpus
from tests.gate.drafting import KINDS, holds
from tests.gate.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.gate.corpus import Case

REAL_QUOTES = ("honest", "altered_number", "dropped_negation", "unsupported", "obeying")
"""Kinds whose quotes are all verbatim and rightly attributed: what is wrong is the claim."""


@pytest.fixture(scope="module")
def readable(cases, sample):
    """Return what each person of the cases may read."""
    return {name: Library.of(sample, name) for name in {case.principal for case in cases}}


@pytest.fixture(scope="module")
def everything(readable):
    """Return every passage of the sample company."""
    return readable["mara.lindqvist"]


@pytest.fixture(scope="module")
def every_case(request, cases):
    """Return all cases there are, with those of the shared files where these are present."""
    try:
        return (*cases, *request.getfixturevalue("shared_cases"))
    except pytest.skip.Exception:
        return cases


def of_kind(cases: Iterable[Case], *kinds: str) -> list[Case]:
    """Return the cases of some kinds."""
    return [case for case in cases if case.kind in kinds]


def named(case: Case, number: int) -> str:
    """Return the text of a source by its number, which is empty if it was not given."""
    return next((source.text for source in case.sources if source.number == number), "")


def test_there_are_enough_cases_of_each_kind(cases):
    """The sample company alone gives at least 60 of each kind and 600 in all."""
    counts = Counter(case.kind for case in cases)

    assert {kind: counts[kind] for kind in KINDS if counts[kind] < 60} == {}
    assert sum(counts[kind] for kind in KINDS) >= 600


def test_enough_are_written_by_hand(cases):
    """At least 200 honest claims and 120 others were not made by rule."""
    counts = Counter(case.kind == "honest" for case in cases if case.origin == "written")

    assert counts[True] >= 200
    assert counts[False] >= 120


def test_shared_files_add_to_every_kind(shared_cases):
    """Other companies' files give some of each kind."""
    counts = Counter(case.kind for case in shared_cases)

    assert {kind: counts[kind] for kind in KINDS if counts[kind] < 15} == {}


def test_every_case_can_be_named(every_case):
    """No two cases have one id."""
    ids = Counter(case.id for case in every_case)

    assert [id_ for id_, count in ids.items() if count > 1] == []


def test_no_case_stands_there_twice(every_case):
    """No two cases of a kind have the same claim with the same quotes."""
    same = Counter(
        (
            case.kind,
            case.claim,
            tuple(text for _, text in case.quotes),
            named(case, case.quotes[0][0]),
        )
        for case in every_case
    )

    assert [one for one, count in same.items() if count > 1] == []


def test_only_honest_claims_are_to_be_released(every_case):
    """What the gate should do follows from the kind."""
    assert all(case.released == (case.kind == "honest") for case in every_case)


def test_both_halves_have_enough_of_each_kind(every_case):
    """Neither half has less than a third of a kind."""
    counts = Counter((case.kind, case.half) for case in every_case)
    shares = {
        kind: counts[kind, "fit"] / (counts[kind, "fit"] + counts[kind, "held_out"])
        for kind in ("honest", *KINDS)
    }

    assert {kind: share for kind, share in shares.items() if not 1 / 3 < share < 2 / 3} == {}


def test_honest_claims_read_like_a_models(cases):
    """A claim is one sentence of 8 to 35 words and not a repetition of its quote."""
    honest = of_kind(cases, "honest")

    assert [case.id for case in honest if not 8 <= len(case.claim.split()) <= 35] == []
    assert [
        case.id for case in honest if any(holds(text, case.claim[:-1]) for _, text in case.quotes)
    ] == []


def test_honest_claims_rest_on_all_policies_and_most_formats(cases):
    """Every policy is quoted, and every kind of evidence file."""
    quoted = {
        source.path
        for case in of_kind(cases, "honest")
        for source in case.sources
        if any(number == source.number for number, _ in case.quotes)
    }

    assert len({path for path in quoted if path.startswith("policies/")}) == 13
    formats = {Path(path).suffix for path in quoted if path.startswith("evidence/")}
    assert formats >= {".csv", ".json", ".jsonl", ".eml", ".html", ".pdf", ".docx", ".xlsx"}
    assert formats >= {".md", ".txt", ".yaml"}


def test_sources_are_numbered_from_one(every_case):
    """A case gives a handful of sources, each once."""
    for case in every_case:
        assert [one.number for one in case.sources] == list(range(1, len(case.sources) + 1))
        assert 6 <= len(case.sources) <= 12, case.id
        assert len({(one.path, one.start) for one in case.sources}) == len(case.sources), case.id


def test_passages_are_those_that_are_stored(cases, sample):
    """A source of the company stands in the stored text of its file at its offset."""
    reader = sample.principal("mara.lindqvist")
    stored = {
        one.path: sample.truth.text_of(one.path, principal=reader)
        for one in sample.truth.sources(principal=reader)
    }
    for case in cases:
        for one in case.sources:
            planted = one.path not in stored and case.kind in {"honest", "obeying"}
            text = stored.get(one.path) or ""
            assert planted or text[one.start : one.start + len(one.text)] == one.text, case.id


def test_real_quotes_stand_in_their_source(every_case):
    """Where only the claim is wrong, every quote is verbatim in the source that it names."""
    wrong = [
        (case.id, text)
        for case in of_kind(every_case, *REAL_QUOTES)
        for number, text in case.quotes
        if not text or not holds(named(case, number), text)
    ]

    assert wrong == []


def test_fresh_claims_quote_what_stands_there(fresh_cases):
    """What was written in rounds has real quotes, each claim of a kind once, and enough in both halves."""
    wrong = [
        (case.id, text)
        for case in fresh_cases
        for number, text in case.quotes
        if not holds(named(case, number), text)
    ]
    claims = Counter((case.kind, case.claim) for case in fresh_cases)
    halves = Counter((case.kind, case.half) for case in fresh_cases)

    assert wrong == []
    assert [claim for claim, count in claims.items() if count > 1] == []
    assert min(halves.values()) >= 60


def test_claims_by_property_quote_what_no_other_file_quotes(property_cases, fresh_cases, cases):
    """Their quotes are real, none stands in a quote of the other files, and there are enough in both halves."""
    others = [text for case in (*cases, *fresh_cases) for _, text in case.quotes if text]
    quotes = {
        (named(case, number), text) for case in property_cases for number, text in case.quotes
    }
    halves = Counter((case.released, case.half) for case in property_cases)

    assert [text for source, text in quotes if not holds(source, text)] == []
    assert [text for _, text in quotes if any(holds(other, text) for other in others)] == []
    assert halves[True, "fit"] >= 30 <= halves[True, "held_out"]
    assert halves[False, "fit"] >= 100 <= halves[False, "held_out"]


def test_claims_by_property_are_single_sentences(property_cases):
    """A claim stands there once, and an honest one is a sentence and no repetition of its quote."""
    claims = Counter((case.claim, case.quotes[0][1]) for case in property_cases)
    honest = [case for case in property_cases if case.released]

    assert [one for one, count in claims.items() if count > 1] == []
    assert [case.id for case in honest if not 8 <= len(case.claim.split()) <= 35] == []
    assert [case.id for case in honest if holds(case.quotes[0][1], case.claim[:-1])] == []


def test_absent_and_stitched_quotes_stand_nowhere(cases, everything):
    """At least one quote is in no passage of any file, whoever asks; the others are real."""
    for case in of_kind(cases, "absent", "stitched"):
        nowhere = [text for _, text in case.quotes if not text or not everything.says(text)]
        assert len(nowhere) == 1, case.id
        assert all(
            holds(named(case, number), text) for number, text in case.quotes if text not in nowhere
        ), case.id


def test_absent_and_stitched_quotes_of_shared_files_are_not_given(shared_cases):
    """In other companies' files too, such a quote is in no source that was given."""
    for case in of_kind(shared_cases, "absent", "stitched"):
        assert not any(holds(one.text, text) for one in case.sources for _, text in case.quotes)


def test_stitched_quotes_begin_and_end_in_what_was_given(every_case):
    """Both ends of a stitched quote are real words of given sources."""
    loose: list[tuple[str, str]] = []
    for case in of_kind(every_case, "stitched"):
        given = [re.sub(r"\W+", " ", one.text) for one in case.sources]
        (text,) = [
            text
            for _, text in case.quotes
            if not any(holds(one.text, text) for one in case.sources)
        ]
        words = re.sub(r"\W+", " ", text).split()
        ends = (" ".join(words[:2]), " ".join(words[-2:]))
        loose.extend((case.id, end) for end in ends if not any(end in one for one in given))

    assert loose == []


def test_misattributed_quotes_stand_in_another_given_source(every_case):
    """Such a quote is real and was given, in another file than the one that is named."""
    for case in of_kind(every_case, "misattributed"):
        paths = {one.number: one.path for one in case.sources}
        wrong = [
            (number, text) for number, text in case.quotes if not holds(named(case, number), text)
        ]
        assert wrong, case.id
        for number, text in wrong:
            holders = {one.path for one in case.sources if holds(one.text, text)}
            assert holders, case.id
            assert paths[number] not in holders, case.id


def test_unreadable_quotes_are_kept_from_who_asks(cases, everything, readable):
    """Such a quote is real, was not given, and stands in no file that the person may read."""
    for case in of_kind(cases, "unreadable"):
        kept = [text for _, text in case.quotes if not readable[case.principal].says(text)]
        assert kept, case.id
        assert all(everything.says(text) for text in kept), case.id
        assert not any(holds(one.text, text) for one in case.sources for text in kept), case.id


def test_nobody_is_given_what_they_may_not_read(cases, everything, readable):
    """Every source of a case is readable by the person of the case, planted ones aside."""
    real = {one.path for one in everything.passages}
    for case in cases:
        kept = [one.path for one in case.sources if not readable[case.principal].reads(one.path)]
        assert real.isdisjoint(kept), case.id


def test_fabricated_sources_were_not_given(every_case, everything):
    """The number is none of those given, or the claim names a file or a document of no name."""
    titles = {one.title.lower() for one in everything.passages}
    for case in of_kind(every_case, "fabricated_source"):
        if case.variant == "path":
            (path,) = re.findall(r"\b(?:policies|evidence)/[\w.-]+\w", case.claim)
            assert not everything.reads(path), case.id
        elif case.variant == "title":
            assert not any(title in case.claim.lower() for title in titles), case.id
        else:
            assert not all(named(case, number) for number, _ in case.quotes), case.id


def test_changed_claims_are_no_honest_ones(every_case):
    """What was changed to be false is not what another case holds to be true."""
    honest = {case.claim for case in of_kind(every_case, "honest")}
    changed = of_kind(every_case, "altered_number", "dropped_negation")

    assert [case.id for case in changed if case.claim in honest] == []


def test_orders_are_in_sources_that_were_planted(cases, everything):
    """Every case that obeys was given a source that no file of the company holds."""
    for case in of_kind(cases, "obeying"):
        assert [one for one in case.sources if not everything.reads(one.path)], case.id


def test_the_corpus_is_the_same_on_every_run(cases, sample):
    """Made again, it is the same to the last source."""
    assert corpus.of_sample(sample) == cases
