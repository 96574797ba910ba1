"""What routes share: the service behind the application, and what it was started with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from copilot.bootstrap.service import Service

MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How one process serves."""

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    """What people call the service by, if not by host and port."""
    requests_a_minute: int = 6_000
    """How many requests one principal may make."""

    @property
    def url(self) -> str:
        """Where the service is reached, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def secure(self) -> bool:
        """Whether browsers reach the service over TLS, so that its cookies may ask for it."""
        return self.url.startswith("https://")


def service_of(request: Request) -> Service:
    """Return the service behind the application that a request came to."""
    service: Service = request.app.state.service
    return service


def options_of(request: Request) -> Options:
    """Return what the application was started with."""
    options: Options = request.app.state.options
    return options


async def _service(request: Request) -> Service:
    # What need not wait is no work for a thread.
    return service_of(request)


async def _options(request: Request) -> Options:
    return options_of(request)


ServiceOf = Annotated[Service, Depends(_service)]
OptionsOf = Annotated[Options, Depends(_options)]
