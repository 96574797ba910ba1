"""The methods of Slack's Web API that the tests' own Slack has, and what each needs."""

from __future__ import annotations

SCOPES = {
    "assistant.threads.setStatus": ("chat:write", "assistant:write"),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "auth.test": (),
    "chat.appendStream": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.members": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "conversations.open": ("im:write",),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "respond": (),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
    "views.open": (),
    "views.publish": (),
    "views.update": (),
}
"""The scopes of which a method needs one, by Slack's reference of its methods."""

EVERY_SCOPE = frozenset(one for scopes in SCOPES.values() for one in scopes) | {
    "app_mentions:read",
    "channels:history",
    "commands",
    "groups:history",
    "im:history",
}

POSTS = {"chat.postMessage", "chat.postEphemeral", "chat.update", "chat.delete", "chat.startStream"}
"""Methods that say something in a channel, or change what was said."""

READ = {
    "chat.postMessage",
    "chat.update",
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
}
"""Methods after which somebody reads something."""
