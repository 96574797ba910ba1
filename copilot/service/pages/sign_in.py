"""Sign in, by the company's service or by the link of the first look; sign out, here and there."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import asdict, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from copilot.domain.accounts import OPERATOR
from copilot.errors import NotSignedIn, SignInFailed, SignInUnavailable
from copilot.service.access import Caller, Needs, begin_session, end_session
from copilot.service.oidc import LEFT_PATH, RETURN_PATH, Attempt, refused
from copilot.service.pages.forms import SentForm
from copilot.service.pages.rendering import render, safe_next
from copilot.service.permissions import Permission

if TYPE_CHECKING:
    from copilot.service.oidc import Provider
    from copilot.service.parts import Options

router: Final = APIRouter()

_ATTEMPT_SECONDS: Final = 600
"""How long somebody may take with the sign-in service."""

_IDENTITY_SECONDS: Final = 12 * 3600
"""How long a browser keeps what the sign-in service said: as long as a session lasts at most."""

_SIGN_OUT: Final = "/sign-out"
_IDENTITY: Final = "identity"
"""What the signature is over, so that none of our cookies is good for another."""

_COOKIE_BYTES: Final = 3_500
"""A browser keeps no cookie that is longer than 4,096 with all that belongs to it."""

_Answer = Annotated[str, Query(max_length=4_000)]


@router.get("/sign-in")
def sign_in(
    request: Request, next: Annotated[str | None, Query(max_length=4_000)] = None
) -> Response:
    """Show how to sign in."""
    provider: Provider | None = request.app.state.sign_in_service
    return render(
        request,
        "sign_in.html",
        None,
        next=safe_next(next),
        host=provider.host if provider else "",
    )


@router.get("/sign-in/oidc")
def begin(
    request: Request, next: Annotated[str | None, Query(max_length=4_000)] = None
) -> Response:
    """Send somebody to the company's sign-in service."""
    provider, options = _provider(request), _options(request)
    attempt = Attempt(then=safe_next(next))
    kept = _signer(request).dumps(asdict(attempt))
    if len(kept) > _COOKIE_BYTES:
        kept = _signer(request).dumps(asdict(replace(attempt, then="/")))
    response = RedirectResponse(provider.begin(attempt), status_code=303)
    response.set_cookie(
        _cookie_name(options),
        kept,
        max_age=_ATTEMPT_SECONDS,
        path="/",
        secure=options.secure,
        httponly=True,
        # The service sends the browser back from its own site, by an ordinary link.
        samesite="lax",
    )
    return response


@router.get(RETURN_PATH)
def finish(
    request: Request,
    *,
    state: _Answer = "",
    code: _Answer = "",
    error: _Answer = "",
    iss: _Answer = "",
) -> Response:
    """Take somebody back from the company's sign-in service, and sign them in."""
    provider, options = _provider(request), _options(request)
    attempt = _attempt(request)
    if attempt is None or not hmac.compare_digest(state.encode(), attempt.state.encode()):
        raise SignInFailed(
            "this sign-in was not begun in this browser, or too long ago",
            hint="Begin again at /sign-in.",
        )
    if error or not code:
        raise refused(error)
    if iss and iss.rstrip("/") != provider.issuer:
        raise SignInFailed("another sign-in service has answered", hint="Begin again at /sign-in.")
    found = provider.finish(code, attempt)
    person = request.app.state.service.sign_in.signed_in(found.identity)
    response = RedirectResponse(safe_next(attempt.then), status_code=303)
    begin_session(request, response, person.id, via="sign-in")
    _keep_identity(request, response, found.id_token)
    response.delete_cookie(
        _cookie_name(options), path="/", secure=options.secure, httponly=True, samesite="lax"
    )
    return response


@router.get("/sign-in/first-look")
def first_look(request: Request, key: Annotated[str, Query(max_length=200)]) -> Response:
    """Sign the operator in by the link that was printed at start: once, and on this machine."""
    client = request.client.host if request.client else ""
    if not is_this_machine(client) or not request.app.state.first_look.use(key):
        raise NotSignedIn(
            "this link was used already, or is too old",
            hint="Start `copilot serve` again for a new one.",
        )
    response = RedirectResponse("/", status_code=303)
    begin_session(request, response, OPERATOR, via="first look")
    _forget_identity(request, response)
    return response


@router.post(_SIGN_OUT)
def sign_out(
    *,
    request: Request,
    _form: Annotated[object, Depends(SentForm(Permission.ASK))],
    _caller: Annotated[Caller, Needs(Permission.ASK)],
) -> Response:
    """End the session, and say where the browser signs out of the company's service, if it signed in there.

    A script is told the address, and goes there. A form may not be led to another site, so it gets a page
    with a link.
    """
    then = _leaving(request)
    response: Response
    if "text/html" in request.headers.get("accept", ""):
        provider: Provider | None = request.app.state.sign_in_service
        host = provider.host if provider and then != LEFT_PATH else ""
        response = render(request, "signed_out.html", None, then=then, host=host)
    else:
        response = JSONResponse({"then": then})
    end_session(request, response)
    _forget_identity(request, response)
    return response


def _leaving(request: Request) -> str:
    """Return where somebody goes who has signed out here."""
    provider: Provider | None = request.app.state.sign_in_service
    kept = request.cookies.get(_identity_name(_options(request)))
    if provider is None or kept is None:
        return LEFT_PATH
    try:
        hint = _signer(request, _IDENTITY).loads(kept, max_age=_IDENTITY_SECONDS)
    except BadData:
        hint = ""
    try:
        return provider.leave(hint) or LEFT_PATH
    except SignInUnavailable:
        # Who wants to leave has left here, whatever becomes of the other service.
        return LEFT_PATH


def is_this_machine(address: str) -> bool:
    """Say whether a request from this address comes from the machine that serves."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    # A socket for both versions of IP has the older addresses within the newer ones.
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.sign_in_service
    if provider is None:
        raise SignInFailed(
            "no sign-in service is set up here", hint="docs/people.md says how to set one up."
        )
    return provider


def _options(request: Request) -> Options:
    options: Options = request.app.state.options
    return options


def _attempt(request: Request) -> Attempt | None:
    """Return what this browser has begun; nothing if that is not ours, or too long ago."""
    kept = request.cookies.get(_cookie_name(_options(request)), "")
    try:
        return Attempt(**_signer(request).loads(kept, max_age=_ATTEMPT_SECONDS))
    except BadData:
        return None


def _cookie_name(options: Options) -> str:
    return "__Host-copilot-sign-in" if options.secure else "copilot-sign-in"


def _identity_name(options: Options) -> str:
    return "__Secure-copilot-identity" if options.secure else "copilot-identity"


def _keep_identity(request: Request, response: Response, id_token: str) -> None:
    """Have the browser keep what the sign-in service said, for signing out of it, and send it there only."""
    options = _options(request)
    kept = _signer(request, _IDENTITY).dumps(id_token)
    if len(kept) > _COOKIE_BYTES:
        # That it signed in there is known without it.
        kept = _signer(request, _IDENTITY).dumps("")
    response.set_cookie(
        _identity_name(options),
        kept,
        max_age=_IDENTITY_SECONDS,
        path=_SIGN_OUT,
        secure=options.secure,
        httponly=True,
        samesite="strict",
    )


def _forget_identity(request: Request, response: Response) -> None:
    options = _options(request)
    response.delete_cookie(
        _identity_name(options),
        path=_SIGN_OUT,
        secure=options.secure,
        httponly=True,
        samesite="strict",
    )


def _signer(request: Request, what: str = "sign-in") -> URLSafeTimedSerializer:
    key: bytes = request.app.state.key
    return URLSafeTimedSerializer(
        key, salt=f"copilot {what}", signer_kwargs={"digest_method": sha256}
    )
