"""What goes wrong with Slack: people hear of it where Slack lets us, the log has one line, and it goes on."""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import threading
import time

import pytest
from websockets.exceptions import ConnectionClosed

from bots.slack_problems import LOG
from bots.slack_socket import Rhythm
from copilot.domain.conversations import Place, Wording
from tests.bots.slack import APP_TOKEN, BOT, TOKEN

PROVE = "How do I prove that we review access?"
GRACE = ("UGRACE", "grace.whitlock@harbourlight.example")


NUMBERS = itertools.count(1)


class Heard(logging.Handler):
    """What an operator reads: warnings and worse, of us and of everything that we use."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        assert record.exc_info is None, record.getMessage()
        self.lines.append(record.getMessage())

    def one(self):
        """Return the one line that there is, in which nothing stands that may not."""
        (line,) = self.lines
        assert "\n" not in line
        for secret in (TOKEN, APP_TOKEN, PROVE, "ticket"):
            assert secret not in line
        return line


@pytest.fixture
def heard():
    """Return what is logged."""
    handler = Heard()
    for logger in (logging.getLogger(), LOG):
        logger.addHandler(handler)
    propagate, LOG.propagate = LOG.propagate, False
    yield handler
    LOG.propagate = propagate
    for logger in (logging.getLogger(), LOG):
        logger.removeHandler(handler)


@pytest.fixture
def bot(room, connect, own_service):
    """Return a bot in a Slack with a person in a channel, which looks often whether its socket is there."""
    return connect(
        own_service, rhythm=Rhythm(ping=0.1, silence=60, look=0.05, longest_pause=0.2, retry=0.01)
    )


@pytest.fixture
def watchful(room, connect, own_service):
    """Return one that also expects an answer to each ping within a second."""
    return connect(
        own_service, rhythm=Rhythm(ping=0.1, silence=1, look=0.05, longest_pause=0.2, retry=0.01)
    )


@pytest.fixture
def room(slack):
    """Return a Slack with a person in a channel."""
    slack.add_user(GRACE[0], GRACE[1], is_email_confirmed=True)
    slack.channels["C1"] = [GRACE[0], BOT]
    return slack


def ask(slack, ts, *, channel="D1", **more):
    kind = "im" if channel.startswith("D") else "channel"
    event = {
        "type": "message" if kind == "im" else "app_mention",
        "channel": channel,
        "channel_type": kind,
        "user": GRACE[0],
        "text": PROVE,
        "ts": ts,
    }
    slack.event(event, **more)


def answers(slack, ts):
    """Return the messages that answer what was asked at a time."""
    posted = slack.made("chat.postMessage")
    return [one for one in posted if one.get("thread_ts") == ts and "for human" in json.dumps(one)]


def it_goes_on(slack):
    """Have the next question answered; like the real one, it is delivered until it is acknowledged."""
    ts = f"9999.{next(NUMBERS)}"
    for _ in range(30):
        with contextlib.suppress(AssertionError, AttributeError, ConnectionClosed):
            ask(slack, ts, event_id=f"Ev{ts}", wait=1.0)
            break
    slack.until(lambda: answers(slack, ts))


def told(slack, words):
    """Wait until somebody is told something, whether in a message or alone."""
    posted = ("chat.postMessage", "chat.postEphemeral")
    slack.until(lambda: any(words in json.dumps(slack.made(one)) for one in posted))


@pytest.fixture
def held(slack, own_service, monkeypatch):
    """Return what lets a question be answered that is being answered until then."""
    begun, go = threading.Event(), threading.Event()
    compose = own_service.composed

    def slowly(*args, **more):
        begun.set()
        assert go.wait(30)
        return compose(*args, **more)

    # Where the time passes that an answer takes; the answer itself is the real one.
    monkeypatch.setattr(own_service, "composed", slowly)
    return begun, go


def test_a_socket_that_breaks_while_a_question_is_answered_costs_nothing(slack, bot, held, heard):
    """The answer arrives, once, and so do the next ones."""
    begun, go = held
    ask(slack, "2000.1")
    assert begun.wait(30)
    slack.line.cut()
    slack.until(lambda: slack.connections == 2)
    go.set()
    slack.until(lambda: answers(slack, "2000.1"))
    it_goes_on(slack)
    assert len(answers(slack, "2000.1")) == 1
    assert heard.one() == "the socket to Slack was closed; connected anew"


def test_a_socket_that_falls_silent_is_replaced(slack, watchful, heard):
    """It is open, and nothing comes: no answer to a ping."""
    slack.line.silent = True
    slack.until(lambda: slack.connections >= 2)
    slack.line.silent = False
    it_goes_on(slack)
    assert set(heard.lines) == {"the socket to Slack is silent; connected anew"}


def test_a_socket_that_was_silent_from_the_beginning_is_replaced(slack, watchful, heard):
    """Not even the first ping was answered."""
    slack.line.mute = True
    slack.line.cut()
    slack.until(lambda: slack.connections >= 3)
    slack.line.mute = False
    it_goes_on(slack)


def test_slack_that_cannot_be_reached_for_a_while_is_waited_for(slack, bot, heard):
    """It is tried again until it can be, and said once."""
    slack.failing["apps.connections.open"] = "service_unavailable"
    slack.line.cut()
    slack.until(lambda: len(slack.made("apps.connections.open")) >= 4)
    slack.failing.clear()
    slack.until(lambda: slack.connections == 2)
    it_goes_on(slack)
    assert "was closed and cannot be opened: service_unavailable" in heard.one()


def test_slack_that_does_not_answer_calls_for_a_while(slack, bot, heard):
    """A question of that time is lost, which is said in the log; nobody could be told."""
    slack.away = True
    ask(slack, "2000.9")
    slack.until(lambda: heard.lines)
    slack.away = False
    it_goes_on(slack)
    assert "the question 2000.9 in D1 failed: Slack cannot be reached" in heard.one()


def test_slack_that_asks_for_patience_is_given_it(slack, bot, heard):
    """A 429 is waited for as long as it says, and is nothing to log."""
    answer = iter([(429, {"Retry-After": "1"})])
    slack.failing["chat.postMessage"] = lambda: next(answer, None)
    before = time.monotonic()
    ask(slack, "2000.2")
    slack.until(lambda: len(slack.made("chat.postMessage")) == 2)
    waited = time.monotonic() - before
    it_goes_on(slack)
    assert waited >= 1
    assert heard.lines == []


def test_an_error_of_slack_is_tried_again_and_then_said(slack, bot, heard):
    """In words that are not Slack's, and the page that it answered with is not in the log."""
    ill = iter([(500, {})] * 4)
    slack.failing["chat.postMessage"] = lambda: next(ill, None)
    ask(slack, "2000.3")
    told(slack, "Something went wrong on our side")
    assert len(slack.made("chat.postMessage")) == 5
    it_goes_on(slack)
    assert "Slack answered with the status 500" in heard.one()


def test_a_token_that_is_revoked_is_said_to_whoever_runs_it(slack, bot, heard):
    """Once, however often it is looked; nobody can be told anything, and with a new token it goes on."""
    slack.tokens.discard(TOKEN)
    for _ in range(3):
        bot.look()
    assert "Slack refuses SLACK_BOT_TOKEN: token_revoked. Install the app" in heard.one()
    heard.lines.clear()
    ask(slack, "2000.4")
    slack.until(lambda: heard.lines)
    assert "the question 2000.4 in D1 failed: token_revoked" in heard.one()
    slack.tokens.add(TOKEN)
    bot.look()
    it_goes_on(slack)


def test_a_channel_that_was_archived_meanwhile(slack, bot, held, heard):
    """The asker is told why there is no answer, and where to ask, in a direct message."""
    begun, go = held
    ask(slack, "2000.5", channel="C1")
    assert begun.wait(30)
    slack.archived.add("C1")
    go.set()
    slack.until(lambda: "Ask me here instead" in slack.read_by(GRACE[0]))
    it_goes_on(slack)
    assert "the question 2000.5 in C1 failed: is_archived" in heard.one()


def test_somebody_who_left_before_the_answer_came(slack, bot, held, heard):
    """Nobody is there to be told, and that is all."""
    begun, go = held
    slack.event(
        {
            "type": "message",
            "channel": GRACE[0],
            "channel_type": "im",
            "user": GRACE[0],
            "text": PROVE,
            "ts": "2000.6",
        }
    )
    assert begun.wait(30)
    slack.users[GRACE[0]]["deleted"] = True
    slack.event({"type": "user_change", "user": slack.users[GRACE[0]]})
    go.set()
    slack.until(lambda: heard.lines)
    slack.users[GRACE[0]]["deleted"] = False
    slack.event({"type": "user_change", "user": slack.users[GRACE[0]]})
    it_goes_on(slack)
    assert "user_disabled" in heard.one()


def test_a_question_that_is_deleted_while_it_is_answered(slack, bot, own_service, held, heard):
    """Nothing is posted, and nothing went wrong."""
    begun, go = held
    ask(slack, "2000.7")
    assert begun.wait(30)
    slack.event(
        {
            "type": "message",
            "subtype": "message_deleted",
            "channel": "D1",
            "channel_type": "im",
            "deleted_ts": "2000.7",
            "ts": "2000.8",
        }
    )
    wording = Wording(place=Place(channel="D1", message="2000.7"), thread="2000.7", sent=2000.7)
    slack.until(lambda: not own_service.conversations.stands(wording))
    go.set()
    it_goes_on(slack)
    assert answers(slack, "2000.7") == []
    assert heard.lines == []
