"""Decisions on mappings in SQL; they are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from copilot.adapters.sql import events
from copilot.adapters.sql.tables import mapping_decisions
from copilot.domain.controls import ControlId
from copilot.domain.criteria import CriterionId
from copilot.domain.decisions import MappingDecision, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Engine

    from copilot.domain.event_log import Happening


class SqlMappingStore:
    """The decisions of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def decisions(self) -> list[MappingDecision]:
        """Return every decision, oldest first."""
        query = sa.select(mapping_decisions).order_by(mapping_decisions.c.id)
        with self._engine.connect() as connection:
            return [_decision(row) for row in connection.execute(query)]

    def newest(self) -> int:
        """Return a number that is another after every decision."""
        query = sa.select(sa.func.max(mapping_decisions.c.id))
        with self._engine.connect() as connection:
            return connection.execute(query).scalar() or 0

    def record(self, decided: Sequence[tuple[MappingDecision, Happening]]) -> None:
        """Add decisions and their entries in the event log, all of them or none.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        if not decided:
            return
        with events.writing_alone(self._engine) as connection:
            connection.execute(mapping_decisions.insert(), [_row(one) for one, _ in decided])
            for decision, happening in decided:
                events.append(connection, happening, at=decision.at)


def _row(decision: MappingDecision) -> dict[str, Any]:
    return {
        "control": decision.control,
        "criterion": decision.criterion,
        "verdict": decision.verdict.value,
        "instead": decision.instead or "",
        "confidence": decision.confidence,
        "reason": decision.reason,
        "control_hash": decision.control_hash,
        "who": decision.who,
        "at": decision.at.isoformat(),
    }


def _decision(row: sa.Row[Any]) -> MappingDecision:
    return MappingDecision(
        control=ControlId(row.control),
        criterion=CriterionId(row.criterion),
        verdict=Verdict(row.verdict),
        who=row.who,
        at=datetime.fromisoformat(row.at),
        control_hash=row.control_hash,
        confidence=row.confidence,
        reason=row.reason,
        instead=CriterionId(row.instead) if row.instead else None,
    )
