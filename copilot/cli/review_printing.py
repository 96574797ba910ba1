"""What is reviewed, as JSON and on the terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from copilot.cli.console import heading, shown, write, write_as_is
from copilot.domain.review import State
from copilot.review.mappings import MappingState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.bootstrap.review import PublishedAt
    from copilot.domain.decisions import MappingDecision
    from copilot.domain.review import Comment, Item, Version
    from copilot.review.mappings import MappingItem
    from copilot.review.reading import OpenMark, Shown

_COLOURS: Final = {
    State.DRAFT: "yellow",
    State.IN_REVIEW: "cyan",
    State.CHANGES_REQUESTED: "red",
    State.APPROVED: "green",
    State.SUPERSEDED: "dim",
    MappingState.SUGGESTED: "cyan",
    MappingState.DECLARED: "dim",
    MappingState.ACCEPTED: "green",
    MappingState.REJECTED: "red",
    MappingState.REPLACED: "red",
}
_QUOTES: Final = 3
_CHANGES: Final = {"+": "green", "-": "red", "@": "cyan"}


def mapping_json(
    mapping: MappingItem, history: Sequence[MappingDecision] | None = None
) -> dict[str, Any]:
    """Return a mapping; with its history also the statements that speak for it."""
    suggestion, control = mapping.suggestion, mapping.control
    brief: dict[str, Any] = {
        "id": mapping.id,
        "control": mapping.control_id,
        "title": control.title if control else None,
        "criterion": mapping.criterion,
        "state": mapping.state.value,
        "confidence": round(suggestion.confidence, 4) if suggestion else None,
        "reason": suggestion.reason if suggestion else "",
        "decision": _decision_json(mapping.decision) if mapping.decision else None,
        "text_changed": mapping.changed,
        "control_gone": mapping.gone,
    }
    if history is None:
        return brief
    return brief | {
        "text": control.text if control else None,
        "because": [
            {
                "kind": one.kind,
                "source": one.source,
                "title": one.title,
                "quote": one.quote,
                "start": one.start,
                "end": one.end,
            }
            for one in (suggestion.because if suggestion else ())
        ],
        "history": [_decision_json(one) for one in history],
    }


def print_list(
    items: Sequence[Item], mappings: Sequence[MappingItem], *, all_mappings: bool
) -> None:
    """Print what is reviewed; mappings are counted only, unless all are wanted."""
    if not items and not mappings:
        write("Nothing waits for review.")
    for item in items:
        write(
            f"[bold]{shown(item.id)}[/]  {_coloured(item.state)}  [dim]version "
            f"{item.latest.number} by {shown(item.latest.author)}, "
            f"{item.latest.at:%-d %B %Y}{_in_force(item)}[/]",
            hang=2,
        )
        write(shown(item.title), indent=2)
    if not mappings:
        return
    if not all_mappings:
        counts = Counter(one.state for one in mappings)
        said = ", ".join(f"{count:,} {state}" for state, count in counts.items())
        write(f"[bold]mappings[/]  {said}; `copilot review list --kind mapping` lists them")
        return
    for one in mappings:
        sure = f"{100 * one.suggestion.confidence:3.0f} %" if one.suggestion else "     "
        write(f"[bold]{shown(one.id)}[/]  {sure}  {_coloured(one.state)}{_flags(one)}", hang=2)
        if one.suggestion and one.suggestion.reason and one.state is MappingState.SUGGESTED:
            write(f"[dim]{shown(one.suggestion.reason)}[/]", indent=2)


def print_item(item: Item) -> None:
    """Print on one line where an item stands now."""
    write(f"[bold]{shown(item.id)}[/] version {item.latest.number}: {item.state}")


def print_shown(found: Shown, place: PublishedAt | None) -> None:
    """Print an item with one version of it."""
    item, version = found.item, found.version
    write()
    write(f"[bold]{shown(item.title)}[/]  [dim]{shown(item.id)}{_in_force(item)}[/]", hang=2)
    by = f", decided by {shown(version.decided_by)}" if version.decided_by else ""
    note = f": {shown(version.note)}" if version.note else ""
    write(
        f"version {version.number} by {shown(version.author)}, {version.at:%-d %B %Y %H:%M} UTC"
        f"{note}; {_coloured(version.state)}{by}"
    )
    if place is not None:
        write(f"[dim]{shown(str(place.path))}: {place.state}[/]")
    _print_marks(found.marks)
    _print_comments(found.comments)
    if len(found.versions) > 1:
        _print_versions(found.versions)
    heading("Text")
    for line in version.text.splitlines():
        write_as_is(line)


def _print_marks(marks: Sequence[OpenMark]) -> None:
    if marks:
        heading("Open questions and decisions to confirm")
    for number, one in enumerate(marks, start=1):
        write(f"{number:2}. {shown(one.says)}", hang=4)
        if one.waiver:
            why = f"waived by {one.waiver.who}: {one.waiver.reason}"
            write(f"[dim]{shown(why)}[/]", indent=4)


def _print_comments(comments: Sequence[Comment]) -> None:
    if comments:
        heading("Comments")
    for one in comments:
        when = f"on version {one.version}, {one.at:%-d %B %Y}:"
        write(f"[bold]{shown(one.who)}[/] [dim]{when}[/] {shown(one.text)}", indent=2, hang=2)


def _print_versions(versions: Sequence[Version]) -> None:
    heading("Versions")
    for one in versions:
        note = f": {shown(one.note)}" if one.note else ""
        who = f"{shown(one.author)}, {one.at:%-d %B %Y}"
        write(f"{one.number:3}  {_coloured(one.state)}  {who}{note}", hang=5)


def print_mapping(mapping: MappingItem, history: Sequence[MappingDecision]) -> None:
    """Print a mapping, what speaks for it, and what was decided on it."""
    write()
    write(f"[bold]{shown(mapping.id)}[/]  {_coloured(mapping.state)}{_flags(mapping)}")
    if mapping.control is not None:
        write(shown(mapping.control.text), indent=2)
    if mapping.suggestion is not None:
        write()
        sure = round(100 * mapping.suggestion.confidence)
        write(f"{sure} %  {shown(mapping.suggestion.reason)}", indent=2, hang=6)
        for one in mapping.suggestion.because[:_QUOTES]:
            quote = " ".join(one.quote.split())
            write(f"“{shown(quote)}”", indent=4)
            write(f"[dim]{shown(one.title)}, {shown(one.source)}[/]", indent=4)
    if history:
        heading("Decisions")
    for decision in history:
        why = f": {shown(decision.reason)}" if decision.reason else ""
        other = f" by {decision.instead}" if decision.instead else ""
        write(
            f"{decision.at:%-d %B %Y}  {decision.verdict}{other}, {shown(decision.who)}{why}",
            indent=2,
            hang=2,
        )
    write()


def print_diff(text: str) -> None:
    """Print a unified diff, in colours where there are any."""
    if not text:
        write("The two are the same.")
    for line in text.splitlines():
        colour = "bold" if line.startswith(("---", "+++")) else _CHANGES.get(line[:1], "")
        write_as_is(line, colour)


def _coloured(state: State | MappingState) -> str:
    return f"[{_COLOURS[state]}]{state}[/]"


def _in_force(item: Item) -> str:
    if item.in_force is None or item.in_force == item.latest.number:
        return ""
    return f"; version {item.in_force} is in force"


def _flags(mapping: MappingItem) -> str:
    if mapping.gone:
        return "  [yellow]no list has this control any more[/]"
    return "  [yellow]the control says something else now[/]" if mapping.changed else ""


def _decision_json(decision: MappingDecision) -> dict[str, Any]:
    return {
        "verdict": decision.verdict.value,
        "who": decision.who,
        "at": decision.at.isoformat(),
        "confidence": decision.confidence,
        "reason": decision.reason,
        "instead": decision.instead,
    }
