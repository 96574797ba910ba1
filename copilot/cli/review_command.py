"""`copilot review`: what waits for a person, and what people decide on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from copilot import bootstrap, config
from copilot.bootstrap import mapping as bootstrap_mapping
from copilot.bootstrap import review as bootstrap_review
from copilot.cli import review_closing
from copilot.cli import review_printing as printing
from copilot.cli.console import print_json, print_note, shown, write
from copilot.cli.help import Commands
from copilot.cli.options import As, AsJson, ItemName
from copilot.domain.access import Principal
from copilot.domain.review import ItemKind, State, parse_item
from copilot.errors import BadInput, CopilotError
from copilot.review import plain
from copilot.review.mappings import PREFIX, MappingState
from copilot.review.workflow import Saved

if TYPE_CHECKING:
    from copilot.domain.decisions import MappingDecision
    from copilot.domain.review import Item
    from copilot.review.mappings import MappingReview

app = Commands(
    help="What waits for a person: drafts, suggested mappings, answers; and decisions on them.",
    no_args_is_help=True,
)

_STATES: Final = (*State, *(one for one in MappingState))
_KINDS: Final = (*ItemKind, PREFIX)

Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept and logged.")]


@dataclass(frozen=True, slots=True)
class _Desk:
    """One workspace, and who works on it."""

    copilot: bootstrap.Copilot
    principal: Principal

    @property
    def mappings(self) -> MappingReview:
        return bootstrap_mapping.mapping_review(self.copilot)


@contextmanager
def _desk(named: str | None) -> Iterator[_Desk]:
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        yield _Desk(copilot, copilot.principal(named))


def _one_of(words: tuple[str, ...], what: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        word = " ".join(text.replace("-", " ").replace("_", " ").lower().split())
        if word not in words:
            raise BadInput(f"{text!r} is no {what}", hint=f"It is one of {', '.join(words)}.")
        return word

    return parse


@app.command("list")
def list_(
    kind: Annotated[
        list[str] | None,
        typer.Option(
            parser=_one_of(_KINDS, "kind of item"),
            metavar="KIND",
            help=f"Only these: {', '.join(_KINDS)}. May be repeated.",
        ),
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(
            parser=_one_of(tuple(map(str, _STATES)), "state"),
            metavar="STATE",
            help=f"Only these: {', '.join(_STATES)}. May be repeated.",
        ),
    ] = None,
    as_json: AsJson = False,
    principal: As = None,
) -> None:
    """List what is reviewed and where it stands."""
    kinds, states = set(kind or _KINDS), set(state or ())
    of_items = {one for one in State if one in states}
    of_mappings = {one for one in MappingState if one in states}
    with _desk(principal) as desk:
        items, mappings = [], []
        if kinds - {PREFIX} and (of_items or not states):
            items = bootstrap_review.library(desk.copilot).listed(
                principal=desk.principal,
                kinds={ItemKind(one) for one in kinds if one != PREFIX},
                states=of_items,
            )
        if PREFIX in kinds and (of_mappings or not states):
            mappings = desk.mappings.listed(principal=desk.principal, states=of_mappings)
    if as_json:
        print_json(
            {
                "items": [plain.item_json(one) for one in items],
                "mappings": [printing.mapping_json(one) for one in mappings],
            }
        )
    else:
        printing.print_list(items, mappings, all_mappings=bool(kind or state))


@app.command()
def show(
    item: ItemName,
    version: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="This version; by default the newest.")
    ] = None,
    as_json: AsJson = False,
    principal: As = None,
) -> None:
    """Show an item: where it stands, what is open, what was said, and its text."""
    with _desk(principal) as desk:
        if _is_mapping(item):
            mapping, history = desk.mappings.show(item, principal=desk.principal)
            if as_json:
                print_json(printing.mapping_json(mapping, history))
            else:
                printing.print_mapping(mapping, history)
            return
        id_ = parse_item(item)
        library = bootstrap_review.library(desk.copilot)
        found = library.show(id_, principal=desk.principal, number=version)
        place = bootstrap_review.published_at(desk.copilot, found.item)
    if as_json:
        at = (place.path, place.state) if place else None
        print_json(plain.shown_json(found, at))
    else:
        printing.print_shown(found, place)


@app.command()
def diff(
    item: ItemName,
    older: Annotated[int | None, typer.Argument(metavar="A", help="The older version.")] = None,
    newer: Annotated[int | None, typer.Argument(metavar="B", help="The newer version.")] = None,
    principal: As = None,
) -> None:
    """Show what changed between two versions; by default in the newest."""
    if older is not None and newer is None:
        raise BadInput(
            "a difference needs two versions", hint=f"For example: copilot review diff {item} 1 2"
        )
    with _desk(principal) as desk:
        numbers = (older, newer) if older is not None and newer is not None else None
        library = bootstrap_review.library(desk.copilot)
        printing.print_diff(
            library.diff(parse_item(item), principal=desk.principal, numbers=numbers)
        )


@app.command()
def save(
    item: ItemName,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The whole text, in Markdown.")],
    base: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="The version that was edited; without it the item is new."
        ),
    ] = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="The title of a new item.")] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="What was changed.")] = "",
    principal: As = None,
) -> None:
    """Save an edited text as a new version; nothing that others saved is overwritten."""
    saved = Saved(text=_text_of(file), base=base, title=title, note=note)
    with _desk(principal) as desk:
        workflow = bootstrap_review.workflow(desk.copilot)
        printing.print_item(workflow.save(parse_item(item), saved, principal=desk.principal))


@app.command()
def submit(item: ItemName, principal: As = None) -> None:
    """Hand the newest version to those who review."""
    with _desk(principal) as desk:
        workflow = bootstrap_review.workflow(desk.copilot)
        printing.print_item(workflow.submit(parse_item(item), principal=desk.principal))


@app.command()
def comment(
    item: ItemName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What you say.")],
    principal: As = None,
) -> None:
    """Say something about the newest version."""
    with _desk(principal) as desk:
        workflow = bootstrap_review.workflow(desk.copilot)
        said = workflow.comment(parse_item(item), text, principal=desk.principal)
        write(f"{shown(said.who)} on version {said.version}: {shown(said.text)}")


@app.command("request-changes")
def request_changes(item: ItemName, reason: Reason, principal: As = None) -> None:
    """Give the newest version back to its author."""
    with _desk(principal) as desk:
        workflow = bootstrap_review.workflow(desk.copilot)
        printing.print_item(
            workflow.request_changes(parse_item(item), reason, principal=desk.principal)
        )


app.command()(review_closing.answer)
app.command()(review_closing.confirm)


@app.command()
def waive(
    item: ItemName,
    question: Annotated[
        int, typer.Option(metavar="N", min=1, help="Its number in `copilot review show`.")
    ],
    reason: Reason,
    principal: As = None,
) -> None:
    """Let a version be approved although a question of it is open."""
    with _desk(principal) as desk:
        workflow = bootstrap_review.workflow(desk.copilot)
        waiver = workflow.waive(parse_item(item), question, reason, principal=desk.principal)
        write(f"Waived: {shown(waiver.mark)}", hang=2)


@app.command()
def approve(
    items: Annotated[
        list[str],
        typer.Argument(
            metavar="ITEM...",
            help="Such as policy/access-control or mapping/AC-01/CC6.2; with --above also mapping "
            "for all controls, and mapping/AC-01 for one.",
        ),
    ],
    above: Annotated[
        float | None,
        typer.Option(
            metavar="CONFIDENCE",
            min=0.0,
            max=1.0,
            help="Of mappings: accept what is suggested with at least this confidence.",
        ),
    ] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="Becomes a comment.")] = "",
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Write a policy over a file that we did not write."),
    ] = False,
    principal: As = None,
) -> None:
    """Approve drafts, and accept suggested mappings."""
    mappings = [one for one in items if _is_mapping(one)]
    others = [parse_item(one) for one in items if not _is_mapping(one)]
    with _desk(principal) as desk:
        if mappings:
            review = desk.mappings
            accepted = review.accept(mappings, principal=desk.principal, note=note, above=above)
            _print_decisions(accepted)
            if not accepted:
                print_note("Nothing that is suggested so surely is still undecided.")
        workflow = bootstrap_review.workflow(desk.copilot)
        for id_ in others:
            item = workflow.approve(id_, principal=desk.principal, note=note, replace_file=replace)
            printing.print_item(item)
            _ingest(desk.copilot, item)


@app.command()
def reject(item: ItemName, reason: Reason, principal: As = None) -> None:
    """Decide that a control does not serve a criterion."""
    _check_mapping(item, "rejected", "`copilot review request-changes` gives a draft back.")
    with _desk(principal) as desk:
        _print_decisions(desk.mappings.reject(item, principal=desk.principal, reason=reason))


@app.command()
def replace(
    item: ItemName,
    instead: Annotated[
        str, typer.Option("--with", metavar="CRITERION", help="The one that it serves instead.")
    ],
    reason: Reason,
    principal: As = None,
) -> None:
    """Decide that a control serves another criterion than the one that is suggested."""
    _check_mapping(item, "replaced", "`copilot review save` keeps a new version of a draft.")
    with _desk(principal) as desk:
        review = desk.mappings
        _print_decisions(review.replace(item, instead, principal=desk.principal, reason=reason))


def _is_mapping(item: str) -> bool:
    return item.strip().partition("/")[0].lower() == PREFIX


def _check_mapping(item: str, done: str, hint: str) -> None:
    if not _is_mapping(item):
        raise BadInput(f"only mappings are {done}, and {item} is none", hint=hint)


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise BadInput(f"{file} is not UTF-8", hint="Save it as plain text in UTF-8.") from exc
    except OSError as exc:
        raise BadInput(f"{file} cannot be read: {exc.strerror}") from exc


def _print_decisions(decisions: list[MappingDecision]) -> None:
    for one in decisions:
        write(f"[bold]{PREFIX}/{shown(one.control)}/{one.criterion}[/]: {one.verdict}")


def _ingest(copilot: bootstrap.Copilot, item: Item) -> None:
    """Bring an approved policy into the index; if that cannot be now, the next ingest does it."""
    if item.kind is not ItemKind.POLICY:
        return
    path = bootstrap_review.shelf(copilot).path(item.id)
    try:
        refused = [one.reason for one in copilot.ingest([path]).refused]
    except CopilotError as exc:
        refused = [str(exc)]
    if refused:
        print_note(f"{path} is written, and not in the index yet: {refused[0]}")
    else:
        write(f"[dim]Written to {shown(str(path))}, and in the index.[/]", indent=2)
