"""JSON, JSON lines and YAML as plain values, with the line on which each record starts.

Numbers stay as they were written: an id of 1.10 is not the number 1.1.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import yaml

from copilot.adapters.readers.decoding import read_text
from copilot.adapters.readers.records import JsonReader
from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

_TAG: Final = "tag:yaml.org,2002:"
_AGAIN: Final = "Export the file again."


def read_json(path: Path) -> dict[str, Any]:
    """Return the value of a JSON document.

    Raises:
        UnreadableFile: It is not JSON, or a field stands twice in a record.
    """
    text, notes = read_text(path)
    blocks = JsonReader().read(path, name=path.name).blocks  # says on which line it is not JSON
    tree = json.loads(
        text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_once
    )
    lines: dict[str, int] = {}
    counted: dict[str, int] = {}
    line, at = 1, 0
    for block in blocks:
        line += text.count("\n", at, block.start)
        at = block.start
        if block.context or isinstance(tree, list):
            number = counted.get(block.context, 0)
            counted[block.context] = number + 1
            lines[f"{block.context}/{number}" if block.context else str(number)] = line
        else:
            lines[block.place] = line
    return {"tree": tree, "lines": lines, "notes": notes}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise UnreadableFile(
            f"the field {twice!r} stands twice in one record", hint="Keep one of the two."
        )
    return found


def read_json_lines(path: Path) -> dict[str, Any]:
    """Return a list of the values on the lines.

    Raises:
        UnreadableFile: A line is not JSON.
    """
    text, notes = read_text(path)
    tree: list[Any] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        lines[str(len(tree))] = number
        try:
            tree.append(json.loads(line, parse_float=str, parse_int=str, object_pairs_hook=_once))
        except (json.JSONDecodeError, RecursionError) as exc:
            raise UnreadableFile(f"line {number} is not JSON: {exc}", hint=_AGAIN) from exc
        except UnreadableFile as exc:
            raise UnreadableFile(f"line {number}: {exc}", hint=exc.hint) from exc
    return {"tree": tree, "lines": lines, "notes": notes}


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the value of a YAML file; of several documents in it, one list of all their records.

    Raises:
        UnreadableFile: It is not YAML, or a field stands twice in a record.
    """
    text, notes = read_text(path)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        composed: list[Any] = list(yaml.compose_all(text, Loader=loader))
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "the file"
        raise UnreadableFile(
            f"{where} is not YAML: {getattr(exc, 'problem', None) or exc}",
            hint="Check the indentation and quotes there.",
        ) from exc
    roots = [root for root in composed if root is not None]
    if len(roots) == 1:
        return {"tree": _value(roots[0]), "lines": _lines_of(roots[0]), "notes": notes}
    items = [
        item
        for root in roots
        for item in (root.value if isinstance(root, yaml.SequenceNode) else [root])
    ]
    lines = {str(at): item.start_mark.line + 1 for at, item in enumerate(items)}
    return {"tree": [_value(item) for item in items], "lines": lines, "notes": notes}


def _lines_of(root: yaml.Node) -> dict[str, int]:
    if isinstance(root, yaml.SequenceNode):
        return {str(at): item.start_mark.line + 1 for at, item in enumerate(root.value)}
    lines: dict[str, int] = {}
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        lines[str(key.value)] = key.start_mark.line + 1
        if isinstance(value, yaml.SequenceNode):
            for at, item in enumerate(value.value):
                lines[f"{key.value}/{at}"] = item.start_mark.line + 1
    return lines


def _value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node)
    return None if node.tag == f"{_TAG}null" else str(node.value)


def _mapping(node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        if key.tag == f"{_TAG}merge":
            base = _value(value)
            merged |= base if isinstance(base, dict) else {}
        elif name in found:
            line = key.start_mark.line + 1
            raise UnreadableFile(
                f"line {line}: the field {name!r} stands here a second time",
                hint="Keep one of the two.",
            )
        else:
            found[name] = _value(value)
    return merged | found
