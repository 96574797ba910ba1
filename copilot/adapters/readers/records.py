"""JSON, JSON lines and YAML: each record is a block of the file's own text."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from copilot.adapters.readers.decoding import read_text
from copilot.domain.documents import Block, BlockKind, ParsedDocument
from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = json.JSONDecoder()


class JsonReader:
    """A JSON document: the items of its outermost list, or the fields of its outermost object."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return a block for each record.

        Raises:
            UnreadableFile: It is not JSON; the line is named.
        """
        text, notes = read_text(path)
        try:
            json.loads(text)
            blocks = tuple(_json_blocks(text))
        except json.JSONDecodeError as exc:
            raise UnreadableFile(
                f"line {exc.lineno} is not JSON: {exc.msg}", hint="Export the file again."
            ) from exc
        except RecursionError as exc:
            raise UnreadableFile(
                "it is nested too deeply", hint="Export it in a flat form."
            ) from exc
        return ParsedDocument(text=text, blocks=blocks, notes=notes)


class JsonLinesReader:
    """One JSON document a line."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return a block for each line.

        Raises:
            UnreadableFile: A line is not JSON; it is named.
        """
        text, notes = read_text(path)
        blocks = []
        start = 0
        # Not `splitlines`: a JSON string may hold U+2028 as it is, which is no end of a line here.
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                try:
                    json.loads(line)
                except (json.JSONDecodeError, RecursionError) as exc:
                    raise UnreadableFile(
                        f"line {number} is not JSON: {exc}", hint="Export the file again."
                    ) from exc
                end = start + len(line.rstrip())
                blocks.append(
                    Block(kind=BlockKind.ROW, start=start, end=end, place=f"line {number}")
                )
            start += len(line) + 1
        return ParsedDocument(text=text, blocks=tuple(blocks), notes=notes)


class YamlReader:
    """A YAML document: the items or fields of its outermost level."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return a block for each record.

        Raises:
            UnreadableFile: It is not YAML; the line is named.
        """
        text, notes = read_text(path)
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        blocks: list[Block] = []
        try:
            for root in yaml.compose_all(text, Loader=loader):
                blocks += _yaml_blocks(root, text)
        except yaml.YAMLError as exc:
            mark = getattr(exc, "problem_mark", None)
            line = f"line {mark.line + 1}" if mark else "the file"
            raise UnreadableFile(
                f"{line} is not YAML: {getattr(exc, 'problem', exc)}",
                hint="Check the indentation and quotes there.",
            ) from exc
        return ParsedDocument(text=text, blocks=tuple(blocks), notes=notes)


def _json_blocks(text: str) -> Iterator[Block]:
    at = _skip(text, 0)
    if at < len(text) and text[at] == "[":
        for number, (start, end) in enumerate(_elements(text, at), start=1):
            yield Block(kind=BlockKind.ROW, start=start, end=end, place=f"record {number}")
    elif at < len(text) and text[at] == "{":
        yield from _fields(text, at)
    elif at < len(text):
        yield Block(kind=BlockKind.TEXT, start=at, end=len(text.rstrip()))


def _fields(text: str, at: int) -> Iterator[Block]:
    """Yield each field; a field that holds a list of records yields each record."""
    at = _skip(text, at + 1)
    while text[at] != "}":
        begin = at
        key, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        value = at
        _, at = _DECODER.raw_decode(text, at)
        if text[value] == "[" and text[_skip(text, value + 1)] == "{":
            for number, (start, end) in enumerate(_elements(text, value), start=1):
                place = f"{key}, record {number}"
                yield Block(kind=BlockKind.ROW, start=start, end=end, place=place, context=str(key))
        else:
            yield Block(kind=BlockKind.ROW, start=begin, end=at, place=str(key))
        at = _after_comma(text, at)


def _elements(text: str, at: int) -> Iterator[tuple[int, int]]:
    at = _skip(text, at + 1)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        yield at, end
        at = _after_comma(text, end)


def _after_comma(text: str, at: int) -> int:
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _yaml_blocks(root: yaml.Node | None, text: str) -> Iterator[Block]:
    if root is None:
        return
    if isinstance(root, yaml.SequenceNode):
        spans = [(f"record {n}", item, item) for n, item in enumerate(root.value, start=1)]
    elif isinstance(root, yaml.MappingNode):
        spans = []
        for key, value in root.value:
            if isinstance(value, yaml.SequenceNode) and any(
                isinstance(item, yaml.MappingNode) for item in value.value
            ):
                spans += [
                    (f"{key.value}, record {n}", item, item)
                    for n, item in enumerate(value.value, start=1)
                ]
            else:
                spans.append((str(key.value), key, value))
    else:
        spans = [("", root, root)]
    done = root.start_mark.index
    for place, first, last in spans:
        start = first.start_mark.index
        end = start + len(text[start : last.end_mark.index].rstrip())
        if start < done:
            continue  # an alias: it stands where its anchor stands, which has been read
        done = end
        yield Block(kind=BlockKind.ROW, start=start, end=end, place=place)
