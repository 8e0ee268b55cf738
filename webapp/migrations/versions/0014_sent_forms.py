"""what a form sent can be told from what is typed into it later; what fills in a hidden field is held

Revision ID: 0014
Revises: 0013
"""
from alembic import op
import sqlalchemy as sa

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('drafts', sa.Column('sent_hash', sa.String(), nullable=True))
    with op.batch_alter_table('drafts') as batch:
        batch.add_column(sa.Column('suspect', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('drafts') as batch:
        batch.alter_column('suspect', server_default=None)


def downgrade():
    # What was held is spam to the version before.
    op.execute("UPDATE enquiries SET status = 'spam' WHERE status = 'suspect'")
    op.drop_column('drafts', 'suspect')
    op.drop_column('drafts', 'sent_hash')
