"""Which model a setting names, where it is served and with what key; nothing heavy is imported."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from copilot.adapters.server_urls import check_url
from copilot.errors import InvalidSettings

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What is to be known of a provider before its package is imported."""

    package: str
    extra: str = ""
    """The extra of this product that installs it; empty if it always is."""
    keys: tuple[str, ...] = ()
    """Variables that hold its key, the first that is set counts."""
    urls: tuple[str, ...] = ()
    """Variables that hold its address."""
    url: str = ""
    """Its address, if nothing names another."""


PROVIDERS: Final = {
    "openai": Provider(
        package="langchain_openai",
        keys=("OPENAI_API_KEY",),
        urls=("OPENAI_API_BASE", "OPENAI_BASE_URL"),
        url="https://api.openai.com/v1",
    ),
    "azure_openai": Provider(
        package="langchain_openai",
        keys=("AZURE_OPENAI_API_KEY",),
        urls=("AZURE_OPENAI_ENDPOINT",),
    ),
    "anthropic": Provider(
        package="langchain_anthropic",
        extra="anthropic",
        keys=("ANTHROPIC_API_KEY",),
        urls=("ANTHROPIC_API_URL", "ANTHROPIC_BASE_URL"),
        url="https://api.anthropic.com",
    ),
    "ollama": Provider(
        package="langchain_ollama",
        extra="ollama",
        urls=("OLLAMA_HOST",),
        url="http://127.0.0.1:11434",
    ),
}

_AZURE_VERSION: Final = "2024-10-21"
"""The first version of Azure's API, previews aside, that takes a JSON schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Which model, where, and with what key."""

    provider: str
    model: str
    url: str
    key: str = field(default="", repr=False)
    keys: str = ""
    """Where the key comes from, for a person."""
    api_version: str = ""

    @property
    def name(self) -> str:
        """Provider and model, as in the setting."""
        return f"{self.provider}:{self.model}"

    @property
    def local(self) -> bool:
        """Whether what is sent stays on this machine."""
        # A local Ollama passes such models on to ollama.com.
        passed_on = self.provider == "ollama" and self.model.endswith(("-cloud", ":cloud"))
        return is_loopback(self.url) and not passed_on


def find_address(model: str, *, base_url: str, api_key_file: Path | None, setting: str) -> Address:
    """Return the model that a setting names; `chat_models.connect` has the arguments.

    Raises:
        InvalidSettings: It names no model that can be used, its package or its key is missing.
    """
    named, colon, rest = model.strip().partition(":")
    provider = PROVIDERS.get(named)
    if provider is None or not rest.strip():
        # What is no provider is not shown: it may be a key that was put in the wrong place.
        raise InvalidSettings(
            f"`{setting}` {'names no known provider' if colon and rest else 'is not PROVIDER:NAME'}; "
            f"the providers are {', '.join(PROVIDERS)}",
            hint="Any server that speaks OpenAI's API is openai:NAME with `base_url`.",
        )
    if importlib.util.find_spec(provider.package) is None:
        extra = f'Run: pip install "soc2-copilot[{provider.extra}]"'
        raise InvalidSettings(
            f"`{setting}` names the provider {named}, whose package is not installed",
            hint=extra if provider.extra else "Run `make install`.",
        )
    url = _url(provider, base_url)
    key, keys = _key(provider, api_key_file)
    address = Address(
        provider=named,
        model=rest.strip(),
        url=url,
        key=key,
        keys=keys,
        api_version=os.environ.get("OPENAI_API_VERSION", "") or _AZURE_VERSION,
    )
    token = named == "azure_openai" and os.environ.get("AZURE_OPENAI_AD_TOKEN")
    if provider.keys and not (key or token or is_loopback(url)):
        raise InvalidSettings(
            f"`{setting}` names the provider {named}, and there is no key for it",
            hint=f"Set {provider.keys[0]}, or `api_key_file` to a file that holds the key.",
        )
    return address


def is_loopback(url: str) -> bool:
    """Say whether a URL leads to this machine, whatever it is connected to."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _url(provider: Provider, base_url: str) -> str:
    """Return where the model is served.

    Raises:
        InvalidSettings: It is no such address, or holds what would be printed with it.
    """
    named = next((name for name in provider.urls if os.environ.get(name, "").strip()), "")
    where = "`base_url`" if base_url.strip() else named or "`base_url`"
    url = base_url.strip() or os.environ.get(named, "").strip() or provider.url
    if provider.extra == "ollama" and url and "://" not in url:
        host = f"127.0.0.1{url}" if url.startswith(":") else url
        url = f"http://{host}" if ":" in host.rsplit("]", 1)[-1] else f"http://{host}:11434"
    return check_url(url, where=where, error=InvalidSettings)


def _key(provider: Provider, file: Path | None) -> tuple[str, str]:
    """Return the key, or nothing, and where it comes from.

    Raises:
        InvalidSettings: The file cannot be read, or what it holds is no key.
    """
    named = provider.keys[0] if provider.keys else ""
    where = f"{named}, or the setting `api_key_file`" if named else "the setting `api_key_file`"
    key = ""
    if file is not None:
        where = f"{file}, which `api_key_file` names"
        try:
            key = file.read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as exc:
            why = getattr(exc, "strerror", None) or "it is not text"
            raise InvalidSettings(f"`api_key_file` names {file}: {why}") from None
        if not key:
            raise InvalidSettings(f"`api_key_file` names {file}, which is empty")
    elif named and os.environ.get(named, "").strip():
        key, where = os.environ[named].strip(), named
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise InvalidSettings(f"what stands in {where} is no key: a key is one word")
    return key, where
