"""Wire accounts: who may sign in, their sessions, their tokens."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from copilot.errors import InvalidSettings
from copilot.people import PEOPLE_FILE, PeopleFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy.engine import Engine

    from copilot.accounts.register import PeopleRegister
    from copilot.accounts.sign_in import SignIn
    from copilot.config import Workspace
    from copilot.domain.access import Audience


def people_register(
    workspace: Workspace, engine: Engine, audiences: Callable[[], Iterable[Audience]]
) -> PeopleRegister:
    """Return the people of a workspace as they are at any time.

    Args:
        workspace: Its file of people, and the audit period that auditors are limited to.
        engine: Where those are kept whom the page and the sign-in add.
        audiences: Returns every audience that some source has.
    """
    from copilot.accounts.register import PeopleRegister
    from copilot.adapters.sql.accounts import SqlAccounts

    return PeopleRegister(
        PeopleFile(workspace.root / PEOPLE_FILE),
        SqlAccounts(engine),
        audiences=audiences,
        now=_now,
        period=workspace.settings.period,
    )


def sign_in(workspace: Workspace, engine: Engine) -> SignIn:
    """Return who somebody is whom the company's sign-in service knows."""
    from copilot.accounts.sign_in import SignIn, SignInRules
    from copilot.adapters.sql.accounts import SqlAccounts

    settings = workspace.settings
    return SignIn(
        PeopleFile(workspace.root / PEOPLE_FILE),
        SqlAccounts(engine),
        rules=SignInRules(
            domains=frozenset(settings.oidc_domains),
            roles=settings.oidc_roles,
            audiences=settings.oidc_audiences,
        ),
        now=_now,
    )


def sign_in_secret(workspace: Workspace) -> str:
    """Return the secret that the company's sign-in service has given out; empty if it gave none.

    Raises:
        InvalidSettings: The file that should hold it cannot be read, or is empty.
    """
    file = workspace.oidc_client_secret_file
    if file is None:
        return os.environ.get("OIDC_CLIENT_SECRET", "").strip()
    try:
        secret = file.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as exc:
        why = getattr(exc, "strerror", None) or "it is not text"
        raise InvalidSettings(f"the file of `oidc_client_secret_file`: {why}") from None
    if not secret:
        raise InvalidSettings("the file of `oidc_client_secret_file` is empty")
    return secret


def _now() -> datetime:
    return datetime.now(UTC)
