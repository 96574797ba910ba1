"""What the values of settings mean, as people write them in a file or in a variable.

Each function takes what was written and returns what it stands for, or raises `ValueError` with words for
whoever wrote it: that is what pydantic takes for a value that cannot be used.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from copilot.domain.access import Audience, Role, parse_audience
from copilot.domain.periods import Period, parse_period
from copilot.errors import InvalidAudience, InvalidPeriod


def period(value: object) -> object:
    """Read a period; an empty text is none."""
    if value is None or isinstance(value, Period):
        return value
    if not isinstance(value, str):
        # pydantic reports a ValueError as a wrong value, and lets a TypeError through.
        raise ValueError('a period is text, such as "2026-01-01..2026-12-31"')  # noqa: TRY004
    try:
        return parse_period(value) if value.strip() else None
    except InvalidPeriod as exc:
        raise ValueError(f"{exc}. {exc.hint}".removesuffix(". ")) from exc


def patterns(value: object) -> object:
    """Read regular expressions, one a line."""
    # A comma may be part of an expression, so a variable holds one expression in a line.
    return tuple(value.splitlines()) if isinstance(value, str) else value


def prices(value: object) -> object:
    """Read two prices."""
    if value is None or value == "":
        return None
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or len(listed) != len(("read", "written")):
        raise ValueError("it takes two numbers, such as [0.4, 1.6]")
    try:
        read, wrote = (float(one) for one in listed)
    except (TypeError, ValueError) as exc:
        raise ValueError("it takes two numbers, such as [0.4, 1.6]") from exc
    return read, wrote


def listed(value: object) -> object:
    """Read words with commas between them, as people write them."""
    if isinstance(value, str):
        value = [one for one in value.split(",") if one.strip()]
    if isinstance(value, list | tuple):
        # As people write them: `Processing Integrity`, `processing-integrity`.
        return [" ".join(re.split(r"[\s_-]+", str(one).strip().lower())) for one in value]
    return value


def audiences(value: object) -> object:
    """Read a list of audiences."""
    if isinstance(value, str):
        value = [one for one in value.split(",") if one.strip()]
    if not isinstance(value, list | tuple):
        raise ValueError('it takes a list, such as ["board"]')  # noqa: TRY004  as in `period`
    try:
        return tuple(parse_audience(str(one)) for one in value)
    except InvalidAudience as exc:
        raise ValueError(f"{exc}. {exc.hint}") from exc


def _groups(value: object) -> list[tuple[str, str]]:
    """Return groups of a sign-in service, each with a word that it stands for."""
    if isinstance(value, str):
        # The name of a group may hold an equals sign, and what it stands for never does.
        parts = [one.rpartition("=") for one in value.split(",") if one.strip()]
        pairs = [(group.strip(), word) for group, _, word in parts]
    elif isinstance(value, dict):
        listed = {group: [one] if isinstance(one, str) else one for group, one in value.items()}
        if not all(isinstance(one, list | tuple | frozenset) for one in listed.values()):
            raise ValueError('it takes a table, such as {"soc2-admins" = "admin"}')
        pairs = [(str(group), str(word)) for group, words in listed.items() for word in words]
    else:
        raise ValueError('it takes a table, such as {"soc2-admins" = "admin"}')  # noqa: TRY004
    if not all(group for group, _ in pairs):
        raise ValueError("it takes group=word, such as soc2-admins=admin")
    return pairs


def roles_of_groups(value: object) -> object:
    """Read which role each group of a sign-in service stands for."""
    try:
        return {group: Role(word.strip().lower()) for group, word in _groups(value)}
    except ValueError as exc:
        raise ValueError(f"{exc}; roles are {', '.join(Role)}") from exc


def audiences_of_groups(value: object) -> object:
    """Read which audiences each group of a sign-in service stands for."""
    held: dict[str, frozenset[Audience]] = {}
    try:
        for group, word in _groups(value):
            held[group] = held.get(group, frozenset()) | {parse_audience(word)}
    except InvalidAudience as exc:
        raise ValueError(f"{exc}. {exc.hint}") from exc
    return held


def domains(value: object) -> object:
    """Read domains of e-mail addresses."""
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list | tuple):
        raise ValueError('it takes a list, such as ["example.com"]')  # noqa: TRY004
    named = [str(one).strip().lower().removeprefix("@") for one in listed]
    return tuple(one for one in named if one)


def web_address(value: str) -> str:
    """Check an address of the web, and return it without a slash at its end."""
    url = urlsplit(value.strip())
    local = url.hostname in {"localhost", "127.0.0.1", "::1"}
    if value.strip() and not (
        url.hostname and (url.scheme == "https" or (local and url.scheme == "http"))
    ):
        raise ValueError("it takes an address that begins with https://")
    if url.username or url.query or url.fragment:
        raise ValueError("it takes an address without a name, a question mark or a hash")
    return value.strip().rstrip("/")
