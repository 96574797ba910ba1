"""What the files of `knowledge/policies/` must look like.

Only the shape is checked here; whether what they name exists is checked in `outline_checking`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from copilot.catalog.schema import Id, Short, unbroken
from copilot.domain.criteria import Frequency
from copilot.domain.outlines import DecisionKind

_TERM: Final = re.compile(r"[a-z]+(-[a-z0-9]+)*")


def _term(text: str) -> str:
    if not _TERM.fullmatch(text):
        raise ValueError(f"{text!r} is no id: small letters, with dashes between words")
    return text


TermId = Annotated[str, AfterValidator(_term)]
Words = Annotated[str, Field(min_length=3, max_length=300), AfterValidator(unbroken)]
Prose = Annotated[str, Field(min_length=20, max_length=1_200), AfterValidator(unbroken)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)


class _Role(_Model):
    title: Short
    does: Words


class _Tool(_Model):
    asks: Words
    role: str


class _Decision(_Model):
    kind: DecisionKind
    asks: Words
    default: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(unbroken)]
    why: Words
    role: str


class TermsFile(_Model):
    """`knowledge/policies/terms.yaml`."""

    roles: dict[TermId, _Role]
    tools: dict[TermId, _Tool]
    decisions: dict[TermId, _Decision]


class _Duty(_Model):
    role: str
    does: Words


class _Section(_Model):
    heading: Short
    answers: list[str] = []
    looks_for: list[Words] = []
    text: Annotated[list[Any], Field(min_length=1)]
    """Paragraphs and lists of items; `outline_checking` looks at each."""


class _Record(_Model):
    record: Words
    frequency: Frequency


class OutlineFile(_Model):
    """`knowledge/policies/<kind id>.yaml`."""

    kind: str
    version: Annotated[int, Field(strict=True, ge=1)]
    criteria: Annotated[list[Id], Field(min_length=1)]
    owner: str
    approver: str
    review: str
    purpose: Prose
    scope: Prose
    duties: Annotated[list[_Duty], Field(min_length=1)]
    sections: Annotated[list[_Section], Field(min_length=1)]
    records: Annotated[list[_Record], Field(min_length=1)]
    elsewhere: dict[str, str] = {}
