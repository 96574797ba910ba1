"""Questions whose answer's exact place is known, read from the shared data."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from copilot.domain.documents import SourceKind
from copilot.ingestion.folders import Root

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_QUICK_SITES: Final = 3
_QUICK_TEXTS: Final = ("chatlogs", "state_of_the_union")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source's text that answers a question."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the audience that its asker holds, and where its answer stands."""

    text: str
    audience: str
    spans: tuple[Span, ...]


@dataclass(slots=True)
class GoldSet:
    """Files that were written for ingestion, and the questions on them."""

    name: str
    roots: list[Root] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    lost: int = 0
    """Answers that are not where the data says, and are left out."""


def policy_qa(shared: Path, folder: Path, *, quick: bool) -> GoldSet:
    """Write each paragraph of PolicyQA as a document; a company's policy is an audience of its own.

    The questions say `the website`, so that they have an answer only within one company's policy.
    """
    gold = GoldSet("policyqa")
    document = json.loads((shared / "policyqa_dev.json").read_text(encoding="utf-8"))
    for article in document["data"][: _QUICK_SITES if quick else None]:
        audience = str(article["title"]).replace(".", "-")
        root = _root(folder, audience)
        gold.roots.append(root)
        for number, paragraph in enumerate(article["paragraphs"]):
            name = f"{number:03}.txt"
            (root.path / name).write_text(paragraph["context"], encoding="utf-8", newline="")
            found = list(_asked(paragraph, audience, f"{root.label}/{name}"))
            gold.questions += [one for one in found if one is not None]
            gold.lost += found.count(None)
    return gold


def _asked(paragraph: Mapping[str, Any], audience: str, path: str) -> Iterator[Question | None]:
    for asked in paragraph["qas"]:
        answer = asked["answers"][0]
        span = _located(paragraph["context"], answer["text"], answer["answer_start"], path)
        yield Question(asked["question"], audience, (span,)) if span else None


def chunk_eval(shared: Path, folder: Path, *, quick: bool) -> GoldSet:
    """Write the five long texts as they are; cutting them is what is measured."""
    gold = GoldSet("chunk_eval")
    source = shared / "chunk_eval"
    root = _root(folder, "everyone")
    gold.roots.append(root)
    texts: dict[str, str] = {}
    for file in sorted((source / "corpora").glob("*.md")):
        if not quick or file.stem in _QUICK_TEXTS:
            texts[file.stem] = file.read_text(encoding="utf-8")
            (root.path / file.name).write_bytes(file.read_bytes())
    with (source / "questions_df.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["corpus_id"] not in texts:
                continue
            spans = tuple(_spans(row, texts, root.label))
            gold.lost += spans.count(None)
            known = tuple(span for span in spans if span is not None)
            if known:
                gold.questions.append(Question(row["question"], "everyone", known))
    return gold


def _spans(row: Mapping[str, str], texts: Mapping[str, str], label: str) -> Iterator[Span | None]:
    name = row["corpus_id"]
    for reference in json.loads(row["references"]):
        yield _located(
            texts[name], reference["content"], reference["start_index"], f"{label}/{name}.md"
        )


def _root(folder: Path, audience: str) -> Root:
    path = folder / audience
    path.mkdir(parents=True, exist_ok=True)
    return Root(label=f"policies/{audience}", path=path, kind=SourceKind.POLICY, audience=audience)


def _located(text: str, quote: str, start: int, path: str) -> Span | None:
    """Return where the quote stands, nearest to `start` if it stands in several places."""
    if text[start : start + len(quote)] == quote:
        return Span(path, start, start + len(quote))
    loose = re.compile(r"\s+".join(map(re.escape, quote.split())))
    found = min(loose.finditer(text), key=lambda match: abs(match.start() - start), default=None)
    return Span(path, found.start(), found.end()) if found else None


def covered(spans: tuple[Span, ...], found: list[Span]) -> float:
    """Return the share of the characters of `spans` that lie within what was found."""
    by_path: dict[str, list[Span]] = defaultdict(list)
    for one in found:
        by_path[one.path].append(one)
    inside = 0
    for span in spans:
        last = span.start
        for one in sorted(by_path[span.path], key=lambda one: one.start):
            inside += max(0, min(one.end, span.end) - max(one.start, last))
            last = max(last, one.end)
    return inside / sum(span.end - span.start for span in spans)
