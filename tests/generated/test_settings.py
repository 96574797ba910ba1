"""No model, a model that the settings get wrong, and a second model as judge."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest

from copilot.domain.answers import Mode, Outcome
from copilot.errors import InvalidSettings
from tests.generated.liars import honest
from tests.generated.talking import KEY, environment, holds
from tests.models.behaviours import fails, hangs, says
from tests.models.voices import answers

LEAVES = "What happens when somebody leaves?"
_VENDORS = ("langchain", "langchain_core", "langchain_openai", "openai", "langsmith")
_ASK = f"""
import sys
sys.argv = ["copilot", "ask", "--json", {LEAVES!r}]
from copilot.cli.main import run
try:
    run()
finally:
    print(sorted(set(sys.modules) & set({_VENDORS!r})), file=sys.stderr)
"""
_KEYS = {
    "status",
    "question",
    "mode",
    "criteria",
    "claims",
    "missing",
    "next_steps",
    "searched",
    "reason",
}
_CITATION = {"source", "title", "page", "start", "end", "quote", "verified"}


def test_without_a_model_nothing_of_one_is_imported_and_the_contract_holds(company):
    """The command has the keys that it always had, and says how the answer came about."""
    done = subprocess.run(
        [sys.executable, "-c", _ASK],
        cwd=company,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )

    answer = json.loads(done.stdout)
    assert (done.returncode, done.stderr.strip()) == (0, "[]")
    assert answer.keys() >= _KEYS
    assert (answer["mode"], answer["mode_reason"], answer["generation"]) == ("composed", None, None)
    assert answer["notes"] == []
    for claim in answer["claims"]:
        assert claim.keys() >= {"text", "basis", "citations"}
        assert all(one.keys() >= _CITATION and one["verified"] for one in claim["citations"])


def test_an_answer_of_a_model_has_the_same_form(server, talk):
    """The same criteria, next steps and number of sources; other words."""
    server.default = answers(lambda sources, _: honest(sources))
    composed, written = talk(model="").ask(LEAVES).answer, talk().ask(LEAVES).answer

    assert composed.mode is Mode.COMPOSED
    assert written.mode is Mode.GENERATED
    assert composed.criteria == written.criteria
    assert composed.next_steps == written.next_steps
    assert composed.searched == written.searched


@pytest.mark.parametrize(
    "question", ["How do I bake sourdough bread?", "What is Mara Lindqvist's salary?"]
)
def test_what_is_refused_is_not_put_to_a_model(server, talk, question):
    """A model cannot answer what the product does not answer."""
    server.default = answers(lambda sources, _: honest(sources))

    heard = talk().ask(question)

    assert not server.requests
    assert heard.claims == []


@pytest.mark.parametrize(
    ("settings", "says_so"),
    [
        pytest.param({"model": "openia:gpt"}, "`model` names no known provider", id="provider"),
        pytest.param({"model": "gpt-5"}, "`model` is not PROVIDER:NAME", id="no provider"),
        pytest.param({"model": "openai:"}, "`model` is not PROVIDER:NAME", id="no name"),
        pytest.param({"base_url": "127.0.0.1:9"}, "`base_url` is no address", id="no URL"),
        pytest.param({"base_url": "http://a:b@x.example/v1"}, "`base_url` holds more", id="secret"),
        pytest.param({"hide": "("}, "`hide`, entry 1", id="no pattern"),
        pytest.param({"hide": ".*"}, "`hide`, entry 1 also matches", id="everything"),
        pytest.param({"judge": "judge"}, "`judge` is not PROVIDER:NAME", id="judge"),
        pytest.param({"api_key_file": "gone.key"}, "`api_key_file` names .*gone.key", id="no file"),
        pytest.param({"model_seconds": "0"}, "`model_seconds` takes more than 0", id="seconds"),
        pytest.param({"model_price": "cheap"}, "`model_price`", id="price"),
        pytest.param({"never_send": "the board!"}, "`never_send`", id="audience"),
    ],
)
def test_a_wrong_setting_is_named_before_anything_is_sent(server, talk, settings, says_so):
    """And no key is in what is said."""
    with pytest.raises(InvalidSettings, match=says_so) as caught:
        talk(**settings)

    assert not server.received
    assert KEY not in str(caught.value) + caught.value.hint


def test_a_missing_key_is_named_with_its_variable(talk, monkeypatch):
    """Where the provider is another machine."""
    monkeypatch.delenv("OPENAI_API_KEY")

    with pytest.raises(InvalidSettings, match="there is no key") as caught:
        talk(base_url="https://models.example/v1")

    assert "OPENAI_API_KEY" in caught.value.hint


@pytest.mark.parametrize("provider", ["anthropic", "ollama"])
def test_a_missing_extra_is_named_with_the_line_that_installs_it(talk, provider):
    """The providers that few need are extras."""
    if importlib.util.find_spec(f"langchain_{provider}"):
        pytest.skip("this extra is installed")

    with pytest.raises(InvalidSettings, match="not installed") as caught:
        talk(model=f"{provider}:some-model")

    assert f'pip install "soc2-copilot[{provider}]"' in caught.value.hint


def test_the_command_reports_a_wrong_setting_as_a_wrong_use(company, run):
    """Exit 2, JSON for a program, and a hint."""
    done = run(company, "ask", "--json", LEAVES, COPILOT_MODEL="openia:gpt")

    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert error["type"] == "InvalidSettings"
    assert "openai, azure_openai, anthropic, ollama" in error["message"]


def with_judge(judging):
    """Answer honestly, and judge as told."""

    def behave(request):
        if request.json["model"] == "judge":
            return judging(request)
        return answers(lambda sources, _: honest(sources))(request)

    return behave


def test_a_judge_can_say_no(server, talk):
    """The claim is withheld with the reason, and the model may mend it once."""
    server.default = with_judge(says({"supported": False, "why": "it says less"}))

    heard = talk(judge="openai:judge").ask(LEAVES)

    assert holds(heard).mode is Mode.COMPOSED
    assert heard.outcomes == {"unsupported": 6}
    assert {one.why for one in heard.refused} == {
        "the judge finds that the quote does not carry the claim"
    }


def test_a_judge_can_only_say_no(server, talk):
    """What failed before is not put to it, and its yes adds nothing."""

    def behave(request):
        if request.json["model"] == "judge":
            return says({"supported": True, "why": "yes"})(request)
        return answers(
            lambda sources, _: [{**one, "source": one["source"] + 300} for one in honest(sources)]
        )(request)

    server.default = behave

    heard = talk(judge="openai:judge").ask(LEAVES)

    assert {one.outcome for one in heard.refused} == {Outcome.MISATTRIBUTED}
    assert not [one for one in server.requests if one.json["model"] == "judge"]


@pytest.mark.parametrize(
    "judging",
    [
        pytest.param(fails(401), id="401"),
        pytest.param(fails(404), id="404"),
        pytest.param(says("maybe"), id="prose"),
        pytest.param(hangs(), id="hangs"),
    ],
)
def test_a_judge_that_cannot_be_asked_stops_nothing(server, talk, judging):
    """The claims have passed the other checks; reviewers are told that nobody judged them."""
    server.default = with_judge(judging)

    heard = talk(judge="openai:judge", model_seconds=3).ask(LEAVES)

    answer = holds(heard)
    assert answer.mode is Mode.GENERATED
    assert heard.outcomes["found"] >= 1
    assert any("judge could not be asked" in one for one in heard.notes)


def test_a_judge_that_hangs_is_hung_up_on_at_the_deadline_of_the_answer(server, talk):
    """However long it would take, it has no more time than the answer has."""
    server.default = with_judge(hangs())

    talk(judge="openai:judge", model_seconds=1.5).ask(LEAVES)

    assert server.went_away.acquire(timeout=60)
    assert len([one for one in server.requests if one.json["model"] == "judge"]) == 1
