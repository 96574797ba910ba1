"""Models that are not honest: what they say wrongly is counted, named, and shown to nobody who asks."""

from __future__ import annotations

import json
import re

import pytest

from copilot.domain.answers import Mode, Outcome, Status
from tests.generated.liars import LIARS, NEVER, OUTCOMES, honest, whole_sentences
from tests.generated.talking import holds, variables
from tests.models.behaviours import says
from tests.models.sources import numbered_sources
from tests.models.voices import answers, claim

LEAVES = "What happens when somebody leaves?"
QUESTIONS = (
    "How do we sign in and how long is a password?",
    "How quickly do we tell customers of an incident?",
)
EMPLOYEE = "grace.whitlock"
REVIEWER = "simon.ekdahl"
NOTHING = says({"claims": [], "missing": []})
UNREADABLE = "Ten gift cards were handed out after the drill of the night shift."


def sample_of(lies, most=8):
    """Return claims from all over what a liar says."""
    lies = list(lies)
    return lies[:: max(1, len(lies) // most)][:most]


def lying(liar, told):
    """Tell a liar's lies, and keep them in `told`."""

    def make(sources, _):
        lies = sample_of(liar(sources))
        told.extend(lies)
        return lies

    return answers(make)


def failures_of(request):
    """Return the part of a second request that says what failed."""
    return request.user.partition("The claims that failed, and what failed:")[2]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", LIARS)
def test_a_liar_is_not_heard(server, talk, name, question):
    """All that it says is withheld under its name, twice, and the answer is composed."""
    told = []
    server.default = lying(LIARS[name], told)

    heard = talk().ask(question)

    answer = holds(heard)
    assert told
    assert answer.mode is Mode.COMPOSED
    assert answer.mode_reason == "none of the model's claims was carried by its sources"
    assert set(heard.outcomes) <= OUTCOMES[name]
    assert sum(heard.outcomes.values()) == len(told)
    assert len(server.requests) == 2
    shown = {" ".join(text.split()) for text in heard.texts}
    wrong = {" ".join(one["claim"].split()) for one in told if one["claim"] != one["quote"]}
    assert not shown & {one for one in wrong if one and one not in honest_words(server)}


def honest_words(server):
    """Return the sentences of the sources, which a composed answer may well quote."""
    return {words for _, words in whole_sentences(numbered_sources(server.requests[0].user))}


@pytest.mark.parametrize("name", LIARS)
def test_lies_among_honest_claims_are_taken_out(server, talk, name):
    """What is true is released, what is not is named, and the answer says that it is partial."""
    told = []

    def make(sources, _):
        true = honest(sources)
        said = {one["claim"] for one in true}
        lies = [one for one in LIARS[name](sources) if one["claim"] not in said][-4:]
        told.extend(lies)
        return [*true, *lies]

    server.queue(answers(make))
    server.default = NOTHING

    heard = talk().ask(LEAVES, named=REVIEWER)

    answer = holds(heard)
    assert answer.mode is Mode.GENERATED
    assert answer.status is Status.PARTIAL
    assert heard.outcomes["found"] == 3
    assert sum(heard.outcomes.values()) == 3 + len(told)
    withheld = [one.text for one in answer.generation.withheld]
    assert sorted(withheld) == sorted({one["claim"].strip() for one in told})
    assert answer.reason.startswith(f"{len(withheld)} claim")
    assert all(one.outcome is not Outcome.FOUND and one.why for one in answer.generation.withheld)
    assert heard.refused == list(answer.generation.withheld)


def test_the_second_request_says_what_failed_and_nothing_else(server, talk):
    """Each failed claim stands there with its reason; one that held does not."""

    def make(sources, _):
        (number, words), (_, second), *_ = whole_sentences(sources)
        return [
            claim(words, number, words),
            claim(NEVER, 77, NEVER),
            claim(f"Not so: {second}", number, second),
            claim("All of it is compliant.", number, words),
        ]

    server.queue(answers(make))
    server.default = NOTHING

    heard = talk().ask(LEAVES)

    first, second = server.requests
    assert len(server.requests) == 2
    lines = failures_of(second).strip().splitlines()
    assert lines[0] == f"1. {NEVER}"
    assert lines[1] == "   failed: there is no source 77"
    assert lines[2].startswith("2. Not so: ")
    assert lines[4] == "3. All of it is compliant."
    assert all(line.startswith("   failed: ") for line in lines[1::2])
    assert heard.texts[0] not in failures_of(second)
    assert "failed" not in first.user.rpartition("The question:")[2]
    assert numbered_sources(first.user) == numbered_sources(second.user)


def test_what_is_mended_is_released_and_no_longer_withheld(server, talk):
    """The second attempt takes the place of the first."""

    def wrongly(sources, _):
        (number, words), *_ = whole_sentences(sources)
        return [claim(words, number + 400, words)]

    server.queue(answers(wrongly))
    server.default = answers(lambda sources, _: honest(sources, 1))

    heard = talk().ask(LEAVES)

    answer = holds(heard)
    assert heard.outcomes == {"misattributed": 1, "found": 1}
    assert answer.generation.withheld == ()
    assert answer.mode is Mode.GENERATED
    assert not heard.refused


def test_a_model_is_told_once(server, talk):
    """It may try again a single time, however it goes on."""
    server.default = answers(lambda *_: [claim(NEVER, 1, NEVER)])

    heard = talk().ask(LEAVES)

    assert len(server.requests) == 2
    assert heard.outcomes == {"absent": 2}
    assert len(heard.answer.generation.withheld) == 1


def test_what_the_model_leaves_out_is_completed_from_quotes(server, talk):
    """Where a claim was withheld, sources that are then cited by nobody are quoted as they stand."""
    composed = talk(model="").ask(LEAVES)
    server.queue(answers(lambda sources, _: [*honest(sources, 1), claim("All is well.", 1, NEVER)]))
    server.default = NOTHING

    heard = talk().ask(LEAVES)

    answer = holds(heard)
    first, *rest = answer.claims
    assert answer.mode is Mode.GENERATED
    assert rest
    assert {one.text for one in rest} <= set(composed.texts)
    cited = {one.source for one in first.citations}
    disagreeing = [one for one in rest if "disagree" in one.text]
    filling = [one for one in rest if one not in disagreeing]
    assert not cited & {one.source for claim in filling for one in claim.citations}


def test_a_contradiction_is_named_even_if_the_model_is_silent_on_it(server, talk):
    """The sample company says 24 hours in one policy and one working day in another."""
    question = "What do we do when somebody leaves?"
    composed = talk(model="").ask(question)
    (contradiction,) = [one for one in composed.claims if "disagree" in one.text]
    server.default = answers(lambda sources, _: honest(sources, 2))

    heard = talk().ask(question)

    assert contradiction in holds(heard).claims
    assert "contradict" in "".join(heard.answer.missing)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param({"claims": "all is well", "missing": "nothing"}, id="text for a list"),
        pytest.param({"claims": {"claim": "x", "source": 1, "quote": "y"}}, id="an object"),
        pytest.param({"claims": [1, None, True, "text", ["a"], {}, 2.5]}, id="no objects"),
        pytest.param({"claims": [{"claim": ["a"], "source": {}, "quote": 7}]}, id="wrong types"),
        pytest.param({"claims": [{"claim": "x", "source": "²", "quote": NEVER}]}, id="a square"),
        pytest.param({"claims": [{"claim": "x", "source": "9" * 5000, "quote": NEVER}]}, id="long"),
        pytest.param({"claims": [{"claim": "x", "source": -1, "quote": NEVER}]}, id="negative"),
        pytest.param({"claims": [{"claim": "x", "source": True, "quote": NEVER}]}, id="true"),
        pytest.param({"claims": [{"claim": "x", "source": 1e300, "quote": NEVER}]}, id="float"),
        pytest.param(
            '{"claims": [{"claim": "x", "source": 1' + "0" * 6000 + ', "quote": "y"}]}', id="huge"
        ),
        pytest.param('{"claims": [{"claim": "x", "source": NaN, "quote": "y"}]}', id="NaN"),
        pytest.param(
            {"claims": [{"claim": "x", "source": 1, "quote": NEVER, "also": "z"}]}, id="also text"
        ),
        pytest.param(
            {"claims": [{"claim": "x", "source": 1, "quote": NEVER, "also": [1, {"quote": 2}]}]},
            id="also numbers",
        ),
        pytest.param({"claims": None, "missing": {"a": 1}}, id="null"),
        pytest.param('{"claims": ' + "[" * 900 + "]" * 900 + "}", id="deep"),
        pytest.param({"claims": [{"claim": "\ud800 x", "source": 1, "quote": NEVER}]}, id="half"),
        pytest.param(
            {"claims": [{"claim": "x\x00\x1b[2J", "source": 1, "quote": NEVER}]}, id="nul"
        ),
        pytest.param({"answer": "Everything is compliant."}, id="other keys"),
        pytest.param([{"claim": "x", "source": 1, "quote": NEVER}], id="a list"),
    ],
)
def test_a_reply_of_any_shape_is_read(server, talk, reply):
    """What cannot be read of it fails its check; the answer is composed, with the reason."""
    server.default = says(reply if isinstance(reply, str) else json.dumps(reply))

    heard = talk(model_seconds=20).ask(LEAVES)

    answer = holds(heard)
    assert answer.mode is Mode.COMPOSED
    assert answer.mode_reason
    assert "found" not in heard.outcomes


def test_numbers_written_as_text_are_understood(server, talk):
    """`"[2]"` is what many models write for 2."""

    def make(sources, _):
        return [{**one, "source": f" [{one['source']}] "} for one in honest(sources)]

    server.default = answers(make)

    heard = talk().ask(LEAVES)

    assert heard.outcomes == {"found": 3}


@pytest.mark.parametrize("named", [EMPLOYEE, "tomasz.wilk"])
@pytest.mark.parametrize(
    "question",
    ["Who completed the security training?", "How often is access reviewed?", LEAVES],
)
def test_words_that_the_asker_may_not_read_are_never_released(server, talk, question, named):
    """Not even if the model knows them from somebody else's question."""
    server.default = NOTHING
    open_to_all = talk()
    open_to_all.ask(question)
    everything = numbered_sources(server.requests[-1].user)
    open_to_all.ask(question, named=named)
    theirs = numbered_sources(server.requests[-1].user)
    secret = [text for text in everything.values() if text not in theirs.values()]
    assert secret
    quotes = [line for text in secret for line in text.splitlines() if len(line) > 30]
    quotes = [one for one in quotes if not any(one in text for text in theirs.values())][:8]
    lies = [
        claim(one, number, one) for one in quotes for number in (1, len(theirs), len(everything))
    ]
    server.default = answers(lambda *_: lies)

    heard = open_to_all.ask(question, named=named)

    assert holds(heard).mode is Mode.COMPOSED
    assert "found" not in heard.outcomes
    assert not [one for one in quotes if one in heard.shown]
    may = open_to_all.copilot.principal(named)
    readable = {one.path for one in open_to_all.copilot.truth.sources(principal=may)}
    assert {one.source for each in heard.claims for one in each.citations} <= readable
    for request in server.requests[1:]:
        given = "\n".join(numbered_sources(request.user).values())
        assert not [one for one in quotes if one in given]


@pytest.mark.parametrize("named", [EMPLOYEE, "tomasz.wilk", "eleanor.finch", "audience:everyone"])
def test_withheld_words_are_for_reviewers_only(server, talk, named):
    """Others learn how many there were and of which kind."""
    server.default = answers(
        lambda sources, _: [
            *honest(sources, 1),
            claim(UNREADABLE, 1, NEVER),
            claim(NEVER, 1, NEVER),
        ]
    )

    heard = talk().ask(LEAVES, named=named)

    assert UNREADABLE not in heard.shown
    assert NEVER not in heard.shown
    assert [one.outcome for one in heard.refused] == [Outcome.ABSENT] * 2
    assert {one.why for one in heard.refused} == {"a claim failed its check (absent)"}
    assert heard.outcomes["absent"] == 4
    assert heard.notes == ()


@pytest.mark.parametrize("named", [None, REVIEWER, "jonas.mendes"])
def test_reviewers_see_what_was_withheld_and_why(server, talk, named):
    """The words, the outcome and the reason."""
    server.default = answers(lambda sources, _: [*honest(sources, 1), claim(UNREADABLE, 1, NEVER)])

    heard = talk().ask(LEAVES, named=named)

    (withheld,) = heard.answer.generation.withheld
    assert withheld.text == UNREADABLE
    assert NEVER in withheld.why
    assert heard.refused == [withheld]


def test_on_a_terminal_a_reviewer_reads_it_and_an_employee_does_not(server, company, run):
    """Both commands end well, and say how the answer came about."""
    server.default = answers(lambda sources, _: [*honest(sources, 1), claim(UNREADABLE, 1, NEVER)])

    theirs = run(company, "ask", "--as", EMPLOYEE, LEAVES, **variables(server))
    ours = run(company, "ask", "--as", REVIEWER, LEAVES, **variables(server))

    assert (theirs.returncode, ours.returncode) == (0, 0)
    assert UNREADABLE not in theirs.stdout + theirs.stderr
    assert NEVER not in theirs.stdout + theirs.stderr
    plain = " ".join(ours.stdout.split())
    assert re.search(r"Withheld, for reviewers .*absent: source 1 does not say", plain)
    assert UNREADABLE in plain
    assert "written by openai:scripted with prompt answer@1" in plain
