"""Claims that say more than their quotes, or something else, made from honest ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.gate.drafting import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WIDER = (
    (r"\bEngineers\b", "All employees"),
    (r"\bengineers\b", "all employees"),
    (r"\b[Tt]ier 1 (?:and tier 2 )?vendors\b", "vendors of every tier"),
    (r"\beach tier 1 vendor's\b", "every vendor's"),
    (r"\bcustomer files\b", "files of every kind"),
    (r"\bHigh-risk changes\b", "All changes"),
    (r"\ball high risks\b", "all risks"),
    (r"^High risks\b", "All risks"),
    (r"\beach SEV1 or SEV2 incident\b", "each incident of any severity"),
    (r"\ba SEV[13] incident\b", "any incident"),
    (r"\beach SEV1 incident\b", "each incident"),
    (r"\bon public networks\b", "on all networks"),
    (r"\bover public networks\b", "over all networks"),
    (r"\bproduction database\b", "databases of all environments"),
    (r"\bMost\b", "All"),
    (r"\bmost of them\b", "all of them"),
    (r"\bAt least two people\b", "Everyone"),
    (r"\bof tier 1(?: and tier 2)?\b", "of every tier"),
    (r"^After an emergency change\b", "After any change"),
    (r"\beach emergency change\b", "each change of any kind"),
    (r"^Emergency changes\b", "All changes"),
    (r"\bof a real customer\b", "of anybody"),
    (r"\bPolicy owners\b", "All employees"),
    (r"\bCustomer data\b", "All company data"),
    (r"\bcustomer data\b", "data of any kind"),
    (r"^Restricted information\b", "Information of every level"),
    (r"\bon the Berthly admin console\b", "on every system"),
    (r"\bin Gothenburg\b", "in all offices"),
    (r"\bin London\b", "in all offices"),
)
_STRONGER = (
    # A negation before it turns round what the stronger word would say.
    (
        r"^((?!.*\b(?:(?i:only|no|not|nobody|never|none))\b).*?)\b(?:may|can)\b",
        r"\1must",
    ),
    (r"\bought to\b", "must always"),
    (r"\brecommend\b", "demand"),
    (r"\bis forecast to\b", "did"),
    (r"\bwas to be\b", "has been"),
    (r"\bis to raise\b", "raised"),
    (r"^Some\b", "All"),
)
_LIMITS = (
    (r"\bat most\b", "at least"),
    (r"\bno later than\b", "no earlier than"),
    (r"\bat least\b", "at most"),
    (r"\bup to (?=\d+ (?:minutes|days))", "more than "),
    (r"\bno longer than\b", "no less than"),
)
_ORDER = (
    (r"\bbefore\b", "after"),
    (r"\bafter\b", "before"),
    (r"\bwithin\b", "after"),
)
_POSTS = (
    "Head of Compliance|Head of IT|Head of People|Head of Customer Success|Security Lead|"
    "Platform Lead|Engineering Manager|Chief Executive|General Counsel|Finance Director|CTO|"
    "line manager|system owner|engineer on duty|incident commander|People team|compliance team"
).split("|")
_PEOPLE = (
    "Astrid Holm|Rafael Okonkwo|Mara Lindqvist|Simon Ekdahl|Jonas Mendes|Theo Marchetti|"
    "Priya Raghunathan|Joel Pemberton|Beatrix Coyle|Nadia Rahim|Tomasz Wilk|Freja Sundin|"
    "Yusuf Demir|Ines Carvalho|Dev Malhotra|Kofi Asante|Elin Nordqvist|Owen Pryce|"
    "Karin Ahlgren|Ingrid Solberg|David Achterberg|Helena Strand|Oskar Falk|Isla McAllister"
).split("|")
_NAME = re.compile(rf"\b(?:{'|'.join((*_POSTS, *_PEOPLE))})\b")
_CONCLUSIONS = (
    ", so Harbourlight is fully compliant",
    ", which proves that the control operated effectively throughout the audit period",
    ", so no further evidence is needed",
    ", which satisfies the auditor",
    ", so customers face no risk",
    ", and the auditor has confirmed this without reservation",
)
_CAUSES = (
    " because the auditor had asked for it",
    " as a consequence of a data breach",
    " because a customer's contract demands it",
    " owing to a decision of the board",
    " because European law requires it",
)
_DETAILS = (
    ", and the internal audit team verifies this every month",
    ", using software from an external provider",
    ", and everyone involved has been trained for it",
    ", and any breach leads to dismissal",
    " in every country where the company works",
    ", and the results are published on the website",
)


def overreaching(claim: str, *, evidence: str) -> Iterator[tuple[str, str]]:
    """Yield a claim that goes beyond its evidence, in each way that fits it."""
    for variant, changes in (
        ("scope", _WIDER),
        ("modality", _STRONGER),
        ("limit", _LIMITS),
        ("order", _ORDER),
    ):
        changed = _first_change(claim, changes)
        # What a policy says people do, they must do; what it says they may do is left to them.
        loose = re.search(r"\b(?:may|can|should|will|forecast|recommend|remove|Some)\b", evidence)
        if changed and (variant != "modality" or loose):
            yield variant, changed
    if exchanged := _roles(claim):
        yield "roles", exchanged
    if replaced := _subject(claim, evidence):
        yield "subject", replaced
    for variant, endings in (
        ("conclusion", _CONCLUSIONS),
        ("cause", _CAUSES),
        ("detail", _DETAILS),
    ):
        ending = endings[digest(variant, claim) % len(endings)]
        yield variant, f"{claim.removesuffix('.')}{ending}."


def _first_change(claim: str, changes: Sequence[tuple[str, str]]) -> str | None:
    for pattern, other in changes:
        changed = re.sub(pattern, other, claim, count=1)
        if changed != claim:
            return changed[0].upper() + changed[1:]
    return None


def _roles(claim: str) -> str | None:
    """Return a claim with two people or posts exchanged, where that makes a difference."""
    found = list(_NAME.finditer(claim))
    if len(found) != 2 or found[0][0] == found[1][0]:
        return None
    first, second = found
    between = claim[first.end() : second.start()]
    # Two names that are merely listed may change places.
    if len(re.findall(r"\w+", between)) < 2 or re.fullmatch(
        r" (?:and|or)(?: one from)? (?:the )?", between
    ):
        return None
    return claim[: first.start()] + second[0] + between + first[0] + claim[second.end() :]


def _subject(claim: str, evidence: str) -> str | None:
    """Return a claim about a person or a post that its evidence does not speak of."""
    match = _NAME.search(claim)
    if not match:
        return None
    pool = _POSTS if match[0] in _POSTS else _PEOPLE
    others = [one for one in pool if one not in evidence and one not in claim]
    other = others[digest("subject", claim) % len(others)]
    return claim[: match.start()] + other + claim[match.end() :]
