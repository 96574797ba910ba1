"""Texts to vectors: the converted model on ONNX Runtime."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from copilot.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_BATCH: Final = 16
"""Texts in one call; measured on two cores, 8 and 16 are fastest and 64 is a sixth slower."""


class OnnxEncoder:
    """A sentence encoder as one ONNX graph with pooling and normalisation inside."""

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        """Load the model that `model_conversion.converted` left in `folder`.

        Args:
            folder: Holds `model.onnx`, `tokenizer.json` and `encoder.json`.
            threads: Cores to use; 0 leaves the choice to the runtime.

        Raises:
            EncoderUnavailable: A file is missing or damaged.
        """
        try:
            about = json.loads((folder / "encoder.json").read_text())
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.inter_op_num_threads = 1
            self._session = onnxruntime.InferenceSession(
                folder / "model.onnx", options, providers=["CPUExecutionProvider"]
            )
        except Exception as exc:
            raise EncoderUnavailable(
                f"the encoder in {folder} cannot be loaded: {exc}",
                hint="Remove that folder; it is made again at the next start.",
            ) from exc
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(about["max_tokens"])
        self.name = f"{about['model']}/{about['form']}"
        self.dimensions = int(self._session.get_outputs()[0].shape[-1] or 384)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a unit vector for each text, as rows in the order given.

        Texts are run in batches of similar length, since padding is work for nothing.
        """
        result = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        encodings = self._tokenizer.encode_batch_fast(list(texts))
        order = sorted(range(len(texts)), key=lambda at: len(encodings[at].ids))
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            result[batch] = self._run([encodings[at].ids for at in batch])
        return result

    def _run(self, rows: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        longest = max(len(row) for row in rows)
        ids = np.zeros((len(rows), longest), dtype=np.int64)
        mask = np.zeros((len(rows), longest), dtype=np.int64)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = row
            mask[at, : len(row)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (vectors,) = self._session.run(["embedding"], feed)
        return np.asarray(vectors, dtype=np.float32)
