"""Networks are edited at the desk: their version, who keeps an entry, and when it was last checked."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("networks") as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("owner_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("verified_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("verified_by", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_networks_owner_id"), ["owner_id"])
        batch_op.create_foreign_key(batch_op.f("fk_networks_owner_id_people"), "people", ["owner_id"], ["id"])


def downgrade():
    with op.batch_alter_table("networks") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_networks_owner_id_people"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_networks_owner_id"))
        for column in ("verified_by", "verified_on", "owner_id", "changed_at", "version"):
            batch_op.drop_column(column)
