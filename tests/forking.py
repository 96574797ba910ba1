"""The command as a process of its own, without waiting for its imports each time.

A server imports what the commands need, once. For each command it makes a copy of itself (a fork), which
runs the command from its first line to its exit: own memory, own streams, own folder, own environment.
What the interpreter settles when it starts is settled when the server starts: warnings, the encoding of
the streams, the order of sets. Tests of these, and of what is imported, start a new interpreter instead.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

_LONGEST = 120
"""Seconds after which a command is ended."""

_STREAMS = (("r", "strict"), ("w", "strict"), ("w", "backslashreplace"))
"""Mode and errors of stdin, stdout and stderr, as Python has them."""

_PARTS = (
    "copilot.__main__",
    "copilot.cli.main",
    "chromadb.api.rust",
    "chromadb.telemetry.product.posthog",
    "copilot.accounts.register",
    "copilot.adapters.chroma",
    "copilot.adapters.control_files",
    "copilot.adapters.locks",
    "copilot.adapters.parsing",
    "copilot.adapters.sql.accounts",
    "copilot.adapters.sql.database",
    "copilot.adapters.sql.events",
    "copilot.adapters.sql.mappings",
    "copilot.adapters.sql.reviews",
    "copilot.adapters.sql.truth",
    "copilot.adapters.tantivy",
    "copilot.answering.asking",
    "copilot.drafting.markup",
    "copilot.drafting.policies",
    "copilot.health",
    "copilot.ingestion.pipeline",
    "copilot.retrieval.copying",
    "copilot.retrieval.following",
    "copilot.retrieval.search",
    "copilot.service.commands",
    "rich.status",
    "tokenizers",
)
"""What most commands import. ONNX Runtime is not among it: it starts a thread, which a fork would lack."""


@contextlib.contextmanager
def commands(*under):
    """Start a server; yield a function that runs a command as a fork of it and returns it, finished.

    Args:
        under: The beginning of the server's command line: a program that takes rights away, say.
    """
    quiet = ("COPILOT_", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(quiet)}
    # With more, the library of matrices would start a thread.
    kept |= {"PYTHONWARNINGS": "default", "OPENBLAS_NUM_THREADS": "1"}
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            server = subprocess.Popen(
                [*under, sys.executable, "-m", "tests.forking", str(theirs.fileno())],
                cwd=Path(__file__).parents[1],
                env=kept,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

        def run(*arguments, cwd, environment, text=None, first=()):
            request = {
                "arguments": [str(one) for one in arguments],
                "cwd": str(cwd),
                "environment": environment,
                "first": [[str(word) for word in line] for line in first],
            }
            with contextlib.ExitStack() as stack:
                files = [stack.enter_context(tempfile.TemporaryFile()) for _ in _STREAMS]
                files[0].write((text or "").encode())
                files[0].seek(0)
                _send(ours, request, [one.fileno() for one in files])
                status, _ = _receive(ours)
                said = [_content(one) for one in files[1:]]
            return subprocess.CompletedProcess(arguments, status, *said)

        yield run
    server.wait()


def _content(file):
    file.seek(0)
    return file.read().decode().replace("\r\n", "\n")


def _send(connection, document, descriptors=()):
    content = json.dumps(document).encode()
    socket.send_fds(connection, [len(content).to_bytes(8, "big")], descriptors)
    connection.sendall(content)


def _receive(connection):
    head, descriptors, *_ = socket.recv_fds(connection, 8, len(_STREAMS), socket.MSG_WAITALL)
    missing, content = int.from_bytes(head, "big"), b""
    while missing > len(content) and (more := connection.recv(missing - len(content))):
        content += more
    if not content or len(content) < missing:
        raise EOFError("the other side is gone")
    return json.loads(content), descriptors


def _serve(connection):
    """Fork for each command that is asked for; return in the fork, which then is that command."""
    for name in _PARTS:
        importlib.import_module(name)
    threads = Path("/proc/self/task")
    if threads.is_dir() and len(list(threads.iterdir())) > 1:
        sys.exit("a library started a thread when it was imported: leave it out of _PARTS")
    gc.freeze()  # what is shared stays shared
    while True:
        try:
            request, streams = _receive(connection)
        except EOFError:
            sys.exit()
        if not (child := os.fork()):
            return request, streams
        for one in streams:
            os.close(one)
        _send(connection, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _become(request, streams):
    """Be as a process that was started with these streams, folder and environment."""
    signal.alarm(_LONGEST)
    for number, (stream, (mode, errors)) in enumerate(zip(streams, _STREAMS, strict=True)):
        os.dup2(stream, number)
        os.close(stream)
        file = open(number, mode, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115
        setattr(sys, ("stdin", "stdout", "stderr")[number], file)
    for line in request["first"]:
        subprocess.run(line, check=True)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    tempfile.tempdir = None  # as the environment now has it
    sys.path[0] = request["cwd"]
    sys.argv = [importlib.import_module("copilot.__main__").__file__, *request["arguments"]]


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        wanted = _serve(asked)
    _become(*wanted)
    importlib.import_module("copilot.__main__").run()
