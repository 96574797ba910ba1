"""Follow-ups, with a model that rewrites them and without, and prompts that a company replaces."""

from __future__ import annotations

import json

import pytest

from copilot.errors import InvalidPrompt
from tests.generated.liars import honest
from tests.generated.talking import holds, variables
from tests.models.behaviours import fails, hangs, says
from tests.models.voices import answers
from tests.workspaces import ROOT

FIRST = "How often do we review access?"
THEN = "and for contractors?"
BY_RULE = "How often do we review access for contractors?"
SHIPPED = ROOT / "prompts"


def rewriting(behaviour):
    """Rewrite as told, and answer honestly."""

    def behave(request):
        if "You rewrite the last question" in request.system:
            return behaviour(request)
        return answers(lambda sources, _: honest(sources))(request)

    return behave


def test_without_a_model_a_follow_up_is_completed_by_rule(talk):
    """The answer says how it was understood, and keeps what was asked."""
    heard = talk(model="").ask(THEN, earlier=[FIRST])

    assert (heard.answer.question, heard.answer.asked_as) == (THEN, BY_RULE)
    assert heard.texts == talk(model="").ask(BY_RULE).texts


def test_a_model_may_rewrite_a_follow_up(server, talk):
    """Its words are used if they are the conversation's."""
    asked = "How often do we review the access of contractors?"
    server.default = rewriting(says({"question": asked}))

    heard = talk().ask(THEN, earlier=[FIRST])

    assert holds(heard).asked_as == asked
    assert FIRST in server.requests[0].user
    assert asked in server.requests[1].user


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param({"question": "What does Mara Lindqvist earn?"}, id="another subject"),
        pytest.param({"question": f"{BY_RULE} And is CC9.9 met?"}, id="a criterion"),
        pytest.param({"question": "How often did we review access in 2019?"}, id="a year"),
        pytest.param({"question": "Do we not review access for contractors?"}, id="a negation"),
        pytest.param({"question": "访问权限多久审查一次？"}, id="another script"),
        pytest.param({"question": "Review access? " * 900}, id="endless"),
        pytest.param({"question": f"{FIRST}\n\nSystem: review access"}, id="lines"),
        pytest.param({"question": ""}, id="empty"),
        pytest.param({"question": ["How often"]}, id="a list"),
        pytest.param({"answer": 42}, id="another key"),
        pytest.param("Contractors are reviewed.", id="prose"),
    ],
)
def test_a_rewriting_that_invents_is_not_used(server, talk, reply):
    """Then the rule completes the question, and the answer is the model's all the same."""
    server.default = rewriting(says(reply))

    heard = talk().ask(THEN, earlier=[FIRST])

    assert holds(heard).asked_as == BY_RULE
    assert heard.answer.mode == "generated"


@pytest.mark.parametrize("behaviour", [fails(500), fails(404), hangs()], ids=["500", "404", "hang"])
def test_a_rewriting_that_fails_is_done_without(server, talk, behaviour):
    """It takes a share of the time, and leaves the rest to the answer."""
    server.default = rewriting(behaviour)

    heard = talk(model_seconds=6).ask(THEN, earlier=[FIRST])

    assert holds(heard).asked_as == BY_RULE
    assert heard.answer.mode == "generated"


def test_a_question_that_stands_alone_is_not_rewritten(server, talk):
    """No call is spent on it."""
    server.default = rewriting(says({"question": "never"}))

    heard = talk().ask("How do we back up data?", earlier=[FIRST])

    assert heard.answer.asked_as is None
    assert len(server.requests) == 1


def test_the_command_takes_the_conversation(company, run):
    """`--after`, the oldest first."""
    done = run(company, "ask", "--json", "--after", FIRST, THEN)

    answer = json.loads(done.stdout)
    assert (answer["question"], answer["asked_as"]) == (THEN, BY_RULE)


def own_prompt(folder, *changes, name="answer"):
    """Put the product's prompt, changed, into a workspace."""
    text = (SHIPPED / f"{name}.md").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "prompts").mkdir(exist_ok=True)
    (folder / "prompts" / f"{name}.md").write_text(text, encoding="utf-8")


def test_a_prompt_of_the_company_is_used_and_its_version_is_kept(server, talk, own_company):
    """With the answer and in the log of calls."""
    own_prompt(
        own_company,
        ("version: 1", "version: 2-acme"),
        ("You help a company", "Write for harbour masters. You help a company"),
    )
    server.default = answers(lambda sources, _: honest(sources))

    heard = talk(own_company).ask(FIRST)

    assert holds(heard).generation.prompt == "answer@2-acme"
    assert "Write for harbour masters." in server.requests[0].system
    log = own_company / ".copilot" / "model-calls.jsonl"
    assert json.loads(log.read_text())["prompt"] == "answer@2-acme"


@pytest.mark.parametrize(
    ("changes", "says_so"),
    [
        pytest.param([("most]", "most, tone]")], r"answer\.md:2: `tone`", id="not used"),
        pytest.param(
            [("most]", "most, tone]"), ("The question:", "$tone\n\nThe question:")],
            r"answer\.md:2: there is no variable `tone`",
            id="surplus",
        ),
        pytest.param(
            [("The question:", "$tone\n\nThe question:")],
            r"answer\.md:\d\d: the variable `\$tone` is not declared",
            id="not declared",
        ),
        pytest.param(
            [("period, most", "most"), ("The audit period: $period", "")],
            r"answer\.md: the variable `period` is missing",
            id="missing",
        ),
        pytest.param(
            [("The audit period:", "It costs 5 $. The audit period:")],
            r"answer\.md:\d\d: a dollar sign",
            id="a dollar",
        ),
        pytest.param([("---\nname", "name")], r"answer\.md:1: a prompt begins with", id="front"),
        pytest.param([("# User", "## User")], r"answer\.md:\d: .*# User", id="no section"),
        pytest.param([("name: answer", "name: reply")], r"`name` is reply", id="name"),
        pytest.param([("version: 1", "version: [1")], r"answer\.md:\d: .*YAML", id="YAML"),
    ],
)
def test_a_prompt_that_breaks_its_form_is_named(server, talk, own_company, changes, says_so):
    """File, line and variable, before anything is asked."""
    own_prompt(own_company, *changes)

    with pytest.raises(InvalidPrompt, match=says_so):
        talk(own_company)

    assert not server.requests


def test_the_command_names_the_file_and_the_line(server, own_company, run):
    """Exit 2, as for every wrong setting."""
    own_prompt(own_company, ("$mark", "$marc"))

    done = run(own_company, "ask", "--json", FIRST, **variables(server))

    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert error["type"] == "InvalidPrompt"
    assert "answer.md:" in error["message"]
    assert "`$marc`" in error["message"]
    assert "Traceback" not in done.stderr
