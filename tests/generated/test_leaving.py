"""What leaves the machine for a model: no secret, no address, nothing that is marked to stay."""

from __future__ import annotations

import json
import re
import socket

import pytest

from copilot import bootstrap, config
from copilot.domain.answers import Mode
from tests.generated.liars import NEVER, honest
from tests.generated.talking import KEY, holds, talking, variables
from tests.generation.planted import ADDRESSES, SECRETS
from tests.generation.staff import SHAPE
from tests.models.behaviours import fails, says
from tests.models.server import ModelServer
from tests.models.sources import numbered_sources
from tests.models.voices import answers, claim

LEAVES = "What happens when somebody leaves?"
SYSTEMS = (
    "booking engine",
    "ledger",
    "map server",
    "payroll portal",
    "quay display",
    "radio archive",
)
PEOPLE = ("Mara Lindqvist", "Tomasz Wilk", "Anne-Marie O'Brien")
NUMBERS = ("HL-204417", "HL-118230")
HELD = "Customs seals in storeroom four are counted by night."
FEWEST = 40

PLANTS = (*SECRETS, *ADDRESSES)
_PEOPLE_FILE = "people:\n" + "".join(
    f'  - {{id: p{at}, name: "{name}", role: employee}}\n' for at, name in enumerate(PEOPLE)
)


def write_notes(folder):
    """Write handover notes, with every plant in one of them, and return the folder."""
    (folder / "policies").mkdir(parents=True)
    (folder / "people.yaml").write_text(_PEOPLE_FILE, encoding="utf-8")
    (folder / "copilot.toml").write_text(
        "company = \"Harbourlight\"\nhide = ['HL-\\d{6}']\n", encoding="utf-8"
    )
    for at, system in enumerate(SYSTEMS):
        parts = [f"# Handover notes for the {system}"]
        for number, plant in enumerate(PLANTS[at :: len(SYSTEMS)], start=1):
            parts += [
                f"## Credential {number} of the {system}",
                f"Credential {number} of the {system} was handed over on Monday and works.",
                plant.text,
            ]
        parts += [
            f"## Holder of the {system}",
            f"{PEOPLE[at % 3]} holds badge {NUMBERS[at % 2]} of the {system}.",
        ]
        file = folder / "policies" / f"handover-{at}.md"
        file.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def notes(tmp_path_factory):
    """Return a workspace of careless notes, ingested."""
    folder = write_notes(tmp_path_factory.mktemp("leaving") / "notes")
    with bootstrap.Copilot(config.find_workspace(folder)) as copilot:
        copilot.ingest()
    return folder


def quoting_placeholders(sources, _):
    """Quote each line that has a placeholder, word for word."""
    lines = [
        (number, line)
        for number, text in sources.items()
        for line in text.splitlines()
        if SHAPE.search(line) and len(line) > 12
    ]
    return [claim(line, number, line) for number, line in lines[:20]]


def asked(plants):
    """Yield questions that find the notes."""
    for system in SYSTEMS:
        for number in range(1, 1 + len(plants) // len(SYSTEMS), 3):
            yield f"What do the handover notes say of credential {number} of the {system}?"
        yield f"Who holds the badge of the {system}?"


@pytest.fixture(scope="module")
def exchanged(notes, sample):
    """Return a server and what came of every question about the notes."""
    with ModelServer() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", KEY)
        for name, value in variables(server).items():
            patch.setenv(name, value)
        server.default = answers(quoting_placeholders)
        with talking(notes, sample) as talk:
            heard = [talk.ask(question) for question in asked(PLANTS)]
        yield server, heard


def telling_parts(value):
    """Return the parts of a value that give it away: words that are long, or all of it."""
    words = [one for one in re.split(r"[\s\\]+", value) if len(one) >= 16]
    return words or [value]


def test_no_secret_and_no_address_is_received(exchanged):
    """Not in the text of a message, and not in any byte, as it stands or as JSON has it."""
    server, _ = exchanged
    said = "\n".join(one.system + one.user for one in server.requests)
    sent = [
        plant
        for plant in PLANTS
        for part in telling_parts(plant.value)
        if part in said
        or part.encode() in server.received
        or json.dumps(part)[1:-1].encode() in server.received
    ]

    assert sent == []


def test_the_documents_that_hold_them_were_sent(exchanged):
    """Otherwise it would be no wonder."""
    server, _ = exchanged
    said = " ".join("\n".join(one.user for one in server.requests).split())
    found = [
        (system, number)
        for system in SYSTEMS
        for number in range(1, 12)
        if f"Credential {number} of the {system} was handed over" in said
    ]

    assert len(found) >= FEWEST
    assert len(set(re.findall(r"\[(?:SECRET|EMAIL|PHONE|PERSON|HIDDEN)_\d+\w*\]", said))) >= 8


def test_names_and_patterns_are_not_received_either(exchanged):
    """Those of the people file, and the setting `hide`."""
    server, _ = exchanged
    received = server.received.decode()

    assert not [one for one in (*PEOPLE, *NUMBERS) if one in received]
    assert not [name for name in PEOPLE if name.split()[-1] in received]


def test_claims_come_back_with_the_real_words(exchanged):
    """No placeholder is in an answer, every quote stands in its source, and the values are there."""
    _, heard = exchanged
    for one in heard:
        holds(one)
    written = "\n".join(
        text for one in heard for text in one.texts if one.answer.mode == "generated"
    )

    assert not SHAPE.search(written)
    back = [plant for plant in PLANTS if plant.value in written]
    assert len(back) >= 15
    assert sum(name in written for name in PEOPLE) >= 2
    assert sum(number in written for number in NUMBERS) == 2


def test_a_question_is_hidden_as_well(server, talk, notes):
    """Whoever asks may paste a secret."""
    secret = "ghp_" + "Ab3dE6gH9jKlMnOpQrStUvWx" + "Yz01" * 3
    server.default = answers(quoting_placeholders)

    heard = talk(notes).ask(f"Does Tomasz Wilk hold the badge of the ledger? I have {secret}")

    assert server.requests
    assert secret.encode() not in server.received
    assert b"Tomasz" not in server.received
    assert heard.answer.question.count(secret) == 1


def test_a_reason_does_not_give_away_what_was_hidden(server, talk, notes):
    """The second request says what failed, and a secret that was cut there is not sent."""
    server.default = answers(
        lambda sources, request: [
            {**one, "quote": f"{one['quote']} It was tested."}
            for one in quoting_placeholders(sources, request)
        ]
    )
    ready = talk(notes)

    heard = [ready.ask(question) for question in list(asked(PLANTS))[::2]]

    assert all("found" not in one.outcomes for one in heard)
    again = [one for one in server.requests if "what failed:" in one.user]
    assert again
    said = "\n".join(one.user for one in server.requests)
    starts = {
        plant.value[:20]
        for plant in SECRETS
        if len(plant.value) > 40 and "/" not in plant.value[:20]
    }
    assert not [one for one in starts if one in said and not one.startswith("-----BEGIN")]


@pytest.fixture
def far_away(monkeypatch):
    """Return a function that gives a server an address which is not this machine's."""
    resolve = socket.getaddrinfo

    def resolving(host, *arguments, **more):
        here = "127.0.0.1" if host in {"model.example", b"model.example"} else host
        return resolve(here, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolving)
    return lambda server: f"http://model.example:{server.port}/v1"


def given_paths(ready, request):
    """Return the readable sources whose text stands in a request."""
    operator = ready.copilot.principal(None)
    texts = list(numbered_sources(request.user).values())
    return {
        one.path: one.metadata.audience
        for one in ready.copilot.truth.sources(principal=operator)
        for passage in ready.copilot.truth.passages_of(one.path, principal=operator)
        if len(passage.text) > 60 and any(passage.text[:60] in text for text in texts)
    }


def test_what_is_never_sent_does_not_reach_a_remote_model(server, talk, far_away):
    """The rest does; and the composed claims complete the answer here."""
    server.default = answers(lambda sources, _: honest(sources))
    ready = talk(base_url=far_away(server), never_send="compliance,hr,engineering")

    heard = ready.ask(LEAVES)

    audiences = set(given_paths(ready, server.requests[0]).values())
    assert audiences == {"everyone"}
    assert holds(heard).mode is Mode.GENERATED


def test_what_is_never_sent_may_go_to_a_model_on_this_machine(server, talk):
    """Loopback is not away."""
    server.default = answers(lambda sources, _: honest(sources))
    ready = talk(never_send="compliance,hr,engineering")

    ready.ask(LEAVES)

    assert set(given_paths(ready, server.requests[0]).values()) & {"compliance", "hr"}


def test_where_nothing_may_be_sent_nobody_is_asked(server, talk, far_away):
    """The answer is composed and says why."""
    ready = talk(base_url=far_away(server), never_send="everyone,compliance,hr,engineering")

    heard = ready.ask(LEAVES)

    answer = holds(heard)
    assert answer.mode is Mode.COMPOSED
    assert answer.mode_reason == (
        "everything that was found is marked as never to be sent to a remote model"
    )
    assert server.received == b""


def test_a_judge_on_another_machine_counts_as_one(server, talk, far_away, monkeypatch):
    """The model is here and its judge is not: what is never sent is kept from both."""
    with ModelServer() as judge:
        judge.path = "/openai/deployments/judge/chat/completions?api-version=2024-10-21"
        judge.default = says({"supported": True, "why": "it says so"})
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
        monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", far_away(judge).removesuffix("/v1"))
        server.default = answers(lambda sources, _: honest(sources))
        ready = talk(judge="azure_openai:judge", never_send="compliance,hr,engineering")

        heard = ready.ask(LEAVES)

        assert holds(heard).mode is Mode.GENERATED
        assert len(judge.requests) == heard.outcomes["found"]
        assert set(given_paths(ready, server.requests[0]).values()) == {"everyone"}


def test_a_judge_is_sent_no_secret(server, talk, notes):
    """Its quotes have placeholders too."""

    def both(request):
        if request.json["model"] == "judge":
            return says({"supported": True, "why": ""})(request)
        return answers(quoting_placeholders)(request)

    server.default = both
    ready = talk(notes, judge="openai:judge")

    heard = ready.ask(next(asked(PLANTS)))

    judged = [one for one in server.requests if one.json["model"] == "judge"]
    assert len(judged) == heard.outcomes["found"] > 0
    assert not [one for one in PLANTS if one.value.encode() in server.received]


class TestCallLog:
    """The log of calls has figures and ids, and no text."""

    @pytest.fixture
    def logged(self, server, talk, own_company):
        """Return the lines that one follow-up with a retry and a judge leaves, and the answer."""

        def behave(request):
            if request.json["model"] == "judge":
                return says({"supported": True, "why": "fine"})(request)
            if "You rewrite the last question" in request.system:
                return says({"question": "How often is access of contractors reviewed?"})(request)
            return answers(lambda sources, _: [*honest(sources, 2), claim(NEVER, 1, NEVER)])(
                request
            )

        server.default = behave
        ready = talk(own_company, judge="openai:judge", model_price="2,8")
        heard = ready.ask("and for contractors?", earlier=["How often is access reviewed?"])
        self.file = own_company / ".copilot" / "model-calls.jsonl"
        return [json.loads(line) for line in self.file.read_text().splitlines()], heard

    def test_every_call_is_there(self, logged, server):
        """The rewriting, the answer, the second attempt, and the judge for each claim."""
        lines, heard = logged
        prompts = [one["prompt"] for one in lines]

        assert len(lines) == len(server.requests)
        assert prompts[0] == "standalone@1"
        assert {"answer@1", "answer-again@1", "judge@1"} <= set(prompts)
        assert prompts.count("judge@1") == heard.outcomes["found"]

    def test_a_line_has_figures_and_ids(self, logged):
        """Tokens, cost, time, outcomes, who asked, and which passages were sent."""
        lines, _ = logged
        (line,) = [one for one in lines if one["prompt"] == "answer@1"]

        assert line["model"] == "openai:scripted"
        assert line["principal"] == "operator"
        assert (line["prompt_tokens"], line["completion_tokens"]) == (210, 34)
        assert line["cost_usd"] == pytest.approx((210 * 2 + 34 * 8) / 1e6)
        assert line["outcomes"] == {"found": 2, "absent": 1}
        assert line["seconds"] > 0
        assert line["failure"] == ""
        assert len(line["sources"]) == 12
        assert all(re.fullmatch(r"\S+:\d+-\d+", one) for one in line["sources"])

    def test_no_text_is_in_it(self, logged, server):
        """Neither of the question, nor of a claim, a source, a prompt or the key."""
        lines, heard = logged
        written = self.file.read_text()
        said = [*heard.texts, NEVER, heard.answer.question, heard.answer.asked_as, KEY]
        said += [text for one in server.requests for text in numbered_sources(one.user).values()]

        assert lines
        assert not [one for one in said if one[:25] in written]
        assert self.file.stat().st_mode & 0o777 == 0o600

    def test_a_call_that_fails_is_there_with_its_class(self, server, talk, own_company):
        """And with no tokens and no cost."""
        server.default = fails(401)
        talk(own_company).ask(LEAVES)

        file = own_company / ".copilot" / "model-calls.jsonl"
        (line,) = map(json.loads, file.read_text().splitlines())
        assert line["failure"] == "ModelKeyRefused"
        assert (line["prompt_tokens"], line["cost_usd"]) == (None, None)
