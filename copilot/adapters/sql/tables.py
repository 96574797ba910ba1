"""The tables of the truth. SQLite by default, PostgreSQL by URL; the schema is the same.

Alembic's revisions in `migrations/` build exactly this; a test compares the two.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

REVISION: Final = "fifth"
"""The newest revision; a database at this one needs no migration, and Alembic is not imported."""

metadata: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts up INTEGER only

sources: Final = sa.Table(
    "sources",
    metadata,
    sa.Column("id", _BigId, primary_key=True, autoincrement=True),
    sa.Column("path", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("audience", sa.String(40), nullable=False),
    sa.Column("partition", sa.String(48), nullable=False),  # follows from kind and audience
    sa.Column("about", sa.JSON, nullable=False),  # the rest of the metadata
    sa.Column("period_start", sa.Date),
    sa.Column("period_end", sa.Date),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("mtime_ns", sa.BigInteger, nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("about_hash", sa.String(64), nullable=False),
    sa.Column("stale", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("notes", sa.JSON, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("passages", sa.Integer, nullable=False, server_default="0"),  # how many it has
    # All that most filters ask of a source, so that none of the large rows is read for them.
    sa.Index(
        "ix_sources_partition",
        "partition",
        "audience",
        "kind",
        "period_start",
        "period_end",
        "passages",
    ),
)

labels: Final = sa.Table(
    "labels",
    metadata,
    sa.Column("label", sa.Text, primary_key=True),  # the id of a criterion or a control
    sa.Column(
        "source_id",
        _BigId,
        sa.ForeignKey("sources.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
)

passages: Final = sa.Table(
    "passages",
    metadata,
    sa.Column("id", _BigId, primary_key=True, autoincrement=True),
    sa.Column(
        "source_id",
        _BigId,
        sa.ForeignKey("sources.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("page", sa.Integer),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("heading", sa.JSON, nullable=False),
    sa.Column("context", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("text_hash", sa.LargeBinary(16), nullable=False),
    # Each with the other's column, so that a search reads no row of a passage it does not show.
    sa.Index("ix_passages_source_id", "source_id", "text_hash"),
    sa.Index("ix_passages_text_hash", "text_hash", "source_id"),
    # A passage id is never given to another passage: indexes know passages by it.
    sqlite_autoincrement=True,
)

vectors: Final = sa.Table(
    "vectors",
    metadata,
    sa.Column("text_hash", sa.LargeBinary(16), primary_key=True),
    sa.Column("encoder", sa.String(200), primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
)

changes: Final = sa.Table(
    "changes",
    metadata,
    sa.Column("seq", _BigId, primary_key=True, autoincrement=True),
    sa.Column("passage_id", _BigId, nullable=False),
    sa.Column("partition", sa.String(48), nullable=False),
    sa.Column("text_hash", sa.LargeBinary(16), nullable=False),
    sa.Column("added", sa.Boolean, nullable=False),
    sqlite_autoincrement=True,
)

refusals: Final = sa.Table(
    "refusals",
    metadata,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("mtime_ns", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("hint", sa.Text, nullable=False),
    sa.Column("limits", sa.Text, nullable=False, server_default=""),
)

events: Final = sa.Table(
    "events",
    metadata,
    sa.Column("number", _BigId, primary_key=True, autoincrement=False),
    # Written out: what is hashed must be read back as it was, whatever the database rounds.
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("version", sa.Integer),
    sa.Column("detail", sa.Text, nullable=False),  # JSON
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

review_items: Final = sa.Table(
    "review_items",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("audience", sa.String(40), nullable=False),
    sa.Column("in_force", sa.Integer),
    sa.Column("published", sa.String(64), nullable=False),  # hash of the file that we wrote
)

review_versions: Final = sa.Table(
    "review_versions",
    metadata,
    sa.Column("item_id", sa.Text, sa.ForeignKey("review_items.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("base", sa.Integer),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("decided_at", sa.Text),
)

review_comments: Final = sa.Table(
    "review_comments",
    metadata,
    sa.Column("id", _BigId, primary_key=True, autoincrement=True),
    sa.Column("item_id", sa.Text, sa.ForeignKey("review_items.id"), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)

review_waivers: Final = sa.Table(
    "review_waivers",
    metadata,
    sa.Column("id", _BigId, primary_key=True, autoincrement=True),
    sa.Column("item_id", sa.Text, sa.ForeignKey("review_items.id"), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("mark", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

mapping_decisions: Final = sa.Table(
    "mapping_decisions",
    metadata,
    sa.Column("id", _BigId, primary_key=True, autoincrement=True),
    sa.Column("control", sa.Text, nullable=False),
    sa.Column("criterion", sa.String(8), nullable=False),
    sa.Column("verdict", sa.String(16), nullable=False),
    sa.Column("instead", sa.String(8), nullable=False),
    sa.Column("confidence", sa.Float),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("control_hash", sa.String(64), nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

people: Final = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False, index=True),  # in lower case; empty if unknown
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("audiences", sa.JSON, nullable=False),
    sa.Column("origin", sa.String(16), nullable=False),  # who says so: the page, a sign-in
    sa.Column("subject", sa.Text, nullable=False),  # issuer and subject of a sign-in; else empty
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("changed_at", sa.Text, nullable=False),
)

tokens: Final = sa.Table(
    "tokens",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
    sa.Column("used_at", sa.Text),
    sa.Column("revoked_at", sa.Text),
)

sessions: Final = sa.Table(
    "sessions",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("person", sa.Text, nullable=False, index=True),
    sa.Column("via", sa.String(16), nullable=False),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("seen_at", sa.Text, nullable=False),
    sa.Column("expires_at", sa.Text, nullable=False),
)

jobs: Final = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("arguments", sa.JSON, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("doing", sa.Text, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("result", sa.JSON),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("hint", sa.Text, nullable=False),
    sa.Column("runner", sa.String(32), nullable=False),  # the process that is at it; else empty
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("started_at", sa.Text),
    sa.Column("seen_at", sa.Text),  # when its runner was last heard of
    sa.Column("finished_at", sa.Text),
)

replies: Final = sa.Table(
    "replies",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("request", sa.String(64), nullable=False),  # hash of method, path and body
    sa.Column("status", sa.Integer),  # nothing while the request is at work
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

requests: Final = sa.Table(
    "requests",
    metadata,
    sa.Column("id", _BigId, primary_key=True, autoincrement=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("criterion", sa.String(8), nullable=False),  # empty if it is about none
    sa.Column("due", sa.Date),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

provided: Final = sa.Table(
    "provided",
    metadata,
    sa.Column("id", _BigId, primary_key=True, autoincrement=True),
    sa.Column("request_id", _BigId, sa.ForeignKey("requests.id"), nullable=False, index=True),
    sa.Column("what", sa.Text, nullable=False),  # the path of a source, or the id of an item
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

feedback: Final = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", _BigId, primary_key=True, autoincrement=True),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("helpful", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

conversations: Final = sa.Table(
    "conversations",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("message", sa.Text, primary_key=True),
    sa.Column("thread", sa.Text, nullable=False),  # the message that the conversation began with
    sa.Column("sent", sa.Float, nullable=False),
    sa.Column("edition", sa.Float, nullable=False),
    sa.Column("text", sa.Text, nullable=False),  # empty where it is not kept
    sa.Column("answers", sa.JSON, nullable=False),  # for each channel the message that answers
    sa.Column("gone", sa.Boolean, nullable=False),  # its author deleted it
    sa.Column("at", sa.Text, nullable=False, index=True),
    sa.Index("ix_conversations_thread", "thread", "channel", "sent"),
)
