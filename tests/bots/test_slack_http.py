"""Slack's requests over HTTP: signed as Slack signs them, or refused."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from functools import partial
from urllib.parse import urlencode

import httpx
import pytest

from bots.slack_http import PATH, routes
from tests.bots.slack import BOT
from tests.service.conftest import Served

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
GRACE = ("UGRACE", "grace.whitlock@harbourlight.example")

post = partial(httpx.post, timeout=60)  # how busy the machine is decides nothing


@pytest.fixture
def served(slack, own_service, monkeypatch):
    """Return a service that Slack can call."""
    slack.add_user(GRACE[0], GRACE[1], is_email_confirmed=True)
    slack.channels["C1"] = [GRACE[0], BOT]
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-test")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", SECRET)
    monkeypatch.setenv("SLACK_API_URL", slack.url)
    running = Served(own_service.workspace.root)
    made = routes(running.service, url="https://copilot.example")
    running.app.include_router(made.router())
    running.start()
    yield running
    made.close()
    running.stop()


def signed(body, *, at=None, secret=SECRET):
    stamp = str(int(at if at is not None else time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256)
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
        "Content-Type": "application/json",
    }


def mention(event_id="Ev1"):
    event = {
        "type": "app_mention",
        "channel": "C1",
        "user": GRACE[0],
        "text": f"<@{BOT}> How do I prove that we review access?",
        "ts": "1800.1",
    }
    return json.dumps(
        {"type": "event_callback", "team_id": "T0TEAM", "event_id": event_id, "event": event}
    )


def test_a_signed_event_is_answered_and_everything_else_is_refused(served, slack):
    """A wrong signature, an old one, one that came before: 401, and nobody is answered."""
    url = served.url + PATH
    body = mention()
    wrong = post(url, content=body, headers=signed(body, secret="another"))
    old = post(url, content=body, headers=signed(body, at=time.time() - 600))
    unsigned = post(url, content=body)
    early = post(url, content=body, headers=signed(body, at=time.time() + 600))
    changed = post(url, content=mention("Ev2"), headers=signed(body))
    odd = [
        post(url, content=body, headers=signed(body) | {name: value})
        for name, value in (
            ("X-Slack-Request-Timestamp", "soon"),
            ("X-Slack-Request-Timestamp", "-1"),
            ("X-Slack-Signature", ""),
            ("X-Slack-Signature", "v1=" + "0" * 64),
        )
    ]
    refused = (wrong, old, early, unsigned, changed, *odd)
    assert [one.status_code for one in refused] == [401] * len(refused)
    headers = signed(body)
    first = post(url, content=body, headers=headers)
    again = post(url, content=body, headers=headers)
    assert (first.status_code, again.status_code) == (200, 401)
    slack.until(lambda: slack.made("chat.postMessage"))
    assert len(slack.made("chat.postMessage")) == 1


def test_a_command_and_a_button_come_the_same_way(served, slack):
    """As forms, which are signed as well; a button that came before is refused like everything else."""
    typed = {
        "command": "/soc2",
        "text": "help",
        "user_id": GRACE[0],
        "channel_id": "C1",
        "team_id": "T0TEAM",
        "response_url": f"{slack.url}respond",
    }
    pressed = {
        "type": "block_actions",
        "user": {"id": GRACE[0], "team_id": "T0TEAM"},
        "channel": {"id": "C1"},
        "message": {"ts": "1.0"},
        "actions": [{"action_id": "not_helpful", "value": '{"q": "Who?"}', "type": "button"}],
        "trigger_id": "t",
    }
    for form in (typed, {"payload": json.dumps(pressed)}):
        body = urlencode(form)
        headers = signed(body) | {"Content-Type": "application/x-www-form-urlencoded"}
        first = post(served.url + PATH, content=body, headers=headers)
        again = post(served.url + PATH, content=body, headers=headers)
        assert (first.status_code, again.status_code) == (200, 401)
    slack.until(lambda: slack.made("respond") and slack.made("views.open"))
    assert "draft policy KIND" in json.dumps(slack.made("respond"))


def test_slack_is_told_that_the_address_is_ours(served):
    """As it asks when the address is entered."""
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"})
    answer = post(served.url + PATH, content=body, headers=signed(body))
    assert (answer.status_code, "abc" in answer.text) == (200, True)
