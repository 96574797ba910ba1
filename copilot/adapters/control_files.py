"""The files in which controls are kept: tables and trees, read in a child process with limits.

Run as a module this is the child. It knows nothing of controls: what a column means is decided in
the parent, which never opens a file that somebody sent.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from copilot.adapters.parsing import Limits, ParsingChild, serve
from copilot.domain.grids import CellFault, FileContent, Grid
from copilot.errors import BadInput, OverLimits, UnreadableFile
from copilot.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_MODULE: Final = "copilot.adapters.control_files"
_HEAD: Final = 512
_PACKED: Final = b"PK\x03\x04"
_SIGNATURES: Final = (
    (_PACKED, "a ZIP file, such as a workbook or a Word document"),
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Office file"),
    (b"\x89PNG", "a picture"),
    (b"\x1f\x8b", "a compressed archive"),
)
_SAVE_AS: Final = {".xls", ".xlsm", ".xlsb", ".ods", ".numbers"}


class BoundedControlFiles:
    """Reads with one child process, and writes whole files or none."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._child = ParsingChild(self._limits, _MODULE)

    def __enter__(self) -> BoundedControlFiles:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the child."""
        self.close()

    def read(self, path: Path) -> FileContent:
        """Return what a file holds.

        Raises:
            UnreadableFile: It is not there, is of another type or is damaged.
            OverLimits: It is too large, or reading it took too much time or memory.
        """
        try:
            megabytes = path.stat().st_size / 1e6
        except OSError as exc:
            raise UnreadableFile(f"it cannot be opened: {exc.strerror}") from exc
        if megabytes > self._limits.file_megabytes:
            raise OverLimits(
                f"it has {megabytes:,.0f} MB, more than the limit of {self._limits.file_megabytes}",
                hint="Keep the part that matters, or raise `file_megabytes` in copilot.toml.",
            )
        return _content(self._child.answer(path.absolute(), path.name))

    def write_tables(self, path: Path, tables: Mapping[str, Sequence[Sequence[str]]]) -> None:
        """Write tables whose first rows are their headers, as CSV or XLSX by the file's name.

        Raises:
            BadInput: The name ends in neither, CSV would have to hold several, or the place cannot be
                written.
        """
        from copilot.adapters import control_tables

        with _replacing(path) as new:
            if path.suffix.lower() == ".xlsx":
                control_tables.write_xlsx(new, tables)
            elif path.suffix.lower() == ".csv" and len(tables) == 1:
                control_tables.write_csv(new, next(iter(tables.values())))
            else:
                raise BadInput(f"{path.name} is neither .csv nor .xlsx")

    def write_tree(self, path: Path, tree: Mapping[str, Any]) -> None:
        """Write a JSON document.

        Raises:
            BadInput: The place cannot be written.
        """
        self.write_text(path, json.dumps(tree, ensure_ascii=False, indent=2) + "\n")

    def write_text(self, path: Path, text: str) -> None:
        """Write a text as UTF-8.

        Raises:
            BadInput: The place cannot be written.
        """
        with _replacing(path) as new:
            new.write_text(text, encoding="utf-8", newline="\n")

    def close(self) -> None:
        """End the child, if there is one."""
        self._child.close()


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    try:
        with replacing(path) as new:
            yield new
    except OSError as exc:
        raise BadInput(f"{path} cannot be written: {exc.strerror}") from exc


def _content(answer: Mapping[str, Any]) -> FileContent:
    return FileContent(
        grids=tuple(
            Grid(
                sheet=grid["sheet"],
                rows=tuple((number, tuple(cells)) for number, cells in grid["rows"]),
                faults=tuple(CellFault(**fault) for fault in grid["faults"]),
            )
            for grid in answer.get("grids", ())
        ),
        tree=answer.get("tree"),
        lines=answer.get("lines", {}),
        notes=tuple(answer["notes"]),
    )


def held(path: Path, name: str) -> dict[str, Any]:
    """Return what a file holds, as plain values; called in the child.

    Raises:
        UnreadableFile: It is of no type that can be read, or is not what its name says.
    """
    from copilot.adapters import control_tables, control_trees

    readers = {
        ".csv": control_tables.read_csv,
        ".tsv": control_tables.read_csv,
        ".txt": control_tables.read_csv,
        ".xlsx": control_tables.read_xlsx,
        ".json": control_trees.read_json,
        ".jsonl": control_trees.read_json_lines,
        ".ndjson": control_trees.read_json_lines,
        ".yaml": control_trees.read_yaml,
        ".yml": control_trees.read_yaml,
    }
    suffix = path.suffix.lower()
    if suffix not in readers:
        hint = "Save it as .xlsx first." if suffix in _SAVE_AS else ""
        raise UnreadableFile(
            f"files named {suffix or 'without an ending'} are not read as lists of controls",
            hint=hint or f"Readable are {', '.join(sorted(readers))}.",
        )
    _refuse_disguise(path, suffix)
    return readers[suffix](path)


def _refuse_disguise(path: Path, suffix: str) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as exc:
        raise UnreadableFile(f"it cannot be opened: {exc.strerror}") from exc
    if not head.strip():
        raise UnreadableFile("it is empty", hint="Export the list again.")
    if (suffix == ".xlsx") != head.startswith(_PACKED) or suffix != ".xlsx":
        what = next((what for mark, what in _SIGNATURES if head.startswith(mark)), "")
        if head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
            what = "a web page"
        if what or suffix == ".xlsx":
            raise UnreadableFile(
                f"it is named {suffix} and is {what or 'no workbook'}",
                hint="Rename it to what it is, or export it again.",
            )


if __name__ == "__main__":
    serve(lambda _: held)
