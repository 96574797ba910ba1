"""What API and pages both need of the review: an item with all that belongs to it, and its ETag."""

from __future__ import annotations

import contextlib
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Path

from copilot.bootstrap import drafting, review
from copilot.domain.review import ItemId, ItemKind, name_of, parse_item
from copilot.drafting import markup
from copilot.drafting.checklist import checklist
from copilot.drafting.plain import entry_json, footnote_json
from copilot.errors import EditConflict, StaleEdit
from copilot.review.differences import hunks
from copilot.review.plain import hunk_json, shown_json, step_json, waiver_json
from copilot.service.etags import NoEtagError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.domain.review import Waiver
    from copilot.review.reading import Compared, Shown

FORMS: Final = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
"""What an item is exported as, and the media type of each."""

_CONVERTING: Final = BoundedSemaphore(2)
"""Held while a document is made: a conversion may take a core for seconds."""


def item_of(
    kind: Annotated[ItemKind, Path(description="The kind of item.", examples=["policy"])],
    name: Annotated[
        str,
        Path(
            min_length=1,
            max_length=100,
            description="What stands after the kind in the item's id.",
            examples=["access-control"],
        ),
    ],
) -> ItemId:
    """Return the item that a path names.

    Raises:
        UnknownItem: It can be the name of none.
    """
    return parse_item(f"{kind}/{name}")


ItemOf = Annotated[ItemId, Depends(item_of)]


def etag_of(number: int) -> str:
    """Return the ETag of an item: the number of its newest version."""
    return f'"{number}"'


def seen_in(if_match: str | None) -> int | None:
    """Return the version that somebody saw who sends this `If-Match`; nothing for any.

    Raises:
        NoEtagError: They do not say.
        StaleEdit: It is no ETag of an item.
    """
    if if_match is None:
        raise NoEtagError
    given = [one.strip().removeprefix("W/").strip('"') for one in if_match.split(",")]
    if "*" in given:
        return None
    numbers = [int(one) for one in given if one.isdecimal() and one.isascii() and len(one) < 10]
    if not numbers:
        raise StaleEdit(
            f"{if_match!r} is no ETag of an item; nothing was changed",
            hint="Read the item again, and send its ETag as If-Match.",
        )
    return max(numbers)


@contextlib.contextmanager
def conditional() -> Iterator[None]:
    """Say of a conflict that the condition of the request failed, which it is."""
    try:
        yield
    except StaleEdit:
        raise
    except EditConflict as exc:
        raise StaleEdit(str(exc), hint=exc.hint) from exc


def shown_item(
    service: Service, id_: ItemId, *, principal: Principal, number: int | None = None
) -> dict[str, Any]:
    """Return an item with one version of it, as the API has it.

    Raises:
        UnknownItem: There is no such item or version, or it is not for this principal.
    """
    copilot = service.copilot
    library = review.library(copilot)
    found = library.show(id_, principal=principal, number=number)
    service.openings.opened_item(id_, principal=principal)
    newest = found
    if found.version.number != found.item.latest.number:
        newest = library.show(id_, principal=principal)
    place = review.published_at(copilot, found.item)
    where = (place.path.relative_to(copilot.workspace.root), place.state) if place else None
    read = markup.read(found.version.text)
    return {
        **shown_json(found, where),
        "questions": questions(found),
        "footnotes": [footnote_json(one) for one in read.footnotes],
        "steps": [step_json(one) for one in review.steps(copilot, newest, principal=principal)],
    }


def questions(found: Shown) -> list[dict[str, Any]]:
    """Return what a version has open, with what was waived of it."""
    waivers = {one.says: one.waiver for one in found.marks}
    return open_in(found.version.text, waivers)


def open_in(text: str, waivers: dict[str, Waiver | None]) -> list[dict[str, Any]]:
    """Return what a text has open; `waivers` are by what each mark says."""
    listed = []
    for number, one in enumerate(checklist(text), start=1):
        waiver = waivers.get(one.says)
        listed.append(
            {**entry_json(number, one), "waived": waiver_json(waiver) if waiver else None}
        )
    return listed


def difference(found: Compared) -> dict[str, Any]:
    """Return what changed between two versions, as the API has it."""
    made = hunks(found.before, found.after)
    rows = [row for one in made for row in one.rows if not row.same]
    return {
        "older": found.older,
        "newer": found.newer,
        "added": sum(one.after is not None for one in rows),
        "removed": sum(one.before is not None for one in rows),
        "hunks": [hunk_json(one) for one in made],
    }


def exported(
    service: Service, id_: ItemId, form: str, *, principal: Principal, number: int | None
) -> tuple[bytes, str]:
    """Return a version as a file, and what the file is called.

    Raises:
        UnknownItem: There is no such item or version, or it is not for this principal.
        CannotExport: The program that makes the form is missing or fails.
    """
    export = drafting.export_item(service.copilot, id_, principal=principal, number=number)
    service.openings.opened_item(id_, principal=principal)
    newest = export.versions[-1].number if export.versions else 1
    with _CONVERTING:
        content = drafting.exported(f".{form}", export)
    return content, f"{name_of(id_)}-version-{newest}.{form}"
