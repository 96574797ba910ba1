"""Outlines of policies, and the terms that they leave to the company.

The text of an outline has places that the company's profile fills, in braces:

    {company}  {services}  {customers}  {clouds}  {regions}  {laws}
    {role:security}       the title of a role
    {tool:ticketing}      the name of a tool
    {decide:leaver-time}  a decision: how often, how long, which
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copilot.domain.criteria import CriterionId, Frequency
    from copilot.domain.drafts import PolicyKindId


class DecisionKind(StrEnum):
    """What is decided."""

    CADENCE = "cadence"
    LIMIT = "limit"
    """A time, a length, a number."""
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTerm:
    """A role that policies give duties to."""

    id: str
    title: str
    """What it is called where the company has not said, such as `Head of IT`."""
    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolTerm:
    """A kind of tool that policies speak of."""

    id: str
    asks: str
    """The question that an empty place becomes, such as `Which system are access requests recorded in?`"""
    role: str
    """The id of the role that can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something that the company has to decide; the same wherever policies speak of it."""

    id: str
    kind: DecisionKind
    asks: str
    default: str
    """Words that fit into a sentence in place of the decision, such as `every calendar quarter`."""
    why: str
    """Why this default."""
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Every role, tool and decision that an outline may name, by id."""

    roles: Mapping[str, RoleTerm]
    tools: Mapping[str, ToolTerm]
    decisions: Mapping[str, Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a role does under a policy."""

    role: str
    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineSection:
    """One section of a policy."""

    heading: str
    text: tuple[str | tuple[str, ...], ...]
    """Paragraphs, and lists as tuples of items; with places in braces."""
    answers: tuple[str, ...] = ()
    """Ids of the points of focus that it speaks to."""
    looks_for: tuple[str, ...] = ()
    """Questions that the company's own sources may answer, for facts to cite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducedRecord:
    """Evidence that comes into being when a policy is followed."""

    record: str
    frequency: Frequency


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a policy of one kind has to say."""

    kind: PolicyKindId
    title: str
    version: int
    criteria: tuple[CriterionId, ...]
    """Those that it claims to serve: every point of focus of them is answered here or named elsewhere."""
    owner: str
    """The id of the role that keeps it."""
    approver: str
    """The id of the role that approves it."""
    review: str
    """The id of the decision that says how often it is reviewed."""
    purpose: str
    scope: str
    duties: tuple[Duty, ...]
    sections: tuple[OutlineSection, ...]
    records: tuple[ProducedRecord, ...]
    elsewhere: Mapping[str, PolicyKindId]
    """For points of focus that it leaves to another policy: which one."""
