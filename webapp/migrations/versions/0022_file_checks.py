"""files know whether a virus scanner looked at them, and what it found

Revision ID: 0022
Revises: 0020
"""
from alembic import op
import sqlalchemy as sa

revision = '0022'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('attachments', sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('attachments', sa.Column('finding', sa.String(), nullable=True))
    op.add_column('attachments', sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True))
    unchecked = sa.text('checked_at IS NULL')
    op.create_index('ix_attachments_added_at', 'attachments', ['added_at'],
                    sqlite_where=unchecked, postgresql_where=unchecked)


def downgrade():
    op.drop_index('ix_attachments_added_at', table_name='attachments')
    for name in ('tried_at', 'finding', 'checked_at'):
        op.drop_column('attachments', name)
