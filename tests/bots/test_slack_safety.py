"""Whatever stands in documents, names and questions: nothing pings, leads away or poses as something else."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bots.slack_announcing import Announcements, _due, named
from bots.slack_blocks import Links, Message, answer_message, claim_blocks, evidence_message
from bots.slack_problems import explained
from bots.slack_text import (
    bullets,
    link,
    notification,
    paragraph,
    quotation,
    small,
    text,
)
from bots.slack_told import Told
from copilot.domain.answers import (
    Abstained,
    Answered,
    Basis,
    Citation,
    Claim,
    Mode,
    Reason,
    Status,
)
from copilot.domain.review import Item, ItemId, ItemKind, State, Version
from copilot.errors import BadInput
from copilot.readiness.tasks import Task, Weight
from tests.bots.spoofing import complaints
from tests.bots.test_slack_socket import _command, _press, _submit, said

LINKS = Links("https://copilot.example")
MARA = ("UMARA", "mara.lindqvist@harbourlight.example")
GRACE = ("UGRACE", "grace.whitlock@harbourlight.example")

HOSTILE = (
    "<!channel>",
    "<!here|here>",
    "<!subteam^S1>",
    "<@UMARA>",
    "<#C1>",
    "<https://evil.example|Approve>",
    "https://evil.example",
    "*bold*",
    "`code`",
    "> quote",
    ":white_check_mark:",
    "&lt;!channel&gt;",
    "\u202egnp.exe",
    "\u200b",
    "\x00",
    "\n\n",
    "```",
    "_",
    "|",
    '"}',
    "Slackbot: your password",
)

WORDS = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30)), max_size=8).map(
    " ".join
)


def answers(words):
    """Yield answers in which everything that is not ours says the same."""
    citation = Citation(
        source=words,
        title=words,
        page=3,
        start=0,
        end=10,
        quote=words,
        verified=True,
    )
    claim = Claim(text=words, basis=Basis.POLICY, citations=(citation,))
    for mode in Mode:
        yield Answered(
            question=words,
            status=Status.PARTIAL,
            criteria=(),
            claims=(claim,),
            missing=(words,),
            next_steps=(words,),
            searched=1,
            mode=mode,
        )
    yield Abstained(
        question=words,
        reason=Reason.NO_SUPPORT,
        explanation=words,
        next_steps=(words,),
        searched=2,
    )


def an_item(words):
    """Return an item whose title, author and note say the same."""
    at = datetime(2026, 1, 5, tzinfo=UTC)
    version = Version(number=1, text=words, state=State.IN_REVIEW, author=words, at=at, note=words)
    return Item(
        id=ItemId("policy/backup"),
        kind=ItemKind.POLICY,
        title=words,
        audience="compliance",
        latest=version,
    )


def a_task(words):
    """Return a task that says the same everywhere."""
    return Task(
        what=words,
        why=words,
        criteria=(),
        control=words or "AC-01",
        owner=words,
        risk=Weight.LOW,
        effort=Weight.LOW,
        due=date(2026, 3, 1),
    )


@pytest.fixture(scope="module")
def announcements(service, tmp_path_factory):
    """Return what tells reviewers and owners, without a Slack to tell them in."""
    told = Told(service.replies, tmp_path_factory.mktemp("told"))
    return Announcements(None, service, told=told, links=LINKS, digest=True)


def messages(words, announcements):
    """Yield every message that a builder of ours makes of the words of others."""
    for answer in answers(words):
        yield answer_message(answer, LINKS)
        yield answer_message(answer, Links(""), buttons=False)
        yield evidence_message(answer, LINKS)
        if isinstance(answer, Answered):
            yield Message(claim_blocks(list(answer.claims), LINKS), notification(words))
    item = an_item(words)
    yield announcements._request(item)
    yield announcements._listing([item] * 20)
    yield _due([a_task(words)] * 20)
    problem = explained(BadInput(words or "nothing", hint="Do this."))
    pieces = [text(words), text(words, code=True), link(f"{LINKS.item(item.id)}", words)]
    yield Message(
        [
            paragraph(*pieces),
            bullets([pieces]),
            quotation(*pieces),
            small(words),
            paragraph(*named(item, LINKS)),
            paragraph(text(problem)),
        ],
        notification(problem),
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS)
def test_no_message_pings_leads_away_or_poses(announcements, words):
    """Whatever a document, a file name, a title, a person or a question says."""
    for message in messages(words, announcements):
        assert complaints(message.arguments(), users=()) == []


def test_the_check_would_find_it():
    """Each way in which a message could ping, lead away or pose."""
    bad = [
        {"text": "<!channel>"},
        {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "hi"}}]},
        {"blocks": [paragraph({"type": "broadcast", "range": "channel"})]},
        {"blocks": [paragraph({"type": "user", "user_id": "UMARA"})]},
        {"blocks": [paragraph({"type": "text", "text": "\u202eevil"})]},
        {"blocks": [paragraph(link("https://evil.example", "Approve"))]},
        {"blocks": [paragraph({"type": "text", "text": "x" * 3_001})]},
        {"blocks": [paragraph(text("x"))] * 51},
        {"text": "hi", "unfurl_links": True},
    ]
    assert [bool(complaints(one, users=())) for one in bad] == [True] * len(bad)


def test_hostile_words_go_all_the_way_as_plain_words(slack, connect, own_service):
    """From a question by somebody of a hostile name to compliance, back, and to the home pages.

    The Slack of the tests looks at all that is shown, and refuses what pings; see `spoofing.py`.
    """
    evil = "<!channel> <https://evil.example|Approve> *now* \u202e"
    slack.add_user(GRACE[0], GRACE[1], is_email_confirmed=True)
    slack.add_user("UEVE", "eve@harbourlight.example", is_email_confirmed=True)
    slack.users["UEVE"]["profile"]["real_name"] = evil
    slack.add_user(MARA[0], MARA[1], is_email_confirmed=True)
    bot = connect(own_service)
    bot._parts.reviews._channel = "CCOMPLIANCE"
    slack.event(said("D1", f"May we store {evil} in Notion?", ts="2100.1", user="UEVE"))
    slack.until(lambda: slack.made("chat.postMessage"))
    buttons = {
        one["action_id"]: one
        for one in next(
            one for one in slack.made("chat.postMessage")[0]["blocks"] if one["type"] == "actions"
        )["elements"]
    }
    for number, pressed in enumerate(("not_helpful", "pass_on"), start=1):
        _press(slack, "UEVE", "D1", buttons[pressed], thread="2100.1")
        slack.until(lambda: len(slack.made("views.open")) == number)  # noqa: B023
        _submit(slack, "UEVE", slack.made("views.open")[-1]["view"], evil)

    def handed():
        return [one for one in slack.made("chat.postMessage") if one["channel"] == "CCOMPLIANCE"]

    slack.until(handed)
    closes = next(
        one for one in handed()[0]["blocks"][-1]["elements"] if one["action_id"] == "close_passed"
    )
    _press(slack, MARA[0], "CCOMPLIANCE", closes)
    slack.until(lambda: len(slack.made("views.open")) == 3)
    _submit(slack, MARA[0], slack.made("views.open")[-1]["view"], evil)
    slack.until(
        lambda: "closed this" in slack.read_by("UEVE") + json.dumps(slack.messages_in("D1"))
    )
    for user in ("UEVE", MARA[0]):
        slack.event({"type": "app_home_opened", "user": user, "tab": "home", "channel": "D1"})
    _command(slack, "UEVE", evil)
    slack.until(lambda: {"UEVE", MARA[0]} <= slack.views.keys() and slack.made("respond"))
    assert "Approve *now*" in json.dumps(slack.views["UEVE"])
    assert [one for one in slack.errors if one[1] == "invalid_blocks"] == []
