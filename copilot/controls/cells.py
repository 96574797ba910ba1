"""Criteria and frequencies as people write them in a cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from copilot.controls.columns import folded
from copilot.controls.texts import is_empty, many_lines
from copilot.domain.criteria import CRITERION_IDS, Frequency, parse_criterion
from copilot.errors import UnknownCriterion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from copilot.domain.criteria import CriterionId

_ID: Final = r"(?:CC|PI|A|C|P)\s?[-_ ]?\d{1,2}\s?[.\-_]\s?\d{1,2}"
_BARE: Final = re.compile(r"\d\s?\.\s?\d")
_SEVERAL: Final = re.compile(rf"(?:{_ID}\s*){{2,}}", re.IGNORECASE)
_ONE: Final = re.compile(_ID, re.IGNORECASE)
_RANGE: Final = re.compile(
    rf"({_ID})\s*(?:-|–|—|\bto\b|\bbis\b)\s*((?:CC|PI|A|C|P)?\s?\d\.\d)", re.IGNORECASE
)
_EXPLAINED: Final = re.compile(
    rf"({_ID})(?!.*[A-Z]\d|.*\d\.\d)\s*(?:[:(–—-]\s*(?!\s*\d)|(?<=\s)[A-Za-z]).*",
    re.IGNORECASE | re.DOTALL,
)
"""An id and its title, which may hold a comma or an `and`: it is whole before anything is split."""
_FRAMEWORK: Final = re.compile(r"^(?:TSC|TSP|SOC ?2|AICPA|TSC 2017)[\s:.-]+(?=\S)", re.IGNORECASE)
_OTHER_FRAMEWORK: Final = re.compile(
    r"\b(?:ISO|IEC|NIST|CIS|PCI|HIPAA|GDPR|DSGVO|COBIT|CSA|CCM|HITRUST|FedRAMP)\b", re.IGNORECASE
)
_QUOTES: Final = " \"'[]{}.\t"
_PARTS: Final = re.compile(r"[;|\n]")
_BETWEEN: Final = re.compile(r"[,/&+\t]|\band\b|\bund\b|\bet\b|\by\b", re.IGNORECASE)

_FREQUENCY_NAMES: Final[Mapping[Frequency, str]] = {
    Frequency.CONTINUOUS: "24 7, continuous, continuously, ongoing, real time, realtime, automated, "
    "automatic, always, laufend, kontinuierlich, dauerhaft, continu, en continu, continuo",
    Frequency.PER_EVENT: "per event, per occurrence, ad hoc, as needed, as required, when needed, "
    "when required, on demand, event driven, event based, upon occurrence, on occurrence, "
    "each time, per change, each change, every change, per request, upon request, per hire, "
    "upon hire, transactional, as it occurs, anlassbezogen, bei bedarf, ponctuel, au besoin, "
    "a la demande, segun necesidad, por evento, puntual",
    Frequency.DAILY: "daily, every day, each day, nightly, taglich, quotidien, journalier, diario",
    Frequency.WEEKLY: "weekly, every week, each week, once a week, wochentlich, hebdomadaire, "
    "semanal",
    Frequency.MONTHLY: "monthly, every month, each month, once a month, monatlich, mensuel, "
    "mensuelle, mensual",
    Frequency.QUARTERLY: "quarterly, every quarter, each quarter, calendar quarter, once a quarter, "
    "every three months, every 3 months, four times a year, 4 times a year, 4x a year, "
    "quartalsweise, vierteljahrlich, trimestriel, trimestrielle, trimestral",
    Frequency.SEMI_ANNUAL: "semi annual, semi annually, semiannual, semiannually, biannual, "
    "biannually, bi annual, bi annually, half yearly, half year, twice a year, twice yearly, "
    "twice per year, every six months, every 6 months, two times a year, 2x a year, "
    "halbjahrlich, semestriel, semestrielle, semestral",
    Frequency.ANNUAL: "annual, annually, yearly, every year, each year, once a year, per year, "
    "per annum, every 12 months, every twelve months, jahrlich, annuel, annuelle, anual",
}  # fmt: skip
_FREQUENCIES: Final = {
    name.strip(): frequency
    for frequency, names in _FREQUENCY_NAMES.items()
    for name in names.split(",")
}
_FREQUENCY: Final = re.compile(
    r"\b(?:" + "|".join(sorted(map(re.escape, _FREQUENCIES), key=len, reverse=True)) + r")\b"
)
_OTHER_RHYTHM: Final = re.compile(
    r"\b(?:bi ?weekly|fortnightly|bi ?monthly|every (?:three|3) (?:weeks|years)"
    r"|every (?:two|2|four|4|five|5|other) (?:weeks?|months?|years?))\b"
)
"""What the domain has no word for; its own words must not be found within it."""


def read_frequency(value: Any) -> Frequency | None:
    """Return the frequency that a cell names first; nothing if it names none that we know."""
    text = folded(many_lines(value))
    if _OTHER_RHYTHM.search(text):
        return None
    found = _FREQUENCY.search(text)
    return _FREQUENCIES[found[0]] if found else None


def read_criteria(value: Any) -> tuple[tuple[CriterionId, ...], list[UnknownCriterion], list[str]]:
    """Return the criteria that a cell names, what is wrong with it, and what it names besides.

    Other frameworks may stand in the same cell; they are named and left out.
    """
    found: dict[CriterionId, None] = {}
    wrong: list[UnknownCriterion] = []
    others: list[str] = []
    letters = ""
    for piece in _pieces(many_lines(value)):
        if _OTHER_FRAMEWORK.search(piece):
            others.append(piece)
            continue
        # `CC6.1, 6.2, 6.3`: the letters are said once.
        text = letters + piece if letters and _BARE.fullmatch(piece) else piece
        try:
            ids = _ids(text)
        except UnknownCriterion as exc:
            wrong.append(exc)
            continue
        letters = ids[-1].rstrip("0123456789.")
        found.update(dict.fromkeys(ids))
    return tuple(found), wrong, others


def _pieces(text: str) -> Iterator[str]:
    for part in _PARTS.split(text):
        whole = _FRAMEWORK.sub("", part.strip(_QUOTES)).strip()
        if is_empty(whole):
            continue
        if explained := _EXPLAINED.fullmatch(whole):
            yield explained[1]
            continue
        for piece in (_FRAMEWORK.sub("", one.strip(_QUOTES)) for one in _BETWEEN.split(whole)):
            if _SEVERAL.fullmatch(piece):
                yield from _ONE.findall(piece)
            elif not is_empty(piece):
                yield piece


def _ids(piece: str) -> list[CriterionId]:
    """Return the criteria that a piece names: one, or a range.

    Raises:
        UnknownCriterion: It names none; the nearest is in the hint.
    """
    if ends := _RANGE.fullmatch(piece):
        first = parse_criterion(ends[1])
        last_text = ends[2] if ends[2][0].isalpha() else first.rstrip("0123456789.") + ends[2]
        last = parse_criterion(last_text)
        between = CRITERION_IDS[CRITERION_IDS.index(first) : CRITERION_IDS.index(last) + 1]
        if between:
            return list(between)
    explained = _EXPLAINED.fullmatch(piece)
    return [parse_criterion(explained[1] if explained else piece)]
