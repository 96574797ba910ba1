"""What filters ask for in tables and indexes of its own; the limits of refusals."""

import sqlalchemy as sa
from alembic import op

revision = "second"
down_revision = "first"
branch_labels = None
depends_on = None

_BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Add what is new and fill it from what is there."""
    labels = op.create_table(
        "labels",
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("source_id", _BigId, nullable=False),
        sa.PrimaryKeyConstraint("label", "source_id", name="pk_labels"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name="fk_labels_source_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_labels_source_id", "labels", ["source_id"])
    sources = sa.table("sources", sa.column("id", _BigId), sa.column("about", sa.JSON))
    rows = [
        {"label": label, "source_id": id_}
        for id_, about in op.get_bind().execute(sa.select(sources.c.id, sources.c.about)).all()
        for label in sorted({*about["criteria"], *about["controls"]})
    ]
    op.bulk_insert(labels, rows)
    op.add_column("sources", sa.Column("passages", sa.Integer, nullable=False, server_default="0"))
    op.execute(
        "UPDATE sources SET passages = "
        "(SELECT count(*) FROM passages WHERE passages.source_id = sources.id)"
    )
    op.create_index(
        "ix_sources_partition",
        "sources",
        ["partition", "audience", "kind", "period_start", "period_end", "passages"],
    )
    for name, columns in (
        ("ix_passages_source_id", ["source_id", "text_hash"]),
        ("ix_passages_text_hash", ["text_hash", "source_id"]),
    ):
        op.drop_index(name, "passages")
        op.create_index(name, "passages", columns)
    op.add_column("refusals", sa.Column("limits", sa.Text, nullable=False, server_default=""))
    # Refused for a limit by a version that did not note which: worth another try.
    refusals = sa.table("refusals", sa.column("limits", sa.Text), sa.column("reason", sa.Text))
    starts = ("reading it took more than", "reading it crashed", "it has ")
    over = sa.or_(*(refusals.c.reason.startswith(start) for start in starts))
    op.execute(refusals.update().where(over).values(limits="unknown"))
