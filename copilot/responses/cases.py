"""Everything that a response is written from, gathered once: the finding, its kind, what sources say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from copilot.domain.drafts import OpenQuestion, Statement, ToConfirm
from copilot.drafting import marks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from copilot.domain.answers import Citation
    from copilot.domain.companies import CompanyProfile
    from copilot.domain.controls import Control
    from copilot.domain.documents import SourcePath
    from copilot.domain.findings import Finding, FindingKind
    from copilot.domain.outlines import Terms
    from copilot.drafting.record_lines import RecordLine
    from copilot.responses.case_records import CaseRecords, Cited

_BECAUSE: Final = re.compile(
    r"\b(?:because|caused by|due to|owing to|reason (?:was|is)|as a result of|came from)\b"
    r"|\bnot [a-z]+ed: ",
    re.IGNORECASE,
)
"""How a record says why; nothing else in it is taken for a cause."""

_DONE: Final = re.compile(
    r"\b(?:done|repaired|closed|deactivated|replaced|introduced|switched off|now (?:\w+))\b",
    re.IGNORECASE,
)
_PLANNED: Final = re.compile(r"^(?:action|what|task|due|due on|by when)$", re.IGNORECASE)
_DAY: Final = re.compile(
    r"\b(\d{4}-\d\d-\d\d)\b|\b(\d{1,2}) (January|February|March|April|May|June|July|August|September"
    r"|October|November|December) (\d{4})\b"
)
_MONTHS: Final = (
    "January February March April May June July August September October November December"
).split()
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")
_RELATED: Final = 0.2
"""Least share of the finding that a line must speak of, besides naming an item of it."""

_MOST_RECORDS: Final = 3
_FEWEST: Final = 6
"""Words of a sentence that tells more than a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is the same for every finding of a workspace."""

    terms: Terms
    profile: CompanyProfile
    company: str
    controls: Sequence[Control]
    posts: Mapping[str, str]
    """What people are called by their posts: `Head of IT` by the name."""


@dataclass(slots=True, kw_only=True)
class Case:
    """One finding with everything that its response may say."""

    finding: Finding
    kind: FindingKind
    around: Surroundings
    records: CaseRecords
    source: SourcePath | None
    """The finding's own file, where it is one of the company's sources."""
    control: Control | None = None
    evidence: list[Cited] = field(default_factory=list)
    """Records of what happened."""
    causes: list[Cited] = field(default_factory=list)
    done: list[Cited] = field(default_factory=list)
    """What records say was done about it, or is planned."""

    def gather(self) -> None:
        """Sort what records say of the items that the finding names."""
        seen: set[tuple[str, int, int]] = set()
        for cited in self.records.named(self.finding):
            self._sort(cited, seen, direct=True)
            if cited.line.cells or cited in self.causes or _is_about(self, cited.line):
                for more in self.records.after(cited):
                    self._sort(more, seen, direct=False)

    @property
    def role(self) -> str:
        """The post of whoever answers for the control."""
        owner = self.finding.owner or (self.control.owner if self.control else "")
        return self.post_of(owner) if owner else self.title(self.kind.ask)

    @property
    def owner(self) -> str:
        """Who answers for the finding: as it says, or the owner of the control; empty if unknown."""
        return self.finding.owner or (self.control.owner if self.control else "")

    def post_of(self, name: str) -> str:
        """Return what somebody is called by their post; their name if that is not known."""
        for holder in self.around.profile.roles.values():
            if holder.holder.casefold() == name.casefold():
                return holder.title
        return self.around.posts.get(name, name)

    def title(self, role: str) -> str:
        """Return what a role is called in this company."""
        own = self.around.profile.roles.get(role)
        return own.title if own else self.around.terms.roles[role].title

    def asks(self, question: str, *, role: str = "") -> Statement:
        """Return an open question, to the owner of the control unless a role is named."""
        asked = OpenQuestion(role=role or self.role, asks=self.filled(question))
        return Statement(text=marks.open_question(asked))

    def confirm(self, says: str, *, role: str = "") -> str:
        """Return the mark of something to confirm."""
        return marks.to_confirm(ToConfirm(role=role or self.role, says=self.filled(says)))

    def filled(self, text: str) -> str:
        """Return a text of our own with its places filled."""
        return text.replace("{control}", self.finding.control)

    def says(self, words: str, *, before: str = "", after: str = "") -> Statement:
        """Return words of the finding in quotation marks, cited to its file where it is a source."""
        return Statement(
            text=f"{before}{quoted(words)}{after}",
            citations=self.records.own_words(words, self.source),
        )

    def on(self, looks_for: str) -> list[Statement]:
        """Return what the auditor and our own records say of something about the case."""
        said = self.sentences()
        found = []
        at = self.records.saying(looks_for, said, given=self.kind.title)
        if at is not None:
            found.append(self.says(said[at], before="The auditor notes: "))
        lines = [one for one in (*self.causes, *self.done, *self._told_of()) if not one.line.cells]
        at = self.records.saying(
            looks_for, [one.line.words for one in lines], given=self.kind.title
        )
        if at is not None:
            found.append(self.told(lines[at]))
        return found

    def _told_of(self) -> list[Cited]:
        return [more for one in self.evidence for more in (one, *self.records.after(one))]

    def sentences(self) -> list[str]:
        """Return what the auditor wrote about what was found, sentence by sentence."""
        found = (self.finding.exceptions, self.finding.auditor_wording)
        return [one for text in found if text for one in _SENTENCE_END.split(text)]

    def told(self, cited: Cited, *, before: str = "") -> Statement:
        """Return what a record says, with its title and citation."""
        line = cited.line
        words = line.told(
            lambda text: self.records.speaks_of(self.finding.words, text), people=_is_action(line)
        )
        return Statement(
            text=marks.literal(f"{before}{line.passage.title}: {_ended(words)}"),
            citations=(cited.citation,),
        )

    def person(self, role: str) -> str:
        """Return who has a post; empty if that is not known."""
        if role == self.role:
            return self.owner
        for holder in self.around.profile.roles.values():
            if holder.title == role and holder.holder:
                return holder.holder
        return next((name for name, post in self.around.posts.items() if post == role), "")

    def latest_day(self) -> str:
        """Return the latest day that the exceptions name, as 2025-08-15; empty if they name none."""
        days = [_iso(match) for match in _DAY.finditer(self.finding.exceptions)]
        return max(days, default="")

    def _sort(self, cited: Cited, seen: set[tuple[str, int, int]], *, direct: bool) -> None:
        line = cited.line
        key = (line.passage.source.path, line.start, line.end)
        if key in seen:
            return
        seen.add(key)
        if not direct and not self.records.is_near(line.words, [self.finding.words]):
            return
        if not line.cells and _BECAUSE.search(line.words):
            self.causes.append(cited)
        elif _is_action(line) or (not line.cells and _DONE.search(line.words)):
            self.done.append(cited)
        elif direct and _is_telling(self, line) and len(self.evidence) < _MOST_RECORDS:
            self.evidence.append(cited)


def quoted(words: str) -> str:
    """Return somebody else's words in quotation marks, as plain text."""
    return f"“{marks.literal(words.replace('“', '‘').replace('”', '’'))}”"


def plain(words: str) -> str:
    """Return somebody else's words as a sentence of their own, as plain text."""
    return marks.literal(_ended(words))


def day(when: date) -> str:
    """Return a date as it is written in a response."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def cite_all(statement: Statement, more: Sequence[Citation]) -> Statement:
    """Return a statement with further citations."""
    return Statement(text=statement.text, citations=(*statement.citations, *more))


def _is_about(case: Case, line: RecordLine) -> bool:
    return case.records.speaks_of(case.finding.words, line.words) >= _RELATED


def _is_telling(case: Case, line: RecordLine) -> bool:
    return (bool(line.cells) or len(line.words.split()) >= _FEWEST) and _is_about(case, line)


def _is_action(line: RecordLine) -> bool:
    """Say whether a row is one of a list of actions, with who does them and by when."""
    return sum(bool(_PLANNED.match(name.strip())) for name, _ in line.cells) > 1


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "”")) else f"{text}."


def _iso(match: re.Match[str]) -> str:
    if match[1]:
        return match[1]
    return f"{match[4]}-{_MONTHS.index(match[3]) + 1:02}-{int(match[2]):02}"
