"""emails that are due at the same moment leave in one order, which the index has

Revision ID: 0066
Revises: 0049
"""
from alembic import op
import sqlalchemy as sa

revision = '0066'
down_revision = '0049'
branch_labels = None
depends_on = None
WAITING = sa.text('next_attempt_at IS NOT NULL')


def upgrade():
    op.drop_index('ix_messages_bulk_next_attempt_at', table_name='messages')
    _make('ix_messages_bulk_next_attempt_at_id', ['bulk', 'next_attempt_at', 'id'])


def downgrade():
    op.drop_index('ix_messages_bulk_next_attempt_at_id', table_name='messages')
    _make('ix_messages_bulk_next_attempt_at', ['bulk', 'next_attempt_at'])


def _make(name, columns):
    op.create_index(name, 'messages', columns, sqlite_where=WAITING, postgresql_where=WAITING)
