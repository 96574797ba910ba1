"""The bot as Slack knows it: envelopes over a socket, calls of the Web API."""

from __future__ import annotations

import json
import re

import pytest

from bots.slack_answers import PRIVATELY
from bots.slack_app import PROMPTS
from copilot.bootstrap import review
from copilot.domain.review import State, parse_item
from tests.bots.slack import BOT

PROVE = "How do I prove that we review access?"
MARA = ("UMARA", "mara.lindqvist@harbourlight.example")
GRACE = ("UGRACE", "grace.whitlock@harbourlight.example")


@pytest.fixture
def room(slack):
    """Return a Slack with two people in a channel."""
    for id_, email in (MARA, GRACE):
        slack.add_user(id_, email, is_email_confirmed=True)
    slack.channels["C1"] = [MARA[0], GRACE[0], BOT]
    return slack


def said(channel="C1", text=f"<@{BOT}> {PROVE}", ts="1700.1", user=GRACE[0], **more):
    kind = "im" if channel.startswith("D") else "channel"
    return {
        "type": "message" if kind == "im" else "app_mention",
        "channel": channel,
        "channel_type": kind,
        "user": user,
        "text": text,
        "ts": ts,
        **more,
    }


def posted(slack):
    return [json.dumps(one, ensure_ascii=False) for one in slack.made("chat.postMessage")]


def test_a_mention_is_answered_in_its_thread(room, connect, own_service):
    """And the answer carries buttons that work: its quotes are shown to whoever asks for them."""
    connect(own_service)
    room.event(said())
    room.until(lambda: posted(room))
    message = room.made("chat.postMessage")[0]
    assert message["thread_ts"] == "1700.1"
    buttons = next(one for one in message["blocks"] if one["type"] == "actions")["elements"]
    room.send(
        "interactive",
        {
            "type": "block_actions",
            "user": {"id": MARA[0], "team_id": "T0TEAM"},
            "channel": {"id": "C1"},
            "message": {"ts": "1.0", "thread_ts": "1700.1"},
            "container": {},
            "trigger_id": "t",
            "actions": [{**buttons[0], "block_id": "b"}],
            "team": {"id": "T0TEAM"},
            "api_app_id": "A0APP",
        },
    )
    room.until(lambda: room.made("chat.postEphemeral"))
    (shown,) = room.made("chat.postEphemeral")
    assert shown["user"] == MARA[0]
    assert "rich_text_quote" in json.dumps(shown["blocks"])


def test_a_direct_message_is_answered_and_programs_are_not(room, connect, own_service):
    """Neither our own words nor those of another app begin a loop."""
    connect(own_service)
    room.event(said("D1", "Do we test our backups?", user="UOTHER", bot_id="B1"))
    room.event(said("D1", "Do we test our backups?", app_id="A9"))
    room.event(said("D1", "Do we test our backups?", ts="1700.2"))
    room.until(lambda: posted(room))
    assert [one["thread_ts"] for one in room.made("chat.postMessage")] == ["1700.2"]


def test_an_event_that_is_delivered_five_times_to_two_processes_is_answered_once(
    room, connect, own_service
):
    """Its id is remembered in the database that both share."""
    connect(own_service)
    first = room._socket
    connect(own_service)
    second = room._socket
    assert first is not second
    for number in range(5):
        room._socket = (first, second)[number % 2]
        room.event(said(ts="1700.3"), event_id="EvSAME")
    room.event(said("D2", "What is a penetration test?", ts="1700.4"))
    room.until(lambda: len(posted(room)) >= 2)
    threads = [one["thread_ts"] for one in room.made("chat.postMessage")]
    assert sorted(threads) == ["1700.3", "1700.4"]


def test_a_socket_that_is_cut_is_connected_again(room, connect, own_service):
    """What is asked afterwards is answered."""
    bot = connect(own_service)
    room.cut()
    bot.look()
    room.until(lambda: room._socket is not None)
    room.event(said("D1", PROVE, ts="1700.5"))
    room.until(lambda: posted(room))


def test_the_slash_command_answers_whoever_typed_it(room, connect, own_service):
    """Every word that it knows, and what it knows for all others."""
    connect(own_service)
    expected = {
        "help": "draft policy KIND",
        "": "draft policy KIND",
        "dance": "I do not know",
        f"ask {PROVE}": "for human review",
        "prove that backups are tested": "for human review",
        "ask": "There is no question",
        "status CC6.1": "CC6.1",
        "status CC99.9": "The nearest are CC9.2",
        "map": "There is no control to map",
        "draft policy nonsense": "'nonsense' is no kind of policy",
        "map Laptops are encrypted with FileVault": "%",
        "draft poem": "Draft what?",
        "draft policy backup": "version 1",
    }
    for typed in expected:
        _command(room, MARA[0], typed)
    room.until(lambda: len(room.made("respond")) == len(expected))
    answers = [json.dumps(one, ensure_ascii=False) for one in room.made("respond")]
    for typed, words in expected.items():
        assert any(words in one for one in answers), typed
    assert {one["response_type"] for one in room.made("respond")} == {"ephemeral"}


def test_the_pane_of_the_assistant_suggests_questions(room, connect, own_service):
    """As soon as it is opened."""
    connect(own_service)
    thread = {"channel_id": "D1", "thread_ts": "1700.6", "user_id": GRACE[0], "context": {}}
    room.event({"type": "assistant_thread_started", "assistant_thread": thread})
    room.until(lambda: room.made("assistant.threads.setSuggestedPrompts"))
    (made,) = room.made("assistant.threads.setSuggestedPrompts")
    assert PROMPTS[0][1] in json.dumps(made)


def test_the_home_page_tells_each_what_they_may_do(room, connect, own_service):
    """Reviewers see the queue and how ready the company is; a picture that fails is left out."""
    connect(own_service)
    room.failing["files.getUploadURLExternal"] = "missing_scope"
    for user in (GRACE[0], MARA[0]):
        room.event({"type": "app_home_opened", "user": user, "tab": "home", "channel": "D1"})
    room.until(lambda: len(room.made("views.publish")) == 2)
    pages = {one["user_id"]: json.dumps(one["view"]) for one in room.made("views.publish")}
    assert "% ready" in pages[MARA[0]]
    assert "% ready" not in pages[GRACE[0]]
    assert "with the role employee" in pages[GRACE[0]]


def test_what_was_passed_on_comes_back_with_the_name_of_whoever_answered(
    room, connect, own_service
):
    """From the button under an answer through the form to the reviewer, and back to the thread."""
    bot = connect(own_service)
    bot._parts.reviews._channel = "CCOMPLIANCE"
    room.event(said("D1", "Are we allowed to keep customer data in Notion?", ts="1700.7"))
    room.until(lambda: posted(room))
    buttons = next(
        one for one in room.made("chat.postMessage")[0]["blocks"] if one["type"] == "actions"
    )["elements"]
    pass_on = next(one for one in buttons if one["action_id"] == "pass_on")
    _press(room, GRACE[0], "D1", pass_on, thread="1700.7")
    room.until(lambda: room.made("views.open"))
    _submit(room, GRACE[0], room.made("views.open")[-1]["view"], "It is for a demo.")
    room.until(
        lambda: any(one["channel"] == "CCOMPLIANCE" for one in room.made("chat.postMessage"))
    )
    waiting = next(one for one in room.made("chat.postMessage") if one["channel"] == "CCOMPLIANCE")
    answer = next(
        one for one in waiting["blocks"][-1]["elements"] if one["action_id"] == "answer_passed"
    )
    _press(room, MARA[0], "CCOMPLIANCE", answer)
    room.until(lambda: len(room.made("views.open")) == 2)
    _submit(room, MARA[0], room.made("views.open")[-1]["view"], "No: <!channel> use the vault.")
    room.until(lambda: any("Mara Lindqvist" in one for one in posted(room)))
    back = next(one for one in room.made("chat.postMessage") if "Mara Lindqvist" in json.dumps(one))
    assert (back["channel"], back["thread_ts"]) == ("D1", "1700.7")
    assert "<!channel>" not in back["text"]


def test_a_guest_listens_so_nothing_is_said_aloud(room, connect, own_service):
    """The channel learns only that there was an answer."""
    room.add_user("UGUEST", is_restricted=True)
    room.channels["C1"].append("UGUEST")
    connect(own_service)
    room.event(said(ts="1700.8"))
    room.until(lambda: posted(room))
    assert PRIVATELY.strip() in posted(room)[0]


def _press(slack, user, channel, button, *, thread=None):
    slack.send(
        "interactive",
        {
            "type": "block_actions",
            "user": {"id": user, "team_id": "T0TEAM"},
            "channel": {"id": channel},
            "message": {"ts": "1.0", "thread_ts": thread},
            "container": {},
            "trigger_id": "t",
            "actions": [{**button, "block_id": "b"}],
            "team": {"id": "T0TEAM"},
            "api_app_id": "A0APP",
        },
    )


def _submit(slack, user, view, words):
    slack.send(
        "interactive",
        {
            "type": "view_submission",
            "user": {"id": user, "team_id": "T0TEAM"},
            "view": {**view, "state": {"values": {"said": {"said": {"value": words}}}}},
            "team": {"id": "T0TEAM"},
            "api_app_id": "A0APP",
        },
    )


def test_reviewers_are_told_what_waits_and_decide_by_the_rules(room, connect, own_service):
    """Each is told once of what others wrote; nobody approves their own; a reason goes with a no."""
    room.add_user("USIMON", "simon.ekdahl@harbourlight.example", is_email_confirmed=True)
    bot = connect(own_service)
    _command(room, MARA[0], "draft policy encryption")
    room.until(lambda: room.made("respond"))
    item = re.search(r"kept as (policy/[\w-]+)", json.dumps(room.made("respond")))[1]
    mara = own_service.register.find("mara.lindqvist").principal()
    review.workflow(own_service.copilot).submit(parse_item(item), principal=mara)
    bot.look()
    bot.look()
    told = [one for one in room.made("chat.postMessage") if one["channel"] == "USIMON"]
    assert len(told) == 1
    assert item in json.dumps(told)
    assert not [one for one in room.made("chat.postMessage") if one["channel"] == MARA[0]]
    approve, changes = told[0]["blocks"][-1]["elements"]
    _press(room, MARA[0], "D1", approve)
    room.until(lambda: "cannot approve" in json.dumps(room.made("chat.postEphemeral")))
    _press(room, "USIMON", "D2", approve)
    room.until(lambda: "open in version" in json.dumps(room.made("chat.postEphemeral")))
    _press(room, "USIMON", "D2", changes)
    room.until(lambda: room.made("views.open"))
    _submit(room, "USIMON", room.made("views.open")[-1]["view"], "Name the key store.")
    room.until(lambda: "asked for changes" in json.dumps(room.made("chat.postEphemeral")))
    shown = review.library(own_service.copilot).show(parse_item(item), principal=mara)
    assert shown.item.state is State.CHANGES_REQUESTED
    assert shown.comments[-1].text == "Name the key store."


def _command(slack, user, typed):
    slack.send(
        "slash_commands",
        {
            "command": "/soc2",
            "text": typed,
            "user_id": user,
            "channel_id": "C1",
            "team_id": "T0TEAM",
            "api_app_id": "A0APP",
            "response_url": f"{slack.url}respond",
            "trigger_id": "t",
        },
    )
