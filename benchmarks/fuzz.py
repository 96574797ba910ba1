"""Requests made up from the OpenAPI document, sensible and not, in several roles: nothing may break."""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from benchmarks import sample
from benchmarks.common import Bound, Outcome, options, publish
from benchmarks.pages import prepare
from copilot import config
from copilot.bootstrap.service import Service
from copilot.domain.access import Role
from copilot.domain.accounts import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemathesis import APIOperation, Case

_REQUESTS: Final = 5_000
_ROLES: Final = {
    "employee": "grace.whitlock",
    "compliance": "mara.lindqvist",
    "auditor": "eleanor.finch",
    "engineer": "tomasz.wilk",
    "admin": "jonas.mendes",
}
_USUAL: Final = "employee,compliance,admin"
_CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_SLOW: Final = frozenset(
    {
        "/api/v1/commands",
        "/api/v1/drafts/description",
        "/api/v1/drafts/policy",
        "/api/v1/drafts/response",
    }
)
"""Paths where a request takes seconds; they get a few, and the others make up for it."""

_REAL: Final = {
    "criterion": "CC6.1",
    "control": "GV-01",
    "kind": "policy",
    "name": "clean-desk",
    "number": 1,
    "path": "policies/access-control.md",
    "person": "dev.malhotra",
    "request": 1,
}
"""Names of what there is. Every other request is about them, since made up names are of nothing."""

_MODES: Final = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
_FEW: Final = 6


@dataclass(slots=True)
class Seen:
    """What came of one role's requests."""

    statuses: Counter[int] = field(default_factory=Counter)
    problems: dict[str, str] = field(default_factory=dict)
    """By operation and kind, the first one in full."""
    failed: int = 0
    """Replies that broke a rule."""

    @property
    def sent(self) -> int:
        """How many requests there were."""
        return self.statuses.total()

    @property
    def faults(self) -> int:
        """How many replies were of class 5xx."""
        return sum(count for status, count in self.statuses.items() if status >= 500)


def fuzz(
    url: str, tokens: Sequence[str], *, each: int, number: int, left_out: Sequence[str] = ()
) -> Seen:
    """Send made up requests to every operation of a service.

    Args:
        url: Where it is.
        tokens: Whose requests they are, by turns.
        each: How many for each operation: half of them as the document asks for, half not.
        number: Which requests; the same number makes the same ones up.
        left_out: Paths that are not asked for.
    """
    seen = Seen()
    with requests.Session() as session:
        session.auth = _Turns(tokens)
        document = session.get(f"{url}/api/v1/openapi.json", timeout=60).json()
        # The token is sent with each request; made up ones would only be refused.
        document.pop("security", None)
        document["components"].pop("securitySchemes", None)
        schema = schemathesis.openapi.from_dict(document)
        operations = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
        wanted = [one for one in operations if one.path not in left_out]
        for index, operation in enumerate(wanted):
            most = (min(each, _FEW) if operation.path in _SLOW else each) // 2 or 1
            # A single request is of one mode, and that of the next operation of the other.
            for mode in _MODES if each > 1 else (_MODES[index % 2],):
                _send(operation, mode, (url, session), seen, each=most, number=number)
    return seen


def _send(
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    way: tuple[str, requests.Session],
    seen: Seen,
    *,
    each: int,
    number: int,
) -> None:
    url, session = way

    @seed(number)
    @settings(
        max_examples=each,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(case=operation.as_strategy(mode))
    def one(case: Case[Any]) -> None:
        _try(case, url, session, seen)

    try:
        one()
    except Exception as exc:  # noqa: BLE001  what cannot be made up is reported like what breaks
        if "Unsatisfiable" not in type(exc).__name__:
            seen.problems.setdefault(f"{operation.label}: cannot be asked for", repr(exc)[:300])


class _Turns(requests.auth.AuthBase):
    """Signs each request with the next token."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = itertools.cycle(tokens)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {next(self._tokens)}"
        return request


def _try(case: Case[Any], url: str, session: requests.Session, seen: Seen) -> None:
    if seen.sent % 2:
        for values in (case.path_parameters, case.query):
            named = [name for name in _REAL if name in (values or {})]
            values.update({name: _REAL[name] for name in named})
    response = case.call(base_url=url, session=session, timeout=120)
    seen.statuses[response.status_code] += 1
    try:
        case.validate_response(response, checks=_CHECKS)
    except BaseExceptionGroup as exc:
        seen.failed += 1
        for problem in exc.exceptions:
            kind = f"{case.operation.label}: {response.status_code} {type(problem).__name__}"
            asked = json.dumps(case.body, default=str)[:200] if case.body else ""
            said = f"{problem}\n{case.formatted_path}?{case.query} {asked}\n{response.text[:400]}"
            seen.problems.setdefault(kind, said)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write JSON if asked."""
    parser = options("fuzz", __doc__ or "")
    parser.add_argument("--requests", type=int, default=0, help="for each role; 5,000 by default")
    parser.add_argument("--roles", default=_USUAL, help=f"of {', '.join(_ROLES)}; {_USUAL}")
    parser.add_argument("--workspace", type=Path, help="a copy of the sample company, ingested")
    parser.add_argument("--seed", type=int, default=17)
    given_ = parser.parse_args(arguments)
    wanted = given_.requests or (300 if given_.quick else _REQUESTS)
    outcome = Outcome(
        benchmark="fuzz",
        quick=given_.quick,
        parameters={"requests for each role": wanted, "roles": given_.roles, "seed": given_.seed},
    )
    with tempfile.TemporaryDirectory() as scratch:
        home = given_.workspace or Path(scratch) / "harbourlight"
        if given_.workspace is None:
            sample.build(home)
        _measure(outcome, home, given_.roles.split(","), (wanted, given_.seed))
    publish(outcome, given_.json)
    return 0


def _token(folder: Path, role: str) -> str:
    service = Service(config.find_workspace(folder))
    person = service.register.find(_ROLES[role])
    if person is None:
        raise RuntimeError(f"{_ROLES[role]} is not known")
    principal = person.principal()
    scopes = set(Scope) - ({Scope.REVIEW} if not principal.reviews else set())
    scopes -= {Scope.ADMIN} if person.role is not Role.ADMIN else set()
    _, secret = service.tokens.issue(person, "fuzz", scopes, 1, principal=principal)
    service.close()
    return secret


def _measure(outcome: Outcome, home: Path, roles: Sequence[str], wanted: tuple[int, int]) -> None:
    keys = {role: _token(home, role) for role in roles}
    with sample.serving(home) as (port, running):
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {_token(home, 'admin')}"}, timeout=60
        ) as client:
            prepare(client)
        for role, key in keys.items():
            _one_role(outcome, (url, role, key), wanted)
        if running.poll() is not None:
            raise RuntimeError("the service ended")


def _one_role(outcome: Outcome, who: tuple[str, str, str], wanted: tuple[int, int]) -> None:
    (url, role, key), (count, number) = who, wanted
    document = requests.get(
        f"{url}/api/v1/openapi.json", headers={"Authorization": f"Bearer {key}"}, timeout=60
    ).json()
    operations = sum(map(len, document["paths"].values()))
    seen, begun, tries = Seen(), time.monotonic(), 0
    while seen.sent < count and tries < 5:
        # Some operations take fewer different requests than others.
        each = max(2, -(-(count - seen.sent) // operations) + 2)
        more = fuzz(url, [key], each=each, number=number + tries)
        seen.statuses += more.statuses
        seen.failed += more.failed
        seen.problems |= more.problems
        tries += 1
    seconds = time.monotonic() - begun
    kinds: Counter[str] = Counter()
    for status, times in seen.statuses.items():
        kinds[f"{status // 100}xx"] += times
    outcome.rows.append(
        {
            "role": role,
            "requests": seen.sent,
            "operations": operations,
            "seconds": seconds,
            **{kind: kinds[kind] for kind in ("2xx", "4xx", "5xx")},
            "violations": seen.failed,
        }
    )
    outcome.bounds += [
        Bound(what=f"requests, {role}", measured=float(seen.sent), at_least=float(count)),
        Bound(what=f"replies of class 5xx, {role}", measured=float(seen.faults), at_most=0.0),
        Bound(what=f"violations, {role}", measured=float(seen.failed), at_most=0.0),
    ]
    for kind, said in sorted(seen.problems.items()):
        sys.stderr.write(f"{role}: {kind}\n    {said}\n".replace("\n", "\n    ").rstrip() + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
