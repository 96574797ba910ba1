"""The truth: whole or not at all, ids that stay, a log of changes, an audience in every read."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from copilot.domain.access import principal
from copilot.domain.documents import Refusal, SourceKind
from copilot.domain.indexing import Filters, text_hash
from copilot.domain.periods import Period
from tests.retrieval.workspace import Workspace

ANYONE = principal("anyone")
HR = principal("hr", audiences=["hr"])
OWN = ("to-everyone", "to-hr")


@pytest.fixture
def workspace(tmp_path, database_url):
    """Return an empty workspace on each kind of database."""
    made = Workspace(tmp_path / "workspace", url=database_url)
    yield made
    made.close()


@pytest.fixture
def on_sqlite(tmp_path):
    """Return an empty workspace on SQLite, for what only SQLite can do."""
    made = Workspace(tmp_path / "workspace")
    yield made
    made.close()


def stored(workspace, path, reader=HR):
    return {one.text: one.id for one in workspace.truth.passages_of(path, principal=reader)}


def test_an_unchanged_passage_keeps_its_id(workspace):
    """When a source changes, only what differs gets a new id and an entry in the log."""
    workspace.put("a.md", "one", "two", "three")
    before, seq = stored(workspace, "a.md"), workspace.truth.newest_change()
    workspace.put("a.md", "zero", "one", "three", "three")
    after = stored(workspace, "a.md")
    assert after["one"] == before["one"]
    assert before["three"] in [
        one.id for one in workspace.truth.passages_of("a.md", principal=HR) if one.text == "three"
    ]
    log = [(one.added, one.text) for one in workspace.truth.changes_after(seq)]
    assert sorted(log) == sorted(
        [
            (False, text_hash("two")),
            (True, text_hash("zero")),
            (True, text_hash("three")),
        ]
    )


def test_a_passage_id_is_never_given_again(workspace):
    """Ids of removed passages stay unused, since an index may still know them."""
    workspace.put("a.md", "one")
    (old,) = stored(workspace, "a.md").values()
    workspace.remove("a.md")
    workspace.put("b.md", "one")
    assert stored(workspace, "b.md")["one"] > old


@pytest.mark.parametrize(
    "change", [{"audience": "hr"}, {"kind": SourceKind.EVIDENCE}], ids=["audience", "kind"]
)
def test_a_new_standing_is_logged_for_every_passage(workspace, change):
    """Another audience or kind takes every passage out of the indexes and puts it in again."""
    workspace.put("a.md", "one", "two")
    seq = workspace.truth.newest_change()
    workspace.put("a.md", "one", "two", **change)
    log = workspace.truth.changes_after(seq)
    partition = "to-hr" if "audience" in change else "to-everyone"
    assert [(one.partition, one.added) for one in log] == [
        *[("to-everyone", False)] * 2,
        *[(partition, True)] * 2,
    ]


def test_a_source_is_stored_whole_or_not_at_all(workspace):
    """When one passage cannot be stored, the source stays as it was, and so does the log."""
    workspace.put("a.md", "one", "two")
    before, seq = stored(workspace, "a.md"), workspace.truth.newest_change()
    with workspace.truth._engine.begin() as connection:
        connection.exec_driver_sql("CREATE UNIQUE INDEX breaks ON passages (text)")
    with pytest.raises(sa.exc.IntegrityError):
        workspace.put("a.md", "one", "three", "four", "four", audience="hr")
    assert stored(workspace, "a.md", ANYONE) == before
    assert workspace.truth.newest_change() == seq
    assert workspace.truth.text_of("a.md", principal=ANYONE) == "one\n\ntwo"


def test_removing_a_source_logs_its_passages(workspace):
    """A removed source leaves nothing but the log, which names each passage."""
    workspace.put("a.md", "one", "two")
    ids, seq = stored(workspace, "a.md").values(), workspace.truth.newest_change()
    workspace.remove("a.md", "never.md")
    assert [(one.passage, one.added) for one in workspace.truth.changes_after(seq)] == [
        (id_, False) for id_ in ids
    ]
    assert workspace.truth.partitions() == {}


def test_vectors_outlive_their_passages(workspace):
    """A text that comes back need not be encoded again."""
    workspace.put("a.md", "one")
    workspace.remove("a.md")
    key = text_hash("one")
    assert workspace.truth.vectors([key], workspace.encoder.name).keys() == {key}
    assert workspace.truth.vectors([key], "another") == {}


def test_what_an_encoder_has_not_seen_is_known(workspace):
    """Every stored text lacks a vector of an encoder that is new."""
    workspace.put("a.md", "one", "one", context="Title")
    assert workspace.truth.unencoded(workspace.encoder.name) == {}
    assert workspace.truth.unencoded("another") == {text_hash("Title\none"): "Title\none"}


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(lambda t, p, id_: t.passages([id_], principal=p), id="passages"),
        pytest.param(lambda t, p, _: t.passages_of("s.md", principal=p), id="passages of a source"),
        pytest.param(
            lambda t, p, _: t.pages_of("s.md", 0, 100, principal=p), id="pages of a stretch"
        ),
        pytest.param(lambda t, p, _: t.text_of("s.md", principal=p), id="text"),
        pytest.param(
            lambda t, p, _: [s for s in t.sources(principal=p) if s.path == "s.md"], id="sources"
        ),
        pytest.param(
            lambda t, p, _: t.matching(
                Filters(paths=frozenset({"s.md"})), principal=p, partitions=OWN
            ),
            id="matching",
        ),
        pytest.param(
            lambda t, p, _: t.count(
                Filters(paths=frozenset({"s.md"})), principal=p, partitions=OWN
            ),
            id="count",
        ),
        pytest.param(
            lambda t, p, _: t.vectors_passing(
                Filters(paths=frozenset({"s.md"})), "hashing", principal=p, partitions=OWN
            )[0],
            id="vectors",
        ),
        pytest.param(
            lambda t, p, _: t.passages_with([text_hash("salary")], principal=p, partitions=OWN),
            id="passages with a text",
        ),
    ],
)
def test_every_read_applies_the_audience(workspace, read):
    """What the principal does not hold is not there, even when a partition is named wrongly."""
    workspace.put("open.md", "holidays")
    workspace.put("s.md", "salary", audience="hr")
    (id_,) = stored(workspace, "s.md").values()
    assert read(workspace.truth, HR, id_)
    assert not read(workspace.truth, ANYONE, id_)


def test_passages_come_in_the_order_asked_for(workspace):
    """Unknown ids are left out, and the rest keeps its order."""
    workspace.put("a.md", "one", "two", "three")
    one, two, three = stored(workspace, "a.md").values()
    found = workspace.truth.passages([three, 999, one, two], principal=ANYONE)
    assert [passage.id for passage in found] == [three, one, two]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param(Filters(), {"plain", "record", "labelled"}, id="none"),
        pytest.param(Filters(kinds=frozenset({SourceKind.EVIDENCE})), {"record"}, id="kind"),
        pytest.param(Filters(criteria=frozenset({"CC6.1"})), {"labelled"}, id="criterion"),
        pytest.param(Filters(criteria=frozenset({"C6.1"})), set(), id="no part of an id"),
        pytest.param(Filters(controls=frozenset({"AC_1"})), set(), id="no wild card"),
        pytest.param(Filters(controls=frozenset({"AC-1"})), {"labelled"}, id="control"),
        pytest.param(Filters(paths=frozenset({"p.md"})), {"plain"}, id="path"),
        pytest.param(
            Filters(period=Period(date(2026, 3, 1), date(2026, 3, 1))),
            {"plain", "labelled"},
            id="period",
        ),
        pytest.param(
            Filters(kinds=frozenset({SourceKind.EVIDENCE}), criteria=frozenset({"CC6.1"})),
            set(),
            id="kind and criterion",
        ),
    ],
)
def test_filters_narrow(workspace, filters, expected):
    """Each filter lets through what it names."""
    workspace.put("p.md", "plain")
    workspace.put("r.md", "record", kind="evidence", period=((2020, 1, 1), (2020, 12, 31)))
    workspace.put("l.md", "labelled", criteria=["CC6.1"], controls=["AC-1"])
    truth, where = workspace.truth, {"principal": ANYONE, "partitions": OWN}
    found = truth.matching(filters, **where)
    assert {one.text for one in truth.passages(found, principal=ANYONE)} == expected
    assert truth.count(filters, **where) == len(found)
    encoded, vectors = truth.vectors_passing(filters, workspace.encoder.name, **where)
    assert (sorted(encoded), len(vectors)) == (sorted(found), len(found))
    texts = [text_hash(text) for text in ("plain", "record", "labelled")]
    holders = truth.passages_with(texts, filters=filters, **where)
    assert sorted(id_ for ids in holders.values() for id_ in ids) == sorted(found)


def test_matching_can_be_asked_about_some_passages(workspace):
    """Only the passages that are named are looked at."""
    workspace.put("a.md", "one", "two")
    one, _ = stored(workspace, "a.md").values()
    found = workspace.truth.matching(Filters(), principal=ANYONE, partitions=OWN, among=[one, 77])
    assert found == [one]


def test_labels_may_be_demanded_besides_a_filter(workspace):
    """What has the label and passes the filter, both."""
    workspace.put("l.md", "policy", criteria=["CC6.1"])
    workspace.put("r.md", "record", kind="evidence", controls=["AC-1"])
    workspace.put("p.md", "plain", kind="evidence")
    evidence = Filters(kinds=frozenset({SourceKind.EVIDENCE}))
    found = workspace.truth.matching(
        evidence, principal=ANYONE, partitions=OWN, labelled=["CC6.1", "AC-1"]
    )
    assert [one.text for one in workspace.truth.passages(found, principal=ANYONE)] == ["record"]


def test_labels_follow_their_source(workspace):
    """New metadata takes a label away and gives another, and what is removed has none."""
    workspace.put("l.md", "labelled", criteria=["CC6.1", "CC6.2"])
    workspace.put("l.md", "labelled", criteria=["CC6.2", "CC6.3"])

    def found(id_):
        labelled = Filters(criteria=frozenset({id_}))
        return bool(workspace.truth.matching(labelled, principal=ANYONE, partitions=OWN))

    assert [found(id_) for id_ in ("CC6.1", "CC6.2", "CC6.3")] == [False, True, True]
    workspace.remove("l.md")
    assert not found("CC6.2")


def test_what_is_not_encoded_comes_last_and_has_no_vector(workspace):
    """Passages that an encoder has not seen are named all the same."""
    workspace.put("a.md", "one", "two")
    one, two = stored(workspace, "a.md").values()
    workspace.truth.store_vectors({text_hash("two"): workspace.encoder.encode(["two"])[0]}, "new")
    ids, vectors = workspace.truth.vectors_passing(
        Filters(), "new", principal=ANYONE, partitions=OWN
    )
    assert (ids, len(vectors)) == ([two, one], 1)


def test_the_catalog_never_passes_a_filter_of_the_companys_files(workspace):
    """Which partition is searched decides what a filter can find."""
    workspace.put("c.yaml", "ours", kind="catalog")
    assert workspace.truth.matching(Filters(), principal=ANYONE, partitions=OWN) == []
    assert workspace.truth.matching(Filters(), principal=ANYONE, partitions=["catalog"])


def test_a_refusal_is_remembered_until_it_is_forgotten(workspace):
    """The newest refusal of a path replaces the one before."""
    refusal = Refusal(path="bad.pdf", reason="it takes too long", hint="Cut it.", limits="60 s")
    workspace.truth.refuse(Refusal(path="bad.pdf", reason="before"), size=1, mtime_ns=1)
    workspace.truth.refuse(refusal, size=3, mtime_ns=4)
    assert workspace.truth.refusals() == {"bad.pdf": (refusal, 3, 4)}
    workspace.truth.forget_refusals(["bad.pdf"])
    assert workspace.truth.refusals() == {}


def test_a_filter_reads_no_row_of_a_passage_or_source_that_it_drops(on_sqlite):
    """On SQLite every question about filters is answered by indexes alone: rows hold whole texts."""
    workspace = on_sqlite
    workspace.put("a.md", "one", criteria=["CC6.1"])
    asked = []
    sa.event.listen(
        workspace.truth._engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, parameters, *_: asked.append((statement, parameters)),
    )
    where = {"principal": HR, "partitions": OWN}
    filters = Filters(
        kinds=frozenset({SourceKind.POLICY}), period=Period(date(2026, 1, 1), date(2026, 1, 2))
    )
    labelled = Filters(criteria=frozenset({"CC6.1"}))
    for one in (filters, labelled):
        workspace.truth.count(one, **where)
        workspace.truth.matching(one, **where)
        workspace.truth.vectors_passing(one, "hashing", **where)
    with workspace.truth._engine.connect() as connection:
        plans = [
            line.detail
            for statement, parameters in list(asked)
            if statement.startswith("SELECT")
            for line in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    read = [line for line in plans if line.startswith(("SEARCH", "SCAN"))]
    assert len(read) >= 12
    assert all("COVERING INDEX" in line for line in read if "vectors" not in line)
