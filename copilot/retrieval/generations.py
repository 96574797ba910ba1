"""The folder of the indexes: which generation is read, which are in the making, which can go.

What is on disk is never written again once it is named in `state.json`: a change goes into a copy,
which then takes over. So a reader is never disturbed and never waits, and a killed writer leaves
nothing behind that anybody would open.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from copilot.errors import WorkspaceBusy
from copilot.retrieval.sealing import content_of, seal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from copilot.domain.indexing import TextHash
    from copilot.ports import DenseIndex, Encoder, LexicalIndex, Lock

_LOG: Final = logging.getLogger(__name__)

_WAIT: Final = 10.0
"""Seconds; the lock is held alone only while an old generation is deleted."""

_LACKING: Final = "lacking"
"""A generation's file with the hashes of texts that its dense index does not have."""

_STATE: Final = "state.json"
_HASH: Final = 16


@dataclass(frozen=True, slots=True)
class State:
    """What the index folder says of itself."""

    generation: int = 0
    seq: int = 0
    """The last change that is in the indexes."""
    mark: str = ""
    """What that change was; another one of its number means that the truth was restored."""
    encoder: str = ""
    """The name of the encoder whose vectors the dense index holds."""
    seal: str = ""
    """Sizes and times of the generation's files; another seal means: look closer."""
    content: str = ""
    """What the files hold; other content is never opened, as the graph's code crashes on it."""
    origin: str = ""
    """How that encoder is opened: the settings it came from, never a key."""
    waiting: int = 0
    """Texts that this encoder has yet to see; until then only their words are found."""


@dataclass(slots=True)
class Indexes:
    """The two indexes, opened together."""

    dense: DenseIndex
    lexical: LexicalIndex
    encoder: Encoder | None = None
    """What questions have to be encoded with; one that returns no numbers if only their words can be
    searched."""
    mend: Callable[[], None] | None = None
    """Puts indexes in place of these that were built anew; nothing if that cannot be done."""

    def close(self) -> None:
        """Let go of both folders."""
        self.dense.close()
        self.lexical.close()


class Generations:
    """The generations of one index folder."""

    def __init__(self, folder: Path, lock: Lock) -> None:
        self._folder = folder
        self._state = str(folder / _STATE)
        self._lock = lock

    def state(self) -> State:
        """Return what is known of the generation that is read; an empty state if there is none."""
        try:
            return State(**json.loads((self._folder / _STATE).read_text()))
        except FileNotFoundError:
            return State()
        except (OSError, ValueError, TypeError) as exc:
            _LOG.warning("the state of the index cannot be read and it is built anew: %s", exc)
            return State()

    def mark(self) -> tuple[int, ...]:
        """Return, without reading it, what is another when another state is stored."""
        try:
            about = os.stat(self._state)
        except OSError:
            return ()
        return about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns

    def path(self, state: State) -> Path:
        """Return the folder of a generation."""
        return self._folder / f"generation-{state.generation}"

    def unused(self) -> int:
        """Return a number that no generation has, finished or not.

        Numbers only go up, so that a number never means two states of a folder to a reader.
        """
        numbers = [int(one.name.partition("-")[2]) for one in self._folder.glob("generation-*")]
        return max([self.state().generation, *numbers]) + 1

    @contextlib.contextmanager
    def holding(self) -> Iterator[State]:
        """Yield the state, and keep its generation from being deleted meanwhile."""
        while True:
            state = self.state()
            if not state.generation:
                yield state
                return
            with self._lock.named(self.path(state).name).reading(wait=_WAIT):
                if self.state().generation == state.generation:
                    yield state
                    return
            # A writer has just finished a newer one.

    def write(self, state: State) -> None:
        """Store the state, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        scratch = self._folder / f"{_STATE}.tmp"
        with scratch.open("w") as file:
            json.dump(asdict(state), file)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._folder / _STATE)

    def take_over(self, state: State) -> None:
        """Let a finished generation be the one that is read."""
        folder = self.path(state)
        self.write(replace(state, seal=seal_of(folder), content=content_of(folder)))

    def sweep(self) -> None:
        """Delete generations that are no longer read, and those that a killed writer began."""
        current = self.path(self.state())
        for other in self._folder.glob("generation-*"):
            if other != current:
                # One that somebody reads stays until the next time.
                with (
                    contextlib.suppress(WorkspaceBusy),
                    self._lock.named(other.name).writing(wait=0),
                ):
                    shutil.rmtree(other, ignore_errors=True)

    def lacking(self, state: State) -> frozenset[TextHash]:
        """Return the texts that a generation holds by their words only."""
        try:
            stored = (self.path(state) / _LACKING).read_bytes()
        except FileNotFoundError:
            return frozenset()
        return frozenset(stored[at : at + _HASH] for at in range(0, len(stored), _HASH))

    def note_lacking(self, state: State, texts: Collection[TextHash]) -> None:
        """Keep, beside a generation in the making, which texts it holds by their words only."""
        file = self.path(state) / _LACKING
        if texts:
            file.write_bytes(b"".join(sorted(texts)))
        else:
            file.unlink(missing_ok=True)
