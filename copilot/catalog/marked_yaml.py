"""Read YAML into plain values and remember where each of them stands.

Stricter than YAML: no anchors, no tags, no duplicate keys, since these files are quoted at
character offsets and corrected by people who should not have to know YAML's corners.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

type_tag: Final = "tag:yaml.org,2002:"

Path = tuple[str | int, ...]
"""The keys and list positions that lead to a value: `("criteria", 0, "title")`."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value stands in the text: 1-based line, character offsets."""

    line: int
    start: int
    end: int


@dataclass(slots=True)
class MarkedYaml:
    """A parsed document: its plain value, the span of every value, what is wrong with it."""

    value: Any = None
    spans: dict[Path, Span] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)
    """Line and message of each problem that YAML itself or its use has."""

    def line_of(self, path: Path) -> int:
        """Return the line of the nearest value on the way to `path` that exists."""
        while path and path not in self.spans:
            path = path[:-1]
        return self.spans[path].line if path in self.spans else 1


def parse(text: str) -> MarkedYaml:
    """Parse one YAML document; what is wrong with it ends up in `problems`, never in a raise."""
    parsed = MarkedYaml()
    try:
        for event in yaml.parse(text, Loader=_Loader):
            _refuse_corners(event, parsed)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        parsed.problems.append((mark.line + 1 if mark else 1, _plain(exc)))
        return parsed
    except yaml.reader.ReaderError as exc:
        line = text.count("\n", 0, exc.position) + 1
        parsed.problems.append((line, f"a character that YAML does not allow: {exc.reason}"))
        return parsed
    if root is None:
        parsed.problems.append((1, "the file is empty"))
    elif not parsed.problems:
        parsed.value = _value(root, (), parsed)
    return parsed


def content_span(text: str, parsed: MarkedYaml, path: Path) -> tuple[int, int]:
    """Return where the words of a value stand, without the marks of a folded block."""
    span = parsed.spans[path]
    start, end = span.start, span.end
    if text.startswith(">", start):
        start = text.index("\n", start)
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _refuse_corners(event: yaml.Event, parsed: MarkedYaml) -> None:
    line = event.start_mark.line + 1 if event.start_mark else 1
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        parsed.problems.append((line, "anchors and aliases (& and *) are not used here"))
    elif tag := getattr(event, "tag", None):
        parsed.problems.append((line, f"the tag {tag!r} is not used here"))


def _plain(exc: yaml.MarkedYAMLError) -> str:
    problem = exc.problem or exc.context or "cannot be read as YAML"
    if "tab character" in problem or "'\\t'" in problem:
        return "a tab where only spaces may indent"
    return f"not valid YAML: {problem}"


def _value(node: yaml.Node, path: Path, parsed: MarkedYaml) -> Any:
    start, end = node.start_mark, node.end_mark
    parsed.spans[path] = Span(line=start.line + 1, start=start.index, end=end.index)
    match node:
        case yaml.MappingNode():
            return _mapping(node, path, parsed)
        case yaml.SequenceNode():
            return [_value(item, (*path, at), parsed) for at, item in enumerate(node.value)]
        case yaml.ScalarNode():
            return _scalar(node)
        case _:
            raise AssertionError(f"YAML has no other kind of node than {type(node)}")


def _mapping(node: yaml.MappingNode, path: Path, parsed: MarkedYaml) -> Mapping[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        if key in result:
            line = key_node.start_mark.line + 1
            parsed.problems.append((line, f"the field `{key}` stands here a second time"))
            continue
        result[key] = _value(value_node, (*path, key), parsed)
    return result


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    kind = node.tag.removeprefix(type_tag)
    text: str = node.value
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in {"yes", "true", "on"}
    if kind in {"int", "float"}:
        try:
            return float(text.replace("_", "")) if kind == "float" else int(text.replace("_", ""))
        except ValueError:  # 0x1F, 1:30 and the like: numbers to YAML, text to a reader
            return text
    return text
