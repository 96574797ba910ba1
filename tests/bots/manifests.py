"""What Slack takes as the manifest of an app, by its published reference and schema of manifests."""

from __future__ import annotations

import re

TEXT, FLAG, LIST = str, bool, list

RULES = {
    "display_information.name": (TEXT, 1, 35),
    "display_information.description": (TEXT, 1, 140),
    "display_information.long_description": (TEXT, 175, 4000),
    "display_information.background_color": (TEXT, 4, 7),
    "features.app_home.home_tab_enabled": (FLAG, 0, 0),
    "features.app_home.messages_tab_enabled": (FLAG, 0, 0),
    "features.app_home.messages_tab_read_only_enabled": (FLAG, 0, 0),
    "features.bot_user.display_name": (TEXT, 1, 80),
    "features.bot_user.always_online": (FLAG, 0, 0),
    "features.assistant_view.assistant_description": (TEXT, 1, 300),
    "features.shortcuts": (LIST, 1, 10),
    "features.shortcuts[].name": (TEXT, 1, 24),
    "features.shortcuts[].type": (TEXT, 1, 7),
    "features.shortcuts[].callback_id": (TEXT, 1, 255),
    "features.shortcuts[].description": (TEXT, 1, 150),
    "features.slash_commands": (LIST, 1, 50),
    "features.slash_commands[].command": (TEXT, 2, 32),
    "features.slash_commands[].url": (TEXT, 8, 3000),
    "features.slash_commands[].description": (TEXT, 1, 2000),
    "features.slash_commands[].usage_hint": (TEXT, 1, 1000),
    "features.slash_commands[].should_escape": (FLAG, 0, 0),
    "oauth_config.scopes.bot": (LIST, 0, 255),
    "oauth_config.scopes.bot[]": (TEXT, 1, 50),
    "settings.event_subscriptions.bot_events": (LIST, 0, 100),
    "settings.event_subscriptions.bot_events[]": (TEXT, 1, 50),
    "settings.event_subscriptions.request_url": (TEXT, 8, 3500),
    "settings.interactivity.is_enabled": (FLAG, 0, 0),
    "settings.interactivity.request_url": (TEXT, 8, 3500),
    "settings.org_deploy_enabled": (FLAG, 0, 0),
    "settings.socket_mode_enabled": (FLAG, 0, 0),
    "settings.token_rotation_enabled": (FLAG, 0, 0),
}
"""What may stand in it: of which type, and how long at least and at most."""

NEEDED = (
    "display_information.name",
    "features.bot_user.display_name",
    "features.assistant_view.assistant_description",
    "features.shortcuts[].name",
    "features.shortcuts[].type",
    "features.shortcuts[].callback_id",
    "features.shortcuts[].description",
    "features.slash_commands[].command",
    "features.slash_commands[].description",
)
"""What cannot be left out of what it stands in."""

SCOPES = {
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "reactions:read",
    "team:read",
    "users:read",
    "users:read.email",
}
"""Scopes of a bot that Slack knows, as far as an app like this one could have use for them."""

EVENTS = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "assistant_thread_context_changed": "assistant:write",
    "assistant_thread_started": "assistant:write",
    "member_joined_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "tokens_revoked": None,
    "user_change": "users:read",
}
"""Events that Slack delivers to a bot, each with the scope that it needs."""


def complaints(manifest):
    """Return what Slack finds wrong with a manifest; nothing if it takes it."""
    found = list(_wrong(manifest, ""))
    scopes = set(manifest["oauth_config"]["scopes"]["bot"])
    settings, features = manifest["settings"], manifest["features"]
    events = settings["event_subscriptions"]["bot_events"]
    found += [f"scope {one} is unknown" for one in sorted(scopes - SCOPES)]
    found += [f"event {one} is unknown" for one in events if one not in EVENTS]
    found += [
        f"event {one} needs {EVENTS[one]}"
        for one in events
        if EVENTS.get(one) and EVENTS[one] not in scopes
    ]
    if len(set(events)) != len(events) or len(scopes) != len(
        manifest["oauth_config"]["scopes"]["bot"]
    ):
        found.append("something stands there twice")
    socket = settings.get("socket_mode_enabled")
    if not socket and not settings["event_subscriptions"].get("request_url"):
        found.append("events have no address, and Socket Mode is off")
    if (features.get("slash_commands") or features.get("shortcuts")) and "commands" not in scopes:
        found.append("commands need commands")
    if features.get("shortcuts") and not settings.get("interactivity", {}).get("is_enabled"):
        found.append("shortcuts need interactivity")
    if features.get("assistant_view") and "assistant:write" not in scopes:
        found.append("the assistant's pane needs assistant:write")
    return found


def _wrong(value, path):
    if path in RULES:
        yield from _against(path, value)
    if isinstance(value, dict):
        for needed in NEEDED:
            inside, _, name = needed.rpartition(".")
            if inside == path and name not in value:
                yield f"{needed} is missing"
        for name, one in value.items():
            yield from _wrong(one, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for one in value:
            yield from _wrong(one, f"{path}[]")
    elif path not in RULES:
        yield f"{path} is unknown"


def _against(path, value):
    kind, least, most = RULES[path]
    if not isinstance(value, kind):
        yield f"{path} is no {kind.__name__}"
        return
    if kind is not FLAG and not least <= len(value) <= most:
        yield f"{path} has {len(value)}, not {least} to {most}"
    if path.endswith("background_color") and not re.fullmatch("#[0-9a-fA-F]{6}", value):
        yield f"{path} is no colour"
    if path.endswith("[].type") and value not in {"message", "global"}:
        yield f"{path} is no kind of shortcut"
