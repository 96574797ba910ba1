"""`copilot --server URL …`: have a running service carry a command out, and show what it shows."""

from __future__ import annotations

import base64
import ipaddress
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from copilot import config
from copilot.cli.console import print_note, stderr, stdout
from copilot.errors import BadInput, CopilotError, NotPermitted, NotSignedIn, ServiceUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import httpx

    from copilot.service.commands import Place

OPTION: Final = "--server"
TOKEN: Final = "COPILOT_TOKEN"  # noqa: S105  the name of a variable
TOKEN_FILE: Final = "COPILOT_TOKEN_FILE"  # noqa: S105

_SILENCE: Final = 60.0
"""Seconds without a sign of life after which the service is taken for gone; it gives one each five."""
_STDIN: Final = "stdin"
_FAILED: Final = 1
_MAKE_ONE: Final = (
    f"Put a token into {TOKEN}, or its file's name into {TOKEN_FILE}; the page People makes tokens."
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A command line as it is sent, and what its names stand for here."""

    arguments: list[str]
    files: dict[str, bytes] = field(default_factory=dict)
    written: dict[str, Path] = field(default_factory=dict)
    """Where a file goes that the command writes, by the name that it was sent under."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Names that were sent in place of those given."""


def addressed(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Return the service that a command line is for, and what is left of it; no service means here.

    Raises:
        BadInput: `--server` stands without an address.
        InvalidSettings: The settings of this folder cannot be used.
    """
    from copilot.service.commands import HERE

    left = list(arguments)
    if left and left[0] == OPTION:
        if len(left) < 2:
            raise BadInput("--server needs an address", hint="Such as https://copilot.example.com.")
        return _address(left[1]), left[2:]
    if left and left[0].startswith(f"{OPTION}="):
        return _address(left[0].partition("=")[2]), left[1:]
    # Without a command the help is shown; what only makes sense here is done here.
    if not left or left[0] in HERE or left[0].startswith("-") or "--help" in left:
        return "", left
    return _configured(), left


def run(server: str, arguments: Sequence[str]) -> int:
    """Have a service carry a command out; return its exit status.

    Raises:
        BadInput: The command does not go over the network, or a file that it names cannot be read.
        NotSignedIn: There is no token, or the service does not accept it.
        NotPermitted: It may not do this.
        ServiceUnreachable: The service is not there, speaks another form, or went away.
    """
    import httpx

    from copilot.service.commands import FORM

    sent = prepare(arguments)
    body = {
        "arguments": sent.arguments,
        "files": {name: base64.b64encode(one).decode() for name, one in sent.files.items()},
        "width": max(20, min(stdout.width, 500)),
        "colour": stdout.is_terminal,
    }
    headers = {"Authorization": f"Bearer {_token()}", "Accept": "text/event-stream"}
    _warn_of_plain(server)
    limits = httpx.Timeout(_SILENCE, connect=10.0)
    try:
        with (
            httpx.Client(timeout=limits) as client,
            client.stream(
                "POST", f"{server}/api/v1/commands", json=body, headers=headers
            ) as response,
        ):
            _check(server, response)
            return _shown(server, _events(response), sent, form=FORM)
    except httpx.TransportError as exc:
        raise ServiceUnreachable(
            f"{server} cannot be reached: {str(exc) or type(exc).__name__}",
            hint="Is `copilot serve` running there? What was begun may have been done.",
        ) from exc
    except httpx.InvalidURL as exc:
        raise BadInput(f"{server!r} is no address: {exc}") from exc


def prepare(arguments: Sequence[str]) -> Sent:
    """Return a command line with the files that it names, under names that may be sent.

    Raises:
        BadInput: It does not go over the network.
        OSError: A file cannot be read.
    """
    from copilot.service.commands import check_arguments, places, rule_of

    name, rule = rule_of(arguments)
    sent = Sent(list(arguments))
    for place in places(name, rule, arguments):
        given = arguments[place.index][place.begins :]
        if place.option in rule.writes:
            _prepare_to_write(sent, place, given)
        elif given == "-" and place.option:
            sent.files[_STDIN] = sys.stdin.buffer.read()
            _rename(sent, place, given, _STDIN)
        elif given and (given != "-") and Path(given).is_file():
            known = _named(given, f"file-{place.index}")
            sent.files[known] = Path(given).read_bytes()
            _rename(sent, place, given, known)
    check_arguments(sent.arguments)
    return sent


def _prepare_to_write(sent: Sent, place: Place, given: str) -> None:
    target = Path(given)
    if not given or target.is_dir() or not target.absolute().parent.is_dir():
        raise BadInput(f"{given!r} cannot be written: it is a folder, or its folder is not there")
    known = target.name if not target.name.startswith((".", "~")) else f"file-{place.index}"
    if target.is_file():
        # A command that does not replace files must see that there is one.
        sent.files[known] = target.read_bytes()
    sent.written[known] = target
    _rename(sent, place, given, known)


def _named(given: str, otherwise: str) -> str:
    """Return a file's name as it may be sent: itself, if it leads nowhere else."""
    from copilot.service.commands import check_name

    try:
        check_name(given)
    except BadInput:
        return f"{otherwise}{Path(given).suffix}"
    return given


def _rename(sent: Sent, place: Place, given: str, known: str) -> None:
    before = sent.arguments[place.index]
    sent.arguments[place.index] = before[: place.begins] + known
    if known != given:
        sent.renamed[known] = given


def _events(response: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield server-sent events: their names and their data."""
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def _shown(
    server: str, events: Iterator[tuple[str, dict[str, Any]]], sent: Sent, *, form: int
) -> int:
    for name, data in events:
        match name:
            case "begun" if data.get("form") != form:
                raise ServiceUnreachable(
                    f"{server} runs version {data.get('version')}, which this one cannot speak to",
                    hint="Install the same version here as there.",
                )
            case "stdout" | "stderr":
                stream = sys.stdout if name == "stdout" else sys.stderr
                stream.write(_as_given(data["text"], sent))
                stream.flush()
            case "file" if data["name"] in sent.written:
                sent.written[data["name"]].write_bytes(base64.b64decode(data["content"]))
            case "exit":
                if data["stopped"]:
                    stderr.print(f"The service stopped the command: {data['stopped']}.")
                return int(data["status"]) or (_FAILED if data["stopped"] else 0)
            case _:
                pass
    raise ServiceUnreachable(
        f"{server} broke off in the middle", hint="What the command had begun may have been done."
    )


def _as_given(text: str, sent: Sent) -> str:
    for known, given in sent.renamed.items():
        text = text.replace(known, given)
    return text


def _check(server: str, response: httpx.Response) -> None:
    """Raise what a service has refused a command for."""
    if response.status_code == 200 and _kind(response) == "text/event-stream":
        return
    response.read()
    problem: dict[str, Any] = {}
    if _kind(response) == "application/problem+json":
        problem = response.json()
    detail, hint = str(problem.get("detail", "")), str(problem.get("hint", ""))
    if response.status_code == 401:
        raise NotSignedIn(f"{server} does not accept the token", hint=_MAKE_ONE)
    if not detail or response.status_code in {404, 405}:
        raise ServiceUnreachable(
            f"{server} answered {response.status_code}, and not as a copilot of this version",
            hint="Check the address and the versions on both sides.",
        )
    if response.status_code == 403:
        raise NotPermitted(detail, hint=hint)
    if response.status_code in {400, 413, 422}:
        raise BadInput(detail, hint=hint)
    raise CopilotError(detail, hint=hint)


def _kind(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip()


def _token() -> str:
    """Return the token, which is no argument: those are seen by everybody on the machine."""
    if token := os.environ.get(TOKEN, "").strip():
        return token
    if not (named := os.environ.get(TOKEN_FILE, "").strip()):
        raise NotSignedIn("there is no token for the service", hint=_MAKE_ONE)
    try:
        token = Path(named).expanduser().read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise BadInput(f"{TOKEN_FILE} names {named}, which cannot be read as a token") from exc
    if not token or not token.isprintable() or " " in token:
        raise BadInput(f"{TOKEN_FILE} names {named}, which holds no token")
    return token


def _configured() -> str:
    if config.SERVER in os.environ:
        return _address(os.environ[config.SERVER]) if os.environ[config.SERVER] else ""
    try:
        return _address(config.find_workspace().settings.server)
    except BadInput:
        return ""  # the command itself says what is wrong here, where it needs a workspace


def _address(given: str) -> str:
    parts = urlsplit(given.strip())
    if not given.strip():
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username:
        raise BadInput(
            f"{given!r} is no address of a service", hint="Such as https://copilot.example.com."
        )
    return given.strip().rstrip("/")


def _warn_of_plain(server: str) -> None:
    parts = urlsplit(server)
    try:
        near = ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        near = parts.hostname == "localhost"
    if parts.scheme == "http" and not near:
        print_note(f"{server} is not encrypted: whoever is on the way can read the token.")
