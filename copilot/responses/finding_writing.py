"""A finding that somebody filled in field by field, as the YAML that is kept of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from copilot.errors import InvalidFinding
from copilot.responses.findings import parse_finding

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from copilot.domain.findings import Finding

_NAME: Final = "finding"
_WHERE: Final = re.compile(rf"{_NAME}:\d+: ")
_WIDTH: Final = 100


def finding_of(fields: Mapping[str, Any], *, kinds: Collection[str] = ()) -> tuple[Finding, str]:
    """Return the finding that some fields describe, and the text of its file.

    Args:
        fields: As the file has them; those that are empty are left out.
        kinds: What a finding may be `about`; anything if there are none.

    Raises:
        InvalidFinding: With one line for each problem, which names its field.
    """
    given = {key: one for key, value in fields.items() if (one := _given(value))}
    text = yaml.safe_dump(
        given, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )
    try:
        return parse_finding(text, name=_NAME, kinds=kinds), text
    except InvalidFinding as exc:
        problems = [_WHERE.sub("", one, count=1) for one in exc.problems]
        raise InvalidFinding(problems, hint="Nothing was kept.") from exc


def file_name(finding: Finding) -> str:
    """Return what the file of a finding is called; never a name that says something of other files."""
    return f"finding-{finding.id.replace('.', '-')}.yaml"


def _given(value: object) -> object:
    """Return a value without what is empty in it."""
    match value:
        case str():
            return _plain(value)
        case dict():
            return {key: one for key, each in value.items() if (one := _given(each))}
        case list() | tuple():
            return [one for each in value if (one := _given(each))]
        case _:
            return value


def _plain(text: str) -> str:
    """Return a text without what a file cannot hold."""
    lines = text.replace("\r\n", "\n").encode(errors="replace").decode().split("\n")
    kept = ("".join(each for each in one if each.isprintable() or each == "\t") for one in lines)
    return "\n".join(kept).strip()
