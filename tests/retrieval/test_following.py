"""Indexes that follow the truth: after changes, in other processes, after every kind of damage."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3

import pytest

from copilot.domain.access import principal
from copilot.errors import IndexUnavailable, WorkspaceBusy
from tests.retrieval.workspace import HashingEncoder, Workspace

TEXTS = [f"system {at} is reviewed by team {at % 7}" for at in range(60)]


@pytest.fixture
def filled(workspace):
    """Return a workspace whose indexes are up to date."""
    workspace.put("a.md", *TEXTS)
    workspace.put("b.md", "salary bands are secret", audience="hr")
    workspace.catch_up()
    return workspace


def generation(workspace):
    (folder,) = (workspace.folder / "index").glob("generation-*")
    return folder


def test_it_catches_up_with_every_change(filled):
    """What came, went and moved to another audience since is as in the truth."""
    filled.put("a.md", *TEXTS[:50], "printers are locked away")
    filled.put("b.md", "salary bands are secret")
    filled.put("c.md", "visitors sign a book", audience="hr")
    filled.catch_up()
    assert filled.follower.check()
    assert filled.find("printers locked away")[0] == "printers are locked away"
    assert filled.find("salary bands")[0] == "salary bands are secret"
    assert TEXTS[59] not in filled.find(TEXTS[59], limit=60)
    assert filled.find("visitors book", audiences=["hr"])[0] == "visitors sign a book"


def test_a_text_stays_while_any_passage_has_it(filled):
    """Equal texts share a place in the dense index, which goes with the last of them."""
    filled.put("c.md", TEXTS[0])
    filled.catch_up()
    filled.remove("a.md")
    filled.catch_up()
    assert filled.follower.check()
    assert filled.find(TEXTS[0]) == [TEXTS[0]]


def test_many_equal_passages_break_nothing(workspace):
    """A sentence that stands in a thousand places does not hide the others."""
    workspace.put("a.md", *["this page is intentionally left blank"] * 1000, *TEXTS)
    workspace.catch_up()
    assert workspace.follower.check()
    assert workspace.find(TEXTS[7])[0] == TEXTS[7]


def test_a_reader_brings_the_index_up_by_itself(workspace):
    """After a writer that was killed before the indexes, the next search finds everything."""
    workspace.put("a.md", *TEXTS)
    assert workspace.find(TEXTS[3])[0] == TEXTS[3]


def test_a_second_follower_sees_the_same(filled):
    """Another process opens what the first one built, and builds nothing itself."""
    before = generation(filled)
    second = Workspace(filled.folder)
    assert second.find(TEXTS[4])[0] == TEXTS[4]
    second.put("d.md", "badges are returned")
    second.catch_up()
    second.close()
    assert filled.find("badges returned")[0] == "badges are returned"
    assert second.encoder.encoded < 5
    assert generation(filled) != before


def test_nothing_is_written_when_nothing_changed(filled):
    """Catching up with no change keeps the generation."""
    before = generation(filled)
    filled.catch_up()
    assert generation(filled) == before


def test_a_generation_stays_while_it_is_read(filled):
    """A writer does not wait for a reader, and a reader keeps what it has opened."""
    with filled.searching() as search:
        filled.put("c.md", "badges are returned")
        filled.catch_up()
        everyone = principal("p")
        assert search.search(TEXTS[5], principal=everyone, limit=1)[0].passage.text == TEXTS[5]
        assert filled.find("badges returned")[0] == "badges are returned"
        assert len(list((filled.folder / "index").glob("generation-*"))) == 2
    filled.catch_up()
    assert generation(filled)


def test_a_reader_beside_a_writer_reads_what_was_finished(filled):
    """While somebody writes, a search neither waits nor catches up."""
    filled.put("c.md", "badges are returned")
    with filled.writer.writing(wait=0):
        assert filled.find("badges returned")[0] != "badges are returned"
    assert filled.find("badges returned")[0] == "badges are returned"


def test_a_reader_beside_the_first_writer_is_told(workspace):
    """Before there is any index, a search says that it is being built."""
    workspace.put("a.md", "one")
    with (
        workspace.writer.writing(wait=0),
        pytest.raises(WorkspaceBusy, match="built by another"),
        workspace.searching(),
    ):
        pass


# Damage


def drop_segments(folder):
    for segment in folder.glob("dense/*/"):
        shutil.rmtree(segment)


def truncate_graph(folder):
    for file in folder.glob("dense/*/data_level0.bin"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])


def overwrite_graph(folder):
    for file in folder.glob("dense/*/data_level0.bin"):
        file.write_bytes(b"\0" * file.stat().st_size)


def truncate_table(folder):
    file = folder / "dense" / "chroma.sqlite3"
    file.write_bytes(file.read_bytes()[:5000])


def drop_words(folder):
    shutil.rmtree(folder / "words" / "to-everyone")


def truncate_words(folder):
    for file in folder.glob("words/to-everyone/*.term"):
        file.write_bytes(file.read_bytes()[:10])


def drop_everything(folder):
    shutil.rmtree(folder.parent)


def drop_generation(folder):
    shutil.rmtree(folder)


def spoil_state(folder):
    (folder.parent / "state.json").write_text('{"generation": ')


@pytest.mark.parametrize(
    "damage",
    [
        drop_segments,
        truncate_graph,
        overwrite_graph,
        drop_words,
        truncate_words,
        drop_everything,
        drop_generation,
        spoil_state,
    ],
)
def test_damage_is_noticed_and_mended_without_encoding(filled, damage):
    """The next search over a damaged index finds what the truth holds, from stored vectors."""
    damage(generation(filled))
    second = Workspace(filled.folder)
    assert second.find(TEXTS[9])[0] == TEXTS[9]
    assert second.encoder.encoded == 1  # the query
    assert second.follower.check()
    second.close()


def empty_table(folder):
    (folder / "dense" / "chroma.sqlite3").write_bytes(b"")


def drop_table(folder):
    (folder / "dense" / "chroma.sqlite3").unlink()


@pytest.mark.parametrize("damage", [truncate_table, empty_table, drop_table])
def test_damage_that_no_seal_shows_is_mended_by_the_same_command(filled, damage):
    """Chroma's table changes whenever it is read, and is still not believed blindly."""
    damage(generation(filled))
    second = Workspace(filled.folder)
    with second.searching() as search:
        hits = search.search(TEXTS[9], principal=principal("p"), limit=1)
    assert hits[0].passage.text == TEXTS[9]
    assert hits[0].cosine == pytest.approx(1, abs=0.01)
    assert second.follower.check()
    second.close()


def test_an_index_that_fails_in_use_is_built_anew(filled, caplog):
    """What breaks while it is searched is put right, and the search goes on."""
    with filled.searching() as search:
        truncate_table(generation(filled))
        hits = search.search(TEXTS[9], principal=principal("p"), limit=1)
    assert "failed while it was searched" in caplog.text
    assert hits[0].passage.text == TEXTS[9]
    assert hits[0].cosine == pytest.approx(1, abs=0.01)
    assert filled.follower.check()


def test_beside_a_writer_a_damaged_index_is_told(filled):
    """What cannot be mended now is reported with a way out, and the way works."""
    truncate_table(generation(filled))
    second = Workspace(filled.folder)
    with filled.writer.writing(wait=0), pytest.raises(IndexUnavailable) as caught:
        second.find(TEXTS[9])
    assert "again" in caught.value.hint
    assert second.find(TEXTS[9])[0] == TEXTS[9]
    second.close()


def test_a_restored_copy_of_the_index_is_believed_after_a_look(filled):
    """New times on the same files cost a comparison and no rebuild."""
    before = generation(filled)
    saved = filled.folder / "saved"
    shutil.copytree(before, saved, copy_function=shutil.copyfile)
    shutil.rmtree(before)
    saved.rename(before)
    filled.put("c.md", "badges are returned")
    assert not filled.follower.check()
    assert filled.find("badges returned")[0] == "badges are returned"
    assert filled.follower.check()


def test_a_restored_database_is_noticed(filled, tmp_path):
    """An index that knows changes which the restored truth never had is built anew."""
    saved = tmp_path / "saved.db"
    with (
        contextlib.closing(sqlite3.connect(filled.folder / "truth.db")) as original,
        contextlib.closing(sqlite3.connect(saved)) as copy,
    ):
        original.backup(copy)
    filled.put("c.md", "badges are returned")
    filled.catch_up()
    filled.close()
    for left in filled.folder.glob("truth.db*"):
        left.unlink()
    saved.rename(filled.folder / "truth.db")
    restored = Workspace(filled.folder)
    restored.put("c.md", "visitors sign a book")
    restored.catch_up()
    assert restored.follower.check()
    assert restored.find("badges returned")[0] != "badges are returned"
    restored.close()


def test_another_encoder_encodes_everything_again(filled):
    """With a new encoder's name every text is encoded once more, and the index follows."""
    other = Workspace(filled.folder, HashingEncoder("another"))
    assert other.find(TEXTS[9])[0] == TEXTS[9]
    assert other.encoder.encoded == len(TEXTS) + 2
    assert other.follower.check()
    other.close()


def test_a_generation_that_a_killed_writer_began_is_swept_away(filled):
    """What was never named is deleted by the next writer."""
    unfinished = filled.folder / "index" / "generation-9"
    (unfinished / "dense").mkdir(parents=True)
    (unfinished / "dense" / "chroma.sqlite3").write_text("half")
    filled.put("c.md", "badges are returned")
    filled.catch_up()
    assert not unfinished.exists()
    assert filled.follower.check()


def test_rebuilding_encodes_nothing(filled):
    """An index built anew on request has the same in it."""
    encoded = filled.encoder.encoded
    with filled.writer.writing(wait=0):
        filled.follower.rebuild()
    assert filled.encoder.encoded == encoded
    assert filled.follower.check()


def test_progress_is_told(workspace):
    """Whoever waits hears how many passages are in the index, of how many."""
    workspace.put("a.md", *TEXTS)
    told = []
    workspace.follower.catch_up(lambda *step: told.append(step))
    workspace.put("a.md", *TEXTS[1:])
    workspace.follower.catch_up(lambda *step: told.append(step))
    assert told == [("index", 60, 60), ("index", 1, 1)]


def test_an_index_without_state_of_this_form_is_built_anew(filled):
    """A state that another version wrote is not believed."""
    state = filled.folder / "index" / "state.json"
    state.write_text(json.dumps({"generation": 1, "seq": 61, "clean": True}))
    assert filled.find(TEXTS[2])[0] == TEXTS[2]


def test_lagging_is_told(filled):
    """A follower that is asked says when its indexes lag behind."""
    assert filled.follower.check()
    filled.put("c.md", "badges are returned")
    assert not filled.follower.check()
