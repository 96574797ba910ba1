"""Rules without a figure of time: what is allowed or forbidden, and the least that is accepted of a technique."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.checking.matters import Bound, Matter
from copilot.citations.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORBIDS: Final = (
    r"(?:must|may|shall|should|can|do|does|are|is|will) not\b|cannot|never|prohibit\w*|forbidden|forbids?|blocked|disabled|"
    r"banned|switched off|not (?:be )?(?:allowed|permitted|used|copied)|nobody|no one|no (?:employee|user|person)\b|"
    r"(?:^|[.;:,] )no (?=\w)|disallow\w*|rejected|refused"
)
_ALLOWS: Final = (
    r"may (?!not)|can (?!not|be found)|(?<!not )(?<!not be )(?:allowed|permitted)|are free to|it is fine|is fine|welcome to|"
    r"(?:is|are) acceptable|is possible|are possible"
)
_PAUSE: Final = re.compile(r"[,;:.]")
_HEDGED: Final = re.compile(
    r"\b(?:unless|except|only (?:with|after|if|when)|without (?:the )?(?:\w+ )?(?:approval|permission|consent|agreement))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that one policy may forbid and another allow."""

    matter: Matter
    about: re.Pattern[str]
    strict: re.Pattern[str]
    lax: re.Pattern[str]
    hedged: bool = True
    """Whether a sentence with `unless` and the like is left alone: it takes both sides."""


def _question(
    id_: str, about: str, *, strict: str = _FORBIDS, lax: str = _ALLOWS, hedged: bool = True
) -> Question:
    matter = Matter(id=id_, amounts={"stance"}, does=".", differs_by={"whom", "when"}, usual={"if"})
    patterns = (re.compile(rf"(?:{one})", re.IGNORECASE) for one in (about, strict, lax))
    about_, strict_, lax_ = patterns
    return Question(matter=matter, about=about_, strict=strict_, lax=lax_, hedged=hedged)


_MFA: Final = r"\b(?:multi|two|2)[- ]?factor|\bMFA\b|\b2FA\b|second factor"
_QUESTIONS: Final = (
    _question("exceptions from multi-factor authentication", _MFA, hedged=False,
              strict=r"without (?:any )?exception|no exceptions?\b|(?:required|mandatory|enforced|must be used|obligatory) (?:for|on|by|of|at) (?:all|every|each|any)|(?:all|every|each) (?:\w+ ){1,3}(?:must|requires?|needs?|uses?|has|have)\b",
              lax=r"exempt|waive|waiver|optional|not (?:required|mandatory|needed|necessary)|without (?:MFA|multi|a second|two)|switch(?:ed)? off|may sign in with (?:a |their )?password (?:only|alone)|exceptions? (?:from|to|for) (?:MFA|multi|the second|two)|encouraged"),
    _question("passwords that expire", r"pass ?words?|passphrases?",
              strict=r"(?:expires?|chang(?:e|ed)|rotated|renewed|replaced|reset)\b[^.;]{0,25}\b(?:every|after|each|once)\b[^.;]{0,20}(?:days?|months?|year|quarter)",
              lax=r"(?:do|does|need|will) not (?:expire|have to be changed|need to be changed)|never expire|no expiry|not (?:forced|required|asked) to change|without expiry"),
    _question("text messages as a second factor", r"\b(?:text messages?|SMS)\b(?=.*(?:factor|authenticat|sign|code|MFA))|(?:factor|authenticat\w+|MFA)\b.*\b(?:text messages?|SMS)\b"),
    _question("removable media", r"removable (?:media|storage|disk)|\bUSB\b(?! key| token|-C)|external (?:disks?|drives?)|memory sticks?|flash drives?|thumb drives?|pen drives?"),
    _question("customer data in tests", r"(?:customer|production|real|live|personal) data\b.*\b(?:test|staging|development environment|non-production|sandbox|training)|\b(?:test|staging|sandbox)\w*\b.*\b(?:customer|production|real|live) data"),
    _question("work on personal devices", r"(?:personal|private|their own|your own|privately owned) (?:\w+ )?(?:devices?|laptops?|phones?|computers?|equipment|machines?)|\bBYOD\b|bring[- ]your[- ]own"),
    _question("accounts that people share", r"^(?!.*(?:vault|password manager|1Password|emergency)).*shar(?:e|es|ed|ing) (?:an? |of |user |their )?(?:accounts?|credentials|log-?ins?|passwords?)|(?:accounts?|passwords?|credentials) (?:may be |are |is |can be )?(?:never )?(?:not )?shared"),
    _question("company information in private mail or storage", r"(?:private|personal) (?:e-?mail|mail|address|cloud|accounts?|storage|drives?)"),
    _question("confidential information in outside AI tools", r"\bAI (?:tools?|assistants?|services?)|ChatGPT|generative AI|language models?"),
    _question("public networks", r"public (?:wi-?fi|networks?|hot ?spots?|wireless)"),
    _question("approval of one's own work", r"(?:approv|review|merg)\w* (?:of )?(?:their|his|her|your|one's|its) own|own (?:changes?|code|requests?|access|pull requests?|work)\b|self[- ]approv\w*"),
    _question("local administrator rights", r"local admin\w*"),
)  # fmt: skip


def stances(text: str) -> Iterator[tuple[Matter, Quantity]]:
    """Yield on what a sentence takes a side: 0 where it forbids, 1 where it allows."""
    for question in _QUESTIONS:
        if not question.about.search(text) or (question.hedged and _HEDGED.search(text)):
            continue
        strict, lax = question.strict.search(text), question.lax.search(text)
        if strict and lax:
            # "Nobody may …" forbids; what forbids one thing and allows another takes no side.
            joined = strict.start() < lax.start() and not _PAUSE.search(
                text, strict.end(), lax.start()
            )
            strict, lax = (strict if joined else None), None
        found = strict or lax
        if found:
            value = 0.0 if strict else 1.0
            yield question.matter, Quantity("stance", value, found[0].strip(), found.start())


_TLS_MATTER: Final = Matter(
    id="oldest version of TLS", amounts={"version"}, does=".", stricter=Bound.MORE,
    differs_by={"when", "asset"},
)  # fmt: skip
_AES_MATTER: Final = Matter(
    id="strength of encryption", amounts={"bits"}, does=".", stricter=Bound.MORE, differs_by={"way"}
)
_TLS: Final = re.compile(r"\b(?:TLS|SSL)\s?(?:versions?\s)?v?(\d(?:\.\d)?)\b", re.IGNORECASE)
_MORE_TLS: Final = re.compile(r"(?:,|\bor\b|\band\b|/)\s*(?:TLS\s?)?v?(1\.\d)\b", re.IGNORECASE)
_NOT_ACCEPTED: Final = re.compile(
    r"\b(?:refus|disabl|forbid|not\b|never|no longer|prohibit|deprecat|block|switch(?:ed)? off|below|older than|"
    r"reject|before|prefer|earlier than|lower than|without)",
    re.IGNORECASE,
)
_PART: Final = re.compile(r"[;:]|,(?!\s*(?:TLS\s?)?1\.\d)|\bwhile\b|\bbut\b")
_AES: Final = re.compile(
    r"\bAES[-_ ]?(?:GCM[-_ ]?|CBC[-_ ]?)?(128|192|256)|\bAES (?:with )?(?:a )?(128|192|256)[- ]bit|\b(128|192|256)[- ]bits?[- ](?:key )?AES",
    re.IGNORECASE,
)


def techniques(text: str) -> Iterator[tuple[Matter, Quantity]]:
    """Yield the oldest version of TLS and the shortest key of AES that a sentence accepts."""
    accepted: list[tuple[float, re.Match[str]]] = []
    at = 0
    for cut in (*_PART.finditer(text), None):
        part = text[at : cut.start() if cut else len(text)]
        if not _NOT_ACCEPTED.search(part):
            for match in _TLS.finditer(text, at, at + len(part)):
                more = _MORE_TLS.search(text, match.end(), min(len(text), match.end() + 12))
                values = [float(match[1]), *([float(more[1])] if more else [])]
                accepted.append((min(values), match))
        at = cut.end() if cut else len(text)
    if accepted:
        value, match = min(accepted, key=lambda one: one[0])
        yield _TLS_MATTER, _least(text, "version", value, match)
    keys = [
        (float(match[1] or match[2] or match[3]), match)
        for match in _AES.finditer(text)
        if not _NOT_ACCEPTED.search(text)
    ]
    if keys:
        value, match = min(keys, key=lambda one: one[0])
        yield _AES_MATTER, _least(text, "bits", value, match)


_OR_MORE: Final = re.compile(
    r"\b(?:or (?:newer|better|higher|later|above|stronger|more|greater)|and (?:above|newer|higher|later)|at least|"
    r"minimum|or longer|no (?:older|less|lower))\b|\+",
    re.IGNORECASE,
)


def _least(text: str, kind: str, value: float, match: re.Match[str]) -> Quantity:
    """Return what is accepted, with no upper end where a sentence says `or newer`."""
    more = math.inf if _OR_MORE.search(text) else 0.0
    return Quantity(kind, value, match[0], match.start(), more)
