"""The truth: whole or not at all, ids that stay, a log of changes, an audience in every read."""

from __future__ import annotations

import multiprocessing

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

from copilot.adapters.sql import tables
from copilot.adapters.sql.database import connect
from copilot.adapters.sql.truth import SqlTruth
from copilot.domain.access import principal
from copilot.domain.documents import Refusal, SourceKind
from copilot.errors import TruthUnavailable
from copilot.ports import Filters, text_hash

ANYONE = principal("anyone")
HR = principal("hr", audiences=["hr"])
OWN = ("to-everyone", "to-hr")


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
        connection.exec_driver_sql(
            "CREATE TRIGGER breaks BEFORE INSERT ON passages WHEN NEW.text = 'four' "
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with pytest.raises(sa.exc.IntegrityError):
        workspace.put("a.md", "one", "three", "four", audience="hr")
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
    ],
)
def test_filters_narrow(workspace, filters, expected):
    """Each filter lets through what it names."""
    workspace.put("p.md", "plain")
    workspace.put("r.md", "record", kind="evidence")
    workspace.put("l.md", "labelled", criteria=["CC6.1"], controls=["AC-1"])
    found = workspace.truth.matching(filters, principal=ANYONE, partitions=OWN)
    assert {one.text for one in workspace.truth.passages(found, principal=ANYONE)} == expected


def test_matching_can_be_asked_about_some_passages(workspace):
    """Only the passages that are named are looked at."""
    workspace.put("a.md", "one", "two")
    one, _ = stored(workspace, "a.md").values()
    found = workspace.truth.matching(Filters(), principal=ANYONE, partitions=OWN, among=[one, 77])
    assert found == [one]


def test_the_catalog_never_passes_a_filter_of_the_companys_files(workspace):
    """Which partition is searched decides what a filter can find."""
    workspace.put("c.yaml", "ours", kind="catalog")
    assert workspace.truth.matching(Filters(), principal=ANYONE, partitions=OWN) == []
    assert workspace.truth.matching(Filters(), principal=ANYONE, partitions=["catalog"])


def test_a_refusal_is_remembered_until_it_is_forgotten(workspace):
    """The newest refusal of a path replaces the one before."""
    refusal = Refusal(path="bad.pdf", reason="it is encrypted", hint="Save it without a password.")
    workspace.truth.refuse(Refusal(path="bad.pdf", reason="before"), size=1, mtime_ns=1)
    workspace.truth.refuse(refusal, size=3, mtime_ns=4)
    assert workspace.truth.refusals() == {"bad.pdf": (refusal, 3, 4)}
    workspace.truth.forget_refusals(["bad.pdf"])
    assert workspace.truth.refusals() == {}


# The schema


def test_alembic_builds_the_tables_that_the_code_uses(tmp_path):
    """A database made by the revisions has the schema of `tables.py` and its newest revision."""
    engine = connect(f"sqlite:///{tmp_path / 'truth.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
        assert context.get_current_revision() == tables.REVISION
    engine.dispose()


def test_ids_are_never_reused_in_the_database_either(tmp_path):
    """Both tables whose numbers indexes know count up for ever."""
    engine = connect(f"sqlite:///{tmp_path / 'truth.db'}")
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all()
        made = {name: sql for name, sql in rows}  # noqa: C416  a row is no pair
    engine.dispose()
    assert all("AUTOINCREMENT" in made[name] for name in ("passages", "changes"))


def test_a_newer_database_is_refused(tmp_path):
    """A revision that this version does not know is named, with what to do."""
    url = f"sqlite:///{tmp_path / 'truth.db'}"
    engine = connect(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(TruthUnavailable, match="9999") as caught:
        connect(url)
    assert "newer" in caught.value.hint


@pytest.mark.parametrize("content", [b"this is no database", b"SQLite format 3\x00 cut short"])
def test_a_damaged_database_is_refused(tmp_path, content):
    """A file that is no database is named, and its hint says what to check."""
    (tmp_path / "truth.db").write_bytes(content * 100)
    with pytest.raises(TruthUnavailable, match=r"truth\.db") as caught:
        connect(f"sqlite:///{tmp_path / 'truth.db'}")
    assert "database_url" in caught.value.hint


def test_a_password_is_not_shown(tmp_path):
    """A URL in a message has no password in it."""
    with pytest.raises(TruthUnavailable) as caught:
        connect(f"nothing+real://someone:hunter2@127.0.0.1/{tmp_path.name}")
    assert "hunter2" not in str(caught.value)


def _open(url, failures):
    try:
        SqlTruth(connect(url)).close()
    except Exception as exc:  # noqa: BLE001  whatever it is, the test shows it
        failures.put(repr(exc))


def test_two_processes_may_make_the_database_at_once(tmp_path):
    """Of several processes that start on nothing, one builds the schema and the others wait."""
    context = multiprocessing.get_context("spawn")
    failures = context.Queue()
    url = f"sqlite:///{tmp_path / 'truth.db'}"
    started = [context.Process(target=_open, args=(url, failures)) for _ in range(4)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    assert failures.empty()


def test_half_a_schema_is_never_left(tmp_path, monkeypatch):
    """A migration that stops in the middle leaves a database that the next start can use."""
    url = f"sqlite:///{tmp_path / 'truth.db'}"
    engine = connect(url)
    with engine.connect() as connection:
        wanted = set(sa.inspect(connection).get_table_names())
    engine.dispose()
    (tmp_path / "truth.db").unlink()

    def stops(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Operations, "create_index", stops)
        with pytest.raises(KeyboardInterrupt):
            connect(url)
    engine = connect(url)
    with engine.connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) == wanted
    engine.dispose()
