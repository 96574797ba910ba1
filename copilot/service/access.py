"""Who makes a request, and whether they may: the one place where routes get a principal from."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Literal

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from itsdangerous import BadSignature, Signer

from copilot.domain.accounts import Scope
from copilot.errors import NotPermitted, NotSignedIn
from copilot.service.parts import Options, service_of
from copilot.service.permissions import ALLOWED, SCOPE, Permission

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.service.callers import Callers

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST: Final = 12 * 3600
"""Seconds that a browser keeps the cookie; the session itself may end earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes a request, and by what right."""

    principal: Principal
    scopes: frozenset[Scope]
    via: Literal["session", "token"]
    csrf: str = ""
    """What pages of this session send with every change, as X-CSRF-Token; empty for a token."""

    def may(self, permission: Permission) -> bool:
        """Say whether the caller holds a permission."""
        return self.principal.role in ALLOWED[permission] and SCOPE[permission] in self.scopes


class Needing:
    """A dependency that lets only those through who hold a permission."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> Caller:
        """Return who makes the request.

        Raises:
            NotSignedIn: Nobody, as far as the request tells.
            NotPermitted: Their role or their token does not allow it, or another site sent it.
            TooManyRequests: They have made too many.
        """
        # Whoever was let in a moment ago needs no thread that may wait for the database.
        caller = caller_at_hand(request)
        if caller is None:
            caller = await run_in_threadpool(caller_of, request)
        request.app.state.rates.count(caller.principal.id)
        check(caller, self.permission)
        return caller


def Needs(permission: Permission) -> Any:  # noqa: N802  reads as what it stands for in a signature
    """Return what a route declares as the source of its caller."""
    return Depends(Needing(permission))


def check(caller: Caller, permission: Permission) -> None:
    """Let only those through who hold a permission.

    Raises:
        NotPermitted: This one does not.
    """
    principal = caller.principal
    if principal.role not in ALLOWED[permission]:
        roles = ", ".join(sorted(ALLOWED[permission]))
        raise NotPermitted(
            f"{principal.id} may not {permission}: the role is {principal.role}",
            hint=f"These roles may: {roles}.",
        )
    if SCOPE[permission] not in caller.scopes:
        raise NotPermitted(
            f"this token may not {permission}",
            hint=f"It takes a token with the scope {SCOPE[permission]}.",
        )


def caller_of(request: Request) -> Caller:
    """Return who makes a request, by its token or its session.

    Raises:
        NotSignedIn: Neither is good.
        NotPermitted: A change was asked for by a form of another site.
    """
    found = caller_at_hand(request)
    if found is not None:
        return found
    service, token = service_of(request), _token(request)
    callers: Callers[Caller] = request.app.state.callers
    # What is written while somebody is looked up may be known of them, or not.
    standing = service.standing()
    if token is None:
        secret = session_secret(request)
        known, expires = _by_session(request, service, secret)
    else:
        secret = token
        known, expires = _by_token(service, token)
    if secret:
        callers.keep(secret, known, standing=standing, expires=expires)
    return _let_in(request, known)


def caller_at_hand(request: Request) -> Caller | None:
    """Return who makes a request if that is known without waiting for anything.

    Raises:
        NotPermitted: As `caller_of` does.
    """
    known: Caller | None = getattr(request.state, "caller", None)
    if known is not None:
        return known
    token = _token(request)
    secret = session_secret(request) if token is None else token
    if not secret:
        return None
    callers: Callers[Caller] = request.app.state.callers
    known = callers.find(secret, service_of(request).standing())
    # A token is no session, even if somebody has one and the same for both.
    if known is None or (known.via == "token") != (token is not None):
        return None
    return _let_in(request, known)


def _let_in(request: Request, known: Caller) -> Caller:
    changes = request.method not in _SAFE
    if known.via == "session" and changes and not _ours(request, known.csrf):
        raise NotPermitted(
            "this request does not come from a page of the service",
            hint="Programs send a token in place of a cookie; pages send X-CSRF-Token.",
        )
    request.state.caller = known
    return known


def _token(request: Request) -> str | None:
    """Return the token that a request names, empty if what it names is none; nothing if it names none."""
    given = request.headers.get("authorization", "")
    if not given:
        return None
    scheme, _, secret = given.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _by_token(service: Service, secret: str) -> tuple[Caller, datetime]:
    token = service.tokens.check(secret)
    person = service.register.find(token.person) if token else None
    if token is None or person is None:
        raise NotSignedIn("the token is not, or no longer, good", hint="Ask for a new one.")
    caller = Caller(principal=person.principal(), scopes=token.scopes, via="token")
    return caller, token.expires_at


def _by_session(request: Request, service: Service, secret: str | None) -> tuple[Caller, datetime]:
    session = service.sessions.check(secret) if secret else None
    person = service.register.find(session.person) if session else None
    if secret is None or session is None or person is None:
        raise NotSignedIn(
            "this needs somebody who is signed in",
            hint="Sign in at /sign-in, or send a token: Authorization: Bearer …",
        )
    every, csrf = frozenset(Scope), csrf_of(request, secret)
    caller = Caller(principal=person.principal(), scopes=every, via="session", csrf=csrf)
    return caller, session.expires_at


def _ours(request: Request, csrf: str) -> bool:
    # A form that is sent without a script has it as a field, which was read for us: see pages/forms.py.
    field: str = getattr(request.state, "csrf_field", "")
    given = request.headers.get("x-csrf-token", field)
    site = request.headers.get("sec-fetch-site", "same-origin")
    return site in {"same-origin", "none"} and hmac.compare_digest(given.encode(), csrf.encode())


def csrf_of(request: Request, secret: str) -> str:
    """Return what the forms of a session carry: it follows from the session and tells nothing of it."""
    key: bytes = request.app.state.key
    return hmac.new(key, b"csrf " + secret.encode(), sha256).hexdigest()


def session_secret(request: Request) -> str | None:
    """Return the secret of the session that a request's cookie names, if we signed it."""
    cookie = request.cookies.get(cookie_name(request.app.state.options))
    if not cookie:
        return None
    try:
        return _signer(request).unsign(cookie).decode()
    except (BadSignature, UnicodeDecodeError):
        return None


def begin_session(request: Request, response: Response, person: str, *, via: str) -> None:
    """Sign somebody in: a new session, whatever the browser had before."""
    service = service_of(request)
    if before := session_secret(request):
        service.sessions.end(before)
    secret = service.sessions.begin(person, via)
    options: Options = request.app.state.options
    response.set_cookie(
        cookie_name(options),
        _signer(request).sign(secret).decode(),
        max_age=_LONGEST,
        path="/",
        secure=options.secure,
        httponly=True,
        samesite="lax",
    )


def end_session(request: Request, response: Response) -> None:
    """Sign whoever it is out."""
    if secret := session_secret(request):
        service_of(request).sessions.end(secret)
    options: Options = request.app.state.options
    response.delete_cookie(
        cookie_name(options), path="/", secure=options.secure, httponly=True, samesite="lax"
    )


def cookie_name(options: Options) -> str:
    """Return what the session's cookie is called; over TLS no other site can set one of that name."""
    return "__Host-copilot-session" if options.secure else "copilot-session"


def _signer(request: Request) -> Signer:
    return Signer(request.app.state.key, salt="copilot session", digest_method=sha256)
