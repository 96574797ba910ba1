"""Which commands run over the network, for whom, and which of their words name files.

The table serves both sides: the service lets nothing else through, and `copilot --server` reads from it
which files a command needs and which it writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from copilot.errors import BadInput
from copilot.service.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FORM: Final = 1
"""The form of requests and replies; both sides must speak the same."""

OUT: Final = "--out"

_MOST_ARGUMENTS: Final = 200
_MOST_CHARACTERS: Final = 100_000
_LONGEST_NAME: Final = 200


class Words(StrEnum):
    """What the words of a command that are no options mean."""

    TEXT = "text"
    PATHS = "paths"
    NONE = "none"
    """There are none, or they name what is on the service's disk and is not to be named from elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What holds for one command."""

    permission: Permission
    words: Words = Words.TEXT
    reads: frozenset[str] = frozenset()
    """Options that name a file to read."""
    writes: frozenset[str] = frozenset()
    """Options that name a file to write."""
    refused: frozenset[str] = frozenset()
    """Options that name what is on the service's disk."""
    shows_all: bool = False
    """Whether it shows names of every audience's files, and so is for those who may read them all."""


_WRITES: Final = frozenset({OUT})

COMMANDS: Final[Mapping[tuple[str, ...], Rule]] = {
    ("ask",): Rule(permission=Permission.ASK),
    ("search",): Rule(permission=Permission.ASK, reads=frozenset({"--queries"})),
    ("catalog",): Rule(permission=Permission.ASK, refused=frozenset({"--folder"})),
    ("map",): Rule(permission=Permission.IMPORT_CONTROLS, words=Words.PATHS, writes=_WRITES),
    ("readiness",): Rule(permission=Permission.READ_READINESS, writes=_WRITES),
    ("doctor",): Rule(permission=Permission.READ_SETTINGS, words=Words.NONE, shows_all=True),
    ("ingest",): Rule(
        permission=Permission.EDIT_SOURCES,
        words=Words.NONE,
        refused=frozenset({"--forget", "--kind", "--audience"}),
        shows_all=True,
    ),
    ("draft", "policy"): Rule(permission=Permission.WRITE_ITEMS, writes=_WRITES),
    ("draft", "description"): Rule(permission=Permission.WRITE_ITEMS, writes=_WRITES),
    ("draft", "response"): Rule(
        permission=Permission.WRITE_ITEMS, words=Words.PATHS, writes=_WRITES
    ),
    ("draft", "check"): Rule(permission=Permission.WRITE_ITEMS, words=Words.PATHS, writes=_WRITES),
    ("review", "list"): Rule(permission=Permission.READ_ITEMS),
    ("review", "show"): Rule(permission=Permission.READ_ITEMS),
    ("review", "diff"): Rule(permission=Permission.READ_ITEMS),
    ("review", "export"): Rule(permission=Permission.READ_ITEMS, writes=_WRITES),
    ("review", "comment"): Rule(permission=Permission.COMMENT),
    ("review", "save"): Rule(permission=Permission.WRITE_ITEMS, words=Words.PATHS),
    ("review", "submit"): Rule(permission=Permission.WRITE_ITEMS),
    ("review", "answer"): Rule(permission=Permission.WRITE_ITEMS),
    ("review", "confirm"): Rule(permission=Permission.WRITE_ITEMS),
    ("review", "request-changes"): Rule(permission=Permission.DECIDE_ITEMS),
    ("review", "waive"): Rule(permission=Permission.DECIDE_ITEMS),
    ("review", "approve"): Rule(permission=Permission.DECIDE_ITEMS),
    ("review", "reject"): Rule(permission=Permission.DECIDE_MAPPINGS),
    ("review", "replace"): Rule(permission=Permission.DECIDE_MAPPINGS),
    ("log",): Rule(permission=Permission.READ_LOG),
    ("log", "verify"): Rule(
        permission=Permission.READ_LOG, words=Words.PATHS, reads=frozenset({"--seal"})
    ),
    ("log", "export"): Rule(permission=Permission.READ_LOG, writes=_WRITES),
}
"""Every command that runs over the network. What it shows and does is decided by its own rules as well."""

HERE: Final = frozenset({"init", "serve", "slack"})
"""Commands that only make sense where they are given."""


def rule_of(arguments: Sequence[str]) -> tuple[tuple[str, ...], Rule]:
    """Return the command that arguments begin with, and what holds for it.

    Raises:
        BadInput: It is none that runs over the network.
    """
    first = arguments[0] if arguments else ""
    if first in HERE:
        raise BadInput(
            f"`copilot {first}` runs where it is given, not over the network",
            hint="Leave --server out.",
        )
    for length in (2, 1):
        name = tuple(arguments[:length])
        if len(name) == length and name in COMMANDS:
            _check_no_other(name, arguments)
            return name, COMMANDS[name]
    groups = {name[0] for name in COMMANDS if len(name) > 1}
    if first in groups:
        known = ", ".join(sorted(name[1] for name in COMMANDS if name[0] == first and name[1:]))
        raise BadInput(f"`copilot {first}` needs one of: {known}")
    known = ", ".join(sorted({name[0] for name in COMMANDS}))
    raise BadInput(f"there is no command {first!r}", hint=f"Over the network run: {known}.")


def _check_no_other(name: tuple[str, ...], arguments: Sequence[str]) -> None:
    # `copilot log --last 3 export` would be another command, with other rules.
    others = {one[1] for one in COMMANDS if len(one) > len(name) and one[: len(name)] == name}
    if found := others.intersection(arguments[len(name) :]):
        raise BadInput(
            f"options of `copilot {name[0]}` stand before {min(found)!r}",
            hint="Put them after it.",
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A word of a command line that names a file."""

    index: int
    """The number of the argument that it stands in."""
    begins: int
    """Where in that argument it begins: after the sign in --out=FILE."""
    option: str
    """The option whose value it is; empty if it stands alone."""


def places(name: Sequence[str], rule: Rule, arguments: Sequence[str]) -> Iterator[Place]:
    """Yield where a command line names files, or may do so."""
    of_files = rule.reads | rule.writes
    wanted = ""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    for index, argument in enumerate(arguments[len(name) :], start=len(name)):
        option, sign, _ = argument.partition("=")
        if wanted:
            yield Place(index, 0, wanted)
            wanted = ""
        elif index < end and option.startswith("-") and option != "-":
            wanted = option if option in of_files and not sign else ""
            if sign and option in of_files:
                yield Place(index, len(option) + 1, option)
        elif index != end and rule.words is not Words.TEXT:
            yield Place(index, 0, "")


def check_arguments(arguments: Sequence[str]) -> tuple[tuple[str, ...], Rule]:
    """Return the command of arguments that may come over the network.

    Raises:
        BadInput: They may not; the message says which of them.
    """
    _check_texts(arguments)
    name, rule = rule_of(arguments)
    end = arguments.index("--") if "--" in arguments else len(arguments)
    for argument in arguments[:end]:
        option = argument.partition("=")[0]
        if option == "--as":
            raise BadInput(
                "--as does not go over the network", hint="You act as the owner of your token."
            )
        if option in rule.refused:
            raise BadInput(f"{option} names what is on the service's own disk")
    for place in places(name, rule, arguments):
        value = arguments[place.index][place.begins :]
        if rule.words is Words.NONE and not place.option:
            raise BadInput(
                f"`copilot {' '.join(name)}` takes no paths over the network",
                hint="Upload files on the page Library.",
            )
        check_name(value)
    return name, rule


def check_name(name: str) -> None:
    """Let a name of a file through that stays within the folder of a command.

    Raises:
        BadInput: It does not.
    """
    parts = name.split("/")
    # What begins with a dot is read by some programs as settings.
    if len(name) > _LONGEST_NAME or any(not one or one.startswith((".", "~")) for one in parts):
        raise BadInput(
            f"{name[:80]!r} cannot name a file over the network",
            hint="A name is relative, has no `..`, and no part that begins with a dot.",
        )


def _check_texts(arguments: Sequence[str]) -> None:
    if len(arguments) > _MOST_ARGUMENTS or sum(map(len, arguments)) > _MOST_CHARACTERS:
        raise BadInput("the command is too long")
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError as exc:
            raise BadInput("an argument is not text") from exc
        if "\0" in argument:
            raise BadInput("an argument holds a character that no command line can have")
