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
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from copilot.domain.documents import Block, BlockKind, ParsedDocument
from copilot.errors import OverLimits, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    Prepare = Callable[["Watch"], Callable[[Path, str], dict[str, Any]]]

_LOG: Final = logging.getLogger(__name__)

_PULSE: Final = b"\n"
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

    def __str__(self) -> str:
        """Return what tells these limits from others."""
        return f"{self.seconds:g} s, {self.megabytes} MB, files of {self.file_megabytes} MB"


class ParsingChild:
    """One child process, started when first needed and again whenever it had to be ended."""

    def __init__(self, limits: Limits, module: str = "copilot.adapters.parsing") -> None:
        """Name the limits, and the module that is the child: it calls `serve` when it is run."""
        self._limits = limits
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None
        self._files = 0

    def parse(self, path: Path, name: str) -> ParsedDocument:
        """Return what a file says.

        Raises:
            UnreadableFile: A reader refused it.
            OverLimits: It went over the limits.
        """
        return _document(self.answer(path, name))

    def answer(self, path: Path, name: str) -> dict[str, Any]:
        """Return what the child makes of a file.

        Raises:
            UnreadableFile: A reader refused it.
            OverLimits: It went over the limits.
        """
        fresh = self._process is None or self._files >= _FILES_A_CHILD
        answer = self._ask(path, name)
        if answer is None and not fresh:
            # What earlier files left in the child's memory is not this file's fault.
            answer = self._ask(path, name)
        if answer is None:
            raise OverLimits(
                f"reading it crashed the reader or needed more than {self._limits.megabytes} MB",
                hint="Export the part that matters in a simpler form, such as PDF or CSV, or raise "
                "`parse_megabytes` in copilot.toml.",
            )
        answered: dict[str, Any] = json.loads(answer)
        if "refused" in answered:
            raise UnreadableFile(answered["refused"], hint=answered["hint"])
        return answered

    def _ask(self, path: Path, name: str) -> bytes | None:
        """Return the child's answer, or nothing if it died; then it is gone."""
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
        return answer

    def close(self) -> None:
        """End the child, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        # The whole group, since a reader may have started a program of its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
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
                [
                    sys.executable,
                    "-m",
                    self._module,
                    str(self._limits.megabytes),
                    str(self._limits.seconds),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._process

    def _line(self, process: subprocess.Popen[bytes]) -> bytes | None:
        """Return one line of the child's output, or nothing if it died.

        An empty line is a sign of life, after which the time begins anew.

        Raises:
            OverLimits: It took too long; the child is ended.
        """
        assert process.stdout is not None  # noqa: S101  as above
        received = bytearray()
        until = time.monotonic() + self._limits.seconds
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not received.endswith(b"\n"):
                if not selector.select(max(0.0, until - time.monotonic())):
                    self.close()
                    raise OverLimits(
                        f"reading it took more than {self._limits.seconds:g} seconds",
                        hint="Split it, export it in a simpler form, or raise `parse_seconds` in "
                        "copilot.toml. If the machine was busy, run `copilot ingest --retry`.",
                    )
                chunk = os.read(process.stdout.fileno(), 1 << 20)
                if not chunk:
                    return None
                received += chunk
                if received.startswith(_PULSE):
                    received = received.lstrip(_PULSE)
                    until = time.monotonic() + self._limits.seconds
        return bytes(received)


class BoundedParser:
    """Reads files one at a time for each thread, each thread with a child of its own."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits: Final = limits or Limits()
        self._local = threading.local()
        self._children: list[ParsingChild] = []

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return what a file says.

        Raises:
            UnreadableFile: A reader refused it.
            OverLimits: It is too large, or it went over the limits.
        """
        megabytes = path.stat().st_size / 1e6
        if megabytes > self.limits.file_megabytes:
            raise OverLimits(
                f"it has {megabytes:,.0f} MB, more than the limit of {self.limits.file_megabytes}",
                hint="Keep the part that matters, or raise `file_megabytes` in copilot.toml.",
            )
        if not hasattr(self._local, "child"):
            self._local.child = ParsingChild(self.limits)
            self._children.append(self._local.child)
        child: ParsingChild = self._local.child
        return child.parse(path, name)

    def close(self) -> None:
        """End every child."""
        for child in self._children:
            child.close()


def _document(answer: dict[str, Any]) -> ParsedDocument:
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


class Watch:
    """Ends the child when a file takes too long, even if nobody is left to do it."""

    def __init__(self, answers: BinaryIO, seconds: float) -> None:
        self._answers = answers
        self._seconds = seconds

    def start(self) -> None:
        """Begin to count."""
        # The parent ends the child first; this is for when the parent itself has been killed.
        signal.setitimer(signal.ITIMER_REAL, self._seconds + 5)

    def stop(self) -> None:
        """Count no more."""
        signal.setitimer(signal.ITIMER_REAL, 0)

    def beat(self) -> None:
        """Give a sign of life and begin to count anew."""
        self._answers.write(_PULSE)
        self._answers.flush()
        self.start()


def _serve(requests: BinaryIO, answers: BinaryIO, seconds: float, prepare: Prepare) -> None:
    """Answer requests until there are no more: the life of the child."""
    watch = Watch(answers, seconds)
    read = prepare(watch)
    for line in requests:
        request = json.loads(line)
        path = Path(os.fsdecode(request["path"].encode("latin-1")))
        watch.start()
        try:
            answer = _encoded(read(path, request["name"]))
        except UnreadableFile as exc:
            answer = _encoded({"refused": str(exc), "hint": exc.hint})
        except MemoryError:
            raise
        except RecursionError:
            hint = "Export it in a flatter form."
            answer = _encoded({"refused": "it is nested too deeply", "hint": hint})
        except Exception as exc:  # noqa: BLE001  a parser may raise anything; the file is the cause
            kind = type(exc).__name__
            answer = _encoded(
                {
                    "refused": f"the reader failed on it ({kind}: {str(exc)[:200]})",
                    "hint": "Export it again, or in another format.",
                }
            )
        watch.stop()
        answers.write(answer + b"\n")
        answers.flush()


def _encoded(answer: dict[str, Any]) -> bytes:
    # Lone surrogates, which broken files produce, can be stored nowhere: they become `?`. Keys that
    # are no words, such as dates, can only stand in front matter that means nothing to us.
    text = json.dumps(answer, default=str, ensure_ascii=False, skipkeys=True)
    return text.encode("utf-8", "replace")


def _plain(document: ParsedDocument) -> dict[str, Any]:
    return {
        # PostgreSQL stores no NUL.
        "text": document.text.replace("\0", "\ufffd"),
        "title": document.title,
        "metadata": dict(document.metadata),
        "notes": document.notes,
        "blocks": [
            (b.kind.value, b.start, b.end, b.level, b.page, b.place, b.context)
            for b in document.blocks
        ],
    }


def _documents(watch: Watch) -> Callable[[Path, str], dict[str, Any]]:
    from copilot.adapters.readers import ocr, registry

    ocr.pulse = watch
    return lambda path, name: _plain(registry.read(path, name))


def serve(prepare: Prepare) -> None:
    """Be the child: read files within the limits that the command line names.

    Args:
        prepare: Called once; returns what makes JSON of a file.
    """
    limit = int(sys.argv[1]) * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Parsers that print must not be mistaken for answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        _serve(sys.stdin.buffer, answers, float(sys.argv[2]), prepare)


if __name__ == "__main__":
    serve(_documents)
