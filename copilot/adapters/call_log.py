"""The log of calls of language models: one JSON line each, with figures and ids and no text."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from copilot.domain.calls import Call

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOG: Final = logging.getLogger(__name__)
_MILLION: Final = 1_000_000


class FileCallLog:
    """Appends to a file that several processes may write."""

    def __init__(self, file: Path, *, price: tuple[float, float] | None = None) -> None:
        """Name the file and the price.

        Args:
            file: Where the lines go; it is made when first needed, for its owner alone.
            price: US dollars for a million tokens read and a million written, if known.
        """
        self._file = file
        self._price = price

    def record(self, call: Call) -> None:
        """Append one call; a log that cannot be written stops nobody."""
        line = asdict(call) | {"at": call.at.isoformat(), "cost_usd": self._cost(call)}
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            # One write of a whole line: lines of several processes never mix.
            file = os.open(self._file, flags, 0o600)
            try:
                os.write(file, text.encode("utf-8", "backslashreplace"))
            finally:
                os.close(file)
        except OSError as exc:
            _LOG.warning("a model's call cannot be logged in %s: %s", self._file, exc.strerror)

    def calls(self) -> Iterator[Call]:
        """Yield every call that was logged, oldest first; a line that was cut is left out."""
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return
        except OSError as exc:
            _LOG.warning("the log of calls cannot be read: %s", exc.strerror)
            return
        for line in lines:
            try:
                yield _read(json.loads(line))
            except (ValueError, TypeError, KeyError):
                _LOG.warning("a line of %s cannot be read and is left out", self._file.name)

    def _cost(self, call: Call) -> float | None:
        if self._price is None or call.prompt_tokens is None or call.completion_tokens is None:
            return None
        read, wrote = self._price
        return round((call.prompt_tokens * read + call.completion_tokens * wrote) / _MILLION, 6)


def _read(line: dict[str, Any]) -> Call:
    line["at"] = datetime.fromisoformat(line["at"])
    line["sources"] = tuple(line["sources"])
    return Call(**line)
