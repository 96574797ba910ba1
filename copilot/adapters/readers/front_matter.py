"""What a page says of itself at its top: YAML between lines of dashes, or TOML between plus signs.

A page must not be shown to the wrong people because of a typing error, and its audience stands here.
So what looks like front matter and cannot be read is refused, never taken for text.
"""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import yaml

from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping

_FRONT_MATTER: Final = re.compile(
    r"\A\s*^(?P<mark>---|\+\+\+)[ \t]*\n(?P<fields>.*?)^(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_OPENED: Final = re.compile(
    r"\A\s*^(?:-{3,}|\+{3,})[ \t]*\n\s*(?P<word>\w+)[ \t]*[:=]", re.MULTILINE
)
_WORDS: Final = re.compile(r"^[ \t]*[\"']?(\w+)\b", re.MULTILINE)
_AUDIENCE: Final = "audience"
_HINT: Final = "Write `key: value` lines between two lines of three dashes."


def split(text: str) -> tuple[Mapping[str, Any], int]:
    """Return the front matter and the offset at which the page's own text begins.

    Raises:
        UnreadableFile: There is front matter and it cannot be read, or the word audience is
            misspelt in it.
    """
    match = _FRONT_MATTER.match(text)
    if match is None:
        if _OPENED.match(text):
            raise UnreadableFile("the front matter begins and never ends", hint=_HINT)
        return {}, 0
    found = _loaded(match["fields"], toml=match["mark"] == "+++")
    if found is None:
        return {}, match.end()
    if not isinstance(found, dict):
        if any(map(_means_audience, _WORDS.findall(match["fields"]))):
            raise UnreadableFile("the front matter has no `key: value` lines", hint=_HINT)
        # Two rules around a paragraph are no front matter.
        return {}, 0
    fields = {str(key).strip().lower(): value for key, value in found.items()}
    if len(fields) < len(found):
        raise UnreadableFile("the front matter has the same field twice", hint="Keep one of them.")
    for key in fields:
        if key != _AUDIENCE and _means_audience(key):
            raise UnreadableFile(
                f"the front matter has a field `{key}`, which may mean `audience`",
                hint="Correct the word.",
            )
    return fields, match.end()


def _means_audience(word: str) -> bool:
    return bool(get_close_matches(word.lower(), [_AUDIENCE], cutoff=0.8))


def _loaded(fields: str, *, toml: bool) -> Any:
    try:
        return tomllib.loads(fields) if toml else yaml.load(fields, Loader=_StrictLoader)  # noqa: S506  safe
    except (yaml.YAMLError, ValueError, RecursionError) as exc:
        mark = getattr(exc, "problem_mark", None)
        line = f" in line {mark.line + 2}" if mark else ""
        raise UnreadableFile(
            f"the front matter cannot be read{line}: {getattr(exc, 'problem', None) or exc}",
            hint=_HINT,
        ) from exc


class _StrictLoader(yaml.SafeLoader):
    """The safe loader, which also refuses a key that stands twice: which one was meant?"""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping."""
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and keys.count(key.value) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"`{key.value}` stands twice", key.start_mark
                )
        return super().construct_mapping(node, deep=deep)
