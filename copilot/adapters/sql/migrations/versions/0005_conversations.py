"""Conversations: what was asked, and which messages answer it."""

import sqlalchemy as sa
from alembic import op

revision = "fifth"
down_revision = "fourth"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, empty."""
    op.create_table(
        "conversations",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("sent", sa.Float, nullable=False),
        sa.Column("edition", sa.Float, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("channel", "message", name="pk_conversations"),
    )
    op.create_index("ix_conversations_thread", "conversations", ["thread", "channel", "sent"])
    op.create_index("ix_conversations_at", "conversations", ["at"])
