"""OpenID Connect: authorization code with PKCE, and an identity of which everything was checked."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from copilot.bootstrap import accounts
from copilot.domain.accounts import Identity
from copilot.errors import InvalidSettings, SignInFailed, SignInUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from copilot.bootstrap.service import Service
    from copilot.service.parts import Options

RETURN_PATH: Final = "/sign-in/callback"
"""Where the sign-in service sends browsers back to; it has to know the whole address."""

LEFT_PATH: Final = "/sign-in"
"""Where it sends them after they have signed out of it; it has to know that address too."""

ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
)
"""Signatures that only the sign-in service can make: none with a secret that both sides know, and none
that is missing."""

_KEPT_SECONDS: Final = 3_600
"""How long is kept what the service says of itself."""

_DOWN_SECONDS: Final = 5
"""How long a service that cannot be reached is not asked again."""

_AGAIN_SECONDS: Final = 60
"""How long keys are not fetched again, whatever key somebody names."""

_TIMEOUT: Final = 10.0
_LEEWAY_SECONDS: Final = 60
"""How much the clocks of the two services may differ."""

_FORM: Final = {
    "Accept": "application/json",
    "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
}
_WORD: Final = re.compile(r"[a-z_]{1,40}")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_ENTRA: Final = "login.microsoftonline.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A sign-in that has been begun; the browser that began it keeps it, signed by us."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """Comes back with the code, so that nobody else's code can be slipped in."""
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """Stands in the identity, so that it is for this attempt."""
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    """Shows that whoever has the code is who began."""
    then: str = "/"
    """The path to go to afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What came of a sign-in."""

    identity: Identity
    id_token: str
    """The service's own word for it, as it was signed: it tells the service later who signs out."""


class Provider:
    """The company's sign-in service."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        *,
        secret: Callable[[], str],
        redirect_uri: str,
        left_uri: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Name the parts; nothing is fetched yet.

        Args:
            issuer: Its address, without a slash at the end.
            client_id: What it calls us.
            secret: Returns the secret that it has given us; empty if it gave none.
            redirect_uri: Where it sends browsers back to.
            left_uri: Where it sends browsers after they have signed out; empty for nowhere.
            clock: Seconds that only go on.
        """
        self.issuer = issuer.rstrip("/")
        self._client_id = client_id
        self._secret = secret
        self._redirect_uri = redirect_uri
        self._left_uri = left_uri
        self._clock = clock
        self._lock = Lock()
        self._metadata: tuple[float, Mapping[str, Any]] | None = None
        self._failed: tuple[float, SignInUnavailable] | None = None
        self._keys: tuple[float, KeySet] | None = None
        local = urlsplit(issuer).hostname in _LOOPBACK
        self._schemes = {"https", "http"} if local else {"https"}
        self._proxied = not local

    @property
    def host(self) -> str:
        """The host that people know it by."""
        return urlsplit(self.issuer).hostname or self.issuer

    def begin(self, attempt: Attempt) -> str:
        """Return where to send a browser.

        Raises:
            SignInUnavailable: The service does not say where that is.
        """
        metadata = self._described()
        offered = metadata.get("scopes_supported") or []
        wanted = ["openid", "email", "profile", *(["groups"] if "groups" in offered else [])]
        return str(
            prepare_grant_uri(
                self._endpoint(metadata, "authorization_endpoint"),
                self._client_id,
                "code",
                redirect_uri=self._redirect_uri,
                scope=" ".join(wanted),
                state=attempt.state,
                nonce=attempt.nonce,
                code_challenge=create_s256_code_challenge(attempt.verifier),
                code_challenge_method="S256",
            )
        )

    def finish(self, code: str, attempt: Attempt) -> SignedIn:
        """Return who has signed in.

        Raises:
            SignInFailed: The service refuses the code, or what it says does not hold.
            SignInUnavailable: It cannot be reached, or says nothing that can be used.
        """
        metadata = self._described()
        tokens = self._exchange(metadata, code, attempt)
        claims = self._checked(metadata, tokens, attempt.nonce)
        if "email" not in claims and "userinfo_endpoint" in metadata:
            claims = {**self._more(metadata, tokens, str(claims["sub"])), **claims}
        return SignedIn(identity=self._identity(claims), id_token=str(tokens["id_token"]))

    def leave(self, id_token: str) -> str:
        """Return where a browser signs out of the service; empty if it says nothing of that.

        Args:
            id_token: What it said at the sign-in, by which it knows the session; empty if that is not
                kept. It then asks the person, or knows the session by its own cookie.

        Raises:
            SignInUnavailable: It cannot be reached, or names an address that cannot be used.
        """
        metadata = self._described()
        if not metadata.get("end_session_endpoint"):
            return ""
        said = {
            "id_token_hint": id_token,
            "client_id": self._client_id,
            "post_logout_redirect_uri": self._left_uri,
        }
        url = self._endpoint(metadata, "end_session_endpoint")
        return str(add_params_to_uri(url, [(name, one) for name, one in said.items() if one]))

    # What it says of itself

    def _described(self) -> Mapping[str, Any]:
        with self._lock:
            known, now = self._metadata, self._clock()
            if known is not None and now - known[0] < _KEPT_SECONDS:
                return known[1]
            if self._failed is not None and now - self._failed[0] < _DOWN_SECONDS:
                # Whoever has waited for this does not wait for another failure.
                raise SignInUnavailable(str(self._failed[1]), hint=self._failed[1].hint)
            try:
                said = self._fetch("GET", f"{self.issuer}/.well-known/openid-configuration")
            except SignInUnavailable as exc:
                self._failed = self._clock(), exc
                raise
            issuer = said.get("issuer")
            if not isinstance(issuer, str) or issuer.rstrip("/") != self.issuer:
                raise SignInUnavailable(
                    f"the sign-in service at {self.host} goes by another name",
                    hint="`oidc_issuer` has to be the issuer that it states of itself.",
                )
            self._metadata = now, said
            return said

    def _key_set(self, metadata: Mapping[str, Any], *, again: bool = False) -> KeySet:
        with self._lock:
            known, now = self._keys, self._clock()
            if known is not None and now - known[0] < (_AGAIN_SECONDS if again else _KEPT_SECONDS):
                return known[1]
            said = self._fetch("GET", self._endpoint(metadata, "jwks_uri"))
            try:
                keys = KeySet.import_key_set(said)  # type: ignore[arg-type]  # it checks what it is given
            except (JoseError, ValueError, KeyError, TypeError) as exc:
                raise _unusable(self.host, "its keys") from exc
            self._keys = now, keys
            return keys

    def _endpoint(self, metadata: Mapping[str, Any], name: str) -> str:
        url = metadata.get(name)
        parts = urlsplit(url) if isinstance(url, str) else None
        if parts is None or parts.scheme not in self._schemes or not parts.hostname:
            raise _unusable(self.host, f"its {name}")
        return str(url)

    # What it says of somebody

    def _exchange(
        self, metadata: Mapping[str, Any], code: str, attempt: Attempt
    ) -> Mapping[str, Any]:
        """Return the tokens that it gives for a code."""
        secret = self._secret()
        known = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        by_header = "client_secret_basic" in known or "client_secret_post" not in known
        method = "client_secret_basic" if by_header else "client_secret_post"
        auth = ClientAuth(self._client_id, secret, method if secret else "none")
        body = prepare_token_request(
            "authorization_code",
            redirect_uri=self._redirect_uri,
            code=code,
            code_verifier=attempt.verifier,
        )
        url = self._endpoint(metadata, "token_endpoint")
        url, headers, body = auth.prepare("POST", url, dict(_FORM), body)
        return self._fetch("POST", url, headers=headers, content=body)

    def _checked(
        self, metadata: Mapping[str, Any], tokens: Mapping[str, Any], nonce: str
    ) -> dict[str, Any]:
        """Return the claims of an identity after its signature, its times and whom it is for."""
        written = tokens.get("id_token")
        if not isinstance(written, str):
            raise SignInFailed("the sign-in service names nobody: it sends no id token")
        expected = {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": self._client_id},
        }
        params = {
            "nonce": nonce,
            "client_id": self._client_id,
            "access_token": tokens.get("access_token"),
        }
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            try:
                token = jwt.decode(written, self._key_set(metadata), registry=registry)
            except InvalidKeyIdError:
                # It may have changed its keys since.
                keys = self._key_set(metadata, again=True)
                token = jwt.decode(written, keys, registry=registry)
            claims = CodeIDToken(token.claims, token.header, expected, params)
            claims.validate(leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError) as exc:
            why = exc.error if isinstance(exc, JoseError) else "unreadable"
            raise SignInFailed(
                f"what the sign-in service says of you does not hold ({_word(why)})",
                hint="Try again. If it stays so, an admin compares `oidc_issuer` and "
                "`oidc_client_id` with what the service states.",
            ) from exc
        return dict(claims)

    def _more(
        self, metadata: Mapping[str, Any], tokens: Mapping[str, Any], subject: str
    ) -> Mapping[str, Any]:
        """Return what it says of somebody besides the id token."""
        url = self._endpoint(metadata, "userinfo_endpoint")
        bearer = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
        said = self._fetch("GET", url, headers=bearer)
        if said.get("sub") != subject:
            raise SignInFailed("the sign-in service speaks of somebody else")
        return said

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        verified = _true(claims.get("email_verified"))
        if self.host == _ENTRA:
            # It says in a claim of its own that the domain of the address is its owner's.
            edov = claims.get("xms_edov")
            verified = verified or _true(edov) or edov in {1, "1"}
        return Identity(
            issuer=str(claims["iss"]),
            subject=str(claims["sub"]),
            email=_text(claims.get("email")),
            verified=verified,
            name=_text(claims.get("name")),
            groups=frozenset(_words(claims.get("groups"))) | frozenset(_words(claims.get("roles"))),
        )

    def _fetch(self, method: str, url: str, **request: Any) -> dict[str, Any]:
        """Return what an address answers; nothing that was sent or received is ever in an error."""
        try:
            with httpx.Client(timeout=_TIMEOUT, trust_env=self._proxied) as client:
                answer = client.request(method, url, **request)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise SignInUnavailable(
                f"the sign-in service at {self.host} cannot be reached ({type(exc).__name__})",
                hint="Try again in a moment.",
            ) from None
        try:
            said = answer.json()
        except ValueError:
            raise _unusable(self.host, f"its answer {answer.status_code}") from None
        if not isinstance(said, dict):
            raise _unusable(self.host, f"its answer {answer.status_code}")
        if answer.status_code in {httpx.codes.BAD_REQUEST, httpx.codes.UNAUTHORIZED}:
            raise refused(said.get("error"))
        if not answer.is_success:
            raise _unusable(self.host, f"its answer {answer.status_code}")
        return said


def sign_in_service(service: Service, options: Options) -> Provider | None:
    """Return the sign-in service that the settings name; nothing if they name none.

    Raises:
        InvalidSettings: They do not say what it calls this service.
    """
    settings = service.settings
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id.strip():
        raise InvalidSettings(
            "`oidc_issuer` is set, and `oidc_client_id` is not",
            hint="The sign-in service calls it client id or application id.",
        )
    return Provider(
        settings.oidc_issuer,
        settings.oidc_client_id.strip(),
        secret=partial(accounts.sign_in_secret, service.workspace),
        redirect_uri=f"{options.url}{RETURN_PATH}",
        left_uri=f"{options.url}{LEFT_PATH}",
    )


def refused(code: object) -> SignInFailed:
    """Return the error for a sign-in that the service has refused, with the code that it gives."""
    return SignInFailed(
        f"the sign-in service refused the sign-in ({_word(code)})",
        hint="Begin again. If it stays so, ask an admin.",
    )


def _unusable(host: str, what: str) -> SignInUnavailable:
    return SignInUnavailable(
        f"the sign-in service at {host} cannot be used: {what}",
        hint="Try again in a moment; an admin can look at /settings.",
    )


def _word(code: object) -> str:
    return code if isinstance(code, str) and _WORD.fullmatch(code) else "no reason given"


def _true(claim: object) -> bool:
    return claim is True or claim == "true"


def _text(claim: object) -> str:
    return claim if isinstance(claim, str) else ""


def _words(claim: object) -> list[str]:
    listed = [claim] if isinstance(claim, str) else claim
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
