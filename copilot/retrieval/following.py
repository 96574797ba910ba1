"""Keep the derived indexes in line with the truth by following its log of changes.

The same few lines catch up after an ingest, a crash, a restore, and in a second process. An index
that cannot be trusted is built anew beside the old one, from vectors that are already stored.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from copilot.errors import IndexUnavailable, WorkspaceBusy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from copilot.domain.documents import PassageId
    from copilot.ports import Change, DenseIndex, Encoder, LexicalIndex, Lock, Truth

_LOG: Final = logging.getLogger(__name__)

_SLICE: Final = 2_000
"""Passages between two states on disk: about a second of work, so that readers wait no longer."""

_ENCODE: Final = 256
_WAIT: Final = 30.0

Progress = "Callable[[str, int, int], None]"


@dataclass(frozen=True, slots=True)
class State:
    """What the index folder says of itself."""

    generation: int = 0
    seq: int = 0
    """The last change that is in the indexes."""
    encoder: str = ""
    clean: bool = False
    """Whether the last writer finished; if not, nothing is believed without looking."""


@dataclass(slots=True)
class Indexes:
    """The two indexes, opened together."""

    dense: DenseIndex
    lexical: LexicalIndex

    def close(self) -> None:
        """Let go of both folders."""
        self.dense.close()
        self.lexical.close()


class Follower:
    """Opens the indexes of a workspace and brings them up to the truth."""

    def __init__(
        self,
        folder: Path,
        *,
        truth: Truth,
        encoder: Encoder,
        lock: Lock,
        open_indexes: Callable[[Path], Indexes],
    ) -> None:
        self._folder = folder
        self._truth = truth
        self._encoder = encoder
        self._lock = lock
        self._open_indexes = open_indexes

    @contextlib.contextmanager
    def reading(self, *, writer: Lock) -> Iterator[Indexes]:
        """Yield indexes that are as new as they can be without disturbing a writer.

        If nobody writes the workspace and the indexes lag or were left unfinished, they are brought
        up to date first. Beside a writer, what it last finished is read; rows of passages that are
        gone are dropped when they are read from the truth.

        Raises:
            WorkspaceBusy: A writer is building the first usable index.
            IndexUnavailable: The indexes can be neither opened nor built.
        """
        if not self._usable() or self._state().seq != self._truth.newest_change():
            with contextlib.suppress(WorkspaceBusy), writer.writing(wait=0):
                self.catch_up()
        with self._lock.reading(wait=_WAIT):
            state = self._state()
            if not self._usable():
                raise WorkspaceBusy(
                    "the index is being built by another process", hint="Try again in a moment."
                )
            indexes = self._open_indexes(self._generation(state))
            try:
                yield indexes
            finally:
                indexes.close()

    def catch_up(self, progress: Callable[[str, int, int], None] | None = None) -> None:
        """Bring both indexes up to the newest change. The caller holds the workspace for writing.

        Args:
            progress: Called with what is being done, how many are done, how many there are.
        """
        told = progress or (lambda *_: None)
        self._encode_missing(told)
        state = self._state()
        if state.generation == 0 or state.encoder != self._encoder.name:
            self._rebuild(told)
            return
        try:
            self._follow(state, told)
            if not state.clean:
                self._compare()
        except IndexUnavailable as exc:
            _LOG.warning("the index is built anew: %s", exc)
            self._rebuild(told)

    def check(self) -> bool:
        """Say whether everything that the truth holds can be reached, and nothing else."""
        with self._lock.reading(wait=_WAIT):
            if not self._usable() or self._state().seq != self._truth.newest_change():
                return False
            try:
                self._compare_locked()
            except IndexUnavailable as exc:
                _LOG.warning("%s", exc)
                return False
        return True

    def rebuild(self, progress: Callable[[str, int, int], None] | None = None) -> None:
        """Build both indexes anew. The caller holds the workspace for writing."""
        told = progress or (lambda *_: None)
        self._encode_missing(told)
        self._rebuild(told)

    def _usable(self) -> bool:
        state = self._state()
        return state.clean and state.generation > 0 and state.encoder == self._encoder.name

    def _follow(self, state: State, told: Callable[[str, int, int], None]) -> None:
        changes = self._truth.changes_after(state.seq)
        for first in range(0, len(changes), _SLICE):
            some = changes[first : first + _SLICE]
            with self._lock.writing(wait=_WAIT):
                self._write(replace(state, clean=False))
                with contextlib.closing(self._open_indexes(self._generation(state))) as indexes:
                    self._apply(some, indexes)
                state = replace(state, seq=some[-1].seq, clean=True)
                self._write(state)
            told("index", min(first + _SLICE, len(changes)), len(changes))
        if not state.clean:
            self._write(replace(state, clean=True))

    def _apply(self, changes: Sequence[Change], indexes: Indexes) -> None:
        removed: dict[str, list[PassageId]] = defaultdict(list)
        added: dict[str, list[PassageId]] = defaultdict(list)
        for change in changes:
            (added if change.added else removed)[change.partition].append(change.passage)
        self._add(added, indexes, removed)

    def _add(
        self,
        added: Mapping[str, Sequence[PassageId]],
        indexes: Indexes,
        removed: Mapping[str, Sequence[PassageId]],
    ) -> None:
        wanted = [id_ for ids in added.values() for id_ in ids]
        # A passage that has gone since is in neither answer, and so is not added.
        vectors = self._truth.vectors_of(wanted, self._encoder.name)
        dense = {
            partition: [(id_, vectors[id_]) for id_ in ids if id_ in vectors]
            for partition, ids in added.items()
        }
        indexes.dense.apply(removed, {name: entries for name, entries in dense.items() if entries})
        gone = [id_ for ids in removed.values() for id_ in ids]
        indexes.lexical.apply(gone, self._truth.entries(wanted))

    def _rebuild(self, told: Callable[[str, int, int], None]) -> None:
        """Build a new generation beside the old one, then let it take over."""
        old = self._state()
        newest = self._truth.newest_change()
        state = State(generation=old.generation + 1, seq=newest, encoder=self._encoder.name)
        folder = self._generation(state)
        shutil.rmtree(folder, ignore_errors=True)
        partitions = self._truth.partitions()
        total = sum(map(len, partitions.values()))
        done = 0
        with contextlib.closing(self._open_indexes(folder)) as indexes:
            for partition, ids in sorted(partitions.items()):
                ordered = sorted(ids)
                for first in range(0, len(ordered), _SLICE):
                    some = ordered[first : first + _SLICE]
                    self._add({partition: some}, indexes, {})
                    done += len(some)
                    told("index", done, total)
        with self._lock.writing(wait=_WAIT):
            self._write(replace(state, clean=True))
            for other in self._folder.glob("generation-*"):
                if other != folder:
                    shutil.rmtree(other, ignore_errors=True)
        self._compare()

    def _compare(self) -> None:
        with self._lock.reading(wait=_WAIT):
            self._compare_locked()

    def _compare_locked(self) -> None:
        """Hold what can be reached against the truth.

        Raises:
            IndexUnavailable: They differ.
        """
        expected = self._truth.partitions()
        folder = self._generation(self._state())
        with contextlib.closing(self._open_indexes(folder)) as indexes:
            for name, index in (("dense", indexes.dense), ("word", indexes.lexical)):
                reachable = {part: ids for part, ids in index.reachable().items() if ids}
                if reachable != expected:
                    missing = sum(
                        len(ids - reachable.get(p, frozenset())) for p, ids in expected.items()
                    )
                    surplus = sum(
                        len(ids - expected.get(p, frozenset())) for p, ids in reachable.items()
                    )
                    raise IndexUnavailable(
                        f"the {name} index misses {missing} passages and has {surplus} too many"
                    )

    def _encode_missing(self, told: Callable[[str, int, int], None]) -> None:
        missing = list(self._truth.unencoded(self._encoder.name).items())
        for first in range(0, len(missing), _ENCODE):
            some = missing[first : first + _ENCODE]
            vectors = self._encoder.encode([text for _, text in some])
            keys = [key for key, _ in some]
            self._truth.store_vectors(dict(zip(keys, vectors, strict=True)), self._encoder.name)
            told("encode", first + len(some), len(missing))

    def _generation(self, state: State) -> Path:
        return self._folder / f"generation-{state.generation}"

    def _state(self) -> State:
        try:
            return State(**json.loads((self._folder / "state.json").read_text()))
        except FileNotFoundError:
            return State()
        except (OSError, ValueError, TypeError) as exc:
            _LOG.warning("the state of the index cannot be read and it is built anew: %s", exc)
            return State()

    def _write(self, state: State) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        scratch = self._folder / "state.json.tmp"
        with scratch.open("w") as file:
            json.dump(asdict(state), file)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._folder / "state.json")
