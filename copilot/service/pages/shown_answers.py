"""An answer as the page Ask shows it: claims under headings, citations numbered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from copilot.answering.plain import answer_json
from copilot.answering.records import told_records
from copilot.domain.answers import Abstained, Basis, Mode, Status
from copilot.domain.views import Spot, check_of
from copilot.service.pages.sources import source_href

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.domain.answers import Answer, Answered, Citation, Claim, Withheld
    from copilot.domain.asking import Asked

_HEADINGS: Final = {
    Basis.CATALOG: "What SOC 2 asks",
    Basis.POLICY: "What we say we do",
    Basis.EVIDENCE: "What we hold",
}
STATES: Final = {
    Status.ANSWERED: ("Answered", "good"),
    Status.PARTIAL: ("Partly answered", "warn"),
    Status.ABSTAINED: ("Not found", ""),
}
"""What people read for how far an answer goes, and the look of its badge."""
_REVIEW: Final = "For a person to review: open the sources before you rely on it."


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation as the page numbers it."""

    number: int
    citation: Citation
    href: str

    @property
    def where(self) -> str:
        """Its place in the source."""
        one = self.citation
        return f"page {one.page}" if one.page else one.place

    @property
    def named(self) -> str:
        """Its source and place."""
        return ", ".join(filter(None, (self.citation.title, self.where)))


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A claim with its numbered citations."""

    claim: Claim
    heading: str
    """What begins with it; empty if the claim above rests on the same."""
    cited: tuple[Cited, ...]
    lead: str
    """The claim, or what it says before its records."""
    names: tuple[str, ...]
    """Of the fields of its records; empty if it tells none."""
    records: tuple[tuple[str, ...], ...]
    """The values of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An answer as the page shows it."""

    answer: Answer
    name: str
    kind: str
    state: str
    claims: tuple[ShownClaim, ...]
    withheld: tuple[Withheld, ...]
    made: str
    """How it came about."""
    written: str
    """The document of `copilot ask --json`, for the script."""
    body: str
    """What was asked, for the script."""

    @property
    def abstained(self) -> bool:
        """Whether there is no answer."""
        return isinstance(self.answer, Abstained)


def shown(answer: Answer, asked: Asked) -> Shown:
    """Return an answer as the page shows it."""
    name, kind = STATES[Status.ABSTAINED if isinstance(answer, Abstained) else answer.status]
    searched = f"{answer.searched:,} source{'s' * (answer.searched != 1)} searched"
    body: dict[str, Any] = {
        "question": asked.question,
        "earlier": list(asked.earlier),
        "category": [one.value for one in asked.scope],
        "period": str(asked.period or ""),
    }
    claims: tuple[ShownClaim, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    state = searched
    if not isinstance(answer, Abstained):
        claims = tuple(_claims(answer))
        count = f"{len(claims)} claim{'s' * (len(claims) != 1)}"
        lacking = len(answer.missing)
        state = f"{count}, each checked against its source · {searched}"
        if lacking:
            state = f"{lacking} missing, named below · {state}"
        if answer.generation:
            withheld = tuple(one for one in answer.generation.withheld if one.text)
    return Shown(
        answer=answer,
        name=name,
        kind=kind,
        state=state,
        claims=claims,
        withheld=withheld,
        made=_made(answer),
        written=json.dumps(answer_json(answer)),
        body=json.dumps(body),
    )


def _claims(answer: Answered) -> Iterator[ShownClaim]:
    number = 0
    above: Basis | None = None
    for claim in answer.claims:
        cited = tuple(
            Cited(number + at, one, citation_href(one))
            for at, one in enumerate(claim.citations, start=1)
        )
        number += len(cited)
        heading = _HEADINGS[claim.basis] if claim.basis is not above else ""
        yield ShownClaim(claim, heading, cited, *told_records(claim.text))
        above = claim.basis


def _made(answer: Answer) -> str:
    said = [f"Asked as “{answer.asked_as}”."] if answer.asked_as else []
    if not isinstance(answer, Abstained):
        generated = answer.mode is Mode.GENERATED and answer.generation is not None
        said.append(
            f"Written by {answer.generation.model}; every claim was checked against its quotes."
            if generated and answer.generation
            else "Composed from the catalog and from quotes, without a language model."
        )
        said += [f"{answer.mode_reason}."] if answer.mode_reason else []
        said.append(_REVIEW)
    return " ".join(said)


def citation_href(citation: Citation) -> str:
    """Return the address of a citation's source; it tells if other words stand there by then."""
    return source_href(
        Spot(
            path=citation.source,
            start=citation.start,
            end=citation.end,
            page=citation.page,
            check=check_of(citation.quote),
        )
    )
