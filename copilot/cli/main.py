"""The command `copilot`: gather the commands, turn errors into exit statuses."""

from __future__ import annotations

import errno
import os
import sys
from typing import Annotated, Final

import typer
from typer.exceptions import TyperException

import copilot
from copilot.cli import (
    ask_command,
    catalog_command,
    check_command,
    description_command,
    doctor_command,
    draft_command,
    export_command,
    ingest_command,
    init_command,
    log_command,
    map_command,
    readiness_command,
    remote,
    response_command,
    review_command,
    search_command,
    serve_command,
    slack_command,
)
from copilot.cli.console import (
    prepare_logging,
    prepare_streams,
    print_error,
    print_json,
    stderr,
)
from copilot.cli.help import Commands
from copilot.errors import BadInput, CopilotError

_FAILED: Final = 1
_MISUSED: Final = 2
_STOPPED: Final = 130

_PLAINER: Final = {
    "Input should be a valid integer, unable to parse string as an integer": "it is no whole number",
    "Input should be a valid number, unable to parse string as a number": "it is no number",
    "Input should be greater than or equal to": "it must be at least",
    "Input should be less than or equal to": "it must be at most",
}
"""What a library says of a number, and how a person would."""

app = Commands(
    name="copilot",
    help="A SOC 2 copilot: it cites, every citation is checked, and a person approves.",
    epilog="Exit status: 0 done, 1 failed, 2 used wrongly, 3 no answer.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
)
app.command("init")(init_command.init)
app.command("ingest")(ingest_command.ingest)
app.command("ask")(ask_command.ask)
app.command("search")(search_command.search)
app.command("catalog")(catalog_command.catalog)
app.command("map")(map_command.map_)
app.command("readiness")(readiness_command.readiness)
draft_command.app.command("response")(response_command.response)
draft_command.app.command("check")(check_command.check)
draft_command.app.command("description")(description_command.description)
app.add_typer(draft_command.app, name="draft")
review_command.app.command("export")(export_command.export)
app.add_typer(review_command.app, name="review")
app.add_typer(log_command.app, name="log")
app.command("serve")(serve_command.serve)
app.command("slack")(slack_command.slack)
app.command("doctor")(doctor_command.doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(copilot.__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    server: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Have a running service carry the command out, with the token in COPILOT_TOKEN.",
        ),
    ] = "",
) -> None:
    """Options that stand before a command."""


def run() -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 used wrongly, 3 abstained."""
    prepare_streams()
    prepare_logging()
    status = _run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:
        status = _pipe_closed()
    sys.exit(status)


def _run(arguments: list[str]) -> int:
    status: object
    try:
        server, arguments = remote.addressed(arguments)
        if server:
            status = remote.run(server, arguments)
        else:
            status = app(arguments, prog_name="copilot", standalone_mode=False)
    except CopilotError as exc:
        misused = isinstance(exc, BadInput)
        return _report(exc, str(exc), exc.hint, _MISUSED if misused else _FAILED)
    except TyperException as exc:
        return _report(exc, *_usage(exc), exc.exit_code)
    except KeyboardInterrupt:
        status = _STOPPED
    except OSError as exc:
        if exc.errno == errno.EPIPE:
            return _pipe_closed()
        return _report(exc, *_system(exc), _FAILED)
    except Exception as exc:
        if os.environ.get("COPILOT_DEBUG"):
            raise
        about = f"{type(exc).__name__}: {exc}"
        hint = "This is a fault of the product. COPILOT_DEBUG=1 shows where; please report it."
        return _report(exc, f"something unexpected happened: {about}", hint, _FAILED)
    if status == _STOPPED:
        stderr.print("Stopped.")
    return status if isinstance(status, int) else 0


def _report(problem: Exception, message: str, hint: str, status: int) -> int:
    """Say what went wrong to the reader, and to a program that asked for JSON."""
    if not message:  # the help was shown in place of an error
        return status
    if _wants_json():
        error = {"type": type(problem).__name__, "message": message, "hint": hint}
        print_json({"status": "failed" if status == _FAILED else "misused", "error": error})
    print_error(message, hint)
    return status


def _wants_json() -> bool:
    arguments = sys.argv[1:]
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def _usage(problem: TyperException) -> tuple[str, str]:
    context = getattr(problem, "ctx", None)
    hint = f"`{context.command_path} --help` shows how it is used." if context else ""
    message = problem.format_message()
    if "no such option: --server" in message.lower():
        # Whatever its name is near to: it is there, in another place.
        return "--server stands before the command", "For example: copilot --server URL doctor"
    for said, plainer in _PLAINER.items():
        message = message.replace(said, plainer)
    return message[:1].lower() + message[1:].removesuffix("."), hint


def _system(problem: OSError) -> tuple[str, str]:
    what = problem.strerror or str(problem)
    message = f"{problem.filename}: {what}" if problem.filename else what
    hints = {
        errno.ENOSPC: "Make room; what was stored stays, and `copilot ingest` goes on from there.",
        errno.EROFS: "The product keeps its data in .copilot/ of the workspace: it must be writable.",
        errno.EACCES: "Check who may read and write it.",
    }
    return message, hints.get(problem.errno or 0, "")


def _pipe_closed() -> int:
    """Stop quietly: whoever read our output, `head` for one, has seen enough."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())  # so that the interpreter's own flush succeeds
    return _FAILED
