"""Wire encoders and indexes. Beside `bootstrap`, which alone is asked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copilot import config
from copilot.domain.documents import SourceKind, partition_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from copilot.adapters.encoder_choice import EncoderChoice
    from copilot.adapters.locks import FileLock
    from copilot.config import Workspace
    from copilot.ports import Encoder, Truth
    from copilot.retrieval.following import Follower
    from copilot.retrieval.generations import Indexes
    from copilot.spare_threads import SpareThreads


def encoder_choice(
    workspace: Workspace, truth: Truth, bundled: Callable[[], Encoder]
) -> EncoderChoice:
    """Return what the settings say about encoders."""
    from copilot.adapters.encoder_choice import EncoderChoice

    settings = workspace.settings
    # A file with the key of another provider is none of this one's business.
    ours = not settings.model or settings.model.startswith("openai:")
    return EncoderChoice(
        setting=settings.encoder.strip(),
        base_url=settings.encoder_base_url.strip().rstrip("/"),
        key_file=workspace.api_key_file if ours else None,
        seconds=settings.encoder_seconds,
        threads=settings.encoder_threads,
        root=workspace.root,
        cache=config.cache_folder(),
        bundled=bundled,
        known=truth.dimensions,
    )


def configured_encoder(workspace: Workspace, choice: EncoderChoice) -> Encoder:
    """Return the encoder that the settings name, run as it was when it made the index.

    Raises:
        EncoderUnavailable: They name none.
    """
    from copilot.retrieval.generations import Generations

    state = Generations(_index(workspace), _index_lock(workspace)).state()
    return choice.configured(like=state.encoder)


def follower(
    workspace: Workspace,
    truth: Truth,
    encoder: Encoder,
    *,
    choice: EncoderChoice,
    spare: SpareThreads,
) -> Follower:
    """Return what keeps the indexes in line with the truth."""
    from copilot.adapters.vector_cache import FileVectorCache
    from copilot.retrieval.encoding import Encoding
    from copilot.retrieval.following import Follower

    return Follower(
        _index(workspace),
        truth=truth,
        encoder=Encoding(
            truth,
            encoder,
            origin=choice.origin,
            open_other=lambda state: choice.other(state.origin, state.encoder),
            kept_back=never_sent(workspace),
            cache=lambda name: FileVectorCache(config.cache_folder(), name),
        ),
        lock=_index_lock(workspace),
        open_indexes=lambda folder: _open_indexes(folder, spare),
    )


def index_mark(workspace: Workspace) -> Callable[[], tuple[int, ...]]:
    """Return what tells, without reading anything, one generation that is read from another."""
    from copilot.retrieval.generations import Generations

    return Generations(_index(workspace), _index_lock(workspace)).mark


def never_sent(workspace: Workspace) -> Sequence[str]:
    """Return the partitions of audiences whose texts stay on this machine."""
    return [partition_of(SourceKind.POLICY, one) for one in workspace.settings.never_send]


def _index(workspace: Workspace) -> Path:
    return workspace.state / "index"


def _index_lock(workspace: Workspace) -> FileLock:
    from copilot.adapters.locks import FileLock

    return FileLock(workspace.state / "index.lock", what="updating the index")


def _open_indexes(folder: Path, spare: SpareThreads) -> Indexes:
    from copilot.adapters.chroma import ChromaIndex
    from copilot.adapters.tantivy import TantivyIndex
    from copilot.retrieval.copying import open_anywhere
    from copilot.retrieval.generations import Indexes

    return open_anywhere(
        folder,
        lambda place: Indexes(
            dense=ChromaIndex(place / "dense", spare=spare), lexical=TantivyIndex(place / "words")
        ),
    )
