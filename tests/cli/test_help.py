"""What `--help` shows: plain words, and examples that work."""

from __future__ import annotations

import shlex

import pytest
import typer

from copilot.cli.help import EXAMPLES
from copilot.cli.main import app

PROGRAM = typer.main.get_command(app)


def leaves(command, path=""):
    """Yield every command that does something, with the words that name it."""
    commands = getattr(command, "commands", {})
    if path and (not commands or command.invoke_without_command):
        yield path, command
    for name, one in commands.items():
        yield from leaves(one, f"{path} {name}".strip())


COMMANDS = dict(leaves(PROGRAM))


def test_every_command_has_an_example():
    """And no example is of a command that is gone."""
    assert set(EXAMPLES) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_parses(name):
    """Whoever copies one gets no complaint about its options or arguments."""
    for example in EXAMPLES[name]:
        words = shlex.split(example)[len(name.split()) :]
        COMMANDS[name].make_context(name, words)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_type_of_a_programmer_is_shown(name, capsys):
    """`--json` takes nothing, so nothing stands beside it; examples end the page."""
    context = COMMANDS[name].make_context(f"copilot {name}", [], resilient_parsing=True)
    text = COMMANDS[name].get_help(context)
    shown = capsys.readouterr().out + text

    assert not any(kind in shown for kind in ("<bool>", "<str>", "<path>", "<list", "[["))
    assert "For example:" in shown
    assert f"copilot {EXAMPLES[name][0].split()[0]}" in shown
