"""people, leave, saved views, marked days and closures know their version

Revision ID: 0020
Revises: 0017
"""
from alembic import op
import sqlalchemy as sa

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

TABLES = ('people', 'leaves', 'saved_views', 'calendar_days', 'closures')


def upgrade():
    for table in TABLES:
        op.add_column(table, sa.Column('version', sa.Integer(), nullable=False, server_default='1'))


def downgrade():
    for table in reversed(TABLES):
        op.drop_column(table, 'version')
