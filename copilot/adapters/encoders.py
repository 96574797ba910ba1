"""Texts to vectors: the converted model on ONNX Runtime."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import numpy as np
from tokenizers import Tokenizer

from copilot.adapters import onnx_runtime
from copilot.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")
"""What a graph may take."""


class OnnxEncoder:
    """A sentence encoder as one ONNX graph with pooling and normalisation inside."""

    remote = False

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        """Load the model that `model_conversion.converted` left in `folder`.

        Args:
            folder: Holds `model.onnx`, `tokenizer.json` and `encoder.json`.
            threads: Texts to run at the same time; 0 for as many as there are cores.

        Raises:
            EncoderUnavailable: A file is missing or damaged.
        """
        try:
            about = json.loads((folder / "encoder.json").read_text())
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            options = onnx_runtime.SessionOptions()
            options.intra_op_num_threads = 1
            options.inter_op_num_threads = 1
            # Threads that wait by spinning take the cores from those that work.
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            if about.get("optimised"):
                options.graph_optimization_level = onnx_runtime.Optimisation.ORT_DISABLE_ALL
            self._session = onnx_runtime.InferenceSession(
                folder / "model.onnx", options, providers=["CPUExecutionProvider"]
            )
        except Exception as exc:
            raise EncoderUnavailable(
                f"the encoder in {folder} cannot be loaded: {exc}",
                hint="Remove that folder; it is made again at the next start.",
            ) from exc
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(about["max_tokens"])
        self.name = f"{about['model']}/{about['form']}/each"
        # Not every model looks at all that a tokenizer gives; the graph has only what is looked at.
        self._inputs = [one.name for one in self._session.get_inputs()]
        self._dimensions: int | None = None
        self._pool = ThreadPoolExecutor(
            threads or os.cpu_count() or 1, thread_name_prefix="encoder"
        )

    @property
    def dimensions(self) -> int:
        """How long a vector is; not every graph says so of itself, so it is seen at the first use."""
        if self._dimensions is None:
            stated = self._session.get_outputs()[0].shape[-1]
            known = isinstance(stated, int) and stated > 0
            self._dimensions = stated if known else int(self.encode(["dimensions"]).shape[1])
        return self._dimensions

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a unit vector for each text, as rows in the order given.

        Each text runs alone, on one core, as many at once as there are cores. A batch would be no
        faster (measured: 275 texts a second either way on two cores) and its int8 scales would make a
        text's vector depend on its neighbours (cosine .977 at worst), so that an ingest that was
        interrupted would store other vectors than one that was not. The longest run first, so that at
        the end no core waits for another that has just begun a long one.
        """
        if len(texts) == 1:  # as in a search: other threads would only have to be woken
            return self._run(self._tokenizer.encode(texts[0]).ids)[np.newaxis]
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        order = sorted(range(len(tokens)), key=lambda at: -len(tokens[at]))
        vectors = np.empty((len(tokens), self.dimensions), dtype=np.float32)
        for at, vector in zip(
            order, self._pool.map(self._run, map(tokens.__getitem__, order)), strict=True
        ):
            vectors[at] = vector
        return vectors

    def _run(self, ids: Sequence[int]) -> NDArray[np.float32]:
        tokens = np.array([ids], dtype=np.int64)
        masks = {"attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
        feed = {name: masks.get(name, tokens) for name in self._inputs}
        (vectors,) = self._session.run(["embedding"], feed)
        return np.asarray(vectors[0], dtype=np.float32)
