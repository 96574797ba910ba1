"""Answers of a language model in a direct message: shown claim by claim, and ended as one message."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.slack_answers import LOOKING, TOO_LATE, Replies
from bots.slack_blocks import Links, answer_message
from bots.slack_directory import Directory, Rights
from bots.slack_questions import Question
from bots.slack_rooms import Rooms
from bots.slack_streaming import WRITING
from bots.slack_work import Turn, Work
from copilot import config
from copilot.adapters.chat_models import connect as connect_model
from copilot.bootstrap.service import Service
from copilot.domain.access import EVERYONE
from copilot.domain.conversations import Place
from tests.bots.slack import BOT, TEAM
from tests.generated.liars import NEVER, honest
from tests.generated.talking import KEY, MODEL, write_settings
from tests.models.behaviours import HANG, Reply, fails
from tests.models.server import ModelServer
from tests.models.sources import numbered_sources
from tests.models.voices import answers, claim

LEAVES = "What happens when somebody leaves?"
LINKS = Links("https://copilot.example")
MARA = ("UMARA", "mara.lindqvist@harbourlight.example")
GRACE = ("UGRACE", "grace.whitlock@harbourlight.example")
THREAD = "1700.0"


@pytest.fixture(scope="module")
def model():
    """Return a server that plays a model."""
    with ModelServer() as running:
        yield running


@pytest.fixture(scope="module")
def own_service(sample_folder, tmp_path_factory, model):
    """Return the sample company with a model, wired."""
    folder = tmp_path_factory.mktemp("generating") / "harbourlight"
    shutil.copytree(sample_folder, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", KEY)
        write_settings(folder, model, model_seconds=60)
        # What a first call loads would take most of a deadline.
        connect_model(MODEL, base_url="http://127.0.0.1:9/v1").probe(seconds=60)
        made = Service(config.find_workspace(folder))
        yield made
        made.close()


@pytest.fixture
def room(slack):
    """Return a Slack with people, a channel and a direct message."""
    for id_, email in (MARA, GRACE):
        slack.add_user(id_, email, is_email_confirmed=True)
    slack.channels["C1"] = [MARA[0], GRACE[0], BOT]
    slack.channels["D1"] = [MARA[0], BOT]
    return slack


@pytest.fixture
def replies(room, own_service):
    """Return what answers questions in that Slack."""
    client = room.client()
    directory = Directory(client, team=TEAM)

    def find(email):
        listed = own_service.register.people()
        return next((one for one in listed if one.email == email), None)

    rights = Rights(find, members=[EVERYONE])
    rooms = Rooms(client, directory, rights, configured={})
    return Replies(client, own_service, people=(directory, rights, rooms), links=LINKS)


@pytest.fixture
def gate():
    """Return what a model waits for after its first claim; it is opened at the end."""
    made = threading.Event()
    yield made
    made.set()


@pytest.fixture
def begun(replies):
    """Return a function that has a question answered in a thread, and waits for its end at last."""
    with contextlib.ExitStack() as stack:

        def begin(question, turn=None):
            thread = threading.Thread(target=replies.reply, args=(question, turn or Turn()))
            thread.start()
            stack.callback(thread.join, 30)
            return thread

        yield begin


def asked(text=LEAVES, *, ts="1700.1", channel="D1", **more):
    private = channel.startswith("D")
    return Question(
        channel=channel, user=MARA[0], ts=ts, thread=THREAD, text=text, private=private, **more
    )


def paused(gate, *, ends=True):
    """Write a claim, wait for the gate, and write two more, of which one is invented; or never end."""

    def behave(request):
        made = honest(numbered_sources(request.user), 2)
        text = json.dumps({"claims": [*made, claim(NEVER, 1, NEVER)], "missing": []})
        first = text.index('{"claim"', text.index('{"claim"') + 1) + 20
        last = text.rindex('{"claim"') + 20
        end = (text[last:],) if ends else (HANG,)
        return Reply(script=(text[:first], gate, text[first:last], *end))

    return behave


def quickly():
    return answers(lambda sources, _: [*honest(sources, 2), claim(NEVER, 1, NEVER)])


def expected(own_service, replies, text=LEAVES):
    """Return the message as it is without streaming."""
    answer = own_service.answer(replies.asked(text), principal=replies.asker(MARA[0]))
    return answer_message(answer, LINKS).blocks


def only(slack):
    """Return the one message that stands in the channels."""
    (blocks,) = slack.messages.values()
    return blocks


def calls(slack):
    return json.dumps(slack.calls, ensure_ascii=False)


def test_checked_claims_come_one_by_one_and_end_as_the_whole_message(
    room, replies, own_service, model, gate, begun
):
    """What was streamed is what the answer has; an invented claim is never shown."""
    replies._streams.every = 0.0
    model.default = paused(gate)
    thread = begun(asked())
    room.until(lambda: any(room.messages.values()))
    (first,) = only(room)
    assert first["type"] == "rich_text"
    assert room.streaming
    gate.set()
    thread.join(30)
    final = only(room)
    assert final[0] == first
    assert final == expected(own_service, replies)
    assert room.made("chat.appendStream")
    assert not room.streaming
    assert not room.made("chat.postMessage")
    assert NEVER not in calls(room)


@pytest.mark.parametrize("refusal", ["unknown_method", "invalid_chunks"])
def test_where_slack_does_not_stream_the_message_is_changed(
    room, replies, own_service, model, refusal
):
    """With a word that more is to come; and it is not tried again with the next question."""
    room.failing["chat.startStream"] = refusal
    model.default = quickly()
    for ts in ("1700.1", "1700.2"):
        replies.reply(asked(ts=ts), Turn())
    posted = room.made("chat.postMessage")
    assert [WRITING in json.dumps(one, ensure_ascii=False) for one in posted] == [True, True]
    assert len(room.made("chat.startStream")) == 1
    assert len(room.made("chat.update")) >= 2
    whole = expected(own_service, replies)
    assert list(room.messages.values()) == [whole, whole]


def test_a_stream_that_slack_ends_goes_on_as_a_message(room, replies, own_service, model):
    """Slack ends a stream on which nothing comes for half a minute."""
    replies._streams.every = 0.0
    room.failing["chat.appendStream"] = "message_not_in_streaming_state"
    model.default = quickly()
    replies.reply(asked(), Turn())
    assert only(room) == expected(own_service, replies)
    assert not room.streaming


def test_where_slack_takes_no_piece_the_answer_comes_as_a_whole(room, replies, own_service, model):
    """Without waiting: nobody misses what was only a courtesy."""
    for method in ("chat.startStream", "chat.appendStream"):
        room.failing[method] = (429, {"Retry-After": "30"})
    model.default = quickly()
    first = iter(["fatal_error"])
    room.failing["chat.postMessage"] = lambda: next(first, None)
    replies.reply(asked(), Turn())
    assert only(room) == expected(own_service, replies)


def test_a_question_that_is_deleted_takes_the_stream_with_it(room, replies, model, gate, begun):
    """The message goes at once, nothing comes after it, and the model is left."""
    model.default = paused(gate, ends=False)
    thread = begun(asked())
    room.until(lambda: any(room.messages.values()))
    replies.deleted(Place(channel="D1", message="1700.1"))
    room.until(lambda: not room.messages)
    gate.set()
    thread.join(30)
    assert model.went_away.acquire(timeout=15)
    assert not room.messages
    assert not room.streaming


def test_whoever_waits_hears_at_the_deadline_that_it_is_too_late(room, replies, model, gate):
    """The message ends as just that, and what the model says afterwards changes nothing."""
    model.default = paused(gate)
    work, done = Work(deadline=0.5), threading.Event()
    question = asked()

    def task(turn):
        replies.reply(question, turn)
        done.set()

    work.take(task, failed=print, late=lambda: replies.late(question))
    room.until(lambda: TOO_LATE in json.dumps(list(room.messages.values())))
    gate.set()
    assert done.wait(30)
    work.finish()
    (message,) = only(room)
    assert TOO_LATE in json.dumps(message)
    assert not room.streaming


def test_what_comes_too_late_in_a_channel_or_after_a_command_is_not_said(
    room, connect, own_service, model, gate
):
    """Whoever asked is told alone, and hears nothing afterwards."""
    others = set(threading.enumerate())
    bot = connect(own_service)
    bot._work._deadline = 0.3
    model.default = paused(gate)
    mention = {"type": "app_mention", "channel": "C1", "user": MARA[0], "text": LEAVES, "ts": "1.0"}
    room.event(mention)
    command = {"command": "/soc2", "text": f"ask {LEAVES}", "user_id": MARA[0], "channel_id": "C1"}
    room.send("slash_commands", {**command, "response_url": f"{room.url}respond", "team_id": TEAM})
    room.until(lambda: len(room.made("chat.postEphemeral")) == 2)
    gate.set()
    bot.stop()
    room.until(lambda: not _working(others))
    said = room.made("chat.postEphemeral")
    assert [one["user"] for one in said if TOO_LATE in json.dumps(one)] == [MARA[0]] * 2
    assert not room.made("respond")
    assert not room.messages


def _working(others):
    """Return the threads of this test's bot that are at work."""
    return [one for one in set(threading.enumerate()) - others if one.name == "slack-work"]


def test_a_question_that_is_reworded_while_it_is_answered_is_answered_once(
    room, replies, own_service, model, gate, begun
):
    """In its last wording, in the message that was there."""
    model.queue(paused(gate))
    model.default = quickly()
    thread = begun(asked())
    room.until(lambda: any(room.messages.values()))
    other = "How do I prove that we review access?"
    replies.reply(asked(other, edited="1700.9"), Turn())
    gate.set()
    thread.join(30)
    assert only(room) == expected(own_service, replies, other)
    assert not room.streaming


def test_an_answer_that_no_model_writes_is_one_message(room, replies, own_service, model):
    """The model fails, so that it is composed; nothing was shown that is not in it."""
    model.default = fails(500)
    replies.reply(asked(), Turn())
    assert "composed" in json.dumps(only(room))
    (first,) = room.made("chat.startStream")[0]["chunks"][0]["blocks"]
    assert only(room)[0] == first


def test_the_pane_says_that_we_are_at_work_before_anything_comes(
    room, connect, own_service, model, gate
):
    """From the event to the end, by the socket."""
    connect(own_service)
    model.default = paused(gate)
    room.event(
        {
            "type": "message",
            "channel": "D1",
            "channel_type": "im",
            "user": MARA[0],
            "text": LEAVES,
            "ts": "1700.1",
            "thread_ts": THREAD,
        }
    )
    room.until(lambda: any(room.messages.values()))
    said = [name for name, _ in room.calls if name.startswith(("assistant", "chat"))]
    assert said == ["assistant.threads.setStatus", "chat.startStream"]
    assert room.made("assistant.threads.setStatus")[0]["status"] == LOOKING
    gate.set()
    room.until(lambda: room.made("chat.update"))
    (begun,) = room.made("chat.startStream")
    assert (begun["channel"], begun["thread_ts"]) == ("D1", THREAD)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    there=st.lists(st.sampled_from([GRACE[0], "UGUEST"]), unique=True),
    question=st.sampled_from([LEAVES, "Which exceptions did the auditor find?"]),
)
def test_nothing_is_streamed_where_others_read(room, replies, model, there, question):
    """Whoever is in a channel: there the whole answer is compared before anything is said."""
    model.default = quickly()
    room.add_user("UGUEST", "guest@elsewhere.example", is_restricted=True)
    channel = f"C{len(room.calls)}"
    room.channels[channel] = [MARA[0], *there]
    replies.reply(asked(question, channel=channel, ts=f"{len(room.calls)}.0"), Turn())
    streamed = [*room.made("chat.startStream"), *room.made("chat.appendStream")]
    assert streamed == []
    assert WRITING not in calls(room)
    if "UGUEST" in there:
        assert "/sources/view" not in room.read_by("UGUEST")
