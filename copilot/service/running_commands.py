"""Run one command as a process of its own, for somebody else: bounded, and in a folder of its own."""

from __future__ import annotations

import codecs
import contextlib
import os
import queue
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import copilot
from copilot.config import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS: Final = 1_800
"""How long a command may run."""

_MEMORY: Final = 16 * 1024**3
"""Bytes of addresses that a command may take; an encoder reserves many times what it uses."""

_OUTPUT: Final = 50_000_000
_FILE: Final = 100_000_000
_PIECE: Final = 65_536
_GRACE: Final = 5.0
_NICER: Final = 5
_POLL: Final = 1.0

_KEPT: Final = (
    "PATH", "HOME", "LANG", "LC_", "TZ", "TMPDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "PG",
    "OPENAI_", "AZURE_OPENAI_", "ANTHROPIC_", "OLLAMA_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_", "REQUESTS_CA_BUNDLE", "OMP_NUM_THREADS",
    "COPILOT_CACHE_DIR", "HF_HOME", "HF_HUB_OFFLINE",
)  # fmt: skip
"""Beginnings of the variables that a command gets of ours: what it is to find, to speak to, to be let in."""

_SECRETS: Final = ("_SECRET", "_TOKEN", "_PASSWORD", "_SECRET_FILE", "_TOKEN_FILE")
"""Endings of settings that only the service itself needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A command that was let through."""

    arguments: tuple[str, ...]
    files: Mapping[str, bytes]
    """What the arguments name, by the names that they use."""
    wanted: tuple[str, ...]
    """The names of files that it is to write."""
    width: int
    colour: bool
    principal: str
    """The id of whom it acts for."""

    def __post_init__(self) -> None:
        if not self.principal:
            raise ValueError("a command acts for somebody")


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of what a command printed."""

    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """A file that a command wrote."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing was printed for a second."""


@dataclass(frozen=True, slots=True)
class Over:
    """The end of a command."""

    status: int
    stopped: str = ""
    """Why it was stopped before its end; empty if it was not."""


Event = Said | Wrote | Quiet | Over


class Running:
    """A command that runs. `stop` may be called from any thread."""

    def __init__(self, home: Path, order: Ordered, *, seconds: float = SECONDS) -> None:
        """Start it.

        Args:
            home: The workspace.
            order: What is to run.
            seconds: How long it may.

        Raises:
            OSError: It cannot be started.
        """
        self._order = order
        self._until = time.monotonic() + seconds
        self._folder = Path(tempfile.mkdtemp(prefix="copilot-command-"))
        self._queue: queue.Queue[Said | None] = queue.Queue(maxsize=64)
        self._closed = threading.Event()
        self._printed = 0
        self._stopped = ""
        try:
            for name, content in order.files.items():
                place = self._folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
            self._process = subprocess.Popen(  # noqa: S603  the arguments were checked; there is no shell
                # -P: what was uploaded must not be taken for a module.
                [sys.executable, "-P", "-m", "copilot", *order.arguments],
                cwd=self._folder,
                env=environment(home, order),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self._bound()
        streams = {"stdout": self._process.stdout, "stderr": self._process.stderr}
        for stream in streams.items():
            threading.Thread(target=self._read, args=stream, daemon=True).start()
        self._reading = len(streams)

    def next(self) -> Event:
        """Return what happens next; `Over` is the last, `Quiet` comes each second without anything."""
        while True:
            if time.monotonic() > self._until:
                self.stop("it ran longer than allowed")
            try:
                said = self._queue.get(timeout=_POLL)
            except queue.Empty:
                return Quiet()
            if said is not None:
                return self._counted(said)
            self._reading -= 1
            if not self._reading:
                return self._over()

    def files(self) -> list[Wrote]:
        """Return the files that were asked for and that the command wrote."""
        found = []
        for name in self._order.wanted:
            place = self._folder / name
            if place.is_symlink() or not place.is_file() or place.stat().st_size > _FILE:
                continue
            content = place.read_bytes()
            if self._order.files.get(name) != content:
                found.append(Wrote(name, content))
        return found

    def stop(self, why: str) -> None:
        """End the command, and whatever it started; do nothing if it has ended."""
        if self._process.poll() is not None:
            return
        self._stopped = self._stopped or why
        self._signal(signal.SIGINT)
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)

    def close(self) -> None:
        """End the command if it runs, and drop its folder."""
        self.stop("nobody waits for it")
        # Children of its own may still hold the pipes.
        self._signal(signal.SIGKILL)
        self._closed.set()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _bound(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            pid = self._process.pid
            resource.prlimit(pid, resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
            # Those who ask on a page wait for nobody's command.
            os.setpriority(os.PRIO_PROCESS, pid, _NICER)

    def _read(self, name: str, stream: IO[bytes]) -> None:
        decode = codecs.getincrementaldecoder("utf-8")("replace")
        with stream:
            while piece := os.read(stream.fileno(), _PIECE):
                if text := decode.decode(piece):
                    self._put(Said(name, text))
        if text := decode.decode(b"", final=True):
            self._put(Said(name, text))
        self._put(None)

    def _put(self, said: Said | None) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(queue.Full):
                self._queue.put(said, timeout=_POLL)
                return

    def _counted(self, said: Said) -> Event:
        self._printed += len(said.text)
        if self._printed <= _OUTPUT:
            return said
        self.stop("it printed more than allowed")
        return Quiet()

    def _over(self) -> Over:
        status = self._process.wait()
        # As a shell has it, where a signal ended it.
        return Over(128 - status if status < 0 else status, self._stopped)


def environment(home: Path, order: Ordered) -> dict[str, str]:
    """Return the variables that a command sees: settings and keys that it needs, and no other secret."""
    settings = {f"COPILOT_{name.upper()}" for name in Settings.model_fields}
    made = {
        name: value
        for name, value in os.environ.items()
        if (name.startswith(_KEPT) or name in settings)
        and not (name.startswith("COPILOT_") and name.endswith(_SECRETS))
    }
    package = str(Path(copilot.__file__).resolve().parents[1])
    paths = [package, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    made |= {
        "COPILOT_HOME": str(home),
        "COPILOT_PRINCIPAL": order.principal,
        # Neither the variable nor the file of the workspace sends it on to another service.
        "COPILOT_SERVER": "",
        "COLUMNS": str(order.width),
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "PYTHONSAFEPATH": "1",
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
    }
    return made | (
        {"FORCE_COLOR": "1", "TERM": "xterm-256color"} if order.colour else {"NO_COLOR": "1"}
    )
