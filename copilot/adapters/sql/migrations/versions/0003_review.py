"""The event log, what is reviewed, and what was decided on mappings."""

import sqlalchemy as sa
from alembic import op

revision = "third"
down_revision = "second"
branch_labels = None
depends_on = None

_BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add the tables, empty."""
    op.create_table(
        "events",
        sa.Column("number", _BigId, autoincrement=False, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_events"),
    )
    op.create_table(
        "review_items",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("audience", sa.String(40), nullable=False),
        sa.Column("in_force", sa.Integer),
        sa.Column("published", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_items"),
    )
    op.create_table(
        "review_versions",
        sa.Column("item_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("base", sa.Integer),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", sa.Text),
        sa.PrimaryKeyConstraint("item_id", "number", name="pk_review_versions"),
        sa.ForeignKeyConstraint(
            ["item_id"], ["review_items.id"], name="fk_review_versions_item_id"
        ),
    )
    _said_about_versions("review_comments", sa.Column("text", sa.Text, nullable=False))
    _said_about_versions(
        "review_waivers",
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "mapping_decisions",
        sa.Column("id", _BigId, autoincrement=True, nullable=False),
        sa.Column("control", sa.Text, nullable=False),
        sa.Column("criterion", sa.String(8), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("instead", sa.String(8), nullable=False),
        sa.Column("confidence", sa.Float),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("control_hash", sa.String(64), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mapping_decisions"),
    )


def _said_about_versions(table: str, *said: sa.Column[str]) -> None:
    op.create_table(
        table,
        sa.Column("id", _BigId, autoincrement=True, nullable=False),
        sa.Column("item_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *said,
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["item_id"], ["review_items.id"], name=f"fk_{table}_item_id"),
    )
    op.create_index(f"ix_{table}_item_id", table, ["item_id"])
