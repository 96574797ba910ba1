"""Every command line that the documentation shows is one that the program takes."""

from __future__ import annotations

import re

import pytest
import typer

from copilot.cli.main import app
from tests.docs.pages import PAGES, ROOT, arguments, command_lines, named

USE = ROOT / "docs" / "use.md"
PROGRAM = typer.main.get_command(app)
assert isinstance(PROGRAM, typer.core.TyperGroup)
COMMANDS = PROGRAM.commands

SHOWN = [
    pytest.param(line, id=f"{named(page)}: {line}")
    for page in PAGES
    for line in command_lines(page)
]


def found(words: list[str]):
    """Return the command that a line names, within its group if it is in one, and the other words."""
    name, *rest = words[2:] if words[0] == "--server" else words
    command = COMMANDS[name]
    while isinstance(command, typer.core.TyperGroup) and rest and rest[0] in command.commands:
        name, *rest = rest
        command = command.commands[name]
    return command, name, rest


def leaves(command):
    """Return a command, and those of the group that it is."""
    if isinstance(command, typer.core.TyperGroup):
        return [command, *(leaf for one in command.commands.values() for leaf in leaves(one))]
    return [command]


def parse(words: list[str]) -> None:
    """Parse a command line as the program does, and run nothing."""
    command, name, rest = found(words)
    command.make_context(name, rest)


@pytest.mark.parametrize("line", SHOWN)
def test_a_command_line_that_is_shown_parses(line):
    """Whoever copies a line gets no complaint about its options or arguments."""
    words = arguments(line)
    if words == ["--version"] or (words[2:] in ([], ["…"]) and words[0] == "--server"):
        return
    if not found(words)[2]:
        return  # a command that is only named needs none of its arguments

    parse(words)


def test_a_command_line_that_is_wrong_is_noticed():
    """The test above can fail."""
    with pytest.raises(Exception, match="No such option"):
        parse(["ask", "Do we use MFA?", "--perod", "2026"])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_described(name):
    """docs/use.md has a section for each command, and none for another."""
    sections = re.findall(r"^## copilot (\w+)$", USE.read_text(), re.MULTILINE)

    assert name in sections
    assert set(sections) <= COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_described(name):
    """The section of a command names each of its options and no other."""
    _, _, rest = USE.read_text().partition(f"\n## copilot {name}\n")
    section = rest.partition("\n## ")[0]
    described = {
        word for line in section.splitlines() for word in re.findall(r"^\| `(-[-\w]+)", line)
    }
    options = {
        option
        for command in leaves(COMMANDS[name])
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("-") and option != "--help"
    }

    assert described == options
