"""public pages and what is kept in memory know the version of what they show

Revision ID: 0035
Revises: 0030
"""
from secrets import token_hex

from alembic import op
import sqlalchemy as sa

revision = '0035'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade():
    table = op.create_table(
        'public_version',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('word', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_public_version')),
    )
    op.bulk_insert(table, [{'id': 1, 'word': token_hex(8)}])


def downgrade():
    op.drop_table('public_version')
