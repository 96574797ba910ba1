"""Encoders by setting: the bundled one, a sentence-transformers model, or a server."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from copilot.ports import Encoder

_SERVED: Final = "openai:"
_OTHERS: Final = ("azure_openai:", "anthropic:", "ollama:", "google_genai:", "huggingface:")
"""Providers of chat models, which are no encoders here."""

_VARIABLE: Final = "OPENAI_API_KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderChoice:
    """What the settings say about encoders."""

    setting: str
    base_url: str
    key_file: Path | None
    seconds: float
    threads: int
    root: Path
    """The workspace: a folder in `setting` is seen from here."""
    cache: Path
    bundled: Callable[[], Encoder]
    known: Callable[[str], int | None]
    """Returns how long the stored vectors of an encoder's name are."""

    @property
    def origin(self) -> str:
        """What is noted beside an index, so that its encoder can be opened again: never a key."""
        served = self.setting.startswith(_SERVED)
        return " ".join(filter(None, (self.setting, self.base_url if served else "")))

    def configured(self, *, like: str = "") -> Encoder:
        """Return the encoder that is set.

        Args:
            like: The name of the encoder that made the index, which this one is run like if it can.

        Raises:
            EncoderUnavailable: The setting names none.
        """
        return self._open(self.setting, self.base_url, like)

    def other(self, origin: str, name: str) -> Encoder:
        """Return the encoder that made an index, so that it can be searched until there is a new one.

        Questions go to no server but the one that is set now: whoever has set another encoder may
        not want them to be sent.

        Args:
            origin: What was noted of the settings then.
            name: What the encoder was called.

        Raises:
            EncoderUnavailable: It cannot be opened, or no longer may be.
        """
        setting, base_url = origin, ""
        if origin.startswith(_SERVED):
            setting, _, base_url = origin.partition(" ")
            served = self.setting.startswith(_SERVED)
            if not served or base_url != self.base_url:
                raise EncoderUnavailable("`encoder` no longer lets anything be sent to its server")
        return self._open(setting, base_url, name)

    def _open(self, setting: str, base_url: str, like: str) -> Encoder:
        if not setting:
            return self.bundled()
        if setting.startswith(_SERVED):
            from copilot.adapters.remote_encoder import RemoteEncoder

            return RemoteEncoder(
                setting.removeprefix(_SERVED),
                base_url=base_url,
                key=self._key,
                seconds=self.seconds,
                known=self.known,
            )
        if setting.startswith(_OTHERS):
            raise EncoderUnavailable(
                f"`encoder` has {setting!r}, whose provider makes no embeddings here",
                hint="Any server that speaks OpenAI's API is openai:MODEL with `encoder_base_url`.",
            )
        from copilot.adapters.model_encoder import ModelEncoder

        return ModelEncoder(
            setting, root=self.root, cache=self.cache, threads=self.threads, like=like
        )

    def _key(self) -> tuple[str, str]:
        """Return the key, empty if there is none, and where it comes from.

        The variable is the stronger one: with it, the key in the file is the language model's alone.

        Raises:
            EncoderUnavailable: The key file cannot be read, or what it holds is no key.
        """
        key, where = os.environ.get(_VARIABLE, "").strip(), _VARIABLE
        if not key and self.key_file is not None:
            where = f"{self.key_file}, which `api_key_file` names"
            try:
                key = self.key_file.read_text(encoding="utf-8-sig").strip()
            except (OSError, UnicodeDecodeError) as exc:
                why = getattr(exc, "strerror", None) or "it is not text"
                raise EncoderUnavailable(
                    f"`api_key_file` names {self.key_file}: {why}",
                    hint="It has to be a file that holds the key and nothing else.",
                ) from None
            if not key:
                raise EncoderUnavailable(f"`api_key_file` names {self.key_file}, which is empty")
        if key and not (key.isascii() and key.isprintable() and " " not in key):
            raise EncoderUnavailable(f"what stands in {where} is no key: a key is one word")
        return key, where
