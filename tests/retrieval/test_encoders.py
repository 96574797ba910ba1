"""Another encoder: the old index serves until the new one is there, whatever happens meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from contextlib import closing

import pytest

from copilot.domain.access import principal
from copilot.domain.indexing import text_hash
from copilot.retrieval.generations import Generations
from copilot.retrieval.sealing import content_of
from copilot.retrieval.search import Search
from tests.processes import context
from tests.retrieval import changing
from tests.retrieval.changing import opened
from tests.retrieval.workspace import HashingEncoder

MANY = [f"system {at} is reviewed by the owner of area {at % 37}" for at in range(520)]
"""More than a reader would ever encode before it reads."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the folder of a workspace that is up to date with the encoder `old`."""
    folder = tmp_path_factory.mktemp("made") / "workspace"
    with closing(opened(folder, HashingEncoder("old"))) as workspace:
        workspace.put("a.md", *MANY)
        workspace.put("b.md", "salary bands are secret", audience="hr")
        workspace.catch_up()
    return folder


@pytest.fixture
def folder(made, tmp_path):
    """Return a copy of that folder, to change."""
    return shutil.copytree(made, tmp_path / "workspace")


@pytest.fixture
def renewed(folder):
    """Return a workspace of that folder where the encoder `new` is configured."""
    with closing(
        opened(folder, HashingEncoder("new"), others=[HashingEncoder("old")])
    ) as workspace:
        yield workspace


def state_of(folder):
    return json.loads((folder / "index" / "state.json").read_text())


def hits_of(workspace, query, *audiences):
    with workspace.searching() as search:
        return search.search(query, principal=principal("p", audiences=audiences), limit=10)


def found_in(hits, text):
    """Return the hit that has a text."""
    [hit] = [one for one in hits if one.passage.text == text]
    return hit


# Readers


def test_until_an_ingest_the_old_encoder_serves(folder, renewed, caplog):
    """A reader with the new setting searches the old index by meaning, and encodes nothing anew."""
    before = state_of(folder)
    hits = hits_of(renewed, MANY[5])
    assert hits[0].passage.text == MANY[5]
    assert hits[0].cosine == pytest.approx(1, abs=0.01)
    assert renewed.encoder.encoded == 0
    assert state_of(folder) == before
    assert "made by old, which is used until `copilot ingest`" in caplog.text


def test_an_old_encoder_that_is_gone_leaves_the_words(folder, caplog):
    """Where the index's encoder cannot be opened, questions are searched by words, and it is said."""
    with closing(opened(folder, HashingEncoder("new"))) as workspace:
        hits = hits_of(workspace, MANY[5])
        assert workspace.encoder.encoded == 0
    assert hits[0].passage.text == MANY[5]
    assert hits[0].cosine is None
    assert "searching by words only" in caplog.text
    assert "its files are gone" in caplog.text


def test_it_is_said_once(renewed, caplog):
    """A process that answers all day does not say so with every question."""
    for _ in range(3):
        hits_of(renewed, MANY[5])
    assert caplog.text.count("made by old") == 1


def test_an_encoder_that_became_another_is_not_trusted(folder, caplog):
    """Vectors of two encoders are never compared, even if one setting led to both."""
    changed = HashingEncoder("old")
    with closing(opened(folder, HashingEncoder("new"), others=[changed])) as workspace:
        changed.name = "other by now"
        workspace.encoding._open_other = lambda _: changed
        assert hits_of(workspace, MANY[5])[0].cosine is None
    assert "another one by now" in caplog.text


def test_a_reader_of_the_old_setting_changes_nothing_back(folder, renewed):
    """After the change, a process that still has the old setting uses the new index."""
    renewed.catch_up()
    before = state_of(folder)
    with closing(
        opened(folder, HashingEncoder("old"), others=[HashingEncoder("new")])
    ) as workspace:
        assert hits_of(workspace, MANY[5])[0].cosine == pytest.approx(1, abs=0.01)
    assert state_of(folder) == before


def test_a_little_that_is_missing_is_encoded_at_once(folder, renewed):
    """What an interrupted ingest with the new encoder left over is encoded by the old one."""
    renewed.put("c.md", "badges are returned")
    found = hits_of(renewed, "badges returned")[0]
    assert found.passage.text == "badges are returned"
    assert found.cosine > 0.5
    assert state_of(folder)["encoder"] == "old"


def test_much_that_is_missing_is_found_by_its_words(folder, renewed, caplog):
    """A question does not wait for hundreds of texts to be encoded; the next ingest does that."""
    texts = [f"badge {at} was returned at the desk" for at in range(300)]
    renewed.put("c.md", *texts)
    with closing(opened(folder, HashingEncoder("old"))) as old:
        badges = [hit for hit in hits_of(old, "badge returned desk") if hit.words]
        assert badges
        assert {hit.cosine for hit in badges} == {None}
        assert old.encoder.encoded == 1  # the question
        assert "300 texts have not been encoded yet" in caplog.text
        assert old.follower.check()
        old.catch_up()
        assert old.encoder.encoded == 1 + len(texts)
        assert hits_of(old, texts[7])[0].cosine == pytest.approx(1, abs=0.01)
        assert old.follower.check()


def test_a_damaged_index_is_mended_as_it_was(folder, renewed):
    """Mending keeps the encoder that the index has; nothing is encoded."""
    shutil.rmtree(folder / "index" / f"generation-{state_of(folder)['generation']}")
    assert hits_of(renewed, MANY[5])[0].cosine == pytest.approx(1, abs=0.01)
    assert renewed.encoder.encoded == 0
    assert state_of(folder)["encoder"] == "old"


def test_an_index_of_an_earlier_version_goes_on(folder):
    """A state that does not yet note where its encoder came from is the bundled one's."""
    file = folder / "index" / "state.json"
    state = json.loads(file.read_text())
    del state["origin"], state["waiting"]
    file.write_text(json.dumps(state))
    with closing(opened(folder, HashingEncoder("old"))) as workspace:
        workspace.encoding.origin = ""
        assert hits_of(workspace, MANY[5])[0].cosine == pytest.approx(1, abs=0.01)
        assert state_of(folder)["generation"] == state["generation"]


# The change


def test_an_ingest_changes_the_encoder(folder, renewed):
    """Every text is encoded once, with progress, and the index is the new encoder's."""
    told = []
    with renewed.writer.writing(wait=0):
        renewed.follower.catch_up(lambda *step: told.append(step))
    assert renewed.encoder.encoded == len(MANY) + 1
    assert [step for step in told if step[0] == "encode"] == [
        ("encode", 256, 521),
        ("encode", 512, 521),
        ("encode", 521, 521),
    ]
    assert state_of(folder)["encoder"] == state_of(folder)["origin"] == "new"
    assert renewed.follower.check()
    assert hits_of(renewed, MANY[5])[0].cosine == pytest.approx(1, abs=0.01)


def test_changing_back_encodes_nothing(folder, renewed):
    """What an encoder has seen is kept."""
    renewed.catch_up()
    with closing(opened(folder, HashingEncoder("old"))) as workspace:
        workspace.catch_up()
        assert workspace.encoder.encoded == 0
        assert hits_of(workspace, MANY[5])[0].cosine == pytest.approx(1, abs=0.01)


def test_how_far_it_is_can_be_told(folder, renewed):
    """Both encoders and what is left are there for `copilot doctor`."""
    standing = renewed.follower.standing()
    assert (standing.index, standing.configured) == ("old", "new")
    assert (standing.texts, standing.left, standing.kept_back) == (521, 521, 0)
    assert standing.changes
    assert standing.index_usable
    renewed.catch_up()
    assert not renewed.follower.standing().changes
    assert renewed.follower.standing().left == 0


@pytest.fixture
def stopped(folder, tmp_path):
    """Return a function that starts a change in a process of its own and waits for where it stops."""
    notes = tmp_path / "notes"
    processes = []

    def start(*, calls=-1, stops_at=""):
        notes.write_text("")
        process = context().Process(target=changing.change, args=(folder, notes, calls, stops_at))
        process.start()
        processes.append(process)
        while "stopped" not in notes.read_text():
            assert process.is_alive()
            time.sleep(0.01)
        counts = [int(line) for line in notes.read_text().splitlines() if line != "stopped"]
        return process, sum(counts)

    yield start
    for process in processes:
        process.kill()
        process.join()


def test_a_killed_change_keeps_what_was_encoded(folder, renewed, stopped):
    """After a SIGKILL the old index serves, and nothing that was encoded is encoded again."""
    process, encoded = stopped(calls=2)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert encoded == 512
    assert hits_of(renewed, MANY[5])[0].cosine == pytest.approx(1, abs=0.01)
    assert renewed.encoder.encoded == 0
    assert renewed.follower.standing().left == 521 - 512
    renewed.catch_up()
    assert renewed.encoder.encoded == 521 - 512
    assert renewed.follower.check()


def test_a_change_killed_while_the_index_is_built_encodes_nothing_again(folder, renewed, stopped):
    """All vectors are there; the old index serves until the new one is whole."""
    process, encoded = stopped(stops_at="index")
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert encoded == 521
    assert hits_of(renewed, MANY[5])[0].cosine == pytest.approx(1, abs=0.01)
    assert state_of(folder)["encoder"] == "old"
    renewed.catch_up()
    assert renewed.encoder.encoded == 0
    assert state_of(folder)["encoder"] == "new"
    assert renewed.follower.check()
    assert len(list((folder / "index").glob("generation-*"))) == 1


def test_beside_a_change_everybody_reads(folder, renewed, stopped):
    """While it runs, readers of both settings find everything by meaning, what is new as well."""
    with closing(opened(folder, HashingEncoder("old"))) as old:
        old.put("c.md", "badges are returned")
        stopped(calls=1)
        for workspace in (old, renewed):
            assert hits_of(workspace, MANY[5])[0].cosine == pytest.approx(1, abs=0.01)
            assert hits_of(workspace, "badges returned")[0].cosine > 0.5


# What a remote encoder must not see


class Remote(HashingEncoder):
    """Keeps what it was sent."""

    remote = True

    def __init__(self, name):
        super().__init__(name)
        self.seen = []

    def encode(self, texts):
        self.seen += texts
        return super().encode(texts)


def test_what_is_kept_back_is_found_by_its_words(folder):
    """Texts of an audience that is never sent are in the word index only."""
    with closing(opened(folder, Remote("far"), kept_back=["to-hr"])) as workspace:
        workspace.catch_up()
        assert len(workspace.encoder.seen) == len(MANY)
        assert not any("salary" in text for text in workspace.encoder.seen)
        hits = hits_of(workspace, "secret salary bands", "hr")
        assert found_in(hits, "salary bands are secret").cosine is None
        assert workspace.follower.check()
        assert workspace.follower.standing().kept_back == 1
        assert workspace.follower.is_settled()


def test_nobody_is_told_to_wait_for_what_is_kept_back(folder, caplog):
    """No ingest would change it."""
    with closing(opened(folder, Remote("far"), kept_back=["to-hr"])) as workspace:
        workspace.catch_up()
        hits_of(workspace, MANY[5])
    assert "not been encoded yet" not in caplog.text


def test_a_text_that_others_may_see_is_encoded(folder):
    """What stands in a source for everyone as well is nobody's secret."""
    with closing(opened(folder, HashingEncoder("old"))) as old:
        old.put("c.md", "salary bands are secret")
    with closing(opened(folder, Remote("far"), kept_back=["to-hr"])) as workspace:
        workspace.catch_up()
        assert "salary bands are secret" in workspace.encoder.seen
        assert workspace.follower.standing().kept_back == 0


def test_what_need_no_longer_be_kept_back_is_caught_up(folder):
    """Once the audience is taken from the list, the next ingest encodes its texts."""
    with closing(opened(folder, Remote("far"), kept_back=["to-hr"])) as workspace:
        workspace.catch_up()
    with closing(opened(folder, Remote("far"))) as workspace:
        workspace.catch_up()
        assert workspace.encoder.seen == ["salary bands are secret"]
        assert workspace.truth.vectors([text_hash("salary bands are secret")], "far")
        assert workspace.follower.check()


# Likeness


def measured(workspace, query):
    """Return the first hit of a search that measures likeness with an encoder of its own."""
    yardstick = HashingEncoder("yardstick")
    with workspace.follower.reading(writer=workspace.writer) as indexes:
        search = Search(
            truth=workspace.truth, encoder=indexes.encoder, indexes=indexes, yardstick=yardstick
        )
        vector = search.encode(query)
        hits = search.search(query, principal=principal("p"), limit=5, vector=vector)
        search.encode_all([hit.passage.text for hit in hits])
    return hits[0]


def test_likeness_is_measured_on_this_machine(folder):
    """A remote encoder sees the question, and nothing of what was found."""
    with closing(opened(folder, Remote("far"))) as workspace:
        workspace.catch_up()
        workspace.encoder.seen.clear()
        assert measured(workspace, MANY[5]).cosine == pytest.approx(1, abs=0.01)
        assert workspace.encoder.seen == [MANY[5]]


def test_words_alone_are_measured_too(folder):
    """Without the index's encoder, what the words found is as alike as it is."""
    with closing(opened(folder, HashingEncoder("new"))) as workspace:
        hit = measured(workspace, MANY[5])
    assert hit.passage.text == MANY[5]
    assert hit.cosine == pytest.approx(1, abs=0.01)


# The dense index alone


@pytest.mark.parametrize("texts", [[], ["one"], ["one", "two"], ["one", "two", "three"]])
def test_reading_leaves_the_files_as_they_are(tmp_path, texts):
    """A partition with few texts, or none any more, is not taken for damaged after each search."""
    folder = tmp_path / "workspace"
    with closing(opened(folder, HashingEncoder("old"))) as workspace:
        workspace.put("a.md", "zero", "nought")
        workspace.catch_up()
        workspace.put("a.md", *texts)
        workspace.catch_up()
    state = state_of(folder)
    with closing(opened(folder, HashingEncoder("old"))) as workspace:
        hits_of(workspace, "one")
    generation = Generations(folder / "index", workspace.writer).state()
    assert generation.generation == state["generation"]
    path = folder / "index" / f"generation-{state['generation']}"
    assert content_of(path) == state["content"]
