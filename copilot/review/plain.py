"""What is reviewed, as JSON objects: the contract of `copilot review --json` and of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from copilot.domain.review import Comment, Item, Version, Waiver
    from copilot.review.differences import Hunk, Side
    from copilot.review.possible import Possible
    from copilot.review.reading import OpenMark, Shown


def item_json(item: Item) -> dict[str, Any]:
    """Return an item without its text."""
    return {
        "id": item.id,
        "kind": item.kind.value,
        "title": item.title,
        "state": item.state.value,
        "version": item.latest.number,
        "author": item.latest.author,
        "at": item.latest.at.isoformat(),
        "in_force": item.in_force,
        "audience": item.audience,
    }


def shown_json(found: Shown, place: tuple[Path | str, str] | None) -> dict[str, Any]:
    """Return an item with one version of it.

    Args:
        found: The item as somebody sees it.
        place: Where its file is, and whether it says what was approved; nothing if it has none.
    """
    return {
        **item_json(found.item),
        "version": version_json(found.version),
        "questions": questions_json(found.marks),
        "versions": [brief_json(one) for one in found.versions],
        "comments": [comment_json(one) for one in found.comments],
        "published": {"path": str(place[0]), "state": place[1]} if place else None,
    }


def questions_json(marks: Sequence[OpenMark]) -> list[dict[str, Any]]:
    """Return what a version has open, numbered from 1."""
    return [
        {
            "number": number,
            "says": one.says,
            "waived": None if one.waiver is None else waiver_json(one.waiver),
        }
        for number, one in enumerate(marks, start=1)
    ]


def waiver_json(waiver: Waiver) -> dict[str, Any]:
    """Return why a question was waived."""
    return {"reason": waiver.reason, "who": waiver.who, "at": waiver.at.isoformat()}


def brief_json(version: Version) -> dict[str, Any]:
    """Return a version without its text."""
    return {
        "number": version.number,
        "base": version.base,
        "state": version.state.value,
        "author": version.author,
        "at": version.at.isoformat(),
        "note": version.note,
        "decided_by": version.decided_by or None,
        "decided_at": version.decided_at.isoformat() if version.decided_at else None,
    }


def version_json(version: Version) -> dict[str, Any]:
    """Return a version."""
    return {**brief_json(version), "text": version.text}


def comment_json(comment: Comment) -> dict[str, Any]:
    """Return what somebody said."""
    return {
        "version": comment.version,
        "who": comment.who,
        "at": comment.at.isoformat(),
        "text": comment.text,
    }


def step_json(one: Possible) -> dict[str, Any]:
    """Return a step and why it cannot be taken."""
    return {
        "step": one.step.name.lower().replace("_", "-"),
        "possible": not one.why_not,
        "why_not": one.why_not,
    }


def hunk_json(hunk: Hunk) -> dict[str, Any]:
    """Return changes that stand near each other."""
    return {
        "rows": [
            {"same": one.same, "before": _side_json(one.before), "after": _side_json(one.after)}
            for one in hunk.rows
        ]
    }


def _side_json(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    pieces = [{"text": one.text, "changed": one.changed} for one in side.pieces]
    return {"number": side.number, "pieces": pieces}
