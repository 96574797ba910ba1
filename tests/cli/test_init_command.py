"""`copilot init`: plain, guided by questions, and stopped half-way."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import tomllib

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from copilot.cli import main
from copilot.config import read_settings
from copilot.domain.companies import (
    Cloud,
    CompanyProfile,
    Method,
    RoleHolder,
    Service,
    Subservice,
    System,
)
from copilot.drafting import outlines, profile_writing
from copilot.drafting.profile import read_profile
from copilot.errors import BadInput
from tests.cli.conftest import environment
from tests.conftest import ROOT

TERMS = outlines.load_terms(ROOT / "knowledge" / "policies")

ANSWERS = """\
Exämple "Hotels" Ltd
Ledger, Bookings
small hotels
Amazon Web Services
eu-west-1, eu-north-1
Okta
Jira
GitHub
Slack

Ada North
Jo Berg, Head of Audit, Risk and Ethics







soc 2
eur
yes
y
n

no
maybe
yes

type 1
soon
2026-06-30
"""
"""Answers of a company, one a line: some empty, some that are asked for again."""


@pytest.fixture(scope="module")
def guided(copilot, tmp_path_factory):
    """Return what the guided command said to the answers, and the workspace."""
    folder = tmp_path_factory.mktemp("guided")
    return copilot("init", "new", "--guided", cwd=folder, text=ANSWERS), folder / "new"


@pytest.fixture(scope="module")
def plain(copilot, tmp_path_factory):
    """Return what the plain command said, and the workspace."""
    folder = tmp_path_factory.mktemp("plain")
    return copilot("init", "new", cwd=folder), folder / "new"


def test_a_plain_workspace_has_a_commented_profile(plain):
    """Every line that says something is a comment still, and names each tool, role and decision."""
    begun, folder = plain
    text = (folder / "company.yaml").read_text(encoding="utf-8")
    assert begun.returncode == 0
    assert "company.yaml" in begun.stdout
    assert read_profile(folder / "company.yaml", terms=TERMS) == CompanyProfile()
    for own in (*TERMS.tools, *TERMS.roles, *TERMS.decisions):
        assert re.search(rf"^#   {own}:", text, re.MULTILINE), own


def test_every_comment_can_be_taken_away(plain):
    """With the marks removed, the profile is read as one that says the examples and defaults."""
    text = (plain[1] / "company.yaml").read_text(encoding="utf-8")
    body = text.partition("\n\n")[2]
    opened = plain[1].parent / "company.yaml"
    opened.write_text(re.sub(r"(?m)^# (?!A company of one)", "", body), encoding="utf-8")
    profile = read_profile(opened, terms=TERMS)
    assert profile.limits["leaver-time"] == TERMS.decisions["leaver-time"].default
    assert profile.roles.keys() == TERMS.roles.keys()
    assert profile.one_person
    assert profile.tools == {}


def test_answers_end_up_in_the_profile(guided):
    """What was answered is the profile, and what was not is missing from it."""
    done, folder = guided
    profile = read_profile(folder / "company.yaml", terms=TERMS)
    assert (done.returncode, done.stderr) == (0, "")
    assert profile == CompanyProfile(
        name='Exämple "Hotels" Ltd',
        services=(Service(name="Ledger"), Service(name="Bookings")),
        customers="small hotels",
        clouds=(Cloud(provider="Amazon Web Services", regions=("eu-west-1", "eu-north-1")),),
        tools={
            "identity": "Okta",
            "ticketing": "Jira",
            "source-control": "GitHub",
            "chat": "Slack",
        },
        roles={
            "chief-executive": RoleHolder(title="Chief Executive", holder="Ada North"),
            "compliance": RoleHolder(title="Head of Audit, Risk and Ethics", holder="Jo Berg"),
        },
    )


def test_the_scope_ends_up_in_the_settings(guided):
    """The suggested categories hold where nothing else was said; type and day as answered."""
    written = tomllib.loads((guided[1] / "copilot.toml").read_text(encoding="utf-8"))
    assert written == {
        "company": 'Exämple "Hotels" Ltd',
        "categories": ["security", "availability", "confidentiality"],
        "audit_type": "type I",
        "period": "2026-06-30",
    }
    assert read_settings(guided[1] / "copilot.toml").audit_type == "type I"


def test_the_advice_is_shown_with_its_reasons(guided):
    """What is suggested says why, and an answer that cannot be read is asked for again."""
    said = " ".join(guided[0].stdout.split())
    assert "SOC 2 first: your customers ask for it by name" in said
    assert "Availability in scope: you promise uptime" in said
    assert "Privacy left out" in said
    assert "answer with one of: yes, no" in said
    assert "'soon' is not a period" in said


@pytest.fixture
def init():
    """Return a function that runs the command in this process; errors come out as they are."""

    def run(folder, *options, text=""):
        arguments = ["init", str(folder), *options]
        return CliRunner().invoke(main.app, arguments, input=text, catch_exceptions=False)

    return run


def test_every_question_may_be_left_open(init, tmp_path):
    """With Enter alone a workspace is made that says nothing."""
    done = init(tmp_path / "new", "--guided", text="\n" * 40)
    assert done.exit_code == 0
    assert read_profile(tmp_path / "new" / "company.yaml", terms=TERMS) == CompanyProfile()
    assert read_settings(tmp_path / "new" / "copilot.toml").categories == ("security",)


def test_answers_that_end_leave_nothing(init, tmp_path):
    """Input that ends before the last question is used wrongly, and no folder is made."""
    with pytest.raises(BadInput, match="ended before the last question"):
        init(tmp_path / "new", "--guided", text="Example\n")
    assert list(tmp_path.iterdir()) == []


def test_stopping_leaves_nothing(tmp_path):
    """Ctrl-C at a question ends with 130, and no folder is made."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "copilot", "init", "new", "--guided"],
        cwd=tmp_path,
        env=environment(TERM="dumb"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    while b"called?" not in seen:
        seen += os.read(ours, 65_536)
    os.write(ours, b"Example\n")
    while b"sell?" not in seen:
        seen += os.read(ours, 65_536)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    os.close(ours)
    assert list(tmp_path.iterdir()) == []


def test_a_profile_that_is_there_is_never_overwritten(init, tmp_path):
    """Plain, the command keeps it; guided, it refuses before the first question."""
    (tmp_path / "company.yaml").write_text("name: Mine\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"company\.yaml is there already"):
        init(tmp_path, "--guided", text=ANSWERS)
    assert init(tmp_path).exit_code == 0
    assert (tmp_path / "company.yaml").read_text(encoding="utf-8") == "name: Mine\n"


def test_what_cannot_be_finished_is_taken_away(init, tmp_path):
    """A folder in which one part cannot be made is left as it was."""
    (tmp_path / "findings").symlink_to(tmp_path / "nowhere" / "at" / "all")
    with pytest.raises(FileExistsError):
        init(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["findings"]


TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="{}[]\ufeff", exclude_categories=["Cc", "Zl", "Zp"]),
    min_size=1,
    max_size=20,
).map(lambda text: " ".join(text.split()) or "x")  # fmt: skip
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
DECIDED = {
    part: st.dictionaries(
        st.sampled_from([one.id for one in TERMS.decisions.values() if one.kind == kind]),
        TEXT,
        max_size=3,
    )
    for part, kind in (("cadences", "cadence"), ("limits", "limit"), ("choices", "choice"))
}
PROFILES = st.builds(
    CompanyProfile,
    name=TEXT,
    legal_name=TEXT,
    about=TEXT,
    customers=TEXT,
    services=st.lists(st.builds(Service, name=TEXT, users=TEXT), max_size=2).map(tuple),
    systems=st.lists(st.builds(System, name=TEXT, holds=TEXT), max_size=2).map(tuple),
    clouds=st.lists(st.builds(Cloud, provider=TEXT, regions=TEXTS), max_size=2).map(tuple),
    tools=st.dictionaries(st.sampled_from(sorted(TERMS.tools)), TEXT, max_size=3),
    roles=st.dictionaries(
        st.sampled_from(sorted(TERMS.roles)),
        st.builds(RoleHolder, title=TEXT, holder=TEXT),
        max_size=3,
    ),
    subservices=st.lists(
        st.builds(Subservice, name=TEXT, method=st.sampled_from(Method), relied_on=TEXTS),
        max_size=2,
    ).map(tuple),
    commitments=TEXTS,
    regulators=TEXTS,
    laws=TEXTS,
    user_controls=TEXTS,
    one_person=st.booleans(),
    **DECIDED,
)


@settings(max_examples=40, deadline=None)
@given(profile=PROFILES)
def test_a_written_profile_is_read_as_it_was(tmp_path_factory, profile):
    """Whatever a profile says, its file says the same."""
    file = tmp_path_factory.getbasetemp() / "written.yaml"
    file.write_text(profile_writing.profile_text(profile, terms=TERMS), encoding="utf-8")
    assert read_profile(file, terms=TERMS) == profile


def test_the_written_file_is_plain_yaml(guided):
    """Other tools read the file too."""
    content = yaml.safe_load((guided[1] / "company.yaml").read_text(encoding="utf-8"))
    assert content["roles"]["compliance"]["holder"] == "Jo Berg"
