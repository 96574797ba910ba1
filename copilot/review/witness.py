"""Whether what is kept of the review is what the event log says happened."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from copilot.domain.event_log import Entry
from copilot.domain.review import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from copilot.domain.event_log import Unreadable
    from copilot.domain.review import ItemId, Version

SAVED: Final = "saved a version"
APPROVED: Final = "approved a version"


def contradictions(
    entries: Iterable[Entry | Unreadable], kept: Mapping[ItemId, Sequence[Version]]
) -> Iterator[str]:
    """Yield what the log does not bear out, as sentences without full stops.

    A text that was changed in the database, an approval that nobody gave, and a version that nobody
    saved are found even if the log itself was left alone.

    Args:
        entries: The log.
        kept: Every version of every item.
    """
    saved, approved = _hashes(entries)
    for id_, versions in kept.items():
        for one in versions:
            name = f"version {one.number} of {id_}"
            digest = sha256(one.text.encode()).hexdigest()
            if (id_, one.number) not in saved:
                yield f"{name} is kept, and the log does not say who saved it"
            elif saved[id_, one.number] != digest:
                yield f"the text of {name} is not the one that was saved"
            if one.state is State.APPROVED and approved.get((id_, one.number)) != digest:
                yield f"{name} is kept as approved, and the log has no approval of its text"
        numbers = {one.number for one in versions}
        for other, number in saved:
            if other == id_ and number not in numbers:
                yield f"version {number} of {id_} was saved, and is not kept"
    for lost in dict.fromkeys(other for other, _ in saved if other not in kept):
        yield f"{lost} was saved, and is not kept"


def _hashes(
    entries: Iterable[Entry | Unreadable],
) -> tuple[dict[tuple[str, int], str], dict[tuple[str, int], str]]:
    found: dict[str, dict[tuple[str, int], str]] = {SAVED: {}, APPROVED: {}}
    for one in entries:
        if isinstance(one, Entry) and one.happening.action in found:
            said = one.happening
            key = (said.about, said.version or 0)
            found[said.action][key] = said.detail.get("sha256", "")
    return found[SAVED], found[APPROVED]
