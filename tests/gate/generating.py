"""Cases made by rule from honest ones: the same on every run, and many."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from copilot.adapters.readers import registry
from copilot.ingestion.chunking import cut
from tests.gate.altering import negations, numbers, swapped
from tests.gate.drafting import (
    KINDS,
    Draft,
    GivenSource,
    Place,
    Quoted,
    digest,
    holds,
    spread,
    squeezed,
)
from tests.gate.library import Library
from tests.gate.orders import obeying
from tests.gate.overreaching import overreaching

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

RESTRICTED = ("grace.whitlock", "dev.malhotra", "simon.ekdahl", "beatrix.coyle")
"""People of the sample company who may not read everything."""

_EACH = 64
"""How many cases of each kind are made from the sample company."""
_EACH_SHARED = 18

_TITLES = (
    "Mobile Device Standard",
    "Cloud Governance Framework",
    "Data Protection Handbook",
    "Identity Lifecycle Procedure",
    "Physical Security Standard",
    "Third Party Risk Charter",
    "Internal Audit Plan",
    "Logging Baseline",
)
_PATHS = (
    "policies/mobile-devices.md",
    "policies/logging-standard.pdf",
    "evidence/internal-audit-2025.pdf",
    "evidence/access-review-2025-q3.csv",
    "evidence/soc2-report-2025.pdf",
    "policies/physical-security.docx",
)
_EXCHANGED = (
    (" is ", " was "),
    (" are ", " were "),
    (" within ", " inside "),
    (" every ", " each "),
    (" all ", " most "),
    (" must ", " shall "),
    (" needs ", " requires "),
    (" the ", " our "),
    (" a ", " one "),
    (",", ", "),
    (" | ", " / "),
    (": ", " = "),
)
_LEFT_OUT = frozenset({"LICENSE.md", "Basecamp_Data_Processing_Addendum_v201805.pdf"})
"""A licence is no policy, and the text layer of the other is gibberish, which reading refuses."""
_MARKS = (" ... ", " … ", " [...] ", " (…) ")
_SENTENCE = re.compile(
    r"(?:^|(?<=[.!?]\s)|(?<=- )|(?<=\": \"))[A-Z][^.!?\n\"|<>*`\[\]{}_#;]{45,220}\.(?=\s|$|\")"
)


def adversarial(
    written: Sequence[Draft], *, everything: Library, libraries: Mapping[str, Library]
) -> list[Draft]:
    """Return as many cases of each kind over the sample company, none of them written already."""
    plain = [draft for draft in written if draft.kind == "honest" and not draft.planted]
    known = {(draft.kind, draft.claim) for draft in written}
    made = chain(_made(plain, everything), _unreadable(plain, libraries))
    new = (draft for draft in made if (draft.kind, draft.claim) not in known)
    return _numbered(new, each=_EACH, origin="generated", principal=None)


def shared_adversarial(
    honest: Sequence[Draft], *, secret: Sequence[Draft], everything: Library
) -> list[Draft]:
    """Return as many cases of each kind over other companies' files."""
    made = chain(_made(honest, everything), _unread(secret))
    return _numbered(made, each=_EACH_SHARED, origin="shared", principal="reader")


def _numbered(
    made: Iterable[Draft], *, each: int, origin: str, principal: str | None
) -> list[Draft]:
    by_kind: dict[str, list[Draft]] = {kind: [] for kind in KINDS}
    # One claim with the same quotes may come of two rules.
    for draft in {(one.kind, one.claim, one.quotes): one for one in made}.values():
        by_kind[draft.kind].append(draft)
    return [
        replace(
            draft,
            id=f"{origin}-{kind}-{number:03}",
            origin=origin,
            principal=principal or draft.principal,
        )
        for kind, drafts in by_kind.items()
        for number, draft in enumerate(spread(drafts, each), 1)
    ]


def _made(honest: Sequence[Draft], library: Library) -> Iterator[Draft]:
    """Yield every case that can be made of honest ones, of all kinds but the unreadable."""
    yield from obeying(honest)
    for draft in honest:
        yield from _fabricated(draft)
        yield from _misattributed(draft)
        yield from _absent(draft, library)
        yield from _shortened(draft, library)
        evidence = " ".join(quoted.text for quoted in draft.quotes)
        for variant, claim in numbers(draft.claim, evidence=evidence):
            yield _like(draft, "altered_number", variant, claim)
        if exchanged := swapped(draft.claim):
            yield _like(draft, "altered_number", "swapped", exchanged)
        for variant, claim in negations(draft.claim):
            yield _like(draft, "dropped_negation", variant, claim)
        for variant, claim in overreaching(draft.claim, evidence=evidence):
            yield _like(draft, "unsupported", variant, claim)
    yield from _pairs(honest, library)


def _like(draft: Draft, kind: str, variant: str, claim: str) -> Draft:
    return replace(draft, id="", kind=kind, variant=variant, claim=claim, base=draft.claim)


def _places(draft: Draft) -> tuple[Place, ...]:
    return tuple(quoted.place for quoted in draft.quotes if isinstance(quoted.place, Place))


def _fabricated(draft: Draft) -> Iterator[Draft]:
    """Yield cases whose source was never given: by its number, its path or its title."""
    seed = digest("fabricated", draft.claim)
    number = (21 + seed % 60, 0, 1_000 + seed % 9_000)[seed % 3]
    quotes = tuple(Quoted(quoted.text, number) for quoted in draft.quotes)
    made = _like(draft, "fabricated_source", "number", draft.claim)
    yield replace(made, quotes=quotes, given=_places(draft))
    claim = draft.claim.removesuffix(".")
    title, path = _TITLES[seed % len(_TITLES)], _PATHS[seed % len(_PATHS)]
    yield _like(draft, "fabricated_source", "title", f"{claim}, as the {title} states.")
    yield _like(draft, "fabricated_source", "path", f"{claim} (see {path}).")


def _misattributed(draft: Draft) -> Iterator[Draft]:
    """Yield a case whose quotes stand in other sources than those it names."""
    if not _telling(draft):
        return
    quotes = tuple(Quoted(quoted.text, None) for quoted in draft.quotes)
    made = _like(draft, "misattributed", draft.variant, draft.claim)
    yield replace(made, quotes=quotes, given=_places(draft))


def _unreadable(honest: Sequence[Draft], libraries: Mapping[str, Library]) -> Iterator[Draft]:
    """Yield cases that quote what the person who asks may not read."""
    for draft in honest:
        paths = [place.path for place in _places(draft)]
        names = [name for name in RESTRICTED if not any(map(libraries[name].reads, paths))]
        if names and _telling(draft):
            name = names[digest("unreadable", draft.claim) % len(names)]
            quotes = tuple(Quoted(quoted.text, None) for quoted in draft.quotes)
            made = _like(draft, "unreadable", name, draft.claim)
            yield replace(made, quotes=quotes, principal=name)


def _unread(secret: Sequence[Draft]) -> Iterator[Draft]:
    """Yield cases that quote files of which nothing was given."""
    for draft in secret:
        quotes = tuple(Quoted(quoted.text, None) for quoted in draft.quotes)
        yield replace(_like(draft, "unreadable", "other files", draft.claim), quotes=quotes)


def _telling(draft: Draft) -> bool:
    """Say whether every quote has enough words to stand in one place only."""
    return all(len(re.findall(r"\w+", quoted.text)) >= 5 for quoted in draft.quotes)


def _absent(draft: Draft, library: Library) -> Iterator[Draft]:
    """Yield cases whose quote stands nowhere, though something like it does."""
    quoted = draft.quotes[-1]
    altered = next(numbers(quoted.text, evidence=""), ("", quoted.text))[1]
    for variant, text in (
        ("paraphrase", draft.claim),
        ("changed word", _changed_word(quoted.text)),
        ("changed number", altered),
    ):
        if not library.says(text):
            made = _like(draft, "absent", variant, draft.claim)
            yield replace(made, quotes=(*draft.quotes[:-1], Quoted(text, quoted.place)))


def _changed_word(text: str) -> str:
    text = squeezed(text)
    first = digest("word", text) % len(_EXCHANGED)
    for word, other in (*_EXCHANGED[first:], *_EXCHANGED[:first]):
        if word in text and word.strip().isalpha():
            return text.replace(word, other, 1)
    return text


def _shortened(draft: Draft, library: Library) -> Iterator[Draft]:
    """Yield cases whose quote leaves out words in the middle, openly or not."""
    quoted = max(draft.quotes, key=lambda one: len(one.text))
    words = quoted.text.split()
    if len(words) < 14:
        return
    seed = digest("shortened", quoted.text)
    start, gap = len(words) // 3 + seed % 3, 2 + seed % 4
    for variant, mark in (("left out", " "), ("ellipsis", _MARKS[seed % len(_MARKS)])):
        text = mark.join((" ".join(words[:start]), " ".join(words[start + gap :])))
        if not library.says(text):
            made = _like(draft, "stitched", variant, draft.claim)
            kept = tuple(Quoted(text, one.place) if one is quoted else one for one in draft.quotes)
            yield replace(made, quotes=kept)


def _pairs(honest: Sequence[Draft], library: Library) -> Iterator[Draft]:
    """Yield cases of two honest ones: their quotes run together, or exchanged."""
    single = [draft for draft in honest if len(draft.quotes) == 1 and _telling(draft)]
    order = sorted(single, key=lambda draft: digest("pairs", draft.claim))
    # Neighbours in the file speak of one source, neighbours by chance of two.
    for first, second in chain(pairwise(single), pairwise(order)):
        one, other = first.quotes[0], second.quotes[0]
        if holds(one.text, other.text) or holds(other.text, one.text):
            continue
        near = "one source" if _places(first)[0].path == _places(second)[0].path else "two sources"
        mark = (" ", *_MARKS)[digest("mark", one.text) % 5]
        text = f"{one.text.rstrip()}{mark}{other.text}"
        if not library.says(text):
            made = _like(first, "stitched", near, first.claim)
            yield replace(made, quotes=(Quoted(text, one.place),), given=_places(second))
        if not _overlapping(one.text, other.text):
            made = _like(first, "unsupported", f"other subject, {near}", first.claim)
            yield replace(made, quotes=second.quotes, given=_places(first))


def _overlapping(one: str, other: str) -> bool:
    """Say whether two quotes share a run of four words."""
    runs = [
        {tuple(words[index : index + 4]) for index in range(len(words) - 3)}
        for words in (re.findall(r"\w+", one.lower()), re.findall(r"\w+", other.lower()))
    ]
    return bool(runs[0] & runs[1])


def read_folder(*folders: Path) -> Library:
    """Return the passages of every file that can be read, as ingestion would cut them."""
    return Library(
        GivenSource(
            number=0,
            path=f"{folder.name}/{file.relative_to(folder).as_posix()}",
            text=passage.text,
            start=passage.start,
            page=passage.page,
            context=passage.context,
        )
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.suffix in {".md", ".pdf", ".csv", ".json"} and file.name not in _LEFT_OUT
        for document in (registry.read(file, file.name),)
        for passage in cut(document, title=document.title)
    )


def sentences(library: Library) -> list[Draft]:
    """Return honest cases that repeat a sentence of a file word for word."""
    found: dict[str, Draft] = {}
    for passage in library.passages:
        for match in _SENTENCE.finditer(passage.text):
            claim = match[0].strip()
            if len(claim.split()) >= 8 and claim not in found and not claim.endswith("etc."):
                place = Place(passage.path, claim)
                found[claim] = Draft(
                    id="",
                    kind="honest",
                    variant=passage.path.rpartition(".")[2],
                    claim=claim,
                    quotes=(Quoted(claim, place),),
                )
    return list(found.values())
