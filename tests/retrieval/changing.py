"""Workspaces with a choice of encoders, and child processes that change from one to another."""

from __future__ import annotations

import time

from copilot.adapters.locks import FileLock
from copilot.errors import EncoderUnavailable
from copilot.retrieval.encoding import Encoding
from copilot.retrieval.following import Follower
from tests.retrieval.workspace import HashingEncoder, Workspace, open_indexes


class NotedEncoder(HashingEncoder):
    """Appends how many texts it was given to a file, and stops for good after some calls."""

    def __init__(self, name, notes, *, calls):
        super().__init__(name)
        self._notes = notes
        self._calls = calls

    def encode(self, texts):
        if self._calls == 0:
            self._note("stopped")
            time.sleep(600)
        self._calls -= 1
        vectors = super().encode(texts)
        self._note(len(texts))
        return vectors

    def _note(self, what):
        with self._notes.open("a") as file:
            file.write(f"{what}\n")


def opened(folder, encoder, *, others=(), **options):
    """Return a workspace whose configured encoder is `encoder`.

    Args:
        folder: Where it is.
        encoder: Its name is also the setting that it comes from.
        others: Further encoders that can be opened here.
        options: Of `Encoding`.
    """
    workspace = Workspace(folder, encoder)
    known = {one.name: one for one in others}

    def open_other(state):
        if state.origin not in known:
            raise EncoderUnavailable("its files are gone")
        return known[state.origin]

    workspace.encoding = Encoding(
        workspace.truth, encoder, origin=encoder.name, open_other=open_other, **options
    )
    workspace.follower = Follower(
        folder / "index",
        truth=workspace.truth,
        encoder=workspace.encoding,
        lock=FileLock(folder / "index.lock", what="updating the index"),
        open_indexes=open_indexes,
    )
    return workspace


def change(folder, notes, calls, stops_at):
    """Change a workspace to the encoder `new`, and stop where it is told; to be killed there.

    Args:
        folder: The workspace.
        notes: A file that hears of every call of the encoder, and of the stop.
        calls: So many calls of the encoder return; -1 for all.
        stops_at: The step of the progress to stop at.
    """

    def told(what, *_):
        if what == stops_at:
            with notes.open("a") as file:
                file.write("stopped\n")
            time.sleep(600)

    workspace = opened(
        folder, NotedEncoder("new", notes, calls=calls), others=[HashingEncoder("old")]
    )
    with workspace.writer.writing(wait=0):
        workspace.follower.catch_up(told)
    workspace.close()
