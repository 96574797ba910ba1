"""Keep the derived indexes in line with the truth by following its log of changes.

The same few lines catch up after an ingest, a crash, a restore, and in a second process. What is on
disk is never written again once it is named in `state.json`: a change goes into a copy (0.2 s for
100,000 passages), which then takes over. So a reader is never disturbed and never waits, and a killed
writer leaves nothing behind that anybody would open.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from copilot.errors import IndexUnavailable, WorkspaceBusy
from copilot.retrieval.sealing import content_of, seal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from copilot.domain.documents import PassageId
    from copilot.ports import Change, DenseIndex, Encoder, LexicalIndex, Lock, TextHash, Truth

T = TypeVar("T")

_LOG: Final = logging.getLogger(__name__)

_SLICE: Final = 2_000
"""Passages handed to the indexes at once."""

_ENCODE: Final = 256
_WAIT: Final = 10.0
"""Seconds; the lock is held alone only while an old generation is deleted."""

_SMALL: Final = 5_000
"""Passages that a word index takes in within half a second."""

_UNREACHED: Final = 0.01
"""Share of texts that a sound graph of neighbours may fail to reach: of 3,000 that differ in a word
only, up to 9 (measured). The word index still finds them; a damaged graph loses far more."""


@dataclass(frozen=True, slots=True)
class State:
    """What the index folder says of itself."""

    generation: int = 0
    seq: int = 0
    """The last change that is in the indexes."""
    mark: str = ""
    """What that change was; another one of its number means that the truth was restored."""
    encoder: str = ""
    seal: str = ""
    """Sizes and times of the generation's files; another seal means: look closer."""
    content: str = ""
    """What the files hold; other content is never opened, as the graph's code crashes on it."""


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

        If nobody writes the workspace and the indexes lag or are damaged, they are brought up to date
        first. Beside a writer, what it last finished is read; passages that are gone since are
        dropped when they are read from the truth.

        Raises:
            WorkspaceBusy: A writer is building the first usable index.
            IndexUnavailable: The indexes can be neither opened nor built.
        """
        state = self._state()
        if not self._sound(state) or state.seq != self._truth.newest_change():
            with contextlib.suppress(WorkspaceBusy), writer.writing(wait=0):
                self.catch_up()
        with self._holding() as state:
            if not self._sound(state):
                raise WorkspaceBusy(
                    "the index is being built by another process", hint="Try again in a moment."
                )
            try:
                with contextlib.closing(self._open_indexes(self._path(state))) as indexes:
                    yield indexes
            except IndexUnavailable as exc:
                # Its seal is whole and yet it cannot be used: the next command has to build it anew.
                with contextlib.suppress(WorkspaceBusy), writer.writing(wait=0):
                    self._write(replace(state, encoder=""))
                raise IndexUnavailable(str(exc), hint="Run the same command again.") from exc

    def catch_up(self, progress: Callable[[str, int, int], None] | None = None) -> None:
        """Bring both indexes up to the newest change. The caller holds the workspace for writing.

        Args:
            progress: Called with what is being done, how many are done, how many there are.
        """
        told = progress or (lambda *_: None)
        self._encode_missing(told)
        state = self._state()
        if not self._continues(state):
            self._rebuild(told)
        else:
            try:
                self._follow(state, told)
            except IndexUnavailable as exc:
                _LOG.warning("the index is built anew: %s", exc)
                self._rebuild(told)
        self._sweep()

    def check(self) -> bool:
        """Say whether everything that the truth holds can be reached, and nothing else."""
        with self._holding() as state:
            if not self._continues(state) or state.seq != self._truth.newest_change():
                return False
            if state.content != content_of(self._path(state)):
                return False
            try:
                differs = self._differs(self._path(state), seq=state.seq)
            except IndexUnavailable as exc:
                differs = str(exc)
        if differs:
            _LOG.warning("%s", differs)
        return not differs

    def rebuild(self, progress: Callable[[str, int, int], None] | None = None) -> None:
        """Build both indexes anew. The caller holds the workspace for writing."""
        told = progress or (lambda *_: None)
        self._encode_missing(told)
        self._rebuild(told)
        self._sweep()

    # What is on disk

    def _continues(self, state: State) -> bool:
        """Say whether the indexes were made from this truth by this encoder."""
        return (
            state.generation > 0
            and state.encoder == self._encoder.name
            and state.mark == _mark(self._truth.change(state.seq))
        )

    def _sound(self, state: State) -> bool:
        return self._continues(state) and state.seal == seal_of(self._path(state))

    def _path(self, state: State) -> Path:
        return self._folder / f"generation-{state.generation}"

    @contextlib.contextmanager
    def _holding(self) -> Iterator[State]:
        """Yield the state, and keep its generation from being deleted meanwhile."""
        while True:
            state = self._state()
            if not state.generation:
                yield state
                return
            with self._lock.named(self._path(state).name).reading(wait=_WAIT):
                if self._state().generation == state.generation:
                    yield state
                    return
            # A writer has just finished a newer one.

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

    # Following

    def _follow(self, state: State, told: Callable[[str, int, int], None]) -> None:
        folder = self._path(state)
        if state.seal != seal_of(folder):
            if state.content != content_of(folder):
                raise IndexUnavailable("its files are not as they were written")
            state = replace(state, seal=seal_of(folder))
            self._write(state)
        changes = self._truth.changes_after(state.seq)
        if not changes:
            return
        # Numbers only go up, so that a number never means two states of a folder to a reader.
        fresh = replace(state, generation=self._unused(), seq=changes[-1].seq)
        copy = self._path(fresh)
        shutil.copytree(folder, copy)
        with contextlib.closing(self._open_indexes(copy)) as indexes:
            for first in range(0, len(changes), _SLICE):
                self._apply(changes[first : first + _SLICE], indexes)
                told("index", min(first + _SLICE, len(changes)), len(changes))
            self._tidy({one.partition for one in changes if not one.added}, indexes)
        self._take_over(replace(fresh, mark=_mark(changes[-1])))

    def _apply(self, changes: Sequence[Change], indexes: Indexes) -> None:
        added: dict[str, list[PassageId]] = defaultdict(list)
        removed: dict[str, list[PassageId]] = defaultdict(list)
        texts: dict[str, set[TextHash]] = defaultdict(set)
        for change in changes:
            (added if change.added else removed)[change.partition].append(change.passage)
            texts[change.partition].add(change.text)
        held = {part: self._truth.held(part, keys) for part, keys in texts.items()}
        gone = {part: keys - held[part] for part, keys in texts.items()}
        self._add_texts(held, indexes, gone)
        # A passage that has gone since is in no answer, and so is not added.
        entries = self._truth.entries([id_ for ids in added.values() for id_ in ids])
        indexes.lexical.apply(removed, entries)

    def _tidy(self, thinned: Collection[str], indexes: Indexes) -> None:
        """Write partitions anew from which something was removed, if that takes no time.

        In a word index, what was removed still counts when the rarity of a word is weighed, until its
        segment is merged. In a large partition that hardly shows.
        """
        partitions = self._truth.partitions() if thinned else {}
        for partition in sorted(thinned):
            ids = partitions.get(partition, {})
            if len(ids) <= _SMALL:
                indexes.lexical.rewrite(partition, self._truth.entries(ids))

    def _add_texts(
        self,
        added: Mapping[str, frozenset[TextHash]],
        indexes: Indexes,
        removed: Mapping[str, set[TextHash]],
    ) -> None:
        wanted = {key for keys in added.values() for key in keys}
        stored = self._truth.vectors(wanted, self._encoder.name)
        vectors = {
            key: np.frombuffer(vector, np.float16).astype(np.float32)
            for key, vector in stored.items()
        }
        indexes.dense.apply(
            {part: keys for part, keys in removed.items() if keys},
            # Sorted, so that the same texts make the same graph.
            {part: {key: vectors[key] for key in sorted(keys)} for part, keys in added.items()},
        )

    def _rebuild(self, told: Callable[[str, int, int], None]) -> None:
        """Build a generation from nothing but the truth."""
        newest = self._truth.newest_change()
        state = State(
            generation=self._unused(),
            seq=newest,
            mark=_mark(self._truth.change(newest)),
            encoder=self._encoder.name,
        )
        partitions = self._truth.partitions()
        total = sum(map(len, partitions.values()))
        done = 0
        with contextlib.closing(self._open_indexes(self._path(state))) as indexes:
            for partition, passages in sorted(partitions.items()):
                ids = sorted(passages)
                for first in range(0, len(ids), _SLICE):
                    some = ids[first : first + _SLICE]
                    texts = frozenset(passages[id_] for id_ in some)
                    self._add_texts({partition: texts}, indexes, {})
                    indexes.lexical.apply({}, self._truth.entries(some))
                    done += len(some)
                    told("index", done, total)
        if differs := self._differs(self._path(state), seq=newest):
            # Built from nothing but the truth, so building it again would change nothing.
            _LOG.warning("a search may overlook something: %s", differs)
        self._take_over(state)

    def _take_over(self, state: State) -> None:
        """Let a finished generation be the one that is read."""
        folder = self._path(state)
        self._write(replace(state, seal=seal_of(folder), content=content_of(folder)))

    def _sweep(self) -> None:
        """Delete generations that are no longer read, and those that a killed writer began."""
        current = self._path(self._state())
        for other in self._folder.glob("generation-*"):
            if other != current:
                # One that somebody reads stays until the next time.
                with (
                    contextlib.suppress(WorkspaceBusy),
                    self._lock.named(other.name).writing(wait=0),
                ):
                    shutil.rmtree(other, ignore_errors=True)

    def _unused(self) -> int:
        """Return a number that no generation has, finished or not."""
        numbers = [int(one.name.partition("-")[2]) for one in self._folder.glob("generation-*")]
        return max([self._state().generation, *numbers]) + 1

    def _encode_missing(self, told: Callable[[str, int, int], None]) -> None:
        missing = list(self._truth.unencoded(self._encoder.name).items())
        for first in range(0, len(missing), _ENCODE):
            some = missing[first : first + _ENCODE]
            vectors = self._encoder.encode([text for _, text in some])
            keys = [key for key, _ in some]
            self._truth.store_vectors(dict(zip(keys, vectors, strict=True)), self._encoder.name)
            told("encode", first + len(some), len(missing))

    # Comparing

    def _differs(self, folder: Path, *, seq: int) -> str:
        """Hold what can be reached against the truth as it was at a change; return the differences."""
        expected: dict[str, dict[PassageId, TextHash]] = defaultdict(dict)
        expected |= {part: dict(one) for part, one in self._truth.partitions().items()}
        for change in reversed(self._truth.changes_after(seq)):
            if change.added:
                expected[change.partition].pop(change.passage, None)
            else:
                expected[change.partition][change.passage] = change.text
        texts = {part: frozenset(one.values()) for part, one in expected.items()}
        ids = {part: frozenset(one) for part, one in expected.items()}
        with contextlib.closing(self._open_indexes(folder)) as indexes:
            return "; ".join(
                (
                    *_differences("dense", indexes.dense.reachable(), texts, tolerance=_UNREACHED),
                    *_differences("word", indexes.lexical.reachable(), ids, tolerance=0.0),
                )
            )


def _differences(
    name: str,
    reachable: Mapping[str, frozenset[T]],
    expected: Mapping[str, frozenset[T]],
    *,
    tolerance: float,
) -> Iterator[str]:
    nothing: frozenset[T] = frozenset()
    for part in sorted({*reachable, *expected}):
        wanted, found = expected.get(part, nothing), reachable.get(part, nothing)
        missing, surplus = len(wanted - found), len(found - wanted)
        if surplus or missing > tolerance * len(wanted):
            yield (
                f"the {name} index of {part} misses {missing} of {len(wanted)} and has {surplus} "
                "too many"
            )


def _mark(change: Change | None) -> str:
    if change is None:
        return ""
    return f"{change.seq} {change.passage} {change.partition} {change.text.hex()} {change.added}"
