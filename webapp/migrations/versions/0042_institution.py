"""the institution is data: its notice with versions and its logo; words of the directory that staff edit, entries that go

Revision ID: 0042
Revises: 0046
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0042'
down_revision = '0046'
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table('removed_networks', sa.Column('slug', sa.String(), primary_key=True), sa.Column('removed_at', MOMENT, nullable=False))
    op.create_table('privacy_notices', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('version', sa.String(), nullable=False, unique=True),
                    sa.Column('text', JSON, nullable=False), sa.Column('published_at', MOMENT, nullable=False))
    op.create_table('logos', sa.Column('name', sa.String(), primary_key=True), sa.Column('content', sa.LargeBinary(), nullable=False),
                    sa.Column('added_at', MOMENT, nullable=False))
    with op.batch_alter_table('terms') as batch:
        batch.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='1'))
        batch.add_column(sa.Column('imported', JSON, nullable=True))
    terms = sa.table('terms', sa.column('label', JSON), sa.column('imported', JSON))
    # Until now only imports wrote them.
    op.execute(terms.update().values(imported=terms.c.label))
    with op.batch_alter_table('terms') as batch:
        batch.alter_column('version', server_default=None)


def downgrade():
    with op.batch_alter_table('terms') as batch:
        batch.drop_column('imported')
        batch.drop_column('version')
    for name in ('logos', 'privacy_notices', 'removed_networks'):
        op.drop_table(name)
