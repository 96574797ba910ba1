"""What is remembered of the truth is what the truth says, for everybody, until it says something else."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from copilot.adapters.sql.database import connect
from copilot.adapters.sql.remembering import RememberingTruth
from copilot.adapters.sql.truth import SqlTruth
from copilot.adapters.sql.watching import Watch
from copilot.domain.access import principal
from copilot.domain.documents import SourceKind, partition_of
from copilot.domain.indexing import Filters
from copilot.recently import Recent

PEOPLE = ("grace.whitlock", "mara.lindqvist", "eleanor.finch")
"""An employee, somebody of compliance and an auditor of the sample company."""

EVIDENCE = Filters(kinds=frozenset({SourceKind.EVIDENCE}))


@pytest.fixture
def url(tmp_path):
    """Return a new database."""
    made = f"sqlite:///{tmp_path / 'truth.db'}"
    connect(made).dispose()
    return made


@contextlib.contextmanager
def remembering(engine):
    """Yield a truth that remembers."""
    truth = RememberingTruth(engine)
    try:
        yield truth
    finally:
        truth.watch.close()


def everything(truth, who, encoder):
    """Return all that an answer may read, of a few sources and passages."""
    sources = truth.sources(principal=who)
    partitions = frozenset(partition_of(SourceKind.POLICY, one) for one in who.audiences)
    ids, vectors = truth.vectors_passing(EVIDENCE, encoder, principal=who, partitions=partitions)
    texts = [key for _, key in sorted(truth.partitions()["to-compliance"].items())][:40]
    some = [one.path for one in sources[::9]]
    return (
        sources,
        truth.passages([*ids[:30], 10**9], principal=who),
        truth.passages_with(texts, principal=who, partitions=partitions, filters=EVIDENCE),
        truth.passages_with(texts, principal=who, partitions=partitions),
        truth.count(EVIDENCE, principal=who, partitions=partitions),
        (ids, vectors.tolist()),
        [truth.text_of(path, principal=who) for path in (*some, "no/such.md")],
        [truth.passages_of(path, principal=who) for path in (*some, "no/such.md")],
        [truth.pages_of(path, 10, 4_000, principal=who) for path in (*some, "no/such.md")],
    )


def test_it_says_what_the_truth_says_to_everybody(sample):
    """The first time, and when it is asked again; also what was remembered for others is not mixed in."""
    plain, encoder = SqlTruth(sample.database), sample.encoder.name
    readers = [sample.principal(one) for one in PEOPLE]
    expected = [everything(plain, who, encoder) for who in readers]
    assert len({str(one) for one in expected}) == len(readers)
    with remembering(sample.database) as truth:
        for _ in range(2):
            assert [everything(truth, who, encoder) for who in readers] == expected


def test_it_is_asked_by_many_at_once(sample):
    """And everybody gets what is theirs."""
    encoder = sample.encoder.name
    readers = [sample.principal(one) for one in PEOPLE] * 4
    with remembering(sample.database) as truth, ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda who: everything(truth, who, encoder), readers))
    assert all(found[at] == found[at % len(PEOPLE)] for at in range(len(found)))


def test_nothing_is_remembered_once_a_source_is_another(url):
    """Whoever has written it, and whatever was written."""
    with contextlib.closing(SqlTruth(connect(url))) as writer:
        who = principal("jo", audiences=["hr"])
        with remembering(connect(url)) as truth:
            assert truth.sources(principal=who) == []
            mark = truth.mark.now()
            with writer._engine.begin() as connection:
                connection.execute(sa.text(_SOURCE))
            assert [one.metadata.title for one in truth.sources(principal=who)] == ["Leave"]
            assert truth.text_of("policies/leave.md", principal=who) == "Leave is long."
            assert truth.mark.now() != mark
            with writer._engine.begin() as connection:
                connection.execute(sa.text("UPDATE sources SET audience = 'board', stale = 1"))
            assert truth.sources(principal=who) == []
            assert truth.text_of("policies/leave.md", principal=who) is None


def test_a_commit_of_anybody_is_seen_and_a_look_is_not(url):
    """Of this process or of another: SQLite makes no difference between connections."""
    first, second = connect(url), connect(url)
    watch = Watch(first)
    before = watch.version()
    with second.connect() as connection:
        connection.execute(sa.text("SELECT count(*) FROM sources"))
    assert watch.version() == before
    for engine in (first, second):
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = version_num"))
        assert watch.version() != before
        before = watch.version()
    watch.close()
    assert watch.version() is None
    first.dispose()
    second.dispose()


def test_what_was_wanted_longest_ago_goes_first():
    """By weight: what is heavy drives out much."""
    kept = Recent(10, len)
    kept.keep({"a": "aaaa", "b": "bbbb"})
    assert kept.find(["a", "c"]) == {"a": "aaaa"}
    kept.keep({"c": "cccc"})
    assert kept.find("abc") == {"a": "aaaa", "c": "cccc"}
    kept.keep({"d": "d" * 11})
    assert kept.find("abcd") == {}


_SOURCE = """
INSERT INTO sources (path, kind, audience, partition, about, size, mtime_ns, content_hash, about_hash, notes, text)
VALUES ('policies/leave.md', 'policy', 'hr', 'to-hr', '{"title": "Leave", "owner": "", "criteria": [],
"controls": [], "collected": null, "frequency": null}', 14, 1, 'a', 'b', '[]', 'Leave is long.')
"""
