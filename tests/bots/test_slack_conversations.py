"""Conversations outlive the process: what another one was asked is known, and its answers are changed."""

from __future__ import annotations

import json

import pytest

from tests.bots.slack import BOT

PROVE = "How do I prove that we review access?"
FOLLOW_UP = "And for contractors?"
OTHER = "Do we test our backups?"
GRACE = ("UGRACE", "grace.whitlock@harbourlight.example")


@pytest.fixture
def room(slack):
    """Return a Slack with somebody in a channel and a direct message."""
    slack.add_user(GRACE[0], GRACE[1], is_email_confirmed=True)
    slack.channels["C1"] = [GRACE[0], BOT]
    slack.channels["D1"] = [GRACE[0], BOT]
    return slack


@pytest.fixture
def restarted(room, connect, own_service):
    """Return a function that ends the bot, if there is one, and begins another."""
    running = []

    def restart():
        if running:
            running.pop().stop()
        running.append(connect(own_service))

    restart()
    return restart


def said(text, ts, *, thread="1700.1", channel="D1", **more):
    return {
        "type": "message" if channel == "D1" else "app_mention",
        "channel": channel,
        "channel_type": "im" if channel == "D1" else "channel",
        "user": GRACE[0],
        "text": text,
        "ts": ts,
        **({"thread_ts": thread} if thread != ts else {}),
        **more,
    }


def changed(text, ts, before, *, edited):
    message = said(text, ts, edited={"user": GRACE[0], "ts": edited})
    return {
        "type": "message",
        "subtype": "message_changed",
        "channel": "D1",
        "channel_type": "im",
        "message": message,
        "previous_message": {**message, "text": before},
    }


def deleted(ts, *, channel="D1"):
    return {
        "type": "message",
        "subtype": "message_deleted",
        "channel": channel,
        "channel_type": "im",
        "deleted_ts": ts,
        "previous_message": {"user": GRACE[0], "ts": ts},
    }


def only(slack):
    ((place, blocks),) = slack.messages.items()
    return place, json.dumps(blocks, ensure_ascii=False)


def test_a_follow_up_to_another_process_keeps_its_context(room, restarted):
    """The answer carries the question in full, as it is understood with the one before."""
    room.event(said(PROVE, "1700.1"))
    room.until(lambda: len(room.messages) == 1)
    restarted()
    room.event(said(FOLLOW_UP, "1700.2"))
    room.until(lambda: len(room.messages) == 2)
    followed = json.dumps(list(room.messages.values())[1], ensure_ascii=False)
    assert "review access" in followed
    assert "contractors" in followed


def test_the_answer_of_another_process_is_changed_and_taken_back(room, restarted):
    """With its question, which is answered once however often it is worded anew."""
    room.event(said(PROVE, "1700.1"))
    room.until(lambda: len(room.messages) == 1)
    place, first = only(room)
    restarted()
    room.event(changed(OTHER, "1700.1", PROVE, edited="1700.5"))
    room.until(lambda: only(room)[1] != first)
    assert only(room)[0] == place
    # What was heard late is the older wording.
    room.event(changed(PROVE, "1700.1", "", edited="1700.4"))
    restarted()
    room.event(deleted("1700.1"))
    room.until(lambda: not room.messages)
    assert len(room.made("chat.update")) == 1


def test_a_deletion_that_is_heard_before_its_question_leaves_it_unanswered(room, restarted):
    """Two processes hear two events in any order."""
    room.event(deleted("1700.1"))
    room.until(lambda: room.calls)
    restarted()
    room.event(said(PROVE, "1700.1"))
    room.event(said(OTHER, "1700.2", thread="1700.2"))
    room.until(lambda: room.messages)
    restarted()
    assert [one["thread_ts"] for one in room.made("chat.postMessage")] == ["1700.2"]


def test_a_message_of_ours_that_somebody_deleted_is_posted_anew(room, restarted):
    """An answer to a question that is worded anew is not lost."""
    room.event(said(PROVE, "1700.1"))
    room.until(lambda: len(room.messages) == 1)
    room.messages.clear()
    room.event(changed(OTHER, "1700.1", PROVE, edited="1700.5"))
    room.until(lambda: len(room.messages) == 1)


def test_what_was_told_in_a_direct_message_is_changed_and_taken_back_there(room, restarted):
    """Where the channel takes no whisper: with the line in the channel that says so."""
    room.add_user("UGUEST", "guest@elsewhere.example", is_restricted=True)
    room.channels["C1"].append("UGUEST")
    room.failing["chat.postEphemeral"] = "user_not_in_channel"
    room.event(said(f"<@{BOT}> {PROVE}", "1700.1", channel="C1"))
    room.until(lambda: len(room.messages) == 2)
    before = dict(room.messages)
    restarted()
    event = changed(f"<@{BOT}> {OTHER}", "1700.1", PROVE, edited="1700.5")
    room.event(event | {"channel": "C1", "channel_type": "channel"})
    room.until(lambda: room.made("chat.update"))
    restarted()
    assert set(room.messages) == set(before)
    assert room.messages != before
    room.event(deleted("1700.1", channel="C1"))
    room.until(lambda: not room.messages)
