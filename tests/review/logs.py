"""A real log in a real database, and every way of tampering with it by plain SQL."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from copilot.adapters.sql.events import SqlEventLog, append, writing_alone
from copilot.adapters.sql.tables import events
from copilot.domain.event_log import Entry, Happening, hash_of

STARTED = datetime(2026, 3, 1, 9, 0, 0, 123_456, tzinfo=UTC)
COLUMNS = [column.name for column in events.columns]


def happening(number):
    """Return something that happened, each number something else."""
    detail = {"reason": f"because of {number}"} if number % 3 == 0 else {}
    return Happening(
        who=("ann", "bob", "eve")[number % 3],
        action=("saved a version", "approved a version")[number % 2],
        about=f"policy/p{number % 5}",
        version=number if number % 4 else None,
        detail=detail,
    )


def fill(engine, count):
    """Append that many entries; return the log."""
    with writing_alone(engine) as connection:
        for number in range(1, count + 1):
            append(connection, happening(number), at=STARTED + timedelta(minutes=number))
    return SqlEventLog(engine)


def rows(connection):
    """Return all rows as they stand."""
    query = sa.select(events).order_by(events.c.number)
    return [dict(row) for row in connection.execute(query).mappings()]


def put_back(engine, original):
    """Make the table hold these rows and no other."""
    with engine.begin() as connection:
        connection.execute(events.delete())
        connection.execute(events.insert(), original)


def rehashed(row):
    """Return a row with the hash of what it now says, as somebody would who knows how it is made."""
    said = Happening(
        who=row["who"],
        action=row["action"],
        about=row["about"],
        version=row["version"],
        detail=json.loads(row["detail"]),
    )
    at = datetime.fromisoformat(row["at"])
    return {**row, "hash": hash_of(row["number"], at, said, row["previous"])}


class Tampering:
    """One way of tampering, drawn by chance; `apply` does it and returns the numbers it touched."""

    def __init__(self, seed):
        self.chance = random.Random(seed)  # noqa: S311  the same each time
        self.kind = ("edit", "delete", "insert", "reorder")[seed % 4]

    def apply(self, connection):
        """Do it by SQL; return the numbers of which one has to be named."""
        return getattr(self, f"_{self.kind}")(connection, rows(connection))

    def _edit(self, connection, all_rows):
        row = self.chance.choice(all_rows)
        column = self.chance.choice(COLUMNS[1:])
        new = {
            "at": lambda: (datetime.fromisoformat(row["at"]) + timedelta(seconds=1)).isoformat(
                timespec="microseconds"
            ),
            "version": lambda: (row["version"] or 0) + 1,
            "detail": lambda: self.chance.choice(['{"reason":"none"}', "{ }", "", "[]"]),
            "previous": lambda: row["previous"][::-1][:63] + "g",
            "hash": lambda: row["hash"][::-1],
        }.get(column, lambda: row[column] + self.chance.choice([" ", "x", "\u00e9"]))()
        number = row["number"]
        change = {column: new}
        if (
            column not in {"hash", "detail"}
            and number < len(all_rows)
            and self.chance.random() < 0.3
        ):
            # The last one's hash can be made anew unseen: only a seal tells, as with a cut tail.
            change = {**rehashed({**row, **change})}
        connection.execute(events.update().where(events.c.number == number).values(change))
        return {number}

    def _delete(self, connection, all_rows):
        # Not the last: that is the cutting of the tail.
        first = self.chance.randrange(1, len(all_rows))
        last = min(len(all_rows) - 1, first + self.chance.choice([0, 0, 0, 3]))
        gone = (events.c.number >= first) & (events.c.number <= last)
        connection.execute(events.delete().where(gone))
        if self.chance.random() < 0.5:
            self._shift(connection, last + 1, first - last - 1)
        return {first}

    def _insert(self, connection, all_rows):
        number = self.chance.randrange(1, len(all_rows) + 1)
        self._shift(connection, number, 1)
        new = {**self.chance.choice(all_rows), "number": number, "who": "mallory"}
        if self.chance.random() < 0.5:
            before = all_rows[number - 2]["hash"] if number > 1 else "0" * 64
            new = rehashed({**new, "previous": before})
        connection.execute(events.insert(), new)
        return {number}

    def _reorder(self, connection, all_rows):
        one, other = sorted(self.chance.sample([row["number"] for row in all_rows], 2))
        for old, new in ((one, -1), (other, one), (-1, other)):
            connection.execute(events.update().where(events.c.number == old).values(number=new))
        return {one, other}

    def _shift(self, connection, first, places):
        """Renumber everything from a number on, by way of numbers that are free."""
        later = events.c.number >= first
        connection.execute(events.update().where(later).values(number=-events.c.number))
        connection.execute(
            events.update().where(events.c.number < 0).values(number=-events.c.number + places)
        )


def named(damages):
    """Return every number that a report names."""
    return {n for one in damages for n in range(one.first, one.last + 1)}


def genuine(entries):
    """Return the entries, which all have to be readable."""
    assert all(isinstance(one, Entry) for one in entries)
    return entries
