"""Sources, passages, vectors, change log, refusals."""

import sqlalchemy as sa
from alembic import op

revision = "first"
down_revision = None
branch_labels = None
depends_on = None

_BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Build the tables."""
    op.create_table(
        "sources",
        sa.Column("id", _BigId, autoincrement=True, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("partition", sa.String(48), nullable=False),
        sa.Column("about", sa.JSON, nullable=False),
        sa.Column("period_start", sa.Date),
        sa.Column("period_end", sa.Date),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("about_hash", sa.String(64), nullable=False),
        sa.Column("stale", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
        sa.UniqueConstraint("path", name="uq_sources_path"),
    )
    op.create_table(
        "passages",
        sa.Column("id", _BigId, autoincrement=True, nullable=False),
        sa.Column("source_id", _BigId, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("page", sa.Integer),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("heading", sa.JSON, nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("text_hash", sa.LargeBinary(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_passages"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name="fk_passages_source_id", ondelete="CASCADE"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_passages_source_id", "passages", ["source_id"])
    op.create_index("ix_passages_text_hash", "passages", ["text_hash"])
    op.create_table(
        "vectors",
        sa.Column("text_hash", sa.LargeBinary(16), nullable=False),
        sa.Column("encoder", sa.String(200), nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("text_hash", "encoder", name="pk_vectors"),
    )
    op.create_table(
        "changes",
        sa.Column("seq", _BigId, autoincrement=True, nullable=False),
        sa.Column("passage_id", _BigId, nullable=False),
        sa.Column("partition", sa.String(48), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(16), nullable=False),
        sa.Column("added", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_changes"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "refusals",
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("mtime_ns", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_refusals"),
    )
