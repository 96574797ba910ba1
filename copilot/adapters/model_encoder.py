"""Any sentence-transformers model of this machine as an encoder: int8 ONNX where it works, else torch.

Nothing is ever downloaded. What is slow (reading weights, converting, importing torch) waits for the first
use.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import sys
import threading
from functools import cached_property
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from copilot.errors import EncoderUnavailable
from copilot.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from copilot.adapters.encoders import OnnxEncoder

_LOG: Final = logging.getLogger(__name__)

_MADE_OF: Final = frozenset({".json", ".txt", ".model", ".safetensors", ".bin", ".pt"})
"""Endings of files that decide what a model returns."""

_MARKS: Final = ("modules.json", "config.json")
"""Files by which a folder is known for a model."""

_LARGEST: Final = 1_500_000_000
"""Bytes of weights that are converted. A graph of 2 GB cannot be stored, and making it takes four times
its size in memory."""

_TORCH: Final = "torch"
_BATCH: Final = 32
_NAME: Final = 60
_DRIVERS: Final = ("/proc/driver/nvidia/version", "/dev/kfd")


class ModelEncoder:
    """The model that a name or a folder stands for, made ready at its first use."""

    remote = False

    def __init__(
        self, model: str, *, root: Path, cache: Path, threads: int = 0, like: str = ""
    ) -> None:
        """Name the model; nothing is looked for yet.

        Args:
            model: A folder, seen from `root`, or a name that sentence-transformers knows.
            root: The workspace.
            cache: Where a converted model is kept.
            threads: Cores to use; 0 for all.
            like: The name of the encoder that made the index. Where it ran in one of the two ways, so
                does this one: each has vectors of its own.
        """
        self._model = model
        self._root = root
        self._cache = cache
        self._threads = threads
        self._like = like
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The model's name, what its files hold, and how it is run.

        Raises:
            EncoderUnavailable: It is not on this machine, or is no model.
        """
        with self._lock:
            return self._ready.name

    @property
    def dimensions(self) -> int:
        """How long a vector is."""
        with self._lock:
            ready = self._ready
        return ready.dimensions

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector for each text, as rows in the order given.

        Raises:
            EncoderUnavailable: The model cannot be loaded or run.
        """
        with self._lock:
            ready = self._ready
        return ready.encode(texts)

    @cached_property
    def _ready(self) -> OnnxEncoder | TorchEncoder:
        folder = find_model(self._model, self._root)
        digest = _digest(folder, self._cache)
        plain = re.sub(r"[^A-Za-z0-9.-]+", "-", Path(self._model).name).strip("-.") or "model"
        label = f"{plain[:_NAME]}-{digest}"
        torch = TorchEncoder(folder, label=label, threads=self._threads)
        told = self._cache / f"encoder-{label}.torch"
        if self._like == torch.name or told.exists():
            return torch
        try:
            return self._converted(folder, label)
        except EncoderUnavailable as exc:
            _LOG.info("%s is run by torch: %s", self._model, exc)
            with contextlib.suppress(OSError):  # then it is tried again the next time
                self._cache.mkdir(parents=True, exist_ok=True)
                told.write_text(f"{exc}\n", encoding="utf-8")
            return torch

    def _converted(self, folder: Path, label: str) -> OnnxEncoder:
        from copilot.adapters.encoders import OnnxEncoder
        from copilot.adapters.model_conversion import converted

        if not self._like.startswith(f"{label}/") and _accelerated():
            raise EncoderUnavailable("this machine has an accelerator, and torch uses it")
        if sum(one.stat().st_size for one in _files(folder)) > _LARGEST:
            raise EncoderUnavailable("it is too large to be converted")
        try:
            return OnnxEncoder(converted(folder, self._cache, name=label), threads=self._threads)
        except (EncoderUnavailable, OSError, MemoryError):
            # The last two say nothing of the model: there may be room the next time.
            raise
        except Exception as exc:
            # Whatever a model of another kind does to the exporter, torch can still run it.
            raise EncoderUnavailable(f"it cannot be converted: {_first_line(exc)}") from exc


class TorchEncoder:
    """A model that sentence-transformers itself runs, on an accelerator if there is one."""

    remote = False

    def __init__(self, folder: Path, *, label: str, threads: int = 0) -> None:
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()
        self.name = f"{label}/{_TORCH}"

    @property
    def dimensions(self) -> int:
        """How long a vector is."""
        return int(self.encode(["dimensions"]).shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector for each text, as rows in the order given.

        Raises:
            EncoderUnavailable: The model cannot be loaded or run.
        """
        with self._lock:
            model = self._loaded
            try:
                found = model.encode(
                    list(texts),
                    batch_size=_BATCH,
                    normalize_embeddings=True,
                    convert_to_numpy=True,
                    show_progress_bar=False,
                )
            except Exception as exc:
                raise EncoderUnavailable(
                    f"the model in {self._folder} failed: {_first_line(exc)}",
                    hint="Set `encoder` to another model.",
                ) from exc
        return np.asarray(found, dtype=np.float32).reshape(len(texts), -1 if len(texts) else 0)

    @cached_property
    def _loaded(self) -> Any:
        from copilot.adapters.model_conversion import quiet

        try:
            import torch
            from sentence_transformers import SentenceTransformer

            quiet()
            if self._threads:
                torch.set_num_threads(self._threads)
            model = SentenceTransformer(str(self._folder), local_files_only=True)
        except Exception as exc:
            raise EncoderUnavailable(
                f"the model in {self._folder}, which `encoder` names, cannot be loaded: "
                f"{_first_line(exc)}",
                hint="It has to be a sentence-transformers model, with all its files.",
            ) from exc
        return model.eval()


def find_model(model: str, root: Path) -> Path:
    """Return the folder that a setting stands for.

    Raises:
        EncoderUnavailable: There is none on this machine.
    """
    folder = root / Path(model).expanduser()
    if folder.is_dir():
        if not any((folder / mark).is_file() for mark in _MARKS):
            raise EncoderUnavailable(
                f"`encoder` names the folder {folder}, which holds no model",
                hint="It has to be what sentence-transformers' `save` writes.",
            )
        return folder.resolve()
    if model.startswith(("/", "~", ".", "\\")) or model.count("/") > 1:
        raise EncoderUnavailable(
            f"`encoder` names the folder {folder}, which does not exist",
            hint="Set `encoder` to a folder that does, or leave it empty.",
        )
    snapshot = _snapshot(model)
    if snapshot is None:
        raise EncoderUnavailable(
            f"`encoder` names {model!r}, which is not on this machine, and nothing is downloaded",
            hint=f"Where there is a network, run `hf download {_full(model)}` once, or copy the model's "
            "folder here and set `encoder` to its path.",
        )
    return snapshot


def _snapshot(model: str) -> Path | None:
    """Return where the hub's client keeps a model, if it does."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    for name in dict.fromkeys((_full(model), model)):
        for mark in _MARKS:
            try:
                found = try_to_load_from_cache(
                    name, mark, cache_dir=os.environ.get("SENTENCE_TRANSFORMERS_HOME") or None
                )
            except HFValidationError:
                return None
            if isinstance(found, str):
                return Path(found).parent
    return None


def _full(model: str) -> str:
    """Return the name on the hub: sentence-transformers' own models go without theirs."""
    return model if "/" in model else f"sentence-transformers/{model}"


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        # The same model in other forms lies beside it, and is not what is loaded.
        other = {"onnx", "openvino"} & set(path.relative_to(folder).parts)
        if path.suffix in _MADE_OF and not other and path.is_file():
            yield path


def _digest(folder: Path, cache: Path) -> str:
    """Return what changes with a byte of the model; a file is read once while it stays as it is."""
    notes = cache / "encoder-digests.json"
    try:
        known = json.loads(notes.read_text(encoding="utf-8"))
        known = known if isinstance(known, dict) else {}
    except (OSError, ValueError):
        known = {}
    digest, fresh = sha256(), {}
    for path in _files(folder):
        about = path.stat()
        key = f"{path.resolve()} {about.st_size} {about.st_mtime_ns}"
        if key not in known:
            with path.open("rb") as content:
                fresh[key] = file_digest(content, "sha256").hexdigest()
        content_digest = known.get(key) or fresh[key]
        digest.update(f"{path.relative_to(folder).as_posix()} {content_digest}\n".encode())
    if fresh:
        _note({**known, **fresh}, notes)
    return digest.hexdigest()[:12]


def _note(digests: dict[str, str], notes: Path) -> None:
    try:
        notes.parent.mkdir(parents=True, exist_ok=True)
        with replacing(notes, private=True) as new:
            new.write_text(json.dumps(digests), encoding="utf-8")
    except OSError as exc:
        _LOG.debug("%s cannot be written: %s", notes, exc)


def _accelerated() -> bool:
    """Say whether torch finds an accelerator; it is asked only where there may be one."""
    apple = sys.platform == "darwin" and os.uname().machine == "arm64"
    if not apple and not any(Path(one).exists() for one in _DRIVERS):
        return False
    import torch

    return bool(torch.cuda.is_available() or torch.backends.mps.is_available())


def _first_line(exc: Exception) -> str:
    lines = str(exc).strip().splitlines()
    return f"{type(exc).__name__}: {lines[0][:200]}" if lines else type(exc).__name__
