"""The file of an approved policy: what says who approved it and when, and the text without its notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from copilot.domain.criteria import CriterionId
    from copilot.domain.review import Item, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What of a draft is published."""

    text: str
    """Without footnotes and coverage."""
    owner: str = ""
    criteria: tuple[CriterionId, ...] = ()


def policy_file(item: Item, version: Version, body: Body) -> str:
    """Return the Markdown file of an approved policy, with what is known about it at its top."""
    about = {
        "title": item.title,
        "kind": "policy",
        "audience": str(item.audience),
        **({"owner": body.owner} if body.owner else {}),
        **({"criteria": [str(one) for one in body.criteria]} if body.criteria else {}),
        "version": version.number,
        "approved_by": version.decided_by,
        **({"approved_on": version.decided_at.date()} if version.decided_at else {}),
    }
    written = yaml.safe_dump(about, sort_keys=False, allow_unicode=True, width=1_000)
    return f"---\n{written}---\n\n{body.text.strip()}\n"
