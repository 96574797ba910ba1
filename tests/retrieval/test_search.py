"""Searching: fusion, how a query is read, what filters, phrases and ids let through."""

from __future__ import annotations

from datetime import date

import pytest

from copilot.adapters.sql import tables
from copilot.domain.access import principal
from copilot.domain.documents import SourceKind
from copilot.domain.indexing import Filters
from copilot.domain.periods import Period
from copilot.retrieval import ranking
from copilot.retrieval import search as searching
from copilot.retrieval.fusion import fuse
from copilot.retrieval.querying import parse_query
from tests.retrieval.workspace import Workspace

YEAR = ((2026, 1, 1), (2026, 12, 31))


# Fusion


def ranked(*items):
    """Return items with falling scores."""
    return [(item, 1.0 / at) for at, item in enumerate(items, start=1)]


def test_the_first_of_every_ranking_scores_one():
    """An item that leads everywhere has the whole score."""
    assert fuse([ranked(7, 8), ranked(7, 9)])[0] == (7, 1.0)


def test_equal_scores_share_a_rank():
    """Which of two equals was stored first makes no difference."""
    assert fuse([[(1, 0.5), (2, 0.5), (3, 0.4)]])[:2] == [(1, 1.0), (2, 1.0)]


def test_being_in_both_beats_being_first_in_one():
    """An item that both rankings know comes before one that leads a single ranking."""
    assert next(item for item, _ in fuse([ranked(1, 3), ranked(2, 3)])) == 3


def test_nothing_fuses_to_nothing():
    """Empty rankings give an empty one."""
    assert fuse([[], []]) == []


# Queries


@pytest.mark.parametrize(
    ("typed", "part", "expected"),
    [
        pytest.param('is "access review" done', "phrases", ("access review",), id="phrase"),
        pytest.param("is “access review” done", "phrases", ("access review",), id="curly"),
        pytest.param('a lone " mark', "phrases", (), id="lone mark"),
        pytest.param('"" empty', "phrases", (), id="empty phrase"),
        pytest.param("what of cc6.1?", "criteria", ("CC6.1",), id="lower case"),
        pytest.param("CC 6.1 and CC6.1", "criteria", ("CC6.1",), id="space, once"),
        pytest.param("CC6.9 and Q1.1", "criteria", (), id="no criteria"),
        pytest.param("a 1.2 TB disk", "criteria", (), id="a number after a word"),
        pytest.param("who owns AC-07, SEC-1201b?", "controls", ("AC-07", "SEC-1201b"), id="ids"),
        pytest.param("log-in and e-mail", "controls", (), id="words with a dash"),
        pytest.param("a\x00b\ud800 c\n\td", "text", "a b c d", id="odd characters"),
    ],
)
def test_a_query_is_read_in_parts(typed, part, expected):
    """Words, ids and phrases are recognised as people type them."""
    assert getattr(parse_query(typed), part) == expected


# Searching


@pytest.fixture
def filled(workspace):
    """Return a workspace with a few sources of every kind."""
    workspace.put(
        "p.md", "access is reviewed each quarter", "see AC-07 for access", criteria=["CC6.2"]
    )
    workspace.put("q1.csv", "access review first quarter", kind="evidence", period=YEAR)
    workspace.put(
        "old.csv",
        "access review of long ago",
        kind="evidence",
        period=((2020, 1, 1), (2020, 12, 31)),
        controls=["AC-07"],
    )
    workspace.put("hr.md", "access to salary review", audience="hr")
    workspace.put("cc6.yaml", "access is asked for by CC6.2", kind="catalog")
    workspace.catch_up()
    return workspace


OLD, REVIEW = "access review of long ago", "access review first quarter"
POLICY, NAMED, SALARY = (
    "access is reviewed each quarter",
    "see AC-07 for access",
    "access to salary review",
)
CATALOG = "access is asked for by CC6.2"


@pytest.mark.parametrize(
    ("query", "options", "expected"),
    [
        pytest.param("access", {}, {POLICY, NAMED, REVIEW, OLD}, id="everything readable"),
        pytest.param(
            "access",
            {"audiences": ["hr"]},
            {POLICY, NAMED, REVIEW, OLD, SALARY},
            id="with an audience",
        ),
        pytest.param("access", {"catalog": True}, {CATALOG}, id="the catalog alone"),
        pytest.param("CC6.2", {"catalog": True}, {CATALOG}, id="an id in the catalog"),
        pytest.param(
            "access",
            {"filters": Filters(kinds=frozenset({SourceKind.EVIDENCE}))},
            {REVIEW, OLD},
            id="kind",
        ),
        pytest.param(
            "access",
            {"filters": Filters(criteria=frozenset({"CC6.2"}))},
            {POLICY, NAMED},
            id="criterion",
        ),
        pytest.param(
            "access",
            {"filters": Filters(period=Period(date(2026, 3, 1), date(2026, 4, 1)))},
            {POLICY, NAMED, REVIEW},
            id="period",
        ),
        pytest.param('"access review"', {}, {REVIEW, OLD}, id="phrase"),
        pytest.param('quarter "access review"', {"limit": 1}, {REVIEW}, id="words order a phrase"),
        pytest.param('"never said"', {}, set(), id="phrase that nobody says"),
        pytest.param("AC-07", {}, {NAMED, OLD}, id="an id in words or labels"),
        pytest.param("CC6.2 access", {}, {POLICY, NAMED}, id="a criterion in labels"),
        pytest.param("XY-99 access", {}, {POLICY, NAMED, REVIEW, OLD}, id="an id nobody knows"),
        pytest.param(
            'AC-07 "access review"',
            {"filters": Filters(kinds=frozenset({SourceKind.EVIDENCE}))},
            {OLD},
            id="all together",
        ),
        pytest.param("", {}, set(), id="nothing asked"),
        pytest.param("\x00", {}, set(), id="nothing printable"),
    ],
)
def test_a_search_returns_what_was_asked_for(filled, query, options, expected):
    """Filters, phrases, ids and audiences let through what they name and nothing else."""
    assert set(filled.find(query, **options)) == expected


@pytest.fixture
def asks_the_index(monkeypatch):
    """Let every narrowed search ask the index, as those over very many passages do."""
    monkeypatch.setattr(ranking, "_FEW", 0)
    monkeypatch.setattr(ranking, "_SQUARE", 0)


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """Return a workspace with so many passages of each sort that a ranking does not hold them all."""
    made = Workspace(tmp_path_factory.mktemp("wide") / "workspace", threads=2)
    for number in range(36):
        kind = ("policy", "evidence", "control")[number % 3]
        made.put(
            f"{kind}-{number}.md",
            *(f"{kind} row {at} about topic {at % 50} in file {number}" for at in range(50)),
            kind=kind,
            audience="hr" if number % 9 == 8 else "everyone",
            criteria=["CC6.1"] if number % 4 < 2 else ["CC7.1"],
            controls=[f"AC-0{number % 5}"],
            period=YEAR if number % 2 else ((2020, 1, 1), (2020, 12, 31)),
        )
    made.catch_up()
    yield made
    made.close()


NARROW = [
    pytest.param({"kinds": {SourceKind.EVIDENCE}}, id="kind"),
    pytest.param({"criteria": {"CC6.1"}}, id="criterion"),
    pytest.param({"controls": {"AC-02"}}, id="control"),
    pytest.param({"period": Period(date(2026, 1, 1), date(2026, 1, 31))}, id="period"),
    pytest.param({"kinds": {SourceKind.CONTROL}, "criteria": {"CC7.1"}}, id="kind and criterion"),
    pytest.param({"paths": {"evidence-1.md", "control-8.md"}}, id="paths"),
]


def passing(workspace, filters):
    """Return the texts of everything that passes, found without any index."""
    found = workspace.truth.matching(
        filters, principal=principal("p"), partitions=["to-everyone"], among=None
    )
    return {one.text for one in workspace.truth.passages(found, principal=principal("p"))}


@pytest.mark.parametrize("narrowed", NARROW)
def test_a_filtered_search_finds_the_nearest_of_all_that_pass(wide, narrowed):
    """What a filter lets through is compared whole: the first are those nearest to the query."""
    filters = Filters(**{key: _frozen(value) for key, value in narrowed.items()})
    texts = sorted(passing(wide, filters))
    with wide.searching() as search:
        query = "row 27 about topic 27"
        cosines = search.encode_all(texts) @ search.encode(query)
        hits = search.search(query, principal=principal("p"), limit=20, filters=filters)
    best = max(cosines)
    assert {one.passage.text for one in hits} <= set(texts)
    assert hits[0].cosine == pytest.approx(best, abs=1e-3)
    assert len(hits) == 20


@pytest.mark.usefixtures("asks_the_index")
@pytest.mark.parametrize("narrowed", NARROW)
def test_where_much_passes_the_index_is_asked_until_enough_is_found(wide, narrowed):
    """Where too much passes a filter to compare all of it, the rankings are full all the same."""
    filters = Filters(**{key: _frozen(value) for key, value in narrowed.items()})
    found = wide.find("row 27 about topic 27", filters=filters, limit=50)
    assert len(found) == 50
    assert set(found) <= passing(wide, filters)


@pytest.mark.usefixtures("asks_the_index")
@pytest.mark.parametrize("query", ['"topic 27"', "CC6.1 row", 'AC-02 "about topic"'])
def test_phrases_and_ids_may_be_asked_of_the_index_too(wide, query, monkeypatch):
    """What holds a phrase or speaks of an id is the same, however it is ranked."""
    only = Filters(kinds=frozenset({SourceKind.EVIDENCE}))
    asked = wide.find(query, filters=only, limit=200)
    monkeypatch.undo()
    compared = wide.find(query, filters=only, limit=200)
    assert len(asked) >= 12
    assert all(text.startswith("evidence") for text in asked)
    assert asked[0] == compared[0]


QUERIES = ["row 27 about topic 27", "evidence in file 8", "topic", '"topic 27"', "AC-02 row"]


@pytest.mark.parametrize("audiences", [(), ("hr",)], ids=["one partition", "two"])
@pytest.mark.parametrize("query", QUERIES)
def test_spare_threads_change_nothing(wide, query, audiences, monkeypatch):
    """What is done at the same time finds what is done one after the other, to the last score."""
    asked = {"principal": principal("p", audiences=audiences), "limit": 200}
    with wide.searching() as search:
        together = search.search(query, **asked)
        monkeypatch.setattr(wide.spare, "_pool", None)
        assert search.search(query, **asked) == together
    assert together


def test_all_that_tie_by_their_words_are_ranked(wide):
    """However many passages say the same as well, none of them is left out of the ranking by words."""
    with wide.searching() as search:
        hits = search.search("policy", principal=principal("p"), limit=1_000)
    assert sum(hit.words is not None for hit in hits) == 200
    assert len({hit.words for hit in hits if hit.words is not None}) == 1


def test_what_is_not_encoded_yet_is_found_by_its_words(workspace):
    """A filter does not hide a passage that the encoder has yet to see."""
    workspace.put("a.md", "access is reviewed", kind="evidence", criteria=["CC6.1"])
    workspace.catch_up()
    with workspace.truth._engine.begin() as connection:
        connection.execute(tables.vectors.delete())
    with workspace.searching() as search:
        for filters in (
            Filters(criteria=frozenset({"CC6.1"})),
            Filters(kinds=frozenset({SourceKind.EVIDENCE})),
        ):
            (hit,) = search.search("access", principal=principal("p"), limit=5, filters=filters)
            assert (hit.cosine, hit.words > 0) == (None, True)


def _frozen(value):
    return value if isinstance(value, Period) else frozenset(value)


def test_what_is_gone_from_the_truth_is_dropped(filled):
    """Beside a writer, an index may still know passages that were removed."""
    with filled.writer.writing(wait=0):
        filled.remove("p.md")
        assert set(filled.find("access")) == {REVIEW, OLD}


def test_a_reranker_orders_what_was_found(filled):
    """A configured reranker has the last word on order, and adds nothing."""

    class Backwards:
        def rank(self, question, passages):
            assert question == "access"
            return passages[::-1]

    with filled.follower.reading(writer=filled.writer) as indexes:
        parts = {"truth": filled.truth, "encoder": filled.encoder, "indexes": indexes}
        plain = searching.Search(**parts)
        turned = searching.Search(**parts, reranker=Backwards())
        asked = {"principal": principal("p"), "limit": 4}
        assert turned.search("access", **asked) == plain.search("access", **asked)[::-1]


def test_hits_say_how_they_were_found(filled):
    """A hit carries its likeness by meaning and its score by words, each where it has one."""
    with filled.searching() as search:
        vector = search.encode("quarter")
        hits = search.search("quarter", principal=principal("p"), limit=4, vector=vector)
        by_text = {hit.passage.text: hit for hit in hits}
        assert by_text[OLD].words is None
        assert by_text[REVIEW].words > 0
        expected = float(search.encode_all([REVIEW])[0] @ vector)
        assert by_text[REVIEW].cosine == pytest.approx(expected, abs=1e-3)
