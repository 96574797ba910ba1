"""Real sentence-transformers models, made here: found, converted where that comes out right, run."""

from __future__ import annotations

import shutil
import subprocess
import sys

import numpy as np
import pytest

from copilot.adapters.model_conversion import BUNDLED_WEIGHTS, converted
from copilot.adapters.model_encoder import ModelEncoder
from copilot.errors import EncoderUnavailable

# torch and transformers warn of their own retirements when they are imported and traced.
pytestmark = pytest.mark.filterwarnings("default")

TEXTS = ["Access is reviewed each quarter.", "Backups are taken every night.", "MFA"]


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Return a cache that the tests share, so that each model is converted once."""
    return tmp_path_factory.mktemp("cache")


def original(folder):
    """Return the vectors that sentence-transformers itself makes."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    return model.encode(TEXTS, normalize_embeddings=True)


def agreement(encoder, folder):
    """Return the least cosine to the original."""
    return float((encoder.encode(TEXTS) * original(folder)).sum(axis=1).min())


@pytest.mark.parametrize(
    ("model", "form", "dimensions"),
    [
        pytest.param("small", "int8/each", 32, id="a BERT is converted"),
        pytest.param("prompted", "torch", 32, id="a conversion that disagrees is not used"),
        pytest.param("static", "torch", 16, id="what cannot be converted is run by torch"),
    ],
)
def test_a_model_in_a_folder_is_an_encoder(models, cache, model, form, dimensions):
    """However it is run, its vectors are the original's, of length one."""
    encoder = ModelEncoder(model, root=models, cache=cache)
    assert encoder.name.startswith(f"{model}-")
    assert encoder.name.endswith(f"/{form}")
    assert encoder.dimensions == dimensions
    assert agreement(encoder, models / model) > 0.98
    assert np.allclose(np.linalg.norm(encoder.encode(TEXTS), axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape[0] == 0
    assert not encoder.remote


def test_a_converted_model_needs_no_torch(models, cache):
    """From the second time on, it starts as fast as the bundled one."""
    ModelEncoder("small", root=models, cache=cache).encode(TEXTS)
    code = (
        "import sys; from pathlib import Path; from copilot.adapters.model_encoder import *;"
        f"e = ModelEncoder('small', root=Path({str(models)!r}), cache=Path({str(cache)!r}));"
        "print(e.encode(['one']).shape, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "(1, 32) False"


def test_a_model_is_run_as_it_was(models, cache):
    """Where torch made the index, torch encodes the questions: each way has vectors of its own."""
    converted = ModelEncoder("small", root=models, cache=cache)
    stem = converted.name.partition("/")[0]
    encoder = ModelEncoder("small", root=models, cache=cache, like=f"{stem}/torch")
    assert encoder.name == f"{stem}/torch"
    assert agreement(encoder, models / "small") > 0.9999


def test_other_weights_are_another_encoder(models, cache, tmp_path):
    """A byte in a file of the same size and name makes another name, so that nothing is mixed."""
    shutil.copytree(models / "static", tmp_path / "static")
    before = ModelEncoder("static", root=tmp_path, cache=cache).name
    assert before == ModelEncoder("static", root=models, cache=cache).name
    weights = tmp_path / "static" / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert ModelEncoder("static", root=tmp_path, cache=cache).name != before


def test_a_name_is_found_where_the_hub_keeps_it(models, cache, tmp_path, monkeypatch):
    """What was downloaded once, by whatever tool, is there by its name."""
    kept = tmp_path / "models--sentence-transformers--tiny-words"
    (kept / "refs").mkdir(parents=True)
    (kept / "refs" / "main").write_text("0123abc")
    shutil.copytree(models / "static", kept / "snapshots" / "0123abc")
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    for name in ("tiny-words", "sentence-transformers/tiny-words"):
        encoder = ModelEncoder(name, root=models, cache=cache)
        assert encoder.name.startswith("tiny-words-")
        assert encoder.dimensions == 16


@pytest.mark.parametrize(
    ("model", "said", "hint"),
    [
        (
            "nobody/has-this",
            "not on this machine, and nothing is downloaded",
            "hf download nobody/",
        ),
        ("has-this", "not on this machine", "hf download sentence-transformers/has-this"),
        ("./models/none", "names the folder", "Set `encoder`"),
        ("/nowhere/at/all", "does not exist", "Set `encoder`"),
        ("what is this?", "not on this machine", "`encoder`"),
        (".", "holds no model", "sentence-transformers"),
    ],
)
def test_a_model_that_is_not_here_is_never_fetched(tmp_path, cache, model, said, hint):
    """The setting is named, and how to get it; no connection is tried."""
    with pytest.raises(EncoderUnavailable, match="`encoder` names") as caught:
        ModelEncoder(model, root=tmp_path, cache=cache).encode(TEXTS)
    assert said in str(caught.value)
    assert hint in caught.value.hint


def test_a_damaged_model_is_named(models, cache, tmp_path):
    """Half a file of weights is no model, whoever tries to run it."""
    damaged = shutil.copytree(models / "static", tmp_path / "damaged")
    weights = damaged / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(EncoderUnavailable, match="`encoder` names, cannot be loaded"):
        ModelEncoder("damaged", root=tmp_path, cache=cache).encode(TEXTS)


def test_weights_of_unknown_origin_are_not_converted(models, tmp_path):
    """A package can be replaced: the default model must be the one that was looked at."""
    with pytest.raises(EncoderUnavailable, match="not the known one"):
        converted(models / "small", tmp_path, name="minilm", weights=BUNDLED_WEIGHTS)
    assert not list(tmp_path.iterdir())
