"""The project's own documentation, taken apart for the tests."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "prompts" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)

Cells = tuple[str, ...]

_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`(copilot [^`]+)`")
_WHOLE = re.compile(r"copilot( |$)")


def named(page: Path) -> str:
    """Return a page's path as test reports should name it."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return [match[3] for match in _BLOCK.finditer(page.read_text()) if match[2] == language]


def command_lines(page: Path) -> list[str]:
    """Return every command line of the copilot on a page, in blocks and in running text."""
    lines = [
        line.strip() for block in blocks(page, "sh") for line in block.splitlines() if line.strip()
    ]
    lines += [
        line.removeprefix("$ ")
        for block in blocks(page, "console")
        for line in block.splitlines()
        if line.startswith("$ ")
    ]
    running = _BLOCK.sub("", page.read_text())
    lines += [" ".join(match[1].split()) for match in _SPAN.finditer(running)]
    return [line for line in dict.fromkeys(lines) if _WHOLE.match(line)]


def arguments(line: str) -> list[str]:
    """Return what a shell would hand to the copilot: the words up to a pipe or a redirection."""
    words = shlex.split(line, comments=True)
    ends = [at for at, word in enumerate(words) if word in {"|", ">", ">>", "&&", ";"}]
    return words[1 : ends[0] if ends else None]


def table(page: Path, *header: str) -> list[Cells]:
    """Return the rows of the first table of a page with these headings, cell by cell."""
    return tables(page, *header)[0]


def tables(page: Path, *header: str) -> list[list[Cells]]:
    """Return the rows of every table of a page with these headings."""
    found: list[list[Cells]] = []
    inside = False
    for line in page.read_text().splitlines():
        cells = tuple(cell.strip() for cell in line.strip().strip("|").split(" | "))
        if cells == header:
            inside = True
            found.append([])
        elif not line.startswith("|"):
            inside = False
        elif inside and not line.startswith("|-"):
            found[-1].append(cells)
    return found
