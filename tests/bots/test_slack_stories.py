"""What people do in Slack, from the first click to the last: shortcut, home page, feedback, review, digest."""

from __future__ import annotations

import json

import pytest

from bots.slack_announcing import Announcements
from bots.slack_blocks import Links
from bots.slack_commands import SHORTCUT
from bots.slack_told import Told
from copilot.bootstrap import review, viewing
from copilot.domain.review import State, parse_item
from copilot.review.workflow import Saved
from tests.bots.slack import BOT
from tests.bots.test_slack_socket import _press, _submit, said

PROVE = "How do I prove that we review access?"
DROPBOX = "Are we allowed to keep customer files in Dropbox?"
PEOPLE = {
    "UMARA": "mara.lindqvist@harbourlight.example",
    "UGRACE": "grace.whitlock@harbourlight.example",
    "USIMON": "simon.ekdahl@harbourlight.example",
    "UTOMASZ": "tomasz.wilk@harbourlight.example",
}


@pytest.fixture
def room(slack):
    """Return a Slack with people in a channel."""
    for id_, email in PEOPLE.items():
        slack.add_user(id_, email, is_email_confirmed=True)
    slack.channels["C1"] = [*PEOPLE, BOT]
    return slack


@pytest.fixture
def ask(room):
    """Return a function that asks in a direct message, and returns the buttons under the answer."""

    def asking(question, *, user, ts):
        room.event(said(f"D{user}", question, ts=ts, user=user))
        room.until(lambda: _in_thread(room, ts))
        blocks = _in_thread(room, ts)[0]["blocks"]
        actions = next(one for one in blocks if one["type"] == "actions")
        return {one["action_id"]: one for one in actions["elements"]}

    return asking


def _in_thread(slack, ts):
    return [one for one in slack.made("chat.postMessage") if one.get("thread_ts") == ts]


def _whispered(slack, words):
    slack.until(lambda: words in json.dumps(slack.made("chat.postEphemeral"), ensure_ascii=False))


def _pass_on(slack, buttons, *, user, ts, note=""):
    before = len(slack.made("views.open"))
    _press(slack, user, f"D{user}", buttons["pass_on"], thread=ts)
    slack.until(lambda: len(slack.made("views.open")) > before)
    _submit(slack, user, slack.made("views.open")[-1]["view"], note)


def _to_compliance(slack):
    return [one for one in slack.made("chat.postMessage") if one["channel"] == "CCOMPLIANCE"]


def test_a_message_of_somebody_else_is_answered_for_whoever_chose_that(room, connect, own_service):
    """By the shortcut in its menu; only they see the answer."""
    connect(own_service)
    room.send(
        "interactive",
        {
            "type": "message_action",
            "callback_id": SHORTCUT,
            "user": {"id": "UGRACE", "team_id": "T0TEAM"},
            "channel": {"id": "C1"},
            "message": {"ts": "1.0", "text": PROVE, "user": "UMARA"},
            "team": {"id": "T0TEAM"},
            "response_url": f"{room.url}respond",
            "trigger_id": "t",
        },
    )
    room.until(lambda: room.made("respond"))
    (answer,) = room.made("respond")
    assert answer["response_type"] == "ephemeral"
    assert "for human review" in json.dumps(answer["blocks"])


def test_whether_an_answer_helped_is_kept_with_the_reason(room, connect, own_service, ask):
    """Both ways; whoever gave it is thanked."""
    connect(own_service)
    buttons = ask(PROVE, user="UGRACE", ts="2200.1")
    _press(room, "UGRACE", "DUGRACE", buttons["helpful"], thread="2200.1")
    _whispered(room, "Thank you")
    _press(room, "UGRACE", "DUGRACE", buttons["not_helpful"], thread="2200.1")
    room.until(lambda: room.made("views.open"))
    kept = viewing.feedback(own_service.copilot)
    _submit(room, "UGRACE", room.made("views.open")[-1]["view"], "Which tool?")
    room.until(lambda: kept.newest(start=0, limit=1)[0][0][1].reason == "Which tool?")
    (_, worse), (_, better) = kept.newest(start=0, limit=2)[0]
    assert (better.helpful, worse.helpful) == (True, False)
    assert {better.who, worse.who} == {"grace.whitlock"}
    assert better.question == PROVE


def test_a_question_is_claimed_and_closed_and_what_several_ask_is_a_candidate(
    room, connect, own_service, ask
):
    """Those who review see it on their home page: how many asked, and not who."""
    bot = connect(own_service)
    bot._parts.reviews._channel = "CCOMPLIANCE"
    first = ask(DROPBOX, user="UGRACE", ts="2200.2")
    _pass_on(room, first, user="UGRACE", ts="2200.2", note="For a demo.")
    room.until(lambda: _to_compliance(room))
    second = ask("May I store customer files in Dropbox?", user="UTOMASZ", ts="2200.3")
    _pass_on(room, second, user="UTOMASZ", ts="2200.3")
    room.until(lambda: len(_to_compliance(room)) == 2)
    claim, _, close = _to_compliance(room)[0]["blocks"][-1]["elements"]
    _press(room, "UGRACE", "CCOMPLIANCE", close)
    room.until(lambda: len(room.made("views.open")) == 3)
    _submit(room, "UGRACE", room.made("views.open")[-1]["view"], "No.")
    _whispered(room, "cannot request changes")
    _press(room, "UMARA", "CCOMPLIANCE", claim)
    room.until(lambda: "looks after this" in json.dumps(_to_compliance(room)))
    _press(room, "UMARA", "CCOMPLIANCE", close)
    room.until(lambda: len(room.made("views.open")) == 4)
    _submit(room, "UMARA", room.made("views.open")[-1]["view"], "Ask your manager.")
    room.until(lambda: len(_in_thread(room, "2200.2")) == 2)
    assert "Mara Lindqvist of compliance closed this" in json.dumps(_in_thread(room, "2200.2")[1])
    for user in ("UMARA", "UGRACE"):
        room.event({"type": "app_home_opened", "user": user, "tab": "home", "channel": "D1"})
    room.until(lambda: {"UMARA", "UGRACE"} <= room.views.keys())
    for_review, own = (
        json.dumps(room.views[user], ensure_ascii=False) for user in ("UMARA", "UGRACE")
    )
    assert "Asked by several people" in for_review
    assert "2 people" in for_review
    assert "grace" not in for_review.split("Asked by several people")[1].split("Readiness")[0]
    assert '"image"' in for_review
    assert "waiting" in for_review
    assert "What you passed on to compliance" in own
    assert "Asked by several people" not in own
    assert "% ready" not in own


def test_a_draft_is_approved_by_somebody_else_and_only_as_it_stands(room, connect, own_service):
    """Whoever pressed the button of an older version looks at the newer one first."""
    item, steps = parse_item("policy/visitors"), review.workflow(own_service.copilot)
    mara = own_service.register.find("mara.lindqvist").principal()
    steps.save(item, Saved(text="# Visitors\n\nWe sign them in.", title="Visitors"), principal=mara)
    steps.submit(item, principal=mara)
    bot = connect(own_service)
    bot.look()
    asked = [one for one in room.made("chat.postMessage") if one["channel"] == "USIMON"]
    approve = next(one for one in asked if "policy/visitors" in json.dumps(one))["blocks"][-1]
    changed = Saved(text="# Visitors\n\nWe sign them in and out.", base=1)
    steps.save(item, changed, principal=mara)
    steps.submit(item, principal=mara)
    _press(room, "USIMON", "DUSIMON", approve["elements"][0])
    _whispered(room, "There is a newer version of policy/visitors: 2. Look at that one first.")
    bot.look()
    again = [one for one in room.made("chat.postMessage") if one["channel"] == "USIMON"]
    newer = next(one for one in reversed(again) if "policy/visitors" in json.dumps(one))
    _press(room, "USIMON", "DUSIMON", newer["blocks"][-1]["elements"][0])
    _whispered(room, "policy/visitors, version 2, is approved.")
    shown = review.library(own_service.copilot).show(item, principal=mara)
    assert (shown.item.state, shown.item.in_force) == (State.APPROVED, 2)


def test_a_digest_and_reminders_come_once_for_their_time(room, own_service, tmp_path):
    """Once a day and once a week, also after the database has forgotten, and whoever looks."""
    item, steps = parse_item("policy/keys"), review.workflow(own_service.copilot)
    mara = own_service.register.find("mara.lindqvist").principal()
    steps.save(item, Saved(text="# Keys\n\nThey are counted.", title="Keys"), principal=mara)
    steps.submit(item, principal=mara)

    everybody = [one for one in own_service.register.people() if one.active and one.email]
    for one in everybody:
        room.add_user(one.id, one.email, is_email_confirmed=True)

    def look():
        told = Told(own_service.replies, tmp_path)
        links = Links("https://copilot.example")
        made = Announcements(room.client(), own_service, told=told, links=links, digest=True)
        made.announce()

    def forget():
        own_service.replies._store.forget(before=review.now().replace(year=2100))

    forget()  # what other tests told in this workspace
    look()
    forget()
    look()
    sent = room.made("chat.postMessage")
    digests = [one for one in sent if "wait" in one["text"] and one["channel"] == "USIMON"]
    assert len(digests) == 1
    assert "Keys" in json.dumps(digests)
    due = [one["channel"] for one in sent if one["text"].startswith("Records of your controls")]
    assert due
    assert len(set(due)) == len(due)
