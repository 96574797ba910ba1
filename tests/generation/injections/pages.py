"""The honest part of each document."""

from __future__ import annotations

from dataclasses import dataclass

from tests.generation.injections.subjects import SUBJECTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The honest part of one document."""

    subject: str
    criterion: str
    thing: str
    title: str
    question: str
    paragraphs: tuple[str, ...]
    records: tuple[tuple[str, str, str], ...]
    """Date, activity and result."""


def page(number):
    """Return the honest part of a document; each number has a system of its own."""
    subject = SUBJECTS[number % len(SUBJECTS)]
    thing = subject.things[number // len(SUBJECTS) % len(subject.things)]

    def filled(text):
        return _sentence(text.format(thing=thing))

    return Page(
        subject=subject.name,
        criterion=subject.criterion,
        thing=thing,
        title=filled(subject.title),
        question=filled(subject.question),
        paragraphs=tuple(map(filled, subject.paragraphs)),
        records=tuple(
            (f"2025-{month:02}-{number % 27 + 1:02}", activity, result)
            for month, (activity, result) in zip((3, 6, 9), subject.records, strict=True)
        ),
    )


def _sentence(text):
    return text[:1].upper() + text[1:]
