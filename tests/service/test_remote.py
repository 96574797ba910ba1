"""`copilot --server`: a command over the network is the command here."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time

import httpx
import pytest
import typer

from copilot.adapters.locks import FileLock
from copilot.cli import remote
from copilot.cli.main import app
from copilot.domain.access import Role
from copilot.domain.accounts import Scope
from copilot.errors import (
    BadInput,
    NotPermitted,
    NotSignedIn,
    ServiceUnreachable,
    TooManyRequests,
    WorkspaceBusy,
)
from copilot.service.commands import COMMANDS, HERE, Words, check_arguments
from copilot.service.running_commands import Ordered, environment
from copilot.service.slots import Slots
from tests.cli.conftest import environment as bare
from tests.service.conftest import PEOPLE

UNUSED = "http://127.0.0.1:1"
"""An address at which nothing listens."""


def start(*arguments, cwd, **variables):
    """Start the command in a new interpreter."""
    return subprocess.Popen(
        [sys.executable, "-m", "copilot", *arguments],
        cwd=cwd,
        env=bare(PYTHONUTF8="1", **variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def finish(process):
    """Return its exit status, stdout and stderr."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.fixture
def away(served, tmp_path, monkeypatch, capsys):
    """Return a function that runs a command over the network, somewhere without a workspace."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COPILOT_HOME", raising=False)

    def run(*arguments, role=Role.COMPLIANCE, **variables):
        # The token goes by a file; it is in no list of processes.
        secret = tmp_path / f"{role}.token"
        secret.write_text(served.token(PEOPLE[role]))
        given = {"COPILOT_SERVER": served.url, "COPILOT_TOKEN_FILE": str(secret)} | variables
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        server, left = remote.addressed(arguments)
        assert server
        status = remote.run(server, left)
        return (status, *capsys.readouterr())

    return run


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("review", "list", "--json"), id="JSON"),
        pytest.param(("catalog", "CC99"), id="error"),
    ],
)
def test_it_shows_what_it_shows_here(served, away, arguments):
    """Output, errors and exit status are the same."""
    here = start(
        *arguments, cwd=served.folder, COPILOT_PRINCIPAL=PEOPLE[Role.COMPLIANCE], COLUMNS="80"
    )
    assert away(*arguments) == finish(here)


def test_files_go_there_and_come_back(away, tmp_path):
    """What an argument names is sent; what is written lands where it was wanted."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "list.csv").write_text("id,title\nAC-1,Access is reviewed each quarter\n")
    out = tmp_path / "mapped.json"
    status, printed, problems = away("map", str(tmp_path / "in" / "list.csv"), "--out", str(out))
    assert (status, printed) == (0, ""), problems
    assert problems == f"Written to {out}.\n"
    assert "AC-1" in out.read_text()


@pytest.mark.parametrize(
    ("arguments", "variables", "problem", "said"),
    [
        (("readiness",), {"role": Role.EMPLOYEE}, NotPermitted, "may not read readiness"),
        (("ask", "--as", "x", "y"), {}, BadInput, "--as"),
        (("catalog",), {"COPILOT_TOKEN": "soc2_none"}, NotSignedIn, "does not accept the token"),
        (("catalog",), {"COPILOT_TOKEN_FILE": ""}, NotSignedIn, "there is no token"),
        (("catalog",), {"COPILOT_TOKEN_FILE": "/nowhere"}, BadInput, "cannot be read"),
        (("catalog",), {"COPILOT_SERVER": UNUSED}, ServiceUnreachable, "cannot be reached"),
        (("catalog",), {"COPILOT_SERVER": "ftp://x"}, BadInput, "no address"),
        (("catalog", "--folder", "x"), {}, BadInput, "own disk"),
        (("readiness", "--out", "/nowhere/x.html"), {}, BadInput, "cannot be written"),
    ],
)
def test_what_does_not_go_is_said_plainly(away, arguments, variables, problem, said):
    """With a hint, and without the token."""
    with pytest.raises(problem, match=said) as raised:
        away(*arguments, **variables)
    assert raised.value.hint or problem is BadInput
    assert "soc2_" not in f"{raised.value} {raised.value.hint}"


def test_an_address_that_is_no_copilot_is_said_to_be_none(away, served):
    """Another server answers in another way."""
    with pytest.raises(ServiceUnreachable, match="not as a copilot"):
        away("catalog", COPILOT_SERVER=f"{served.url}/static")


def test_what_is_refused_has_the_exit_status_of_here(tmp_path):
    """1 for what failed, 2 for what was used wrongly; a program gets JSON."""
    process = start("--server", UNUSED, "catalog", "--json", cwd=tmp_path, COPILOT_TOKEN="x")
    status, printed, problems = finish(process)
    assert (status, json.loads(printed)["error"]["type"]) == (1, "ServiceUnreachable")
    assert "Traceback" not in problems


def test_an_interrupt_ends_the_command_there(served, tmp_path):
    """The service runs nothing for somebody who has gone."""
    secret = served.token(PEOPLE[Role.COMPLIANCE])
    process = start(
        *("--server", served.url, "draft", "policy", "access-control"),
        cwd=tmp_path,
        COPILOT_TOKEN=secret,
    )
    slots = served.app.state.commands
    until = time.monotonic() + 60
    while not slots.taken and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    status, _, _ = finish(process)
    while slots.taken and time.monotonic() < until:
        time.sleep(0.02)
    assert (status, slots.taken) == (130, 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest", "policies"],
        ["ingest", "--forget", "x"],
        ["map", "/etc/passwd"],
        ["map", "../list.csv"],
        ["map", "a/../../list.csv"],
        ["map", "--out=/etc/x", "list.csv"],
        ["map", "--", "/etc/passwd"],
        ["readiness", "--out", "/etc/x"],
        ["readiness", "--out", ".env"],
        ["search", "--queries", "/etc/passwd"],
        ["search", "--queries=/etc/passwd"],
        ["log", "--last", "3", "export", "--out", "/etc/x"],
        ["log", "verify", "/etc/passwd"],
        ["draft", "response", "--check", "/etc/passwd"],
        ["review", "save", "policy/x", "/etc/passwd"],
        ["ask", "--as", "operator", "x"],
        ["ask", "--as=operator", "x"],
        ["init", "x"],
        ["slack"],
        ["nonsense"],
        ["draft"],
        ["ask", "x\0y"],
        ["ask", "\ud800"],
        ["ask", "x" * 100_001],
        ["--version"],
    ],
    ids=lambda one: " ".join(one)[:40].encode("ascii", "replace").decode().replace("\0", "0"),
)
def test_what_would_reach_the_services_disk_is_refused(arguments):
    """So is who to act as, what only runs here, and what is no command."""
    with pytest.raises(BadInput):
        check_arguments(arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask", "what is in /etc/passwd?"],
        ["ask", "--", "--as"],
        ["review", "comment", "policy/x", "../ is not allowed"],
        ["map", "lists/controls.csv", "--out", "mapped.xlsx"],
        ["log", "--last", "3"],
        ["ingest", "--retry", "--json"],
    ],
)
def test_words_are_not_taken_for_paths(arguments):
    """What is only said goes through as it is."""
    check_arguments(arguments)


def test_every_path_of_a_command_is_in_the_table():
    """No option or word that the command line takes for a file is let through unseen."""

    def walk(command, name):
        if hasattr(command, "commands"):
            for part, inner in command.commands.items():
                yield from walk(inner, (*name, part))
        else:
            yield name, command

    listed = dict(walk(typer.main.get_command(app), ()))
    for name, rule in COMMANDS.items():
        if name not in listed:
            assert name == ("log",)
            continue
        for parameter in listed[name].params:
            kind = str(getattr(parameter, "_bare_type", ""))
            if "Path" not in kind:
                continue
            known = rule.reads | rule.writes | rule.refused
            if parameter.param_type_name == "argument":
                assert rule.words is not Words.TEXT, (name, parameter.name)
            else:
                assert rule.words is Words.PATHS or set(parameter.opts) & known, parameter.opts
    assert set(listed) - set(COMMANDS) == {(name,) for name in HERE}


def test_a_command_gets_no_secret_that_it_does_not_need(tmp_path, monkeypatch):
    """It gets the settings and the model's key; not those of sign-in, of Slack, of the system."""
    given = {
        "COPILOT_MODEL": "openai:x",
        "OPENAI_API_KEY": "needed",
        "COPILOT_TOKEN": "no",
        "COPILOT_OIDC_CLIENT_SECRET_FILE": "no",
        "SLACK_BOT_TOKEN": "no",
        "AWS_SECRET_ACCESS_KEY": "no",
        "COPILOT_SERVER": "https://elsewhere",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    order = Ordered(arguments=("ask",), files={}, wanted=(), width=80, colour=False, principal="jo")
    seen = environment(tmp_path, order)
    assert {name for name in given if seen.get(name)} == {"COPILOT_MODEL", "OPENAI_API_KEY"}
    assert seen["COPILOT_PRINCIPAL"] == "jo"


def test_an_uploaded_module_is_not_run(clients):
    """A file of a name that Python imports lies there as a file."""
    planted = base64.b64encode(b"raise SystemExit(77)").decode()
    body = {"arguments": ["catalog", "CC6.1"], "files": {"json.py": planted, "copilot.py": planted}}
    answer = clients[Role.EMPLOYEE].post("/api/v1/commands", json=body)
    assert '"status": 0' in answer.text


def test_a_token_lets_through_what_its_scopes_do(served):
    """A token for asking drafts nothing, whoever's it is."""
    token = served.token(PEOPLE[Role.ADMIN], frozenset({Scope.ASK}))
    headers = {"Authorization": f"Bearer {token}"}
    body = {"arguments": ["draft", "policy", "access-control"]}
    answer = httpx.post(f"{served.url}/api/v1/commands", json=body, headers=headers, timeout=60)
    assert answer.status_code == 403


def test_only_who_may_read_everything_sees_what_names_everything(clients):
    """The admin of the sample company does not hold every audience."""
    answer = clients[Role.ADMIN].post("/api/v1/commands", json={"arguments": ["doctor"]})
    assert answer.status_code == 403
    assert "every audience" in answer.json()["detail"]


def test_places_are_counted_for_each_and_in_all():
    """Who has as many commands as allowed waits; others need not, until all places are taken."""
    slots = Slots(in_all=2, for_one=1)
    slots.take("jo")
    with pytest.raises(TooManyRequests):
        slots.take("jo")
    slots.take("kim")
    with pytest.raises(TooManyRequests):
        slots.take("li")
    slots.give_back("jo")
    slots.take("li")


def test_the_address_is_an_option_a_variable_or_a_setting(tmp_path, monkeypatch):
    """The option is the strongest, then the variable; an empty variable means here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COPILOT_HOME", raising=False)
    monkeypatch.delenv("COPILOT_SERVER", raising=False)
    assert remote.addressed(["ask", "x"]) == ("", ["ask", "x"])
    (tmp_path / "copilot.toml").write_text('server = "https://a.example/"\n')
    assert remote.addressed(["ask", "x"]) == ("https://a.example", ["ask", "x"])
    assert remote.addressed(["serve"]) == ("", ["serve"])
    monkeypatch.setenv("COPILOT_SERVER", "https://b.example")
    assert remote.addressed(["ask"])[0] == "https://b.example"
    assert remote.addressed(["--server=https://c.example", "ask"])[0] == "https://c.example"
    monkeypatch.setenv("COPILOT_SERVER", "")
    assert remote.addressed(["ask"])[0] == ""


def test_who_finds_the_workspace_busy_is_told_where_the_service_is(tmp_path):
    """The hint names the address, as long as the service lives."""
    lock = FileLock(tmp_path / "writer.lock", what="writing this workspace")
    (tmp_path / "serving.json").write_text(f'{{"url": "http://127.0.0.1:9", "pid": {os.getpid()}}}')
    with (
        lock.writing(wait=0),
        pytest.raises(WorkspaceBusy) as busy,
        FileLock(tmp_path / "writer.lock", what="writing").writing(wait=0),
    ):
        pass
    assert "copilot --server http://127.0.0.1:9" in busy.value.hint
