"""Read files in a child process with limits, so that no file can stop or exhaust the parent.

Run as a module this is the child: it takes a request a line on its standard input and answers with
a line of JSON. JSON, because what comes out of a child that a hostile file may control must be data.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import resource
import selectors
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from copilot.domain.documents import Block, BlockKind, ParsedDocument
from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from typing import BinaryIO

_LOG: Final = logging.getLogger(__name__)

_FILES_A_CHILD: Final = 500
"""A child is replaced after so many files, so that leaks of a parser stay small."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost."""

    seconds: float = 60.0
    megabytes: int = 2_048
    """Address space of the child."""
    file_megabytes: int = 100
    """Larger files are not opened at all."""


class ParsingChild:
    """One child process, started when first needed and again whenever it had to be ended."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._files = 0

    def parse(self, path: Path, name: str) -> ParsedDocument:
        """Return what a file says.

        Raises:
            UnreadableFile: A reader refused it, or it went over the limits.
        """
        process = self._running()
        request = json.dumps({"path": os.fsencode(path).decode("latin-1"), "name": name})
        try:
            assert process.stdin is not None  # noqa: S101  opened as a pipe just above
            process.stdin.write(request.encode() + b"\n")
            process.stdin.flush()
            answer = self._line(process)
        except BrokenPipeError:
            answer = None
        if answer is None:
            self.close()
            raise UnreadableFile(
                f"reading it crashed the reader or needed more than {self._limits.megabytes} MB",
                hint="Export the part that matters in a simpler form, such as PDF or CSV.",
            )
        return _document(json.loads(answer))

    def close(self) -> None:
        """End the child, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in filter(None, (process.stdin, process.stdout)):
            # What was still on its way to a dead child cannot be flushed, and need not be.
            with contextlib.suppress(OSError):
                pipe.close()

    def _running(self) -> subprocess.Popen[bytes]:
        self._files += 1
        if self._files > _FILES_A_CHILD:
            self.close()
            self._files = 1
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(  # noqa: S603  our own module, no shell
                [sys.executable, "-m", "copilot.adapters.parsing", str(self._limits.megabytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def _line(self, process: subprocess.Popen[bytes]) -> bytes | None:
        """Return one line of the child's output, or nothing if it died.

        Raises:
            UnreadableFile: It took too long; the child is ended.
        """
        assert process.stdout is not None  # noqa: S101
        received = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not received.endswith(b"\n"):
                if not selector.select(self._limits.seconds):
                    self.close()
                    raise UnreadableFile(
                        f"reading it took more than {self._limits.seconds:g} seconds",
                        hint="Split it, or export it in a simpler form.",
                    )
                chunk = os.read(process.stdout.fileno(), 1 << 20)
                if not chunk:
                    return None
                received += chunk
        return bytes(received)


class BoundedParser:
    """Reads files one at a time for each thread, each thread with a child of its own."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._local = threading.local()
        self._children: list[ParsingChild] = []

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return what a file says.

        Raises:
            UnreadableFile: It is too large, a reader refused it, or it went over the limits.
        """
        megabytes = path.stat().st_size / 1e6
        if megabytes > self._limits.file_megabytes:
            raise UnreadableFile(
                f"it has {megabytes:,.0f} MB, more than the limit of {self._limits.file_megabytes}",
                hint="Keep the part that matters, or raise `file_megabytes` in copilot.toml.",
            )
        if not hasattr(self._local, "child"):
            self._local.child = ParsingChild(self._limits)
            self._children.append(self._local.child)
        child: ParsingChild = self._local.child
        return child.parse(path, name)

    def close(self) -> None:
        """End every child."""
        for child in self._children:
            child.close()


def _document(answer: dict[str, Any]) -> ParsedDocument:
    if "refused" in answer:
        raise UnreadableFile(answer["refused"], hint=answer["hint"])
    blocks = tuple(
        Block(
            kind=BlockKind(kind),
            start=start,
            end=end,
            level=level,
            page=page,
            place=place,
            context=context,
        )
        for kind, start, end, level, page, place, context in answer["blocks"]
    )
    return ParsedDocument(
        text=answer["text"],
        blocks=blocks,
        title=answer["title"],
        metadata=answer["metadata"],
        notes=tuple(answer["notes"]),
    )


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more: the life of the child."""
    from copilot.adapters.readers import registry

    for line in requests:
        request = json.loads(line)
        path = Path(os.fsdecode(request["path"].encode("latin-1")))
        try:
            document = registry.read(path, request["name"])
            answer = _plain(document)
        except UnreadableFile as exc:
            answer = {"refused": str(exc), "hint": exc.hint}
        except MemoryError:
            raise
        except Exception as exc:  # noqa: BLE001  a parser may raise anything; the file is the cause
            kind = type(exc).__name__
            answer = {
                "refused": f"the reader failed on it ({kind}: {str(exc)[:200]})",
                "hint": "Export it again, or in another format.",
            }
        answers.write(json.dumps(answer, default=str).encode() + b"\n")
        answers.flush()


def _plain(document: ParsedDocument) -> dict[str, Any]:
    return {
        # Lone surrogates, which broken files produce, can be stored nowhere.
        "text": document.text.encode("utf-8", "replace").decode(),
        "title": document.title,
        "metadata": dict(document.metadata),
        "notes": document.notes,
        "blocks": [
            (b.kind.value, b.start, b.end, b.level, b.page, b.place, b.context)
            for b in document.blocks
        ],
    }


def _main() -> None:
    limit = int(sys.argv[1]) * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Parsers that print must not be mistaken for answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        _serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    _main()
