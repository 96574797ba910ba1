"""What a command prints and returns, whatever comes of it."""

from __future__ import annotations

import pytest

import copilot as package
from tests.cli.conftest import PROVE


@pytest.mark.parametrize("command", ["init", "ingest", "ask", "search", "catalog", "doctor"])
def test_every_command_explains_itself(copilot, tmp_path, command):
    """Help needs no workspace and goes to stdout."""
    done = copilot(command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert f"copilot {command}" in done.stdout


def test_no_command_shows_them_all(copilot, tmp_path):
    """The bare word is a question for help, and used wrongly."""
    done = copilot(cwd=tmp_path)
    assert done.returncode == 2
    assert all(word in done.stdout for word in ("init", "ingest", "ask", "doctor", "Exit status"))


def test_the_version_is_printed_alone(copilot, tmp_path):
    """`python -m copilot --version` is for scripts too."""
    assert copilot("--version", cwd=tmp_path).stdout == f"{package.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (["asc", "x"], "no such command 'asc'. Did you mean 'ask'?", "`copilot --help`"),
        (["ask"], "missing argument 'QUESTION'", "`copilot ask --help`"),
        (["ask", "--jsn", "x"], "no such option: --jsn", "`copilot ask --help`"),
        (["ask", "x", "--period", "soon"], "'soon' is not a period", "Write 2026"),
        (["ask", "x", "--category", "safety"], "'safety' is not a category", "availability"),
        (["search", "-k", "0", "x"], "invalid value for '-k'", "`copilot search --help`"),
        (["search"], "give either a query or --queries FILE", "copilot search"),
        (["search", "x", "--kind", "memo"], "'memo' is not a kind", "policy, evidence"),
        (["search", "x", "--criterion", "CC99"], "'CC99' is not a criterion", "CC9.2"),
        (["ask", "x"], "no copilot.toml in", "copilot init DIR"),
        (["catalog", "CC9.9"], "'CC9.9' is not a criterion", "CC9.2"),
    ],
)
def test_a_wrong_use_is_one_error_with_a_way_out(copilot, tmp_path, arguments, said, hint):
    """Exit 2, nothing on stdout, what is wrong and what to do on stderr."""
    done = copilot(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert hint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_use_is_json_where_json_was_asked_for(copilot, document, tmp_path):
    """A program that reads stdout gets a document, and the reader the same words."""
    done = copilot("ask", "--json", "--colour", "x", cwd=tmp_path)
    read = document(done)
    assert (done.returncode, read["status"]) == (2, "misused")
    assert read["error"]["message"] == "no such option: --colour"
    assert read["error"]["message"] in done.stderr


def test_words_after_two_dashes_are_no_options(copilot, tmp_path):
    """A question may hold `--json` without asking for it."""
    assert copilot("ask", "--", "--json", cwd=tmp_path).stdout == ""


def test_an_answer_is_one_document(answered, document):
    """Exit 0 and every part of the contract."""
    read = document(answered)
    assert (answered.returncode, answered.stderr) == (0, "")
    assert read["status"] in {"answered", "partial"}
    assert read.keys() >= {"question", "mode", "criteria", "claims", "missing", "next_steps"}
    assert all(c["verified"] for claim in read["claims"] for c in claim["citations"])


def test_a_question_needs_no_quotes(copilot, document, company):
    """Words that the shell took apart are put together again."""
    read = document(copilot("ask", *PROVE.split(), "--json", cwd=company))
    assert read["question"] == PROVE


def test_a_refusal_is_one_document(copilot, document, company):
    """Exit 3: no answer is an outcome, not a failure."""
    done = copilot("ask", "--json", "🙂📷", cwd=company)
    read = document(done)
    assert (done.returncode, read["status"], read["claims"]) == (3, "abstained", [])
    assert read["missing"]
    assert read["reason"]


@pytest.mark.parametrize("question", ["", "   "])
def test_an_empty_question_is_a_wrong_use(copilot, document, company, question):
    """Nothing is searched for nothing."""
    done = copilot("ask", "--json", question, cwd=company)
    assert (done.returncode, document(done)["error"]["message"]) == (2, "the question is empty")


def test_a_question_of_ten_thousand_characters_ends_in_a_document(copilot, document, company):
    """Whatever comes of a pasted page, it is said."""
    done = copilot("ask", "--json", "access review " * 720, cwd=company)
    assert done.returncode in {0, 2, 3}
    assert document(done)["status"]


def test_a_question_that_is_not_utf8_ends_in_a_document(copilot, document, company):
    """Half a character from another encoding does not break the output."""
    done = copilot("ask", "--json", "access\udcff review", cwd=company)
    assert document(done)["status"] in {"answered", "partial", "abstained"}


def test_a_stranger_is_a_wrong_use(copilot, document, company):
    """`--as` names somebody, or the command does nothing."""
    done = copilot("ask", "--json", "--as", "jonas", PROVE, cwd=company)
    assert done.returncode == 2
    assert "jonas.mendes" in document(done)["error"]["hint"]


def test_an_empty_principal_does_not_read_everything(copilot, company):
    """`--as "$NOBODY"` with an unset variable is refused."""
    assert copilot("ask", "--as", "", PROVE, cwd=company).returncode == 2


def test_who_asks_may_be_set_in_the_environment(copilot, document, company, answered):
    """`COPILOT_PRINCIPAL` and `COPILOT_HOME` stand in for an option and a folder."""
    everything = document(answered)
    done = copilot(
        "ask",
        "--json",
        PROVE,
        cwd="/",
        COPILOT_HOME=str(company),
        COPILOT_PRINCIPAL="audience:everyone",
    )
    assert 0 < document(done)["searched"] < everything["searched"]


def test_a_workspace_without_files_says_what_to_do(copilot, document, empty):
    """The first question of a newcomer who skipped a step."""
    done = copilot("ask", "--json", PROVE, cwd=empty)
    assert done.returncode == 3
    assert "copilot ingest" in document(done)["next_steps"][0]


def test_a_damaged_database_is_a_failure_in_one_document(copilot, document, own_company):
    """Exit 1, and what to look at."""
    state = own_company / ".copilot"
    for file in state.glob("truth.db*"):
        file.unlink()
    (state / "truth.db").write_text("this is no database, whatever its name says" * 30)
    done = copilot("ask", "--json", PROVE, cwd=own_company)
    read = document(done)
    assert (done.returncode, read["status"]) == (1, "failed")
    assert "truth.db" in read["error"]["message"]
    assert read["error"]["hint"]
