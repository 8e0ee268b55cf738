"""what a form sent can be told from what is typed into it later; what fills in a hidden field is held

Revision ID: 0014
Revises: 0012
"""
from alembic import op
import sqlalchemy as sa

revision = '0014'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('drafts', sa.Column('sent_hash', sa.String(), nullable=True))


def downgrade():
    op.drop_column('drafts', 'sent_hash')
