"""An encoder that a server plays, and what it raises."""

from __future__ import annotations

import pytest

from copilot.adapters.remote_encoder import RemoteEncoder
from copilot.errors import EncoderUnavailable

KEY = "sk-a-key-that-nobody-may-see-4711"


def made(url, *, key=KEY, where="OPENAI_API_KEY", seconds=20, **options):
    return RemoteEncoder(
        "words", base_url=url, key=lambda: (key, where), seconds=seconds, **options
    )


def failure(encoder, texts=("one",)):
    """Return what the encoder raises."""
    with pytest.raises(EncoderUnavailable) as caught:
        encoder.encode(texts)
    return caught.value
