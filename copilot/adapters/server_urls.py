"""Addresses of servers that settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from copilot.errors import CopilotError


def check_url(url: str, *, where: str, error: type[CopilotError]) -> str:
    """Return the address of a server without a slash at its end.

    Args:
        url: What the setting holds.
        where: The setting's name, for messages.
        error: What to raise.

    Raises:
        CopilotError: Of the class `error`: it is no address, or holds what must not be printed.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise error(
            f"{where} is no address of a server" if url else f"{where} has to name the server",
            hint="It takes a URL such as http://127.0.0.1:8000/v1.",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise error(
            f"{where} holds more than an address",
            hint="A key or password goes into `api_key_file` or the provider's variable.",
        )
    return url.rstrip("/")
