"""Accounts over a real database and a real people file, with a clock that tests turn."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

from copilot.accounts.register import PeopleRegister
from copilot.accounts.sessions import FirstLook, SessionDesk
from copilot.accounts.sign_in import SignIn, SignInRules
from copilot.accounts.tokens import TokenDesk
from copilot.adapters.sql.accounts import SqlAccounts
from copilot.adapters.sql.database import connect
from copilot.adapters.sql.events import SqlEventLog
from copilot.domain.access import Role, principal
from copilot.domain.periods import parse_period
from copilot.domain.tampering import check
from copilot.people import PeopleFile

PERIOD = parse_period("2025")
ROOT = principal("operator", role=Role.ADMIN)
SOME = frozenset({"everyone", "compliance", "engineering", "hr", "board"})

PEOPLE = """
people:
  - {id: Ada.Lind, name: Ada Lind, email: Ada@Example.com, role: admin, audiences: [compliance]}
  - {id: jo.berg, email: jo@example.com, role: engineer, audiences: [engineering]}
  - {id: fin, email: fin@audit.example, role: auditor, audiences: [compliance]}
"""


class Office:
    """People, tokens and sessions of one workspace."""

    def __init__(self, folder, *, blank, people=PEOPLE, rules=None):
        shutil.copy(blank, folder / "truth.db")
        self.engine = connect(f"sqlite:///{folder / 'truth.db'}")
        self.file = folder / "people.yaml"
        self.write(people)
        self.clock = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.store = SqlAccounts(self.engine)
        self.log = SqlEventLog(self.engine)
        listed = PeopleFile(self.file)
        self.register = PeopleRegister(
            listed, self.store, audiences=lambda: SOME, now=self.now, period=PERIOD
        )
        self.tokens = TokenDesk(self.store, self.now)
        self.sessions = SessionDesk(self.store, self.now)
        self.first_look = FirstLook(self.now)
        self.sign_in = SignIn(listed, self.store, rules=rules or SignInRules(), now=self.now)

    def now(self):
        """Return the time, which stands still until a test moves it."""
        return self.clock

    def later(self, **spent):
        """Let time pass."""
        self.clock += timedelta(**spent)

    def write(self, text):
        """Write people.yaml anew."""
        self.file.write_text(text, encoding="utf-8")

    def logged(self):
        """Return who did what to what, in the order of the log, which has to be whole."""
        entries = self.log.entries()
        assert check(entries) == []
        return [(one.happening.who, one.happening.action, one.happening.about) for one in entries]

    def close(self):
        """Let go of the database."""
        self.engine.dispose()
