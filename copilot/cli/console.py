"""The two streams of the command line: results on stdout, everything else on stderr."""

from __future__ import annotations

import codecs
import contextlib
import json
import logging
import os
import re
import sys
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.markup import escape
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.status import Status

stdout = Console(highlight=False)
stderr = Console(stderr=True, highlight=False)

WIDEST: Final = 100
"""Columns of text; longer lines are hard to read, however wide the terminal is."""

NOTHING_YET: Final = (
    "Nothing that you may read has been ingested: put files into policies/ and evidence/, then run "
    "`copilot ingest`."
)

_PLAIN: Final = str.maketrans(
    {
        "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "•": "*",
        "✓": "+", "✗": "x", "→": "->", "·": "-", "≥": ">=", "≤": "<=", " ": " ",
    }
)  # fmt: skip

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Everything that a terminal may act on, and what turns the direction of text; not tab and line."""


def count(number: int, what: str) -> str:
    """Return a number with what is counted: `1 gap`, `2 gaps`, `1,204 sources`."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def prepare_streams() -> None:
    """Let every text be printed, whatever the terminal's encoding and the file names hold."""
    codecs.register_error("plain", _as_plain)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # not a file, or closed
            stream.reconfigure(errors="plain")  # type: ignore[union-attr]


def _as_plain(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    text = problem.object[problem.start : problem.end].translate(_PLAIN)
    # Where even that is not enough: a surrogate of a name that is not UTF-8, another script.
    safe = "".join(one if one.isascii() else "?" for one in text)
    return safe, problem.end


def prepare_logging() -> None:
    """Send our own log to stderr and keep the vendors' to themselves.

    On a terminal it also says what is being prepared. `COPILOT_DEBUG=1` shows everything.
    """
    if os.environ.get("COPILOT_DEBUG"):
        logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
        return
    handler = _Spoken()
    ours = logging.getLogger("copilot")
    ours.addHandler(handler)
    ours.setLevel(logging.INFO if stderr.is_terminal else logging.WARNING)
    ours.propagate = False
    logging.getLogger().addHandler(logging.NullHandler())


class _Spoken(logging.Handler):
    """Prints a record as a sentence."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one line, above a progress bar if there is one."""
        print_note(record.getMessage())


def print_json(document: Any, *, indent: int | None = 2) -> None:
    """Print one JSON document on stdout and nothing else."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(document, ensure_ascii=not utf8, indent=indent)
    if utf8:
        # Half a pair comes from a file name or an argument that is not UTF-8, and cannot be written.
        text = text.encode(errors="backslashreplace").decode()
    print(text, flush=True)


def working(said: str) -> Status:
    """Show, while a `with` block runs, what is being worked on; on a terminal only, and on stderr."""
    return stderr.status(f"{shown(said)} …")


def print_error(message: str, hint: str = "") -> None:
    """Print what went wrong, and what can be done, on stderr."""
    stderr.print(f"[bold red]error[/] {shown(message)}", soft_wrap=True)
    if hint:
        stderr.print(f"[dim]{shown(hint)}[/]", soft_wrap=True)


def print_note(text: str) -> None:
    """Print a remark on stderr."""
    stderr.print(f"[dim]{shown(text)}[/]", soft_wrap=True)


_KEPT_BACKSLASH: Final = re.compile(r"(?<!\\)\\+\[(?![a-z#/@][^\[]*?\])")
"""What rich does not escape, since it begins no tag, and would print without a backslash."""


def shown(text: str) -> str:
    """Return text of a file or a person as markup that only prints it.

    A control character could otherwise move the cursor, recolour or retitle the terminal.
    """
    escaped = escape(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text))
    return _KEPT_BACKSLASH.sub(r"\\\g<0>", escaped)


def write(markup: str = "", *, indent: int = 0, hang: int = 0) -> None:
    """Print text on stdout, wrapped at a width that can be read, with no space at line ends.

    Args:
        markup: Text with rich's markup; what comes from files must be escaped.
        indent: Columns before every line.
        hang: Columns more before every line but the first.
    """
    text = Text.from_markup(markup)
    width = max(20, min(stdout.width, WIDEST) - indent - hang)
    margin = Text(" " * indent) + text[:hang] if hang else Text(" " * indent)
    for line in text[hang:].wrap(stdout, width):
        whole = margin + line
        whole.rstrip()
        stdout.print(whole, soft_wrap=True)
        margin = Text(" " * (indent + hang))


def write_as_is(line: str, style: str = "") -> None:
    """Print a line of a document or a difference on stdout; wrapped on a terminal only.

    Elsewhere somebody keeps it or hands it to a program, to whom a break is a change.
    """
    if stdout.is_terminal:
        write(f"[{style}]{shown(line)}[/]" if style else shown(line))
        return
    stdout.print(
        Text(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}", line), style=style), soft_wrap=True
    )


def heading(text: str) -> None:
    """Print the heading of a part, with a line before it."""
    write()
    write(f"[bold underline]{shown(text)}[/]")


def bullets(items: Iterable[str]) -> None:
    """Print each text as an item of a list."""
    for item in items:
        write(f"• {shown(item)}", indent=2, hang=2)
