"""Text to measure with where there is none: this project's own sentences, mixed and varied.

The words come from `knowledge/guidance` and the policies of the sample company, so that they are
distributed as words are; names, dates and ticket numbers make every paragraph a different one.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.common import ROOT
from copilot.adapters.encoders import OnnxEncoder
from copilot.domain.indexing import text_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_PLACES: Final = ("knowledge/guidance", "examples/harbourlight/policies")
_SENTENCE: Final = re.compile(r"[A-Z][^.!?|#*`\n]{30,220}(?=[.!?])")
_PEOPLE: Final = ("J. Mendes", "A. Okafor", "R. Lindqvist", "S. Patel", "M. Duarte", "K. Novak")
_SYSTEMS: Final = ("billing-api", "identity provider", "data warehouse", "build server", "ledger")
_SPREAD: Final = 0.6
"""How far a varied paragraph lies from its sentences, against their own length of 1."""

QUESTIONS: Final = (
    "How do I prove that we review access?",
    "Who approves a change before it goes to production?",
    "How often are backups restored in a test?",
    "What happens to accounts when somebody leaves?",
    "Do we encrypt customer data at rest?",
    "Which vendors do we rely on and who reviews their reports?",
    "When was the last penetration test and what did it find?",
    "How are security incidents reported and escalated?",
    "What training do new employees have to complete?",
    "Who owns the risk register and how often is it reviewed?",
    "What is the difference between a Type I and a Type II report?",
    "How many samples does an auditor pick from a population?",
    "Where is it written that multi-factor authentication is required?",
    "How long do we keep logs?",
    "What evidence do we need for vulnerability scans?",
    "Who may read confidential customer information?",
    "How do we answer an exception in the report?",
    "What does the disaster recovery plan say about the order of systems?",
    "Are laptops encrypted and managed?",
    "How is physical access to the office reviewed?",
    "What must a system description contain?",
    "How do we monitor the capacity of our systems?",
    "Which policies have to be approved every year?",
    "What is a complementary user entity control?",
    "How do we dispose of data at the end of a contract?",
    "Who is told when a control fails?",
    "What does management have to assert?",
    "How are firewall rules reviewed?",
    "What happens if evidence is missing for a quarter?",
    "How do we check the background of people we hire?",
)
"""What people ask; a search has to answer each of them."""


def sentences() -> list[str]:
    """Return the sentences that paragraphs are made of."""
    found: dict[str, None] = {}
    for place in _PLACES:
        for file in sorted((ROOT / place).glob("*.md")):
            for match in _SENTENCE.finditer(file.read_text(encoding="utf-8")):
                found.setdefault(" ".join(match[0].split()))
    return list(found)


def paragraphs(count: int, *, seed: int) -> Iterator[str]:
    """Yield `count` different paragraphs of one to six sentences; the same seed gives the same."""
    chance = random.Random(seed)  # noqa: S311  text, not secrets
    known = sentences()
    for number in range(count):
        chosen = chance.sample(known, chance.randint(1, 6))
        detail = (
            f"Recorded as OPS-{number} by {chance.choice(_PEOPLE)} for the "
            f"{chance.choice(_SYSTEMS)} on 2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        )
        yield ". ".join([*chosen, detail]) + "."


def write_files(folder: Path, *, files: int, passages: int, seed: int) -> None:
    """Write Markdown files into `folder`, each with so many headed paragraphs: one passage each."""
    folder.mkdir(parents=True, exist_ok=True)
    stream = paragraphs(files * passages, seed=seed)
    for number in range(files):
        parts = [f"# Record {seed}-{number}"]
        parts += [f"## Part {part}\n\n{next(stream)}" for part in range(passages)]
        (folder / f"record-{number:05}.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


class VariantEncoder(OnnxEncoder):
    """Makes vectors of generated paragraphs without running the model on each.

    The sentences are encoded for real, once. A paragraph's vector is the mean of its sentences'
    with noise that its text decides, so that the vectors lie in clusters as those of real texts do
    and a hundred thousand of them take seconds. Any other text is encoded for real.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._ours = frozenset(sentences())
        self._known: dict[str, NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a unit vector for each text, as rows in the order given."""
        result = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        used = [self._sentences_in(text) for text in texts]
        self._learn({sentence for some in used for sentence in some})
        others = [at for at, some in enumerate(used) if not some]
        if others:
            result[others] = super().encode([texts[at] for at in others])
        for at, some in enumerate(used):
            if some:
                centre = np.mean([self._known[sentence] for sentence in some], axis=0)
                result[at] = self._varied(texts[at], centre)
        return result

    def _sentences_in(self, text: str) -> list[str]:
        parts = text.rpartition("\n")[2].split(". ")
        return [part for part in parts if part in self._ours]

    def _learn(self, wanted: set[str]) -> None:
        fresh = sorted(wanted - self._known.keys())
        if fresh:
            self._known.update(zip(fresh, super().encode(fresh), strict=True))

    def _varied(self, text: str, centre: NDArray[np.float32]) -> NDArray[np.float32]:
        chance = np.random.default_rng(int.from_bytes(text_hash(text), "big"))
        noise = chance.standard_normal(self.dimensions)
        vector = centre / np.linalg.norm(centre) + _SPREAD * noise / np.linalg.norm(noise)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
