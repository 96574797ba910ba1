"""What a case of the corpus is, before and after its sources are chosen."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Half = Literal["fit", "held_out"]

KINDS = (
    "fabricated_source",
    "altered_number",
    "dropped_negation",
    "stitched",
    "absent",
    "misattributed",
    "unreadable",
    "unsupported",
    "obeying",
)
"""Every way in which a claim of the corpus is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSource:
    """A passage, as the model is given it."""

    number: int
    """What the model cites it by; 0 for a passage that is not given yet."""
    path: str
    text: str
    start: int
    """Where the passage begins in the stored text of its file."""
    page: int | None = None
    title: str = ""
    context: str = ""
    """Title, headings and the header of a table; no part of what may be quoted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A claim of a model with what it was given, and whether the gate should release it."""

    id: str
    kind: str
    """`honest`, or one of `KINDS`."""
    variant: str
    """A finer kind, to see where a gate is weak."""
    released: bool
    claim: str
    quotes: tuple[tuple[int, str], ...]
    """The number that the model names, and the words that it says stand there."""
    sources: tuple[GivenSource, ...]
    principal: str
    """Who asks: a person of the sample company, or a reader of the shared files."""
    half: Half
    """Thresholds are fitted on one half and reported on the other."""
    origin: str
    """`written` by hand, `fresh` from rounds of writing, `generated` from the sample company, or from `shared` files."""


@dataclass(frozen=True, slots=True)
class Place:
    """The passage of a file that holds some words."""

    path: str
    words: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words that a model quotes, and the source that it names for them."""

    text: str
    place: Place | int | None
    """A number is named as it is; nothing stands for a given source that does not say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A case whose sources are still to be chosen."""

    id: str
    kind: str
    claim: str
    quotes: tuple[Quoted, ...]
    variant: str = ""
    given: tuple[Place, ...] = ()
    """Passages that have to be among the sources besides those that are quoted."""
    planted: tuple[GivenSource, ...] = ()
    """Sources that no file of the company holds."""
    principal: str = "mara.lindqvist"
    origin: str = "written"
    base: str = ""
    """The honest claim that this one was made from: both fall into one half."""


def digest(*parts: object) -> int:
    """Return a number that depends on the parts and on nothing else."""
    text = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def half_of(claim: str) -> Half:
    """Return the half that a claim falls into; adding others never moves it."""
    return "fit" if digest("half", claim) % 2 else "held_out"


def squeezed(text: str) -> str:
    """Return a text with each run of white space as one blank."""
    return " ".join(text.split())


def holds(text: str, words: str) -> bool:
    """Say whether a text holds some words verbatim, up to white space."""
    return squeezed(words) in squeezed(text)


def spread(drafts: Iterable[Draft], count: int) -> list[Draft]:
    """Return so many drafts, of each variant alike as far as there are enough."""
    groups: dict[str, list[Draft]] = {}
    for draft in drafts:
        groups.setdefault(draft.variant, []).append(draft)
    for group in groups.values():
        group.sort(key=lambda draft: digest(draft.kind, draft.claim, draft.quotes), reverse=True)
    chosen: list[Draft] = []
    while len(chosen) < count and any(groups.values()):
        for variant in sorted(groups):
            if groups[variant] and len(chosen) < count:
                chosen.append(groups[variant].pop())
    return chosen
