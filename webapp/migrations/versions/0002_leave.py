"""Leave with cover, with whom an enquiry is, and a network's mailbox and languages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# Who answered until now, without leave: whoever took it, else the liaison, else the deputy; an account may be closed.
_ANSWERER = """
UPDATE enquiries SET answerer_id = (
    SELECT coalesce(assignee.id, liaison.id, deputy.id)
    FROM enquiries AS own
    LEFT JOIN networks ON networks.id = own.network_id
    LEFT JOIN people AS assignee ON assignee.id = own.assignee_id AND assignee.active
    LEFT JOIN people AS liaison ON liaison.id = networks.liaison_id AND liaison.active
    LEFT JOIN people AS deputy ON deputy.id = networks.deputy_id AND deputy.active
    WHERE own.id = enquiries.id
)
"""


def upgrade():
    op.create_table(
        "leaves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=True),
        sa.Column("cover_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cover_id"], ["people.id"], name=op.f("fk_leaves_cover_id_people")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_leaves_network_id_networks")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_leaves_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
    )
    with op.batch_alter_table("leaves") as batch_op:
        batch_op.create_index("ix_leaves_ends_on_starts_on", ["ends_on", "starts_on"])
    with op.batch_alter_table("networks") as batch_op:
        batch_op.add_column(sa.Column("mailbox", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("languages", _JSON, server_default="[]", nullable=False))
    with op.batch_alter_table("networks") as batch_op:
        batch_op.alter_column("languages", existing_type=_JSON, server_default=None)
    with op.batch_alter_table("enquiries") as batch_op:
        batch_op.add_column(sa.Column("answerer_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_enquiries_answerer_id"), ["answerer_id"])
        batch_op.create_foreign_key(batch_op.f("fk_enquiries_answerer_id_people"), "people", ["answerer_id"], ["id"])
    op.execute(_ANSWERER)


def downgrade():
    with op.batch_alter_table("enquiries") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_enquiries_answerer_id_people"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_enquiries_answerer_id"))
        batch_op.drop_column("answerer_id")
    with op.batch_alter_table("networks") as batch_op:
        batch_op.drop_column("languages")
        batch_op.drop_column("mailbox")
    op.drop_table("leaves")
