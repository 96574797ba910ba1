"""Ask a workspace that has a model, in process or as a process, and see all that comes of it."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass

from copilot import bootstrap, config
from copilot.answering.plain import answer_json, event_json
from copilot.domain.answers import Answered, Finished, Refused, Released

KEY = "sk-test-7c1e9a4b52d8f6037c1e9a4b"
"""What is sent as a key; it must be in nothing that anybody reads."""

MODEL = "openai:scripted"
PARTS = ("catalog", "vocabulary", "bundled_encoder")
"""Parts of a workspace that no setting of a model touches, made once for all tests."""


@dataclass(frozen=True)
class Heard:
    """Everything that came of one question."""

    events: list

    @property
    def answer(self):
        """The last event's answer."""
        assert isinstance(self.events[-1], Finished)
        return self.events[-1].answer

    @property
    def claims(self):
        """The claims that were released, in order."""
        return [one.claim for one in self.events if isinstance(one, Released)]

    @property
    def texts(self):
        """The words of the claims that were released."""
        return [claim.text for claim in self.claims]

    @property
    def refused(self):
        """What was withheld, as it was streamed."""
        return [one.withheld for one in self.events if isinstance(one, Refused)]

    @property
    def outcomes(self):
        """How many of the model's claims ended how, by name."""
        generation = getattr(self.answer, "generation", None)
        return (
            {key.value: count for key, count in generation.outcomes.items()} if generation else {}
        )

    @property
    def notes(self):
        """What reviewers are told."""
        return getattr(self.answer, "notes", ())

    @property
    def shown(self):
        """Return all that a reader could see of it, as text."""
        seen = [event_json(one) for one in self.events] + [answer_json(self.answer)]
        return json.dumps(seen, ensure_ascii=False)


class Talk:
    """One process's view of a workspace, with answering opened."""

    def __init__(self, copilot, answering):
        self.copilot = copilot
        self._answering = answering

    def events(self, question, *, named=None, earlier=()):
        """Return the events of a question, to be asked for one by one."""
        return self._answering.events(
            question,
            principal=self.copilot.principal(named),
            period=self.copilot.settings.period,
            scope=self.copilot.settings.categories,
            earlier=earlier,
        )

    def ask(self, question, *, named=None, earlier=()):
        """Ask and return everything that came of it."""
        return Heard(list(self.events(question, named=named, earlier=earlier)))


@contextlib.contextmanager
def talking(folder, parts=None):
    """Yield a `Talk` over the workspace in `folder`, wired by its settings and the environment."""
    with bootstrap.Copilot(config.find_workspace(folder)) as copilot:
        for name in PARTS if parts is not None else ():
            copilot.__dict__[name] = getattr(parts, name)
        with copilot.answering() as answering:
            yield Talk(copilot, answering)


def variables(server=None, **settings):
    """Return environment variables for settings, by default those of a model that a server plays."""
    given = {} if server is None else {"model": MODEL, "base_url": server.base_url}
    return {f"COPILOT_{key.upper()}": str(value) for key, value in (given | settings).items()}


def write_settings(folder, server, **settings):
    """Write into a workspace's settings that it has a model, which a server plays.

    What stands in the environment would be found by every other workspace that is opened meanwhile.
    """
    given = {"model": MODEL, "base_url": server.base_url} | settings
    with (folder / "copilot.toml").open("a") as file:
        file.writelines(f"{key} = {json.dumps(value)}\n" for key, value in given.items())


def environment(**more):
    """Return this process's environment without settings and keys, and with `more`."""
    outside = ("COPILOT_", "OPENAI_", "AZURE_", "ANTHROPIC_", "COLUMNS", "NO_COLOR", "FORCE_COLOR")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(outside)}
    if cache := os.environ.get("COPILOT_CACHE_DIR"):
        kept["COPILOT_CACHE_DIR"] = cache  # where the encoder is; converting it takes long
    return {**kept, "PYTHONWARNINGS": "default", **more}


def holds(heard):
    """Assert what is true of every answer: what was streamed is what it says, and all of it is cited."""
    answer = heard.answer
    assert isinstance(answer, Answered), answer
    assert heard.claims == list(answer.claims)
    assert answer.claims
    for claim in answer.claims:
        assert claim.citations
        assert all(one.verified and one.quote.strip() for one in claim.citations)
    return answer
