"""Sessions of browsers, and the link with which somebody looks around for the first time."""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from copilot.accounts.secrets import hash_of, new_secret, same
from copilot.domain.accounts import Session
from copilot.domain.event_log import Happening

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from copilot.accounts.ports import SessionStore

LONGEST: Final = timedelta(hours=12)
"""A session ends after this time, however much it is used."""

IDLE: Final = timedelta(hours=2)
"""A session ends when it was not used for this time."""

_SEEN: Final = timedelta(minutes=1)
"""How exactly it is known when a session or a token was used last; less would write at each request."""

_LINK: Final = timedelta(minutes=15)


class SessionDesk:
    """Begins sessions, knows them by their secret, ends them."""

    def __init__(self, store: SessionStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def begin(self, person: str, via: str) -> str:
        """Begin a session and return its secret, which is nowhere else.

        The secret is new each time, so that nobody can have set it in a browser beforehand.

        Args:
            person: The id of who has signed in.
            via: How: `first look` or `sign-in`.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        now, secret = self._now(), new_secret()
        session = Session(
            person=person, via=via, created_at=now, seen_at=now, expires_at=now + LONGEST
        )
        happening = Happening(
            who=person, action="signed in", about=f"person/{person}", detail={"via": via}
        )
        self._store.add_session(session, hash_of(secret), happening)
        return secret

    def check(self, secret: str) -> Session | None:
        """Return the session of a secret; nothing if there is none, or if it is over."""
        if not secret:
            return None
        key, now = hash_of(secret), self._now()
        session = self._store.session(key)
        if session is None or now >= min(session.expires_at, session.seen_at + IDLE):
            return None
        if now - session.seen_at >= _SEEN:
            self._store.see_session(key, at=now)
        return session

    def end(self, secret: str) -> None:
        """End the session of a secret, if there is one."""
        session = self._store.session(hash_of(secret)) if secret else None
        if session is not None:
            happening = Happening(
                who=session.person, action="signed out", about=f"person/{session.person}"
            )
            self._store.end_session(hash_of(secret), happening, at=self._now())

    def end_all(self, person: str) -> int:
        """End every session of a person, and return how many there were."""
        return self._store.end_sessions(person)


class FirstLook:
    """A link that signs in whoever runs the product, once and soon; it is kept in memory only."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = Lock()
        self._held: tuple[str, datetime] | None = None

    def link_key(self) -> str:
        """Return a new key, which makes the one before worthless."""
        key = new_secret()
        with self._lock:
            self._held = (hash_of(key), self._now() + _LINK)
        return key

    def use(self, key: str) -> bool:
        """Say whether a key is the newest, not 15 minutes old and not used before; now it is used."""
        with self._lock:
            held = self._held
            if held is None or not same(hash_of(key), held[0]):
                return False
            self._held = None
            return self._now() < held[1]
