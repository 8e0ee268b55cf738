"""canned replies are filled in as letters are, and say which version they are

Revision ID: 0012
Revises: 0011
"""
from alembic import op
import sqlalchemy as sa

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None
RENAMED = (('{name}', '{contact_name}'), ('{due}', '{promised_on}'))


def upgrade():
    with op.batch_alter_table('canned_replies') as batch:
        batch.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='1'))
    with op.batch_alter_table('canned_replies') as batch:
        batch.alter_column('version', server_default=None)
    _rename(RENAMED)


def downgrade():
    _rename((after, before) for before, after in RENAMED)
    with op.batch_alter_table('canned_replies') as batch:
        batch.drop_column('version')


def _rename(names):
    replies = sa.table('canned_replies', sa.column('text', sa.String()))
    for before, after in names:
        op.execute(replies.update().values(text=sa.func.replace(replies.c.text, before, after)))
