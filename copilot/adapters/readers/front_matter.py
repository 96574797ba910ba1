"""The YAML between two lines of three dashes at the top of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping

_FRONT_MATTER: Final = re.compile(
    r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)


def split(text: str) -> tuple[Mapping[str, Any], int]:
    """Return the front matter and the offset at which the page's own text begins.

    Raises:
        UnreadableFile: There is front matter and it cannot be read; a page must not be indexed
            under the wrong audience because of a typing error.
    """
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, 0
    try:
        found = yaml.safe_load(match[1])
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = f" in line {mark.line + 2}" if mark else ""
        raise UnreadableFile(
            f"the front matter cannot be read{line}: {getattr(exc, 'problem', exc)}",
            hint="Write `key: value` lines between two lines of three dashes.",
        ) from exc
    if found is None:
        return {}, match.end()
    if not isinstance(found, dict):
        # Two rules around a paragraph are no front matter.
        return {}, 0
    return {str(key): value for key, value in found.items()}, match.end()
