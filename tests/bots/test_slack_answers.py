"""Answers in Slack: in the conversation, for those who may read them, within Slack's limits."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.slack_answers import NO_QUESTION, NO_READER, ONLY_TEXT, TOO_LATE
from bots.slack_questions import Question, plain_question
from bots.slack_work import Turn
from copilot.domain.access import EVERYONE
from copilot.domain.conversations import Place

PROVE = "How do I prove that we review access?"
FOLLOW_UP = "And for contractors?"
MARA = ("UMARA", "mara.lindqvist@harbourlight.example")
GRACE = ("UGRACE", "grace.whitlock@harbourlight.example")
TOMASZ = ("UTOMASZ", "tomasz.wilk@harbourlight.example")
ELEANOR = ("UELEANOR", "eleanor.finch@calderfinch.example")


def asked(text=PROVE, *, user=MARA[0], channel="C1", ts="1.0", thread=None, private=False, **more):
    return Question(
        channel=channel, user=user, ts=ts, thread=thread or ts, text=text, private=private, **more
    )


def soon():
    return Turn(time.monotonic() + 60)


@pytest.fixture
def room(slack):
    """Return a Slack with people and a channel in which all of them are."""
    for id_, email in (MARA, GRACE, TOMASZ, ELEANOR):
        slack.add_user(id_, email, is_email_confirmed=True)
    slack.channels["C1"] = [MARA[0], GRACE[0], TOMASZ[0]]
    return slack


def test_an_answer_that_all_may_read_is_posted_in_the_conversation(room, replies):
    """With numbered links to the quotes, what may be done next, and a line on how it came about."""
    replies.reply(asked(user=GRACE[0]), soon())
    (posted,) = room.made("chat.postMessage")
    assert (posted["channel"], posted["thread_ts"]) == ("C1", "1.0")
    said = json.dumps(posted["blocks"], ensure_ascii=False)
    assert "https://copilot.example/sources/view?path=" in said
    assert "for human review" in said
    assert {one["type"] for one in posted["blocks"]} == {"rich_text", "context", "actions"}


def test_what_only_the_asker_may_read_is_told_to_them_alone(room, replies):
    """The channel hears that there was an answer, and nothing of it."""
    replies.reply(asked("Which exceptions did the auditor find last year?"), soon())
    if not room.made("chat.postEphemeral"):
        pytest.skip("everybody may read this answer")
    (posted,) = room.made("chat.postMessage")
    assert "privately" in json.dumps(posted["blocks"])


def test_nobody_is_told_anything_where_a_guest_listens(room, replies):
    """Guests hold no audience, so the answer goes to the asker alone."""
    room.add_user("UGUEST", "guest@elsewhere.example", is_restricted=True)
    room.channels["C1"].append("UGUEST")
    replies.reply(asked(), soon())
    assert "quarter" not in room.read_by("UGUEST").lower()
    assert room.made("chat.postEphemeral")[0]["user"] == MARA[0]


@pytest.mark.parametrize(
    "about",
    [
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_stranger": True},
        {"team_id": "T0OTHER"},
        {"deleted": True},
    ],
    ids=lambda one: next(iter(one)),
)
def test_guests_and_people_of_other_companies_are_told_whom_to_ask(room, replies, about):
    """They hold no audience at all, not even `everyone`, whatever address they show."""
    email = MARA[1] if "team_id" in about or "is_stranger" in about else ""
    room.add_user("UGUEST", email, **about)
    replies.reply(asked(user="UGUEST"), soon())
    assert NO_READER in room.read_by("UGUEST")


def test_what_a_guest_asks_is_not_kept(room, replies, service):
    """Nothing reaches back to it, and it stands in no table."""
    room.add_user("UGUEST", is_restricted=True)
    replies.reply(asked(user="UGUEST", private=True, channel="D1"), soon())
    later = asked(FOLLOW_UP, ts="2.0", thread="1.0", private=True, channel="D1")
    assert service.conversations.earlier(later.wording) == ()
    replies.reply(asked(ts="1.0", private=True, channel="D1"), soon())
    assert service.conversations.earlier(later.wording) == (PROVE,)


def test_an_address_that_was_not_confirmed_is_nobodys(room, replies):
    """Who enters the address of somebody else asks as a member like any other."""
    room.add_user("UFALSE", MARA[1], is_email_confirmed=False)
    assert replies.asker("UFALSE").audiences == {EVERYONE}
    assert replies.asker(MARA[0]).audiences > {EVERYONE}


def test_a_follow_up_keeps_its_context(room, replies):
    """A question in a thread is understood with those before it, in this thread and no other."""
    replies.reply(asked(ts="1.0", private=True, channel="D1"), soon())
    replies.reply(asked(FOLLOW_UP, ts="2.0", thread="1.0", private=True, channel="D1"), soon())
    replies.reply(asked(FOLLOW_UP, ts="3.0", private=True, channel="D1"), soon())
    _, followed, alone = (json.dumps(one) for one in room.made("chat.postMessage"))
    assert "access" in followed.lower()
    assert followed != alone


def test_an_edited_question_has_its_answer_changed(room, replies):
    """No second answer is posted below the first."""
    replies.reply(asked(private=True), soon())
    replies.reply(asked("Do we test our backups?", private=True), soon())
    (posted,), (changed,) = room.made("chat.postMessage"), room.made("chat.update")
    assert posted["blocks"] != changed["blocks"]


def test_a_deleted_question_takes_its_answer_with_it(room, replies):
    """And one that is deleted while it is answered gets no answer."""
    replies.reply(asked(private=True), soon())
    replies.deleted(Place(channel="C1", message="1.0"))
    assert len(room.made("chat.delete")) == 1
    replies.deleted(Place(channel="C1", message="2.0"))
    replies.reply(asked(ts="2.0", private=True), soon())
    assert len(room.made("chat.postMessage")) == 1


@pytest.mark.parametrize(
    ("text", "pictures", "said"),
    [("<@U0BOT>", False, NO_QUESTION), ("  ", False, NO_QUESTION), ("<@U0BOT>", True, ONLY_TEXT)],
)
def test_a_message_without_a_question_is_told_what_to_ask(room, replies, text, pictures, said):
    """Whether it is empty or a picture."""
    replies.reply(asked(text, private=True, pictures=pictures), soon())
    assert said in room.read_by(MARA[0]) or said in json.dumps(
        room.made("chat.postMessage"), ensure_ascii=False
    )


def test_a_question_of_ten_thousand_characters_is_refused_politely(room, replies):
    """It says what is too much, to the asker alone."""
    replies.reply(asked("access " * 1_500), soon())
    assert room.made("chat.postMessage") == []
    assert "2,000" in json.dumps(room.made("chat.postEphemeral"))


def test_an_answer_that_comes_too_late_is_not_posted(room, replies):
    """Whoever asked is told so instead, and told once."""
    question = asked(private=True)
    turn = Turn(time.monotonic() - 1)
    replies.reply(question, turn)
    assert not room.made("chat.postMessage")
    replies.late(question)
    (posted,) = room.made("chat.postMessage")
    assert TOO_LATE in json.dumps(posted["blocks"])


def test_where_slack_does_not_say_who_listens_nothing_is_posted(room, replies):
    """The answer goes to the asker alone."""
    room.failing["conversations.members"] = "missing_scope"
    replies.reply(asked(user=GRACE[0]), soon())
    assert len(room.made("chat.postEphemeral")) == 1
    (posted,) = room.made("chat.postMessage")
    assert "privately" in json.dumps(posted["blocks"])


def test_where_no_whisper_can_be_heard_the_asker_gets_a_direct_message(room, replies):
    """Such as in a channel that was archived meanwhile."""
    room.failing["conversations.members"] = "missing_scope"
    room.failing["chat.postEphemeral"] = "is_archived"
    replies.reply(asked(user=GRACE[0]), soon())
    assert GRACE[0] in {one["channel"] for one in room.made("chat.postMessage")}


def test_slack_that_asks_for_patience_gets_it(room, replies):
    """A 429 is waited for as long as it says."""
    answers = iter([(429, {"Retry-After": "0"})])
    room.failing["chat.postMessage"] = lambda: next(answers, None)
    replies.reply(asked(private=True), soon())
    assert len(room.made("chat.postMessage")) == 2


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("<@U0BOT> how do I prove it?", "how do I prove it?"),
        ("is a &lt; b &amp; c?", "is a < b & c?"),
        ("see <https://example.com|our page> please", "see our page please"),
        ("ask <#C123|general> about <!here>", "ask general about here"),
    ],
)
def test_what_was_typed_is_read_without_slacks_markup(typed, question):
    """Mentions go, links keep their words."""
    assert plain_question(typed) == question


@pytest.fixture(scope="session")
def restricted(service):
    """Return, for each audience but `everyone`, the paths and titles of its sources."""
    everything = service.copilot.principal(None)
    found = {}
    for source in service.copilot.truth.sources(principal=everything):
        if source.metadata.audience != EVERYONE:
            found.setdefault(source.metadata.audience, set()).add(source.path)
    return found


QUESTIONS = (
    PROVE,
    "Which exceptions did the auditor find?",
    "Who left the company in 2025?",
    "What did the board decide on risks?",
    "How do we screen new employees?",
    "What does the penetration test say?",
    "Which vendors did we review?",
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_is_posted_where_somebody_reads_who_may_not(
    room, replies, restricted, by_email, data
):
    """Whoever is in a channel, whoever asks: no source that a listener may not read is named there."""
    known = dict([MARA, GRACE, TOMASZ, ELEANOR])
    room.add_user("UMEMBER", "new@harbourlight.example")
    there = data.draw(st.lists(st.sampled_from([*known, "UMEMBER"]), min_size=1, unique=True))
    channel = f"C{len(room.calls)}"
    room.channels[channel] = there
    question = data.draw(st.sampled_from(QUESTIONS))
    replies.reply(asked(question, user=data.draw(st.sampled_from(there)), channel=channel), soon())
    for user in there:
        person = by_email(known.get(user, ""))
        holds = person.audiences if person else {EVERYONE}
        read = room.read_by(user)
        for audience, paths in restricted.items():
            if audience not in holds:
                assert not [one for one in paths if one in read]
