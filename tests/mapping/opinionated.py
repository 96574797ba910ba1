"""A scripted model that is asked about close calls: what it is shown, and ways to answer it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from tests.models.behaviours import Reply
from tests.models.sources import numbered_sources

_CONTROL = re.compile(
    r"^Control (\d+): its text is source (\d+)\. Candidates: (.*)\.$", re.MULTILINE
)
_CANDIDATE = re.compile(r"(\S+) \(sources ([\d, ]+)\)")


@dataclass(frozen=True)
class Asked:
    """One control as the model is shown it."""

    number: int
    own: int
    text: str
    candidates: dict[str, list[int]]
    """By criterion the numbers of its sources."""
    sources: dict[int, str]


def asked(request):
    """Return the controls that a request is about."""
    sources = numbered_sources(request.user)
    return [
        Asked(
            number=int(number),
            own=int(own),
            text=sources[int(own)],
            candidates={
                criterion: [int(one) for one in numbers.split(",")]
                for criterion, numbers in _CANDIDATE.findall(listed)
            },
            sources=sources,
        )
        for number, own, listed in _CONTROL.findall(request.user)
    ]


def because(one, criterion, claim=None, *, own=None, cited=None):
    """Return a reason for a candidate: by default a true one, with a quote of each side."""
    number = one.candidates[criterion][0] if criterion in one.candidates else one.own
    return {
        "criterion": criterion,
        "claim": one.text if claim is None else claim,
        "source": one.own,
        "quote": one.text if own is None else own,
        "also": [{"source": number, "quote": one.sources[number] if cited is None else cited}],
    }


def opines(make):
    """Reply with what `make` says of each control: its ranking and its reasons."""

    def behave(request):
        said = []
        for one in asked(request):
            ranked, reasons = make(one)
            said.append({"control": one.number, "ranked": ranked, "reasons": reasons})
        return Reply(script=[json.dumps({"controls": said}, ensure_ascii=False)])

    return behave


def backwards(one):
    """Turn the candidates round, with true reasons for the first two."""
    ranked = list(one.candidates)[::-1]
    return ranked, [because(one, criterion) for criterion in ranked[:2]]


def outside(one):
    """Name a criterion far down, and one that does not exist, above all others."""
    return ["CC1.4", "CC99.9", *one.candidates], [because(one, "CC1.4"), because(one, "CC99.9")]


def first_of(one):
    return next(iter(one.candidates))


def inventing(one):
    """Say what no quote says, and quote what stands nowhere."""
    return list(one.candidates), [
        because(one, first_of(one), "The auditor has confirmed that every notice was sent."),
        because(one, list(one.candidates)[1], own="Every notice was seen by the regulator."),
    ]


def one_sided(one):
    """Quote the control alone for one candidate, and the catalog alone for another."""
    first, second = list(one.candidates)[:2]
    catalog = because(one, second, one.sources[one.candidates[second][0]])
    return list(one.candidates), [
        {**because(one, first), "also": []},
        {**catalog, **catalog["also"][0], "also": []},
    ]


def of_another(one):
    """Quote the passages of the other candidate."""
    first, second = list(one.candidates)[:2]
    theirs = next(at for at in one.candidates[second] if at not in one.candidates[first])
    quote = {"source": theirs, "quote": one.sources[theirs]}
    return list(one.candidates), [{**because(one, first), "also": [quote]}]


def borrowing(one):
    """Take the catalog's example for what the company does."""
    shared = one.sources[one.candidates[first_of(one)][0]]
    return list(one.candidates), [
        because(
            one, first_of(one), "Affected customers are notified within 48 hours.", cited=shared
        )
    ]


def concluding(one):
    """Conclude what nobody has."""
    return list(one.candidates), [
        because(one, first_of(one), f"{one.text.rstrip('.')}, so the criterion is fully met.")
    ]


def going_on(one):
    """Write an essay."""
    return list(one.candidates), [because(one, first_of(one), " ".join([one.text] * 6))]


def dressing_up(one):
    """Add a link and a person whom no placeholder stands for."""
    first, second = list(one.candidates)[:2]
    return list(one.candidates), [
        because(one, first, f"{one.text} See https://collector.example/report."),
        because(one, second, f"[PERSON_77] says: {one.text}"),
    ]


LIARS = (outside, inventing, one_sided, of_another, borrowing, concluding, going_on, dressing_up)
