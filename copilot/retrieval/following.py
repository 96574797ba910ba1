"""Keep the derived indexes in line with the truth by following its log of changes.

The same few lines catch up after an ingest, a crash, a restore, and in a second process. The dense index
holds the texts that its encoder has seen; all others are found by their words until it has.

A reader keeps the index as it is: under the encoder that it was made by, which need not be the one that
is configured. Only a writer (`catch_up`, `rebuild`) changes the encoder: it has everything encoded
first, kept in the truth as it goes, and builds the new index beside the old one, which serves meanwhile.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot.errors import EncoderUnavailable, IndexUnavailable, WorkspaceBusy
from copilot.retrieval.comparing import differences
from copilot.retrieval.encoding import Encoding
from copilot.retrieval.generations import Generations, State
from copilot.retrieval.sealing import content_of, seal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from copilot.domain.documents import PassageId
    from copilot.domain.indexing import Change, TextHash
    from copilot.ports import Encoder, Lock, Truth
    from copilot.retrieval.encoding import Standing
    from copilot.retrieval.generations import Indexes

    Told = Callable[[str, int, int], None]

_LOG: Final = logging.getLogger(__name__)

_SLICE: Final = 2_000
"""Passages handed to the indexes at once."""

_AT_ONCE: Final = 256
"""Texts that a reader encodes before it reads: a second or two. More wait for an ingest."""

_SMALL: Final = 5_000
"""Passages that a word index takes in within half a second."""


def _silent(_what: str, _done: int, _total: int) -> None:
    pass


class Follower:
    """Opens the indexes of a workspace and brings them up to the truth."""

    def __init__(
        self,
        folder: Path,
        *,
        truth: Truth,
        encoder: Encoder | Encoding,
        lock: Lock,
        open_indexes: Callable[[Path], Indexes],
    ) -> None:
        self._truth = truth
        self._encoding = encoder if isinstance(encoder, Encoding) else Encoding(truth, encoder)
        self._generations = Generations(folder, lock)
        self._open_indexes = open_indexes

    @contextlib.contextmanager
    def reading(self, *, writer: Lock) -> Iterator[Indexes]:
        """Yield indexes that are as new as they can be without disturbing a writer.

        If nobody writes the workspace and the indexes lag or are damaged, they are brought up to date
        first, under the encoder that they have, so that little has to be encoded. Beside a writer,
        what it last finished is read; passages that are gone since are dropped when they are read
        from the truth.

        Raises:
            WorkspaceBusy: A writer is building the first usable index.
            IndexUnavailable: The indexes can be neither opened nor built.
        """
        if self._lags(self._generations.state()):
            with contextlib.suppress(WorkspaceBusy), writer.writing(wait=0):
                self._keep_up()
        with contextlib.ExitStack() as stack:
            try:
                indexes = stack.enter_context(self._opened())
            except IndexUnavailable as exc:
                self._build_again(exc, writer)
                indexes = stack.enter_context(self._opened())

            def mend() -> None:
                indexes.mend = None
                stack.close()
                self._build_again(IndexUnavailable("it failed while it was searched"), writer)
                fresh = stack.enter_context(self._opened())
                indexes.dense, indexes.lexical = fresh.dense, fresh.lexical

            indexes.mend = mend
            yield indexes

    def catch_up(self, progress: Told | None = None) -> None:
        """Bring both indexes up to the newest change, under the encoder that is configured.

        The caller holds the workspace for writing.

        Args:
            progress: Called with what is being done, how many are done, how many there are.

        Raises:
            EncoderUnavailable: The configured encoder cannot be used; the indexes are as they were.
        """
        told = progress or _silent
        self._encode_all(told)
        self._settle(self._configured(), told)

    def rebuild(self, progress: Told | None = None) -> None:
        """Build both indexes anew. The caller holds the workspace for writing."""
        self._encode_all(progress or _silent)
        self._rebuild(self._configured(), progress or _silent)
        self._generations.sweep()

    def check(self) -> bool:
        """Say whether everything that the truth holds can be reached, and nothing else."""
        with self._generations.holding() as state:
            if not state.generation:
                return not self._truth.newest_change()  # no index is needed where nothing is stored
            if not self._continues(state) or state.seq != self._truth.newest_change():
                return False
            if state.content != content_of(self._generations.path(state)):
                return False
            try:
                differs = self._differs(state)
            except IndexUnavailable as exc:
                differs = str(exc)
        if differs:
            _LOG.warning("%s", differs)
        return not differs

    def is_settled(self) -> bool:
        """Say whether the configured encoder made the index, and has seen all that it may."""
        state = self._generations.state()
        return self._encoding.made(state) and not state.waiting

    def stamp(self) -> tuple[int, int]:
        """Return the generation that is read and the newest change: a search finds the same by both."""
        return self._generations.state().generation, self._truth.newest_change()

    def lag(self) -> int:
        """Return how many changes of the truth the indexes do not have yet."""
        return max(0, self._truth.newest_change() - self._generations.state().seq)

    def standing(self) -> Standing:
        """Return how far the index is from the encoder that is configured.

        Raises:
            EncoderUnavailable: That one cannot be made ready.
        """
        return self._encoding.standing(self._generations.state())

    def _continues(self, state: State) -> bool:
        """Say whether the indexes were made from this truth."""
        return (
            state.generation > 0
            and bool(state.encoder)
            and state.mark == _mark(self._truth.change(state.seq))
        )

    def _sound(self, state: State) -> bool:
        return self._continues(state) and state.seal == seal_of(self._generations.path(state))

    def _lags(self, state: State) -> bool:
        newest = self._truth.newest_change()
        return not self._sound(state) or state.seq != newest or self._moves_at_once(state)

    def _moves_at_once(self, state: State) -> bool:
        """Say whether another encoder is configured, and all there is can be encoded at once.

        The number of the newest change is the most passages that there can be.
        """
        return self._truth.newest_change() <= _AT_ONCE and not self._encoding.made(state)

    def _configured(self) -> State:
        """Return the encoder that is wanted, as a state names it."""
        return State(encoder=self._encoding.configured.name, origin=self._encoding.origin)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Indexes]:
        with self._generations.holding() as state:
            if not self._sound(state):
                raise WorkspaceBusy(
                    "the index is being built by another process", hint="Try again in a moment."
                )
            encoder = self._encoding.for_reading(state)
            folder = self._generations.path(state)
            with contextlib.closing(self._open_indexes(folder)) as indexes:
                # The original goes on to be closed; what is yielded may get others put in place.
                yield replace(indexes, encoder=encoder)

    def _build_again(self, problem: IndexUnavailable, writer: Lock) -> None:
        """Build the indexes anew that have failed, whole seal or not."""
        failed = self._generations.state()
        try:
            with writer.writing(wait=0):
                state = self._generations.state()
                if state.generation == failed.generation:
                    _LOG.warning("the index is built anew: %s", problem)
                    self._rebuild(state, _silent)
                    self._generations.sweep()
        except (WorkspaceBusy, OSError) as exc:
            raise IndexUnavailable(
                f"{problem}; it cannot be mended now: {exc}", hint="Run the same command again."
            ) from problem

    def _keep_up(self) -> None:
        """Bring the indexes up to the newest change as a reader may: without much encoding."""
        state = self._generations.state()
        if state.generation and self._continues(state) and self._moves_at_once(state):
            try:
                self.catch_up()
            except EncoderUnavailable as exc:
                _LOG.warning("%s", exc)
            else:
                return
        self._bring_up(state if state.encoder else self._configured())

    def _bring_up(self, wanted: State) -> None:
        """Follow the truth under one encoder, and have it see what is missing if that is little."""
        encoder = self._encoding.of(wanted)
        if encoder is not None:
            missing = self._encoding.missing(encoder)
            if 0 < len(missing) <= _AT_ONCE:
                try:
                    self._encoding.encode(encoder, missing, _silent)
                except EncoderUnavailable as exc:
                    _LOG.warning("%s", exc)
        self._settle(wanted, _silent)

    def _encode_all(self, told: Told) -> None:
        """Have the configured encoder see everything, while readers go on with what there is."""
        encoder = self._encoding.configured
        missing = self._encoding.missing(encoder)
        state = self._generations.state()
        if len(missing) > _AT_ONCE and self._continues(state):
            # It takes long: what is new is found by its words meanwhile.
            self._bring_up(state)
            _LOG.warning(
                "encoding %s texts with %s; what is done stays if it is interrupted, and until the "
                "end searches use the index as it is",
                *(f"{len(missing):,}", encoder.name),
            )
        self._encoding.encode(encoder, missing, told)

    def _settle(self, wanted: State, told: Told) -> None:
        """Bring the indexes up to the newest change under the encoder that `wanted` names."""
        state = self._generations.state()
        if not self._continues(state) or state.encoder != wanted.encoder:
            self._rebuild(wanted, told)
        else:
            try:
                self._follow(replace(state, origin=wanted.origin), told)
            except IndexUnavailable as exc:
                _LOG.warning("the index is built anew: %s", exc)
                self._rebuild(wanted, told)
        self._generations.sweep()

    def _follow(self, state: State, told: Told) -> None:
        folder = self._generations.path(state)
        if state.seal != seal_of(folder):
            if state.content != content_of(folder):
                raise IndexUnavailable("its files are not as they were written")
            state = replace(state, seal=seal_of(folder))
        changes = self._truth.changes_after(state.seq)
        lacking = self._generations.lacking(state)
        arrived = self._truth.vectors(lacking, state.encoder).keys()
        if not changes and not arrived:
            if state != self._generations.state():
                self._generations.write(state)
            return
        newest = changes[-1] if changes else self._truth.change(state.seq)
        fresh = replace(state, generation=self._generations.unused(), mark=_mark(newest))
        if newest is not None:
            fresh = replace(fresh, seq=newest.seq)
        copy = self._generations.path(fresh)
        shutil.copytree(folder, copy)
        with contextlib.closing(self._open_indexes(copy)) as indexes:
            for first in range(0, len(changes), _SLICE):
                self._apply(changes[first : first + _SLICE], (indexes, state.encoder))
                told("index", min(first + _SLICE, len(changes)), len(changes))
            self._fill(frozenset(arrived), (indexes, state.encoder))
            self._tidy({one.partition for one in changes if not one.added}, indexes)
        self._take_over(fresh)

    def _apply(self, changes: Sequence[Change], into: tuple[Indexes, str]) -> None:
        added: dict[str, list[PassageId]] = defaultdict(list)
        removed: dict[str, list[PassageId]] = defaultdict(list)
        texts: dict[str, set[TextHash]] = defaultdict(set)
        for change in changes:
            (added if change.added else removed)[change.partition].append(change.passage)
            texts[change.partition].add(change.text)
        held = {part: self._truth.held(part, keys) for part, keys in texts.items()}
        gone = {part: keys - held[part] for part, keys in texts.items()}
        self._add_texts(held, into, gone)
        # A passage that has gone since is in no answer, and so is not added.
        entries = self._truth.entries([id_ for ids in added.values() for id_ in ids])
        into[0].lexical.apply(removed, entries)

    def _fill(self, arrived: frozenset[TextHash], into: tuple[Indexes, str]) -> None:
        """Add texts that were found by their words only and have been encoded since."""
        if arrived:
            partitions = self._truth.partitions()
            held = {part: arrived & set(ids.values()) for part, ids in partitions.items()}
            self._add_texts(held, into, {})

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
        into: tuple[Indexes, str],
        removed: Mapping[str, set[TextHash]],
    ) -> None:
        """Add those of the texts that the encoder has seen."""
        indexes, encoder = into
        stored = self._truth.vectors({key for keys in added.values() for key in keys}, encoder)
        vectors = {
            key: np.frombuffer(vector, np.float16).astype(np.float32)
            for key, vector in stored.items()
        }
        indexes.dense.apply(
            {part: keys for part, keys in removed.items() if keys},
            # Sorted, so that the same texts make the same graph.
            {
                part: {key: vectors[key] for key in sorted(keys) if key in vectors}
                for part, keys in added.items()
            },
        )

    def _rebuild(self, wanted: State, told: Told) -> None:
        """Build a generation under one encoder from nothing but the truth."""
        newest = self._truth.newest_change()
        state = State(
            generation=self._generations.unused(),
            seq=newest,
            mark=_mark(self._truth.change(newest)),
            encoder=wanted.encoder,
            origin=wanted.origin,
        )
        partitions = self._truth.partitions()
        total, done = sum(map(len, partitions.values())), 0
        opened = contextlib.closing(self._open_indexes(self._generations.path(state)))
        with opened as indexes, ThreadPoolExecutor(1, thread_name_prefix="dense") as beside:
            for partition, passages in sorted(partitions.items()):
                ids = sorted(passages)
                for first in range(0, len(ids), _SLICE):
                    some = ids[first : first + _SLICE]
                    texts = {partition: frozenset(passages[id_] for id_ in some)}
                    dense = beside.submit(self._add_texts, texts, (indexes, state.encoder), {})
                    indexes.lexical.apply({}, self._truth.entries(some))
                    dense.result()
                    told("index", done := done + len(some), total)
        if differs := self._differs(state):
            # Built from nothing but the truth, so building it again would change nothing.
            _LOG.warning("a search may overlook something: %s", differs)
        self._take_over(state)

    def _take_over(self, state: State) -> None:
        """Let a finished generation be the one that is read."""
        lacking = self._truth.unencoded(state.encoder).keys()
        self._generations.note_lacking(state, lacking)
        waiting = self._encoding.waiting(state, lacking)
        self._generations.take_over(replace(state, waiting=waiting))

    def _differs(self, state: State) -> str:
        """Return in words how a generation differs from the truth."""
        lacking = self._generations.lacking(state) | self._truth.unencoded(state.encoder).keys()
        folder = self._generations.path(state)
        with contextlib.closing(self._open_indexes(folder)) as indexes:
            return differences(indexes, self._truth, seq=state.seq, lacking=lacking)


def _mark(change: Change | None) -> str:
    if change is None:
        return ""
    return f"{change.seq} {change.passage} {change.partition} {change.text.hex()} {change.added}"
