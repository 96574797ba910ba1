"""The manifest is one that Slack takes, and the guide leads from it to the first answer."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading

import pytest
import yaml

from bots.slack import SlackBot, Tokens, tokens_from
from bots.slack_commands import COMMAND, SHORTCUT
from bots.slack_scopes import ESSENTIAL, OTHERS, check
from copilot.errors import BadInput, CannotConnect
from tests.bots.manifests import complaints
from tests.bots.slack import APP_TOKEN, BOT, TOKEN
from tests.conftest import ROOT

CODE = "\n".join(one.read_text() for one in sorted((ROOT / "bots").glob("*.py")))
GUIDE = (ROOT / "docs" / "slack.md").read_text()
GRACE = ("UGRACE", "grace.whitlock@harbourlight.example")


@pytest.fixture(scope="module")
def manifest():
    """Return the manifest."""
    return yaml.safe_load((ROOT / "bots" / "slack_manifest.yaml").read_text())


def test_slack_takes_the_manifest(manifest):
    """By its published rules: names, lengths, scopes and events that it knows."""
    assert complaints(manifest) == []


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("display_information.name", "n" * 36, "not 1 to 35"),
        ("display_information.description", "n" * 141, "not 1 to 140"),
        ("features.bot_user.display_name", None, "is missing"),
        ("settings.socket_mode_enabled", "yes", "is no bool"),
        ("settings.socket_mode_enabled", False, "no address"),
        ("settings.interactivity.is_enabled", False, "need interactivity"),
        ("settings.surprise", True, "is unknown"),
        ("oauth_config.scopes.bot", ["chat:write"], "needs app_mentions:read"),
        ("oauth_config.scopes.bot", ["chat:shout"], "scope chat:shout is unknown"),
    ],
)
def test_what_slack_would_refuse_is_found(manifest, path, value, said):
    """So that the test above says something."""
    changed = copy.deepcopy(manifest)
    *way, last = path.split(".")
    place = changed
    for one in way:
        place = place[one]
    if value is None:
        del place[last]
    else:
        place[last] = value
    assert any(said in one for one in complaints(changed))


def test_it_asks_for_the_scopes_that_the_code_knows_and_no_others(manifest):
    """Each with what does not work without it."""
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == {*ESSENTIAL, *OTHERS}


def test_every_event_that_is_listened_to_is_delivered(manifest):
    """And none is delivered that nobody listens to."""
    delivered = {
        one.partition(".")[0] for one in manifest["settings"]["event_subscriptions"]["bot_events"]
    }
    assert delivered == set(re.findall(r'app\.event\("(\w+)"\)', CODE))


def test_the_command_and_the_shortcut_are_those_of_the_code(manifest):
    """By the names that Slack sends."""
    features = manifest["features"]
    assert features["slash_commands"][0]["command"] == COMMAND
    assert features["shortcuts"][0]["callback_id"] == SHORTCUT


def test_the_guide_leads_to_the_first_answer(slack, manifest, sample_folder, tmp_path):
    """Step by step: install with the scopes of the manifest, name the tokens, start, ask."""
    slack.install(manifest)
    slack.add_user(GRACE[0], GRACE[1], is_email_confirmed=True)
    (block,) = [one for one in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) if "export" in one]
    named = re.findall(r"export (\w+)=(xoxb|xapp)-", block)
    given = {"xoxb": TOKEN, "xapp": APP_TOKEN}
    folder = shutil.copytree(sample_folder, tmp_path / "harbourlight")
    settings = folder / "copilot.toml"
    settings.write_text(f"askers = 1\n{settings.read_text()}")
    command = block.strip().splitlines()[-1].split()
    assert command == ["copilot", "slack"]
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "SLACK_API_URL": slack.url}
        | {name: given[kind] for name, kind in named},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    ends = threading.Timer(120, process.kill)
    ends.start()
    try:
        assert re.search(r"`(Answering in Slack) …`", GUIDE)[1] in process.stdout.readline()
        asked = re.search(r"write to the app: \*(.+?)\*", GUIDE)[1]
        slack.event(
            {
                "type": "message",
                "channel": "D1",
                "channel_type": "im",
                "user": GRACE[0],
                "text": asked,
                "ts": "1900.1",
            }
        )
        slack.until(lambda: slack.made("chat.postMessage"), 60)
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        ends.cancel()
    (posted,) = slack.made("chat.postMessage")
    assert "for human review" in json.dumps(posted["blocks"])
    assert (process.returncode, errors) == (0, "")


def test_no_call_needs_a_scope_that_the_manifest_lacks(slack, manifest, connect, own_service):
    """A channel, a direct message, the pane and the home page of a reviewer: nothing is refused."""
    slack.install(manifest)
    slack.add_user("UMARA", "mara.lindqvist@harbourlight.example", is_email_confirmed=True)
    slack.channels["C1"] = ["UMARA", BOT]
    bot = connect(own_service)
    said = {"user": "UMARA", "text": f"<@{BOT}> How do I prove that we review access?"}
    slack.event({**said, "type": "app_mention", "channel": "C1", "ts": "1901.1"})
    direct = {**said, "type": "message", "channel": "D1", "channel_type": "im"}
    slack.event({**direct, "ts": "1901.3", "thread_ts": "1901.2"})
    thread = {"channel_id": "D1", "thread_ts": "1901.2", "user_id": "UMARA", "context": {}}
    slack.event({"type": "assistant_thread_started", "assistant_thread": thread})
    slack.event({"type": "app_home_opened", "user": "UMARA", "tab": "home", "channel": "D1"})
    bot.look()
    slack.until(lambda: len(slack.made("chat.postMessage")) >= 2)
    slack.until(lambda: slack.made("views.publish"))
    slack.until(lambda: slack.made("assistant.threads.setSuggestedPrompts"))
    assert {"conversations.members", "users.info", "assistant.threads.setStatus"} <= {
        method for method, _ in slack.calls
    }
    assert [error for _, error in slack.errors if error == "missing_scope"] == []
    assert '"image"' in json.dumps(slack.views["UMARA"])


@pytest.mark.parametrize("lacking", sorted(ESSENTIAL))
def test_without_an_essential_scope_nothing_is_begun(slack, own_service, lacking):
    """The scope is named, and what to do."""
    slack.scopes.discard(lacking)
    with pytest.raises(BadInput, match=re.escape(lacking)) as refused:
        SlackBot(own_service, Tokens(bot=TOKEN), api=slack.url)
    assert "install the app in the workspace again" in refused.value.hint


def test_without_another_scope_it_says_what_does_not_work():
    """And works."""
    assert check({*ESSENTIAL, *OTHERS}) == ""
    said = check({*ESSENTIAL, *OTHERS} - {"channels:read", "files:write"})
    assert "channels:read (answers in channels are private), files:write" in said


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "SLACK_BOT_TOKEN is missing"),
        ({"SLACK_BOT_TOKEN": "xoxp-secret"}, "SLACK_BOT_TOKEN is no bot token"),
        ({"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": "secret"}, "no app-level token"),
    ],
)
def test_a_token_that_is_missing_or_of_another_kind_is_named(environment, said):
    """And where it stands in Slack; its value is not said."""
    with pytest.raises(BadInput, match=said) as refused:
        tokens_from(environment)
    assert "of the app" in refused.value.hint
    assert "secret" not in f"{refused.value} {refused.value.hint}"


def test_a_token_that_slack_does_not_know_is_refused(slack, own_service):
    """At the start, for the app and for its socket, and a Slack that does not answer is said to be that."""
    slack.tokens.discard(APP_TOKEN)
    bot = SlackBot(own_service, Tokens(bot=TOKEN, app=APP_TOKEN), api=slack.url)
    with pytest.raises(BadInput, match="refuses SLACK_APP_TOKEN: token_revoked"):
        bot.listen()
    with pytest.raises(BadInput, match="SLACK_APP_TOKEN is missing"):
        SlackBot(own_service, Tokens(bot=TOKEN), api=slack.url).listen()
    with pytest.raises(BadInput, match="refuses SLACK_BOT_TOKEN: invalid_auth"):
        SlackBot(own_service, Tokens(bot="xoxb-other"), api=slack.url)
    slack.failing["auth.test"] = "internal_error"
    with pytest.raises(CannotConnect, match="internal_error"):
        SlackBot(own_service, Tokens(bot=TOKEN), api=slack.url)
