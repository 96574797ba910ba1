"""A small sign-in service on loopback, which can be told to misbehave."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

CLIENT = "soc2-copilot"
SECRET = "a secret that nobody prints"


class Provider:
    """Signs anybody in as `claims` says, at once; `wrong` names what it does wrong."""

    def __init__(self):
        self.key = self.published = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
        self.claims = {}
        self.userinfo = {}
        self.wrong = ""
        self.secret = SECRET
        self.metadata = {}
        self.codes = {}
        self.asked = []
        self.left = []
        self.ways = {"/authorize": self.authorise, "/leave": self.leave}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    @property
    def issuer(self):
        """Where it is."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def described(self):
        """Return what it says of itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/leave?realm=one",
            "scopes_supported": ["openid", "email", "profile", "groups"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "id_token_signing_alg_values_supported": ["ES256"],
        } | self.metadata

    def told(self, path, authorization):
        """Return the status and the document of an address."""
        known = path != "/userinfo" or authorization == "Bearer an access token"
        documents = {
            "/.well-known/openid-configuration": self.described(),
            "/keys": {"keys": [self.published.as_dict(private=False)]},
        }
        return 200 if known else 401, documents.get(path, self.userinfo)

    def authorise(self, query):
        """Return where the browser goes next: back, with a code."""
        if self.wrong == "denies":
            back = {"error": "access_denied", "state": query["state"]}
            return f"{query['redirect_uri']}?{urlencode(back)}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        back = {"code": code, "state": query["state"], "iss": self.issuer}
        if self.wrong == "another issuer in the redirect":
            back["iss"] = "https://evil.example"
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def tokens(self, form, authorization):
        """Return the status and the tokens for a code."""
        basic = base64.b64encode(f"{CLIENT}:{self.secret}".encode()).decode()
        by_form = (form.get("client_id"), form.get("client_secret")) == (CLIENT, self.secret)
        if authorization != f"Basic {basic}" and not by_form:
            return 401, {"error": "invalid_client"}
        begun = self.codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        if (
            begun is None
            or begun["redirect_uri"] != form.get("redirect_uri")
            or begun.get("code_challenge_method") != "S256"
            or begun.get("code_challenge") != proof
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {
            "access_token": "an access token",
            "token_type": "Bearer",
            "id_token": self.id_token(begun),
        }

    def leave(self, query):
        """Sign somebody out; return where the browser goes next, or nothing if that is nowhere known."""
        hint = query.get("id_token_hint")
        # Who it is: an identity that may be long out of date, and that only this service can have signed.
        who = jwt.decode(hint, self.key).claims["email"] if hint else None
        self.left.append({**query, "who": who})
        back = query.get("post_logout_redirect_uri", "")
        known = query.get("client_id") == CLIENT and urlsplit(back).path == "/sign-in"
        return back if known else None

    def id_token(self, begun):
        """Return who it is, signed."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "00u1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": begun.get("nonce"),
        }
        claims |= self.claims | WRONG_CLAIMS.get(self.wrong, {})
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.wrong in OTHERWISE:
            return OTHERWISE[self.wrong](claims)
        return jwt.encode({"alg": "ES256", "kid": "one"}, claims, self.key)


WRONG_CLAIMS = {
    "nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "audience": {"aud": "somebody-else"},
    "audience of several": {"aud": ["somebody-else"], "azp": CLIENT},
    "party": {"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"},
    "issuer": {"iss": "https://evil.example"},
    "expired": {"iat": 1_700_000_000, "exp": 1_700_000_300},
    "no expiry": {"exp": None},
    "hash of the access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}
"""What it says that is not so."""


def unsigned(claims):
    """Return claims with a header that says that no signature is needed."""

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none', 'kid': 'one'})}.{part(claims)}."


def by_another(name):
    """Return what signs claims with a key of another service, which it gives a name."""

    def signed(claims):
        return jwt.encode({"alg": "ES256", "kid": name}, claims, ECKey.generate_key("P-256"))

    return signed


OTHERWISE = {
    "signature": by_another("one"),
    "unknown key": by_another("two"),
    "unsigned": unsigned,
    "signed with our secret": lambda claims: jwt.encode(
        {"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(SECRET.ljust(64))
    ),
    "nonsense": lambda _: "nonsense",
    "no identity": lambda _: None,
}
"""Ways to sign that prove nothing."""


def _handler(provider):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            path, query = urlsplit(self.path).path, _first(urlsplit(self.path).query)
            provider.asked.append(path)
            if provider.wrong == "broken":
                self.reply(500, None)
            elif path in provider.ways:
                self.redirect(provider.ways[path](query))
            else:
                self.reply(*provider.told(path, self.headers["Authorization"]))

        def do_POST(self):
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.reply(*provider.tokens(_first(body), self.headers.get("Authorization")))

        def redirect(self, where):
            self.send_response(302 if where else 400)
            if where:
                self.send_header("Location", where)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def reply(self, status, document):
            body = b"<html>" if document is None else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


def _first(query):
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextlib.contextmanager
def running():
    """Yield a sign-in service that answers."""
    provider = Provider()
    provider.thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        provider.thread.join()
