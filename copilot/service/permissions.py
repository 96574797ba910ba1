"""Who may do what: every permission, the roles that hold it, and the scope that a token needs for it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from copilot.domain.access import Role
from copilot.domain.accounts import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping


class Permission(StrEnum):
    """What a route lets somebody do; the words complete "may not …"."""

    ASK = "ask and search"
    READ_SOURCES = "read sources"
    ADD_SOURCES = "add sources"
    EDIT_SOURCES = "change sources"
    PASS_ON = "pass questions on"  # noqa: S105  no password
    READ_CONTROLS = "read controls"
    IMPORT_CONTROLS = "import controls"
    DECIDE_MAPPINGS = "decide on mappings"
    READ_READINESS = "read readiness"
    READ_ITEMS = "read what is reviewed"
    WRITE_ITEMS = "write drafts"
    COMMENT = "comment"
    DECIDE_ITEMS = "decide on drafts"
    READ_LOG = "read the event log"
    READ_REQUESTS = "read the auditor's requests"
    MAKE_REQUESTS = "request evidence"
    ANSWER_REQUESTS = "answer the auditor's requests"
    RUN_JOBS = "start jobs"
    READ_JOBS = "see jobs"
    OWN_TOKENS = "manage their own tokens"
    READ_PEOPLE = "see who is who"
    MANAGE_PEOPLE = "manage people"
    READ_SETTINGS = "read settings and health"
    READ_METRICS = "read metrics"


_EVERYBODY: Final = frozenset(Role)
_REVIEWERS: Final = frozenset({Role.COMPLIANCE, Role.ADMIN})
_STAFF: Final = _EVERYBODY - {Role.AUDITOR}
_ENGINEERS: Final = _REVIEWERS | {Role.ENGINEER}

ALLOWED: Final[Mapping[Permission, frozenset[Role]]] = {
    Permission.ASK: _EVERYBODY,
    Permission.READ_SOURCES: _EVERYBODY,
    Permission.ADD_SOURCES: _ENGINEERS,
    Permission.EDIT_SOURCES: _REVIEWERS,
    Permission.PASS_ON: _STAFF,
    Permission.READ_CONTROLS: _ENGINEERS | {Role.AUDITOR},
    Permission.IMPORT_CONTROLS: _ENGINEERS,
    Permission.DECIDE_MAPPINGS: _REVIEWERS,
    Permission.READ_READINESS: _ENGINEERS | {Role.AUDITOR},
    Permission.READ_ITEMS: _EVERYBODY,
    Permission.WRITE_ITEMS: _STAFF,
    Permission.COMMENT: _STAFF,
    Permission.DECIDE_ITEMS: _REVIEWERS,
    Permission.READ_LOG: _REVIEWERS,
    Permission.READ_REQUESTS: _REVIEWERS | {Role.AUDITOR},
    Permission.MAKE_REQUESTS: _REVIEWERS | {Role.AUDITOR},
    Permission.ANSWER_REQUESTS: _REVIEWERS,
    Permission.RUN_JOBS: _ENGINEERS,
    Permission.READ_JOBS: _ENGINEERS,
    Permission.OWN_TOKENS: _EVERYBODY,
    Permission.READ_PEOPLE: _REVIEWERS,
    Permission.MANAGE_PEOPLE: frozenset({Role.ADMIN}),
    Permission.READ_SETTINGS: _REVIEWERS,
    Permission.READ_METRICS: frozenset({Role.ADMIN}),
}
"""The roles that hold a permission. What they may read of a thing is decided where it is read."""

SCOPE: Final[Mapping[Permission, Scope]] = {
    Permission.ASK: Scope.ASK,
    Permission.READ_SOURCES: Scope.ASK,
    Permission.PASS_ON: Scope.ASK,
    Permission.READ_CONTROLS: Scope.READ,
    Permission.READ_READINESS: Scope.READ,
    Permission.READ_ITEMS: Scope.READ,
    Permission.READ_JOBS: Scope.READ,
    Permission.READ_LOG: Scope.READ,
    Permission.READ_REQUESTS: Scope.READ,
    Permission.READ_PEOPLE: Scope.READ,
    Permission.READ_SETTINGS: Scope.READ,
    Permission.READ_METRICS: Scope.READ,
    Permission.ADD_SOURCES: Scope.WRITE,
    Permission.EDIT_SOURCES: Scope.WRITE,
    Permission.IMPORT_CONTROLS: Scope.WRITE,
    Permission.WRITE_ITEMS: Scope.WRITE,
    Permission.COMMENT: Scope.WRITE,
    Permission.MAKE_REQUESTS: Scope.WRITE,
    Permission.ANSWER_REQUESTS: Scope.WRITE,
    Permission.RUN_JOBS: Scope.WRITE,
    Permission.DECIDE_MAPPINGS: Scope.REVIEW,
    Permission.DECIDE_ITEMS: Scope.REVIEW,
    Permission.OWN_TOKENS: Scope.ADMIN,
    Permission.MANAGE_PEOPLE: Scope.ADMIN,
}
"""What a token must be good for. A session is good for all that its person may do."""
