"""Every route for every role and every scope: who may is let through, who may not is refused."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from copilot.domain.access import Role
from copilot.domain.accounts import Scope
from copilot.service.access import Needing
from copilot.service.permissions import ALLOWED, SCOPE, Permission
from tests.service.conftest import PEOPLE

OPEN = {
    "/healthz",
    "/readyz",
    "/sign-in",
    "/sign-in/first-look",
    "/sign-in/oidc",
    "/sign-in/callback",
}
"""Routes for people who are not signed in; every other one declares what it needs."""

REFUSED = {401, 403}


@dataclass(frozen=True)
class Route:
    """A route as it was found in the application."""

    method: str
    path: str
    needs: tuple[Permission, ...]
    parameters: frozenset[str]

    @property
    def url(self):
        """A path that it takes; nothing of the name is there."""
        path = self.path
        for name in self.parameters:
            value = {"criterion": "CC6.1", "number": "1"}.get(name, "none-such")
            path = path.replace(f"{{{name}:path}}", value).replace(f"{{{name}}}", value)
        return path

    def __str__(self):
        return f"{self.method} {self.path}"


def needs_of(dependant):
    """Yield the permissions that a route and what it depends on ask for."""
    if isinstance(dependant.call, Needing):
        yield dependant.call.permission
    for inner in dependant.dependencies:
        yield from needs_of(inner)


@pytest.fixture(scope="module")
def routes(spare):
    """Return every route of the application."""
    found = []
    for one in iter_route_contexts(spare.app.routes):
        if isinstance(one.original_route, Mount):
            assert one.path == "/static"
            continue
        needs = tuple(needs_of(one.dependant))
        names = frozenset(one.param_convertors)
        found += [
            Route(method, one.path, needs, names) for method in sorted(one.methods - {"HEAD"})
        ]
    return found


@pytest.fixture(scope="module")
def asked(spare):
    """Return a function that sends the smallest request of a route, and gives the status."""
    with httpx.Client(base_url=spare.url, timeout=60) as client:

        def ask(route, token=""):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            # A body that no route takes: who is let through is told so, and nothing is changed.
            body = {} if route.method == "GET" else {"json": {"none": "such"}}
            with client.stream(route.method, route.url, headers=headers, **body) as answer:
                return answer.status_code

        yield ask


def test_every_route_says_what_it_needs(routes):
    """Exactly one permission, or it is one of the few that are open."""
    wrong = [str(one) for one in routes if len(one.needs) != (one.path not in OPEN)]
    assert wrong == []
    assert len(routes) > 50


def test_who_is_not_signed_in_gets_nowhere(routes, asked):
    """Whatever is asked for."""
    holes = [str(one) for one in routes if one.needs and asked(one) != 401]
    assert holes == []


@pytest.mark.parametrize("role", Role)
def test_a_role_is_let_through_where_it_may_and_nowhere_else(routes, asked, spare, role):
    """Each cell of the table of routes and roles."""
    token = spare.token(PEOPLE[role])
    holes = []
    for one in (one for one in routes if one.needs):
        allowed = all(role in ALLOWED[need] for need in one.needs)
        # Only an admin's token can be good for what its scope lets through.
        allowed = allowed and all(_held(role, SCOPE[need]) for need in one.needs)
        status = asked(one, token)
        if (status not in REFUSED) is not allowed or status >= 500:
            holes.append(f"{one}: {status}")
    assert holes == []


@pytest.mark.parametrize("scope", Scope)
def test_a_token_is_let_through_where_its_scope_says(routes, asked, spare, scope):
    """An admin's token of one scope opens what this scope is for, and nothing else."""
    token = spare.token(PEOPLE[Role.ADMIN], frozenset({scope}))
    holes = []
    for one in routes:
        allowed = all(Role.ADMIN in ALLOWED[need] and SCOPE[need] is scope for need in one.needs)
        if not allowed and one.needs and (status := asked(one, token)) != 403:
            holes.append(f"{one}: {status}")
    assert holes == []


def _held(role, scope):
    if scope is Scope.ADMIN:
        return role is Role.ADMIN
    return scope is not Scope.REVIEW or role in {Role.ADMIN, Role.COMPLIANCE}
