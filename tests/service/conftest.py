"""A real service over the sample company, on loopback; clients and browser pages of every role."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import threading
import time
from hashlib import sha256

import httpx
import pytest
import uvicorn
from itsdangerous import Signer
from playwright.sync_api import sync_playwright

from copilot import config
from copilot.bootstrap.service import Service
from copilot.domain.access import Role
from copilot.domain.accounts import Scope
from copilot.service.app import build_app
from copilot.service.parts import Options
from tests.service import oidc_provider
from tests.service.desk import desk_over
from tests.service.signing import small_company, well_behaved

PEOPLE = {
    Role.EMPLOYEE: "grace.whitlock",
    Role.ENGINEER: "tomasz.wilk",
    Role.COMPLIANCE: "mara.lindqvist",
    Role.AUDITOR: "eleanor.finch",
    Role.ADMIN: "jonas.mendes",
}
"""Somebody of the sample company for each role."""

COOKIE = "copilot-session"

_TRUSTED = httpx.create_ssl_context()
"""Made once: each client would read all certificates again."""


class Served:
    """A service that runs in a thread of this process, with what its tests need of it."""

    def __init__(self, folder, *, askers=0, **options):
        self.folder = folder
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.options = Options(port=self._socket.getsockname()[1], **options)
        self.service = Service(config.find_workspace(folder), askers=askers)
        self.app = build_app(self.service, self.options)
        self._server = uvicorn.Server(
            uvicorn.Config(self.app, log_config=None, timeout_graceful_shutdown=5)
        )
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))
        self._tokens = {}

    def start(self):
        """Serve; return when requests are answered."""
        self._thread.start()
        until = time.monotonic() + 60
        while not self._server.started:
            assert self._thread.is_alive(), "it ended while it started"
            assert time.monotonic() < until, "it does not start"
            time.sleep(0.01)

    def stop(self):
        """Finish what is at work and end."""
        self._server.should_exit = True
        self._thread.join(30)
        self._socket.close()

    @property
    def url(self):
        """Where it is."""
        return self.options.url

    def token(self, person, scopes=frozenset(Scope)):
        """Return a token of somebody by id, which is good for `scopes` as far as their role allows."""
        if (person, scopes) not in self._tokens:
            found = self.service.register.find(person)
            allowed = scopes - ({Scope.REVIEW} if not found.principal().reviews else set())
            if found.role is not Role.ADMIN:
                allowed = allowed - {Scope.ADMIN}
            _, secret = self.service.tokens.issue(
                found, "tests", allowed, 1, principal=found.principal()
            )
            self._tokens[person, scopes] = secret
        return self._tokens[person, scopes]

    def client(self, who=Role.ADMIN, **headers):
        """Return a client that is signed in by a token, as the person of a role or with an id."""
        person = PEOPLE.get(who, who)
        bearer = {"Authorization": f"Bearer {self.token(person)}"}
        return httpx.Client(
            base_url=self.url, headers=bearer | headers, timeout=60, verify=_TRUSTED
        )

    def session(self, who=Role.ADMIN):
        """Return the value of the cookie of somebody who has signed in."""
        secret = self.service.sessions.begin(PEOPLE.get(who, who), "tests")
        signer = Signer(self.app.state.key, salt="copilot session", digest_method=sha256)
        return signer.sign(secret).decode()


@contextlib.contextmanager
def serving(folder, **options):
    """Yield a service over the workspace in `folder`."""
    served = Served(folder, **options)
    served.start()
    try:
        yield served
    finally:
        served.stop()


@pytest.fixture(scope="session")
def served(sample_folder, tmp_path_factory):
    """Return a service over a copy of the sample company, for tests that change little of it."""
    folder = tmp_path_factory.mktemp("served") / "harbourlight"
    shutil.copytree(sample_folder, folder)
    with serving(folder) as running:
        yield running


@pytest.fixture(scope="session")
def clients(served):
    """Return a client for each role."""
    with contextlib.ExitStack() as stack:
        yield {role: stack.enter_context(served.client(role)) for role in Role}


@pytest.fixture(scope="session")
def desk(sample_folder, tmp_path_factory):
    """Return people at work on a workspace that tests may add to; each names its items for itself."""
    folder = tmp_path_factory.mktemp("desk") / "harbourlight"
    shutil.copytree(sample_folder, folder)
    with serving(folder) as running, desk_over(running) as made:
        yield made


@pytest.fixture(scope="session")
def browser():
    """Return Debian's Chromium, or skip where it is not installed."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield running
        running.close()


@pytest.fixture
def page_of(browser, served):
    """Return a function that opens a browser page in which somebody of a role is signed in.

    A script error or a breach of the content security policy fails the test.
    """
    with contextlib.ExitStack() as stack:
        wrong = []

        def opened(role=Role.COMPLIANCE, *, path="/", at=served, **context):
            made = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **context})
            stack.callback(made.close)
            made.add_cookies([{"name": COOKIE, "value": at.session(role), "url": at.url}])
            page = made.new_page()
            page.on("pageerror", lambda problem: wrong.append(str(problem)))
            page.on(
                "console",
                lambda said: wrong.append(said.text) if "Security Policy" in said.text else None,
            )
            page.goto(at.url + path)
            return page

        yield opened
    assert wrong == []


@pytest.fixture(scope="session")
def spare(sample_folder, tmp_path_factory):
    """Return a service over another copy of the sample company, for tests that send it anything."""
    folder = tmp_path_factory.mktemp("spare") / "harbourlight"
    shutil.copytree(sample_folder, folder)
    with serving(folder, requests_a_minute=1_000_000) as running:
        yield running


@pytest.fixture(scope="session")
def running_provider():
    """Return a sign-in service."""
    with oidc_provider.running() as made:
        yield made


@pytest.fixture(scope="session")
def served_company(running_provider, tmp_path_factory):
    """Return a service over an empty workspace whose people sign in with it."""
    folder = tmp_path_factory.mktemp("company")
    with serving(small_company(folder, running_provider)) as running:
        yield running


@pytest.fixture
def provider(running_provider):
    """Return the sign-in service, which behaves well until a test has it do otherwise."""
    return well_behaved(running_provider)


@pytest.fixture
def company(provider, served_company):
    """Return the service of the company whose people sign in with `provider`."""
    return served_company
