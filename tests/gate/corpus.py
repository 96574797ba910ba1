"""The corpus of claims on which the checking of citations is measured.

Every case says what a model was given, what it claimed with which quotes, and whether the claim
may be released. It knows nothing of the code that decides.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.gate import generating
from tests.gate.drafting import Case, Draft, GivenSource, Place, Quoted
from tests.gate.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Case", "GivenSource", "by_property", "drafts", "fresh", "of_sample", "of_shared"]

HERE = Path(__file__).parent

_KIND_OF = {"number": "altered_number", "negation": "dropped_negation"}
"""The kinds of the claims of `properties.yaml` that are not simply unsupported."""


def of_sample(copilot: Any) -> tuple[Case, ...]:
    """Return every case over the sample company: honest, written by hand, and generated."""
    written = (*drafts("honest.yaml"), *drafts("adversarial.yaml"))
    libraries = {
        name: Library.of(copilot, name)
        for name in (*{draft.principal for draft in written}, *generating.RESTRICTED)
    }
    everything = libraries["mara.lindqvist"]
    made = generating.adversarial(written, everything=everything, libraries=libraries)
    return tuple(libraries[draft.principal].complete(draft) for draft in (*written, *made))


def fresh(copilot: Any) -> tuple[Case, ...]:
    """Return the cases over the sample company that were written in rounds, without looking at the gate.

    They are counted apart: each was written before what it showed was mended.
    """
    written = [
        replace(draft, id=draft.id.replace("written", "fresh", 1), origin="fresh")
        for draft in drafts("fresh.yaml")
    ]
    library = Library.of(copilot, "mara.lindqvist")
    return tuple(library.complete(draft) for draft in written)


def by_property(copilot: Any) -> tuple[Case, ...]:
    """Return the cases over sentences that no other file quotes, each wrong in one respect of language.

    What is said of one quote falls into one half, so that nothing of the other half was ever seen.
    """
    entries = yaml.load((HERE / "properties.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    library = Library.of(copilot, "mara.lindqvist")
    return tuple(library.complete(draft) for draft in _by_property(entries))


def of_shared(folder: Path) -> tuple[Case, ...]:
    """Return the cases over the files that real organisations published."""
    everything = generating.read_folder(folder / "sourcegraph", folder / "basecamp")
    hidden = generating.read_folder(folder / "prowler")
    honest = generating.sentences(everything)
    secret = generating.sentences(hidden)
    made = generating.shared_adversarial(honest, secret=secret, everything=everything)
    return tuple(everything.complete(draft) for draft in made)


def drafts(name: str) -> tuple[Draft, ...]:
    """Return the cases of a file beside this one, their sources not yet chosen."""
    entries = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return tuple(_drafts(entries))


def _by_property(entries: Iterable[dict[str, Any]]) -> Iterator[Draft]:
    numbers: Counter[str] = Counter()
    for entry in entries:
        ((path, words),) = entry["quote"].items()
        said = [("honest", "", claim) for claim in entry["honest"]]
        said += [
            (_KIND_OF.get(variant, "unsupported"), variant, claim)
            for variant, claim in entry["wrong"].items()
        ]
        for kind, variant, claim in said:
            numbers[kind] += 1
            yield Draft(
                id=f"property-{kind}-{numbers[kind]:03}",
                kind=kind,
                variant=variant or Path(path).suffix.lstrip("."),
                claim=claim,
                quotes=(Quoted(words, Place(path, words)),),
                origin="property",
                base=words,
            )


def _drafts(entries: Iterable[dict[str, Any]]) -> Iterator[Draft]:
    numbers: Counter[str] = Counter()
    for entry in entries:
        kind = entry.get("kind", "honest")
        numbers[kind] += 1
        quotes = (
            *(Quoted(words, Place(path, words)) for path, words in _places(entry.get("quotes"))),
            *(_claimed(one) for one in entry.get("claimed", ())),
        )
        yield Draft(
            id=f"written-{kind}-{numbers[kind]:03}",
            kind=kind,
            variant=entry.get("variant") or Path(next(iter(entry["quotes"]))).suffix.lstrip("."),
            claim=entry["claim"],
            quotes=quotes,
            given=tuple(Place(path, words) for path, words in _places(entry.get("given"))),
            planted=tuple(
                GivenSource(number=0, path=path, text=text, start=0)
                for path, text in entry.get("planted", {}).items()
            ),
            principal=entry.get("as", "mara.lindqvist"),
        )


def _claimed(entry: dict[str, Any]) -> Quoted:
    """Return a quote with the source that is named for it, rightly or not."""
    if "number" in entry:
        return Quoted(entry["quote"], entry["number"])
    ((path, words),) = entry["at"].items()
    return Quoted(entry["quote"], Place(path, words))


def _places(entries: dict[str, str | list[str]] | None) -> Iterator[tuple[str, str]]:
    for path, words in (entries or {}).items():
        for one in [words] if isinstance(words, str) else words:
            yield path, one
