"""What people see in Slack, message by message, as text that a person has read: `snapshots/`.

`SNAPSHOTS=write pytest tests/bots/test_slack_snapshots.py` writes them anew; read what changed.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
from pathlib import Path

import pytest

from bots import slack_actions, slack_answers, slack_app, slack_problems
from bots.slack import SlackBot, Tokens
from bots.slack_announcing import Announcements
from bots.slack_blocks import Links, answer_message, claim_blocks, evidence_message, value_of
from bots.slack_questions import Question
from bots.slack_streaming import Streams
from bots.slack_told import Told
from bots.slack_work import Turn
from copilot import config
from copilot.bootstrap import review
from copilot.bootstrap.service import Service
from copilot.domain.review import parse_item
from copilot.review.workflow import Saved
from tests.bots import given_answers as given
from tests.bots.as_text import readable
from tests.bots.slack import BOT, TOKEN, Slack

FOLDER = Path(__file__).parent / "snapshots"
LINKS = Links("https://copilot.example")
SHOWS = {
    "chat.postMessage",
    "chat.postEphemeral",
    "chat.update",
    "chat.startStream",
    "chat.appendStream",
    "respond",
    "views.open",
    "views.publish",
}
READY = re.compile(r"\d+(?= (?:% ready|criteria met|partly|gaps))")
DATE = re.compile(r"\b\d{1,2} [A-Z][a-z]+ 20\d\d\b")

NAMES = (
    "answer",
    "answer-partly",
    "answer-generated",
    "answer-refused",
    "answer-cut",
    "answer-privately",
    "evidence",
    "streaming",
    "passing-on",
    "compliance-answers",
    "compliance-closes",
    "approval",
    "digest",
    "reminder",
    "home-employee",
    "home-reviewer",
    "commands",
    "not-answered",
)


class Story:
    """A bot in a Slack of its own, and what people were shown since it was last looked."""

    def __init__(self, service):
        self.slack = Slack()
        for one in service.register.people():
            first = one.name.split()[0].upper()
            self.slack.add_user(f"U{first}", one.email, is_email_confirmed=True)
        self.slack.channels["C1"] = ["UMARA", "UGRACE", BOT]
        self.service = service
        self.bot = SlackBot(
            service, Tokens(bot=TOKEN), api=self.slack.url, url="https://copilot.example"
        )
        self.parts = self.bot._parts
        self.parts.reviews._channel = "CCOMPLIANCE"
        self._seen = 0

    def close(self):
        self.bot.stop()
        self.slack.close()

    def shown(self):
        """Return what was shown since the last time."""
        new = self.slack.calls[self._seen :]
        self._seen = len(self.slack.calls)
        return "\n".join(readable(name, one) for name, one in new if name in SHOWS)

    def last(self, method):
        """Return the arguments of the last call of a method."""
        return self.slack.made(method)[-1]


def pressed(user, button, *, channel="D1"):
    """Return what Slack sends when somebody presses a button."""
    return {
        "user": {"id": user},
        "channel": {"id": channel},
        "message": {"ts": "1.0", "thread_ts": "1700.1"},
        "container": {},
        "trigger_id": "t",
        "actions": [button],
    }


def filled(user, view, words):
    """Return what Slack sends when somebody sends a form off, and what the form carried."""
    body = {
        "user": {"id": user},
        "view": {"state": {"values": {"said": {"said": {"value": words}}}}},
    }
    return body, json.loads(view["private_metadata"])


def button(message, action):
    """Return a button of a message."""
    rows = [one["elements"] for one in message["blocks"] if one["type"] == "actions"]
    return next(one for row in rows for one in row if one["action_id"] == action)


def posted(message, **more):
    return readable("chat.postMessage", message.arguments() | more)


def answers(story):
    """Yield the snapshots of answers."""
    for name, answer in (
        ("answer", given.WHOLE),
        ("answer-partly", given.PARTLY),
        ("answer-generated", given.GENERATED),
        ("answer-refused", given.REFUSED),
        ("answer-cut", given.LONG),
    ):
        yield name, posted(answer_message(answer, LINKS), channel="D1", thread_ts="1")
    shown = evidence_message(given.PARTLY, LINKS)
    without = answer_message(given.WHOLE, Links(""))
    yield (
        "evidence",
        f"{posted(shown)}\n--- Without an address of the pages\n\n{posted(without)}",
    )
    asks = Question(
        channel="C1", user="UMARA", ts="1700.1", thread="1700.1", text=given.PROVE, private=False
    )
    story.slack.add_user("UGUEST", "guest@elsewhere.example", is_restricted=True)
    story.slack.channels["C1"].append("UGUEST")
    story.parts.replies.reply(asks, Turn())
    aloud = [one for one in story.slack.made("chat.postMessage") if one["channel"] == "C1"]
    yield "answer-privately", readable("chat.postMessage", aloud[-1])
    story.shown()
    yield "streaming", streamed(story)


def streamed(story):
    """Return how an answer grows: streamed by Slack, and as a message that is changed."""
    claims = given.GENERATED.claims
    question = Question(
        channel="D1", user="UMARA", ts="1700.2", thread="1700.2", text=given.LEAVES, private=True
    )
    messages = story.parts.replies._messages
    for refused in ("", "unknown_method"):
        if refused:
            story.slack.failing["chat.startStream"] = refused
        growing = Streams(story.slack.client(), messages, every=0.0).begin(question)
        for count in (1, 2):
            growing.show(claim_blocks(claims[:count], LINKS))
        growing.end(answer_message(given.GENERATED, LINKS))
        messages.take_back(question.place)
        question = Question(
            channel="D1",
            user="UMARA",
            ts="1700.3",
            thread="1700.3",
            text=given.LEAVES,
            private=True,
        )
    return story.shown().replace(posted(answer_message(given.GENERATED, LINKS)), "")


def passing(story):
    """Yield the snapshots of questions that go to compliance and come back."""
    actions, reviews = story.parts.actions, story.parts.reviews
    asks = {"action_id": "pass_on", "value": value_of(given.NOTION)}
    actions.ask_note(pressed("UGRACE", asks))
    actions.pass_on(*filled("UGRACE", story.last("views.open")["view"], "It is for a demo."))
    waits = story.last("chat.postMessage")
    yield "passing-on", story.shown()
    reviews.claim(pressed("UMARA", button(waits, "claim"), channel="CCOMPLIANCE"))
    reviews.ask(pressed("UMARA", button(waits, "answer_passed"), channel="CCOMPLIANCE"))
    words = "No. Use the vault, and ask Miriam if a customer wants it otherwise."
    reviews.answered(*filled("UMARA", story.last("views.open")["view"], words))
    yield "compliance-answers", story.shown()
    asks = {"action_id": "pass_on", "value": value_of("May I take my laptop to the beach?")}
    actions.ask_note(pressed("UGRACE", asks))
    actions.pass_on(*filled("UGRACE", story.last("views.open")["view"], ""))
    waits = story.last("chat.postMessage")
    story.shown()
    reviews.ask(pressed("UMARA", button(waits, "close_passed"), channel="CCOMPLIANCE"))
    words = "This is no question for us: ask your manager."
    reviews.closed(*filled("UMARA", story.last("views.open")["view"], words))
    yield "compliance-closes", story.shown()


def announced(story):
    """Yield the snapshots of what waits for people."""
    service, reviews = story.service, story.parts.reviews
    mara = service.register.find("mara.lindqvist").principal()
    workflow = review.workflow(service.copilot)
    drafts = [parse_item("policy/keys"), parse_item("policy/visitors")]
    for item, text in zip(drafts, (given.DRAFT, given.ANOTHER), strict=True):
        saved = Saved(text=text, title=text.splitlines()[0][2:], note="For the audit of 2025")
        workflow.save(item, saved, principal=mara)
    workflow.submit(drafts[0], principal=mara)
    story.shown()
    story.bot.look()
    told = [one for one in story.slack.made("chat.postMessage") if one["channel"] == "USIMON"]
    due = [one for one in told if "due" in one["text"]]
    asks = next(one for one in told if one not in due)
    story.shown()
    approve, changes = (button(asks, one) for one in ("approve", "request_changes"))
    reviews.approve(pressed("UMARA", approve))
    reviews.approve(pressed("USIMON", approve))
    reviews.ask(pressed("USIMON", changes))
    reviews.changes(*filled("USIMON", story.last("views.open")["view"], "Name the key store."))
    yield "approval", readable("chat.postMessage", asks) + "\n" + story.shown()
    for item in drafts:
        workflow.submit(item, principal=mara)
    before = len(story.slack.made("chat.postMessage"))
    told = Told(service.replies, service.workspace.state / "told-again")
    client = story.slack.client()
    Announcements(client, service, told=told, links=LINKS, digest=True).announce()
    sent = story.slack.made("chat.postMessage")[before:]
    digest = next(one for one in sent if one["channel"] == "USIMON" and "wait" in one["text"])
    yield "digest", readable("chat.postMessage", digest)
    sent = [one for one in story.slack.made("chat.postMessage") if "due" in one["text"]]
    yield "reminder", DATE.sub("DATE", readable("chat.postMessage", sent[0]))
    story.shown()


def pages(story):
    """Yield the snapshots of home pages, commands and what is said where there is no answer."""
    for name, user in (("home-employee", "UGRACE"), ("home-reviewer", "UMARA")):
        story.parts.home.publish(user)
        yield name, READY.sub("N", story.shown())
    commands = story.parts.commands
    typed = ("help", "dance", "ask", "prove", "map", "status CC99", "status CC6.1", "draft poem")
    said = [f"{posted(commands.run(one, 'UMARA'))}" for one in typed]
    said += [posted(commands.run("status CC6.1", "UGRACE"))]
    named = [*typed, "status CC6.1 (of an employee)"]
    yield (
        "commands",
        "\n".join(f"=== /soc2 {name}\n\n{one}" for name, one in zip(named, said, strict=True)),
    )
    yield "not-answered", refusals()


def refusals():
    """Return every sentence that is said in place of an answer, with when it is said."""
    said = {
        "a guest, or somebody of another company": slack_answers.NO_READER,
        "no question": slack_answers.NO_QUESTION,
        "a picture": slack_answers.ONLY_TEXT,
        "the time is over": slack_answers.TOO_LATE,
        "something failed": slack_problems.FAULT,
        "too many ask": slack_app.BUSY,
        "feedback": slack_actions.THANKS,
        "a guest presses a button": slack_actions.NOT_YOURS,
        "meanwhile, in the pane": slack_answers.LOOKING,
    }
    said |= {f"Slack says {word}": one for word, one in slack_problems._SENTENCES.items()}
    return "\n\n".join(f"=== {when}\n\n{one}" for when, one in said.items()) + "\n"


@pytest.fixture(scope="module")
def told(sample_folder, tmp_path_factory):
    """Return what people are shown, by the name of its snapshot."""
    folder = tmp_path_factory.mktemp("snapshots") / "harbourlight"
    shutil.copytree(sample_folder, folder)
    service = Service(config.find_workspace(folder))
    story = Story(service)
    try:
        parts = (answers, passing, announced, pages)
        return {name: shown for part in parts for name, shown in part(story)}
    finally:
        story.close()
        service.close()


@pytest.mark.parametrize("name", NAMES)
def test_people_see_what_a_person_has_read(told, name):
    """Word for word; if it is to be another, write the snapshots anew and read them."""
    file = FOLDER / f"{name}.txt"
    if os.environ.get("SNAPSHOTS") == "write":
        FOLDER.mkdir(exist_ok=True)
        file.write_text(told[name], encoding="utf-8")
    known = file.read_text(encoding="utf-8") if file.exists() else ""
    lines = difflib.unified_diff(known.splitlines(), told[name].splitlines(), "known", "now")
    assert not (changed := list(lines)), "\n".join(changed)


def test_no_snapshot_is_left_that_nothing_makes(told):
    """Nobody would read it."""
    assert set(told) == set(NAMES) == {one.stem for one in FOLDER.glob("*.txt")}
