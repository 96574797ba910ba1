"""The manifest keeps to Slack's published limits, and asks for what the code uses and nothing else."""

from __future__ import annotations

import re

import pytest
import yaml

from bots.slack_commands import COMMAND, SHORTCUT
from tests.conftest import ROOT

CODE = "\n".join(one.read_text() for one in sorted((ROOT / "bots").glob("*.py")))

NEEDED = {
    "app_mentions:read": "app_mention",
    "assistant:write": "assistant_threads_",
    "channels:history": "message_changed",
    "channels:read": "conversations_members",
    "chat:write": "chat_postMessage",
    "commands": "app.command",
    "files:write": "files_upload_v2",
    "groups:history": "message_changed",
    "groups:read": "conversations_members",
    "im:history": '"im"',
    "im:write": "chat_postMessage(channel=",
    "users:read": "users_info",
    "users:read.email": "users_lookupByEmail",
}
"""Scopes by Slack's documentation of what needs them."""


@pytest.fixture(scope="module")
def manifest():
    """Return the manifest."""
    return yaml.safe_load((ROOT / "bots" / "slack_manifest.yaml").read_text())


def test_names_and_descriptions_are_no_longer_than_slack_takes(manifest):
    """Slack refuses a manifest in which one is."""
    about, features = manifest["display_information"], manifest["features"]
    (command,), (shortcut,) = features["slash_commands"], features["shortcuts"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert re.fullmatch(r"#[0-9a-f]{6}", about["background_color"])
    assert len(features["bot_user"]["display_name"]) <= 80
    assert len(features["assistant_view"]["assistant_description"]) <= 300
    assert len(command["command"]) <= 32
    assert len(shortcut["name"]) <= 24
    assert len(shortcut["description"]) <= 150


def test_it_asks_for_the_scopes_that_the_code_uses_and_no_others(manifest):
    """A scope that nothing uses is one too many."""
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == set(NEEDED)
    assert [scope for scope, use in NEEDED.items() if use not in CODE] == []


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
