"""Every seam of the product on one page. Adapters fit these without inheriting from them.

A seam says what its user needs, not what a vendor offers. mypy proves the fit where `bootstrap`
wires them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from copilot.domain.access import Audience, Principal
    from copilot.domain.calls import Call
    from copilot.domain.documents import (
        Metadata,
        NewPassage,
        ParsedDocument,
        Passage,
        PassageId,
        Refusal,
        Source,
        SourceKind,
        SourcePath,
    )
    from copilot.domain.exporting import Export
    from copilot.domain.grids import FileContent
    from copilot.domain.indexing import Change, Filters, Fingerprint, LexicalEntry, TextHash
    from copilot.domain.prompting import Completion, FoundSecret, Partial, RenderedPrompt


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """What the vectors are filed under; two encoders never share a name."""

    @property
    def dimensions(self) -> int:
        """How long a vector is."""

    @property
    def remote(self) -> bool:
        """Whether the texts leave this machine."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector for each text, as rows in the order given.

        Raises:
            EncoderUnavailable: It cannot be made ready, or does not answer.
        """


class ChatModel(Protocol):
    """Completes one prompt with a JSON object."""

    @property
    def name(self) -> str:
        """Provider and model, as in the setting: `openai:gpt-4.1-mini`."""

    @property
    def remote(self) -> bool:
        """Whether what is sent leaves this machine."""

    def stream(
        self,
        prompt: RenderedPrompt,
        *,
        schema: Mapping[str, Any],
        max_tokens: int,
        deadline: float,
    ) -> Iterator[Partial | Completion]:
        """Yield the reply as it comes, then once the whole of it.

        One attempt: whoever calls decides on retries.

        Args:
            prompt: What to complete.
            schema: The JSON schema of the object that is wanted.
            max_tokens: The most tokens that the model may write.
            deadline: When to give up, on the clock of `time.monotonic`.

        Raises:
            ModelUnavailable: There is no usable reply; the error's class says why.
        """


class CallLog(Protocol):
    """Keeps what was asked of language models: ids and figures, never a text."""

    def record(self, call: Call) -> None:
        """Append one call; a log that cannot be written stops nobody."""


class SecretFinder(Protocol):
    """Finds keys, tokens and passwords in text."""

    def find(self, text: str) -> Sequence[FoundSecret]:
        """Return what was found, by place, not overlapping."""


class VectorCache(Protocol):
    """Vectors of texts that every workspace has: the catalog's."""

    def get(self, keys: Collection[TextHash]) -> Mapping[TextHash, NDArray[np.float32]]:
        """Return those that are known."""

    def put(self, encoded: Mapping[TextHash, NDArray[np.float32]]) -> None:
        """Keep more of them."""


class Reader(Protocol):
    """Turns a file into text with structure, whatever the file holds."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return what the file says.

        Raises:
            UnreadableFile: It cannot be read; the message is for the person who owns it.
        """


class ControlFiles(Protocol):
    """Reads and writes the files in which companies keep controls; knows nothing of controls."""

    def read(self, path: Path) -> FileContent:
        """Return what a file holds.

        Raises:
            UnreadableFile: It cannot be read; the message is for the person who owns it.
        """

    def write_tables(self, path: Path, tables: Mapping[str, Sequence[Sequence[str]]]) -> None:
        """Write tables whose first rows are their headers, as CSV or XLSX by the file's name.

        CSV takes one table; XLSX has a sheet for each, called as it is called here. Every cell is text for whatever program opens it, even if it looks like a formula; `read`
        returns the text that was given.
        """

    def write_tree(self, path: Path, tree: Mapping[str, Any]) -> None:
        """Write a JSON document."""

    def write_text(self, path: Path, text: str) -> None:
        """Write a text as UTF-8."""


class DraftWriter(Protocol):
    """Writes drafts for people, in the form that a file's name asks for."""

    def write(self, path: Path, export: Export, *, replace: bool = False) -> None:
        """Write a draft; the file is there whole or not at all.

        Raises:
            BadInput: The name asks for an unknown form, or the file exists and may not be replaced.
            CannotExport: A program that makes the form is missing or fails.
        """


class Reranker(Protocol):
    """Orders passages by how well they answer; off unless configured, since it can do harm."""

    def rank(self, question: str, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Return the same passages, best first."""


class DenseIndex(Protocol):
    """Nearest vectors, kept apart by partition so that a search opens only what may be read.

    It holds each distinct text once: a graph of neighbours falls apart under many equal vectors,
    and the truth knows which passages have a text.
    """

    def search(
        self, vector: NDArray[np.float32], *, partitions: Collection[str], limit: int
    ) -> list[tuple[TextHash, float]]:
        """Return the nearest texts of those partitions with their cosine, best first.

        Nothing is near a vector without numbers.
        """

    def apply(
        self,
        removed: Mapping[str, Collection[TextHash]],
        added: Mapping[str, Mapping[TextHash, NDArray[np.float32]]],
    ) -> None:
        """Remove and add texts by partition; applying the same twice changes nothing."""

    def reachable(self) -> Mapping[str, frozenset[TextHash]]:
        """Return every text that a search can really reach, by partition."""

    def close(self) -> None:
        """Let go of the folder."""


class LexicalIndex(Protocol):
    """Passages by their words, ranked by BM25.

    How rare a word is, is counted over the partitions that a search opens and over nothing else, so
    that a ranking tells nothing about passages that may not be read.
    """

    def search(
        self,
        query: str,
        *,
        partitions: Collection[str],
        kinds: Collection[SourceKind] = (),
        phrases: Sequence[str] = (),
        ids: Sequence[str] = (),
        among: Collection[PassageId] | None = None,
        limit: int,
    ) -> list[tuple[PassageId, float]]:
        """Return the best passages of those partitions with their score, best first.

        Only passages that hold every one of `phrases` word for word and any of `ids` are found, and
        of those only the ones that are in `among`, if it is given.
        """

    def apply(
        self, removed: Mapping[str, Collection[PassageId]], added: Iterable[LexicalEntry]
    ) -> None:
        """Remove passages by partition and add others; applying the same twice changes nothing."""

    def rewrite(self, partition: str, entries: Iterable[LexicalEntry]) -> None:
        """Write a partition anew: what was removed from it stops counting in scores."""

    def reachable(self) -> Mapping[str, frozenset[PassageId]]:
        """Return every passage that can really be found, by partition."""

    def close(self) -> None:
        """Let go of the folder."""


class Lock(Protocol):
    """Something that several may hold to read and one alone to write, across processes."""

    def named(self, name: str) -> Lock:
        """Return another lock beside this one."""

    def reading(self, *, wait: float) -> AbstractContextManager[None]:
        """Hold it with other readers; raise `WorkspaceBusy` after `wait` seconds."""

    def writing(self, *, wait: float) -> AbstractContextManager[None]:
        """Hold it alone; raise `WorkspaceBusy`, naming the holder, after `wait` seconds."""


class Truth(Protocol):
    """The one store that is not disposable: sources, passages, vectors, the log of changes."""

    def fingerprints(self) -> Mapping[SourcePath, Fingerprint]:
        """Return what is stored, by path."""

    def put(
        self,
        path: SourcePath,
        *,
        metadata: Metadata,
        fingerprint: Fingerprint,
        document: tuple[str, tuple[str, ...]],
        passages: Sequence[NewPassage],
        encoded: Mapping[TextHash, NDArray[np.float32]],
        encoder: str,
    ) -> None:
        """Store a source with its text, notes, passages and new vectors, whole or not at all.

        What was refused of it before is forgotten.
        """

    def touch(self, path: SourcePath, fingerprint: Fingerprint) -> None:
        """Note a file's new fingerprint; its text stays, and is stale if the fingerprint says so."""

    def touch_all(self, fingerprints: Mapping[SourcePath, Fingerprint]) -> None:
        """Do `touch` for many files at once."""

    def remove(self, paths: Sequence[SourcePath]) -> None:
        """Forget sources and their passages."""

    def unencoded(self, encoder: str, *, kept_back: Collection[str] = ()) -> Mapping[TextHash, str]:
        """Return the texts that some passage has and that this encoder has not seen.

        Those that only passages of the partitions `kept_back` have are left out.
        """

    def dimensions(self, encoder: str) -> int | None:
        """Return how long the stored vectors of an encoder are; nothing if there are none."""

    def store_vectors(self, encoded: Mapping[TextHash, NDArray[np.float32]], encoder: str) -> None:
        """Keep vectors of texts that are already stored."""

    def vectors(self, hashes: Collection[TextHash], encoder: str) -> Mapping[TextHash, bytes]:
        """Return the vectors known for those texts, as float16 bytes."""

    def refuse(self, refusal: Refusal, *, size: int, mtime_ns: int) -> None:
        """Remember that a file was refused, so that it is not tried again until it changes."""

    def forget_refusals(self, paths: Collection[str]) -> None:
        """Drop refusals that no longer hold."""

    def refusals(self) -> Mapping[str, tuple[Refusal, int, int]]:
        """Return what was refused, with the size and modification time it had then."""

    def changes_after(self, seq: int) -> Sequence[Change]:
        """Return every change since, oldest first."""

    def newest_change(self) -> int:
        """Return the number of the newest change; 0 when there is none."""

    def change(self, seq: int) -> Change | None:
        """Return one change, or nothing if there is none of that number."""

    def entries(self, ids: Collection[PassageId]) -> Iterator[LexicalEntry]:
        """Yield those of the passages that exist, as the word index takes them."""

    def held(self, partition: str, texts: Collection[TextHash]) -> frozenset[TextHash]:
        """Return those of the texts that some passage of the partition has."""

    def vectors_of(
        self, ids: Collection[PassageId], encoder: str
    ) -> tuple[list[PassageId], NDArray[np.float32]]:
        """Return those of the passages that exist and are encoded, and their vectors as rows."""

    def partitions(self) -> Mapping[str, Mapping[PassageId, TextHash]]:
        """Return every passage with its text's hash, by the partition that it belongs to."""

    def count(self, filters: Filters, *, principal: Principal, partitions: Collection[str]) -> int:
        """Return how many readable passages of those partitions pass the filters."""

    def vectors_passing(
        self, filters: Filters, encoder: str, *, principal: Principal, partitions: Collection[str]
    ) -> tuple[list[PassageId], NDArray[np.float32]]:
        """Return the readable passages of those partitions that pass, and their vectors as rows.

        Those that have not been encoded come last, and have no row.
        """

    def passages_with(
        self,
        texts: Collection[TextHash],
        *,
        principal: Principal,
        partitions: Collection[str],
        filters: Filters | None = None,
    ) -> Mapping[TextHash, Sequence[PassageId]]:
        """Return the readable passages of those partitions that have one of the texts and pass."""

    def passages(self, ids: Sequence[PassageId], *, principal: Principal) -> list[Passage]:
        """Return those of the passages that exist and may be read, in the order given."""

    def matching(
        self,
        filters: Filters,
        *,
        principal: Principal,
        partitions: Collection[str],
        among: Collection[PassageId] | None = None,
        labelled: Collection[str] = (),
    ) -> list[PassageId]:
        """Return the readable passages of those partitions that pass the filters.

        Args:
            filters: What they must be.
            principal: Who asks.
            partitions: Where to look.
            among: Look at these passages only.
            labelled: Their sources must name one of these criteria or controls as well.
        """

    def sources(self, *, principal: Principal) -> list[Source]:
        """Return every readable source, by path."""

    def text_of(self, path: SourcePath, *, principal: Principal) -> str | None:
        """Return the stored text of a source, or nothing if it is absent or not readable."""

    def passages_of(self, path: SourcePath, *, principal: Principal) -> list[Passage]:
        """Return the passages of one source in their order, or none if it may not be read."""

    def pages_of(
        self, path: SourcePath, start: int, end: int, *, principal: Principal
    ) -> Sequence[int | None]:
        """Return the pages of the passages that a stretch of a source lies in, in their order.

        None if no passage holds any of it, or the source may not be read.
        """

    def audiences(self) -> frozenset[Audience]:
        """Return every audience that some source has."""
