"""Run the service in this process until somebody stops it."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final

import uvicorn

from copilot.bootstrap.service import Service
from copilot.errors import BadInput
from copilot.replacing import replacing
from copilot.service.app import build_app
from copilot.service.connections import PromptConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

    from copilot.config import Workspace
    from copilot.service.parts import Options

SERVING: Final = "serving.json"
"""The file in the workspace's folder of state that says where the service is; locks read it."""

_DRAIN_SECONDS: Final = 20


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._listening()


def serve(
    workspace: Workspace, options: Options, *, listening: Callable[[Service, str], None]
) -> None:
    """Serve until the process is told to stop; requests that are at work are finished first.

    Args:
        workspace: What is served.
        options: Where, and how.
        listening: Is told the service and the link for a first look, as soon as requests are taken.

    Raises:
        BadInput: The address cannot be listened on.
        TruthUnavailable: The database cannot be used; and whatever else keeps the service from starting.
    """
    taken = _listen(options)
    askers = workspace.settings.askers or len(os.sched_getaffinity(0))
    service = Service(workspace, askers=askers)
    app = build_app(service, options)
    config = uvicorn.Config(
        app,
        http=PromptConnection,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        timeout_keep_alive=15,
    )
    link = f"{options.url}/sign-in/first-look?key={app.state.first_look.link_key()}"
    with taken, _findable(workspace, options), _attached(app, service, options):
        try:
            _Server(config, lambda: listening(service, link)).run(sockets=[taken])
        except SystemExit:
            if app.state.problem is None:
                raise
        if app.state.problem is not None:
            raise app.state.problem


@contextlib.contextmanager
def _attached(app: FastAPI, service: Service, options: Options) -> Iterator[None]:
    """Let what else is installed answer below addresses of its own: bots, for one.

    They know this package, and it knows none of them.
    """
    with contextlib.ExitStack() as stack:
        for found in entry_points(group="copilot.routes"):
            if (routes := found.load()(service, url=options.url)) is not None:
                app.include_router(routes.router(), include_in_schema=False)
                stack.callback(routes.close)
        yield


@contextlib.contextmanager
def _findable(workspace: Workspace, options: Options) -> Iterator[None]:
    """Say where the service is, for those who find the workspace busy."""
    about = workspace.state / SERVING
    about.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(OSError), replacing(about, private=True) as file:
        file.write_text(json.dumps({"url": options.url, "pid": os.getpid()}), encoding="utf-8")
    try:
        yield
    finally:
        about.unlink(missing_ok=True)


def _listen(options: Options) -> socket.socket:
    """Return a socket that listens, before anything slow is begun."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        return socket.create_server((options.host, options.port), family=family, backlog=512)
    except (OSError, OverflowError) as exc:
        # The library adds to the reason what it was doing, with the address once more.
        why = str(exc.args[-1]).partition(" (while")[0]
        hint = "Name an address of this machine with --host, such as 127.0.0.1."
        if isinstance(exc, OverflowError) or exc.errno in {errno.EADDRINUSE, errno.EACCES}:
            hint = "Another process may serve there: name another port with --port."
        raise BadInput(
            f"{options.host}:{options.port} cannot be listened on: {why}", hint=hint
        ) from exc
