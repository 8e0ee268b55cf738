"""the entry for a calendar that an email carries

Revision ID: 0047
Revises: 0040
"""
from alembic import op
import sqlalchemy as sa

revision = '0047'
down_revision = '0040'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('messages', sa.Column('calendar', sa.String(), server_default='', nullable=False))


def downgrade():
    with op.batch_alter_table('messages') as messages:
        messages.drop_column('calendar')
