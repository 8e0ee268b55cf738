"""the office's own settings: what takes the place of the environment's values

Revision ID: 0008
Revises: 0007
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade():
    kind = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
    op.add_column('office_settings', sa.Column('chosen', kind, nullable=False, server_default=sa.text("'{}'")))


def downgrade():
    op.drop_column('office_settings', 'chosen')
