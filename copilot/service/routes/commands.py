"""Commands over the network: what `copilot --server URL` sends."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Annotated, Any, Final

import anyio
import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

import copilot
from copilot.errors import BadInput, NotPermitted
from copilot.service.access import Caller, Needs, check
from copilot.service.commands import FORM, Rule, check_arguments, check_name, places
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.running_commands import Ordered, Over, Quiet, Running, Said, Wrote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from copilot.bootstrap.service import Service
    from copilot.service.running_commands import Event
    from copilot.service.slots import Slots

router: Final = APIRouter(prefix="/commands", tags=["commands"])

_MOST_FILES: Final = 20
_SIGN_OF_LIFE: Final = 5


class CommandBody(BaseModel):
    """A command line, with the files that it names."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"arguments": ["catalog", "CC6.1", "--json"]}]},
    )

    arguments: list[str] = Field(
        min_length=1, max_length=200, description="What stands after `copilot`."
    )
    files: dict[str, str] = Field(
        default={},
        max_length=_MOST_FILES,
        description="The content of files that the arguments name, in Base64, by their names.",
    )
    width: int = Field(default=80, ge=20, le=500, description="Columns of the terminal.")
    colour: bool = Field(default=False, description="Whether it shows colours.")


@router.post(
    "",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Server-sent events: `begun` with the version, `stdout` and `stderr` with `text`, "
            "`file` with `name` and `content` in Base64, and `exit` with the `status`.",
            "content": {
                "text/event-stream": {
                    "example": 'event: stdout\ndata: {"text": "CC6.1 …"}\n\n'
                    'event: exit\ndata: {"status": 0, "stopped": ""}\n\n',
                }
            },
        }
    },
)
async def run_command(
    body: CommandBody,
    request: Request,
    service: ServiceOf,
    caller: Annotated[Caller, Needs(Permission.ASK)],
) -> StreamingResponse:
    """Run a command of the command line for the caller, and stream what it prints.

    What it may do is decided by the role, the token's scopes, and the command's own rules. It acts as the
    caller: `--as` is refused, and so are paths that are no files sent along.
    """
    order = await anyio.to_thread.run_sync(_order, body, service, caller)
    events = _events(request, service.workspace.root, order)
    # It begins before the response does: a stream that never began would be closed by nobody.
    begun = await anext(events)
    return StreamingResponse(_all(begun, events), media_type="text/event-stream")


def _order(body: CommandBody, service: Service, caller: Caller) -> Ordered:
    name, rule = check_arguments(body.arguments)
    check(caller, rule.permission)
    _check_reach(service, caller, rule)
    wanted = [one for one in places(name, rule, body.arguments) if one.option in rule.writes]
    return Ordered(
        arguments=tuple(body.arguments),
        files=_files(body.files),
        wanted=tuple(body.arguments[one.index][one.begins :] for one in wanted),
        width=body.width,
        colour=body.colour,
        principal=caller.principal.id,
    )


async def _all(begun: bytes, events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield begun
    async for one in events:
        yield one


async def _events(request: Request, home: Path, order: Ordered) -> AsyncIterator[bytes]:
    slots: Slots = request.app.state.commands
    slots.take(order.principal)
    try:
        running = await anyio.to_thread.run_sync(Running, home, order)
        try:
            yield _event("begun", {"form": FORM, "version": copilot.__version__})
            async for happened in _happening(request, running):
                yield _told(happened)
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(running.close)
    finally:
        slots.give_back(order.principal)


async def _happening(request: Request, running: Running) -> AsyncIterator[Event]:
    """Yield what happens, until it is over or nobody listens any more."""
    quiet = 0
    while True:
        happened = await anyio.to_thread.run_sync(running.next)
        if isinstance(happened, Over):
            for file in await anyio.to_thread.run_sync(running.files):
                yield file
            yield happened
            return
        if not isinstance(happened, Quiet):
            quiet = 0
            yield happened
            continue
        quiet += 1
        if await request.is_disconnected():
            return
        if quiet % _SIGN_OF_LIFE == 0:
            yield happened


def _told(happened: Event) -> bytes:
    match happened:
        case Said(stream, text):
            return _event(stream, {"text": text})
        case Wrote(name, content):
            return _event("file", {"name": name, "content": base64.b64encode(content).decode()})
        case Over(status, stopped):
            return _event("exit", {"status": status, "stopped": stopped})
        case Quiet():
            return b": still running\n\n"


def _event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def _check_reach(service: Service, caller: Caller, rule: Rule) -> None:
    lacking = set(service.copilot.truth.audiences()) - caller.principal.audiences
    if rule.shows_all and lacking:
        raise NotPermitted(
            "this command names the files of every audience, and you may not read them all",
            hint="Ask somebody who may; uploads and their jobs show what is yours to see.",
        )


def _files(given: dict[str, str]) -> dict[str, bytes]:
    files = {}
    for name, content in given.items():
        check_name(name)
        try:
            files[name] = base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError) as exc:
            raise BadInput(f"the file {name[:80]!r} is not in Base64") from exc
    nested = {parent for name in files for parent in _parents(name)}
    if both := nested & files.keys():
        raise BadInput(f"{min(both)[:80]!r} is named as a file and as a folder")
    return files


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]
