"""an index of the few enquiries on hold, which each batch of what has passed its time looks up

Revision ID: 0070
Revises: 0069
"""
from alembic import op
import sqlalchemy as sa

revision = '0070'
down_revision = '0069'
branch_labels = None
depends_on = None
HELD = sa.text('hold_since IS NOT NULL')


def upgrade():
    op.create_index('ix_enquiries_held', 'enquiries', ['id'], sqlite_where=HELD, postgresql_where=HELD)


def downgrade():
    op.drop_index('ix_enquiries_held', 'enquiries')
