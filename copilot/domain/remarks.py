"""Remarks on a policy that exists already: what a compliance lead would want to know before an audit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from copilot.domain.answers import Citation
    from copilot.domain.documents import SourcePath
    from copilot.domain.drafts import PolicyKindId
    from copilot.domain.periods import Period


class RemarkKind(StrEnum):
    """What a remark is about; in the order in which they are worth reading."""

    CONFLICT = "conflict"
    """Two rules on one matter cannot both be followed."""
    STALE_DATE = "stale date"
    MISSING_APPROVAL = "missing approval"
    POINT_NOT_ADDRESSED = "point not addressed"
    COMMITMENT_WITHOUT_EVIDENCE = "commitment without evidence"
    NAME = "name"
    """A role or a tool is called otherwise in the company's profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to look at, with the words that it is about."""

    kind: RemarkKind
    text: str
    """What is the matter, in a sentence or two."""
    citations: tuple[Citation, ...] = ()
    """Checked; none only where something is absent and no passage comes near to it."""
    hint: str = ""
    """What to do about it."""
    subject: str = ""
    """What it is about: a point of focus, a matter such as `password length`, a field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPolicy:
    """A policy, and everything that was found about it."""

    path: SourcePath
    title: str
    kind: PolicyKindId
    kind_given: bool
    """Whether the caller named the kind; else title or front matter told it."""
    on: date
    """The day that dates were compared with."""
    remarks: tuple[Remark, ...]
    points: int = 0
    """How many points of focus a policy of this kind answers for."""
    addressed: int = 0
    compared: int = 0
    """How many other policies it was compared with."""
    period: Period | None = None
    """The audit period in which evidence was looked for; nothing if none is set."""
    notes: tuple[str, ...] = ()
    """What could not be looked at, and why."""

    def of(self, kind: RemarkKind) -> tuple[Remark, ...]:
        """Return the remarks of one kind."""
        return tuple(one for one in self.remarks if one.kind is kind)
