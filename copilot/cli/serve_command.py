"""`copilot serve`: the API and the pages, until it is stopped."""

from __future__ import annotations

import ipaddress
import webbrowser
from typing import TYPE_CHECKING, Annotated

import typer

from copilot import config
from copilot.cli.console import stderr, write
from copilot.errors import BadInput

if TYPE_CHECKING:
    from copilot.bootstrap.service import Service


def _form(text: str) -> str:
    word = text.strip().lower()
    if word not in {"plain", "json"}:
        raise BadInput(f"{text!r} is no form of a log", hint="Forms are plain and json.")
    return word


def serve(
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="N", min=1, max=65535, help="The port to listen on.")
    ] = 8000,
    open_page: Annotated[
        bool, typer.Option("--open", help="Open the pages in this machine's browser.")
    ] = False,
    log: Annotated[
        str,
        typer.Option(
            metavar="FORM", parser=_form, help="How requests are logged on stderr: plain or json."
        ),
    ] = "plain",
) -> None:
    """Serve the API and the pages of this workspace."""
    from copilot.service import logs
    from copilot.service.parts import Options
    from copilot.service.running import serve as run

    logs.begin("json" if log == "json" else "plain")
    workspace = config.find_workspace()
    options = Options(host=host, port=port, public_url=workspace.settings.public_url)
    if not _is_loopback(host) and not options.secure:
        stderr.print(
            f"[yellow]{host} can be reached from other machines:[/] put TLS in front of it, and set "
            "`public_url`."
        )

    def listening(service: Service, link: str) -> None:
        write(f"Serving {workspace.root.name} on {options.url}")
        write("For a first look, open this link on this machine; it signs you in once:")
        print(link, flush=True)
        write("Ctrl-C stops the service.")
        if open_page:
            webbrowser.open(link)
        service.mappings.ahead.when_idle()

    run(workspace, options, listening=listening)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
