"""People whom a policy names for a role that the company's profile gives to somebody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.domain.remarks import Remark, RemarkKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.checking.policy_file import PolicyFile
    from copilot.domain.companies import CompanyProfile
    from copilot.drafting.policy_sentences import Said

_NAME: Final = r"(?P<name>[A-Z][\w'’-]+(?: (?:van|von|de|der|da|af|al))*(?: [A-Z][\w'’-]+)+)"


_OFFICE: Final = frozenset(
    "the our each head lead chief officer manager director board team committee council department security compliance".split()
)


def other_holders(file: PolicyFile, profile: CompanyProfile) -> Iterator[Remark]:
    """Yield where a policy gives a role to another person than the company's profile, each pair once."""
    seen: set[tuple[str, str]] = set()
    held = {
        role.title: role.holder for role in profile.roles.values() if role.title and role.holder
    }
    titles = {word for title in held for word in title.lower().split()}
    for title, holder in held.items():
        for named, said in _named(file, title):
            if (
                titles & set(named.lower().split())
                or _same(named, holder)
                or (title, named) in seen
            ):
                continue
            seen.add((title, named))
            yield Remark(
                kind=RemarkKind.NAME,
                subject=title,
                text=f"It names {named} as {title}; company.yaml names {holder}.",
                citations=(said.cite(),),
                hint="Correct whichever is out of date. A role in place of a name outlives its holder.",
            )


def _named(file: PolicyFile, title: str) -> Iterator[tuple[str, Said]]:
    """Yield the people who are named right before or behind a title; another title is no name."""
    escaped = re.escape(title)
    after = _NAME.replace("name", "after")
    pattern = re.compile(rf"{_NAME}, {escaped}\b|\b{escaped}(?: is|,) {after}")
    for said in file.said:
        for match in pattern.finditer(said.text):
            named = match["name"] or match["after"]
            if not _OFFICE & set(named.lower().split()):
                yield named, said


def _same(named: str, holder: str) -> bool:
    """Say whether two names may be of one person: one may leave out a middle name, or have a title before."""
    one, other = set(named.lower().split()), set(holder.lower().split())
    return one <= other or other <= one or named.lower().endswith(holder.lower())
