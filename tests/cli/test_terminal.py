"""What people see: a terminal of any width, any encoding, and a pipe that closes."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios

import pytest

from copilot import bootstrap
from copilot.cli import console
from tests.cli.conftest import PROVE, environment

_STYLE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def on_terminal(*arguments, cwd, columns, **variables):
    """Run the command in a terminal and return the exit status and what it showed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "copilot", *arguments],
        cwd=cwd,
        env=environment(TERM="xterm-256color", **variables),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        try:
            while some := terminal.read(65_536):
                seen += some
        except OSError:
            pass  # the other end is closed
    return process.wait(), seen.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [40, 100, 250])
def test_no_line_is_wider_than_the_terminal_or_than_can_be_read(tmp_path, columns):
    """Text is wrapped by us and never by the terminal."""
    _, seen = on_terminal("catalog", "CC6.2", cwd=tmp_path, columns=columns)
    lines = _STYLE.sub("", seen).splitlines()
    assert max(map(len, lines)) <= min(columns, 100)
    assert any("CC6.2-1" in line for line in lines)


def test_an_answer_is_coloured_on_a_terminal_and_shows_its_sources(company):
    """What was asked, quoted and left open stands under headings, with numbered sources."""
    status, seen = on_terminal("ask", PROVE, cwd=company, columns=100)
    plain = _STYLE.sub("", seen)
    assert status == 0
    assert seen != plain
    assert "\nSources\n  [1] " in plain
    assert "checked against the sources" in plain


def test_no_colour_where_none_is_wanted(tmp_path):
    """`NO_COLOR` is heard."""
    _, seen = on_terminal("catalog", cwd=tmp_path, columns=80, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", seen)


def test_a_pipe_has_neither_colours_nor_spaces_at_line_ends(copilot, tmp_path):
    """What is piped into a file or a mail is plain."""
    done = copilot("catalog", "CC6.2", cwd=tmp_path)
    assert "\x1b" not in done.stdout
    assert not re.search(r" $", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("arguments", [["catalog"], ["catalog", "--json"]])
def test_a_pipe_that_closes_early_is_no_fault(tmp_path, arguments):
    """`copilot catalog | head -1` says nothing on stderr."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "copilot", *arguments],
            cwd=tmp_path,
            env=environment(),
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.stderr == b""


def test_a_terminal_without_unicode_gets_plain_signs(copilot, tmp_path):
    """Quotes, dashes and marks are replaced by what the encoding has."""
    done = copilot("catalog", "CC6.2", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "\n  * " in done.stdout
    assert done.stdout.isascii()


def test_json_stays_json_without_unicode(copilot, document, tmp_path):
    """Other letters are escaped, none is lost."""
    plain = copilot("catalog", "CC6.2", "--json", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert plain.stdout.isascii()
    assert document(plain) == document(copilot("catalog", "CC6.2", "--json", cwd=tmp_path))


def test_the_c_locale_is_no_fault(copilot, tmp_path):
    """`LC_ALL=C` is what scripts and containers set."""
    done = copilot("catalog", "CC6.2", cwd=tmp_path, LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_text_cannot_command_the_terminal(capsys):
    """Control characters of a file or a question are shown as a sign."""
    console.write(console.shown("a\x1b[31mred\x07 \x9b2J [bold]b[/] \u202ec"))
    assert capsys.readouterr().out == "a\ufffd[31mred\ufffd \ufffd2J [bold]b[/] \ufffdc\n"


def test_a_hanging_indent_uses_the_whole_width(capsys, monkeypatch):
    """The first line begins further left and ends as far right as the others."""
    monkeypatch.setattr(console.stdout, "width", 24)
    console.write("• " + "word " * 10, indent=2, hang=2)
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert (first, second) == ("  • word word word word", "    word word word word")


def test_the_encoder_is_announced_and_the_vendors_are_silent(empty, models, tmp_path):
    """The first use says on the terminal why it takes a while, and nothing else."""
    with (empty / "copilot.toml").open("a") as settings:
        settings.write(f"encoder = {str(models / 'small')!r}\n")
    ours = bootstrap.prepare_encoder()
    shutil.copytree(ours, tmp_path / "cache" / ours.name)
    (empty / "policies").mkdir()
    (empty / "policies" / "a.md").write_text("# Access\n\nWe review access each quarter.\n")
    status, seen = on_terminal(
        "search", "access", cwd=empty, columns=100, COPILOT_CACHE_DIR=str(tmp_path / "cache")
    )
    lines = [line for line in _STYLE.sub("", seen).splitlines() if line.strip()]
    assert status == 0
    assert lines[0].startswith("preparing the encoder")
    assert lines[1].startswith("Nothing found.")
    assert len(lines) == 2
