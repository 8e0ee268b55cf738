"""indexes of what is next: emails in one order, what is still to do for visits, visits by host and by their last day

Revision ID: 0066
Revises: 0059
"""
from alembic import op
import sqlalchemy as sa

revision = '0066'
down_revision = '0059'
branch_labels = None
depends_on = None
WAITING = sa.text('next_attempt_at IS NOT NULL')
OPEN = sa.text('done_at IS NULL')
# Table, index and columns before; the same now; of which rows it was, and is.
CHANGED = (
    ('messages', 'ix_messages_bulk_next_attempt_at', ['bulk', 'next_attempt_at'],
     'ix_messages_bulk_next_attempt_at_id', ['bulk', 'next_attempt_at', 'id'], WAITING, WAITING),
    ('visit_tasks', 'ix_visit_tasks_due_on', ['due_on'], 'ix_visit_tasks_due_on', ['due_on', 'id'], None, OPEN),
    ('promises', 'ix_promises_due_on', ['due_on'], 'ix_promises_due_on', ['due_on', 'id'], None, OPEN),
    ('visits', 'ix_visits_host_id', ['host_id'], 'ix_visits_host_id_ends_at', ['host_id', 'ends_at'], None, None),
)


def upgrade():
    for table, before, _, name, columns, _, of in CHANGED:
        op.drop_index(before, table_name=table)
        op.create_index(name, table, columns, sqlite_where=of, postgresql_where=of)
    op.create_index('ix_visits_last_day_id', 'visits', ['last_day', 'id'])


def downgrade():
    op.drop_index('ix_visits_last_day_id', table_name='visits')
    for table, before, columns, name, _, of, _ in CHANGED:
        op.drop_index(name, table_name=table)
        op.create_index(before, table, columns, sqlite_where=of, postgresql_where=of)
