"""Review as a workspace has it, on a database and a folder of its own, and the people at work."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

from copilot.adapters.policy_shelf import FolderShelf
from copilot.adapters.sql.database import connect
from copilot.adapters.sql.events import SqlEventLog
from copilot.adapters.sql.reviews import SqlReviewStore
from copilot.bootstrap import review
from copilot.domain.access import Role, principal
from copilot.domain.review import ItemId
from copilot.review.publishing import Body, policy_file
from copilot.review.reading import Library
from copilot.review.workflow import Saved, Workflow

ANN = principal("ann", role=Role.COMPLIANCE, audiences=["compliance"])
BOB = principal("bob", role=Role.ADMIN)
EMPLOYEE = principal("emil")
ENGINEER = principal("eve", role=Role.ENGINEER)

ITEM = ItemId("policy/access-control")
CLOSED = "# Access control policy\n\nEach quarter all accounts are reviewed.\n"
OPEN = (
    "# Access control policy\n\n"
    "[open question → Head of IT: Which system are requests recorded in?]\n\n"
    "Accounts are reviewed [to confirm → Head of IT: every calendar quarter].\n"
)


class Desk:
    """Everything that the workflow needs; on a copy of a database, if one is given."""

    def __init__(self, folder, *, url=None, one_person=False, blank=None):
        if blank is not None:
            shutil.copy(blank, folder / "truth.db")
        self.engine = connect(url or f"sqlite:///{folder / 'truth.db'}")
        self.store = SqlReviewStore(self.engine)
        self.log = SqlEventLog(self.engine)
        self.library = Library(self.store, open_marks=review.open_marks)
        self.shelf = FolderShelf(folder / "policies")
        self.one_person = one_person
        self.clock = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.workflow = Workflow(
            self.store,
            library=self.library,
            shelf=self.shelf,
            published=lambda item, version: policy_file(item, version, Body(text=version.text)),
            one_person=lambda: self.one_person,
            now=self.now,
        )

    def now(self):
        """Return a time that is later each time."""
        self.clock += timedelta(minutes=1)
        return self.clock

    def save(self, text=CLOSED, *, by=ANN, base=None, item=ITEM, note=""):
        """Save a text as somebody."""
        saved = Saved(text=text, title="Access control policy", base=base, note=note)
        return self.workflow.save(item, saved, principal=by)

    def approved(self, text=CLOSED, *, base=None, item=ITEM):
        """Bring a text of ann's through the review to bob's approval."""
        self.save(text, base=base, item=item)
        self.workflow.submit(item, principal=ANN)
        return self.workflow.approve(item, principal=BOB)

    def state(self, item=ITEM):
        """Return everything that a step may change."""
        return self.store.item(item), self.store.versions(item), self.store.comments(item)

    def actions(self):
        """Return what the log says: who did what to which version."""
        said = [one.happening for one in self.log.entries()]
        return [(one.who, one.action, one.version) for one in said]

    def close(self):
        """Let go of the database."""
        self.engine.dispose()
