"""limits are counted in one table; a draft names the files that were not kept

What was counted of refused sign-ins held for a quarter of an hour: counting begins anew.

Revision ID: 0027
Revises: 0028
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0027'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('buckets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('level', sa.Double(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('again_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_buckets')),
    sa.UniqueConstraint('key', name=op.f('uq_buckets_key'))
    )
    op.create_index(op.f('ix_buckets_at'), 'buckets', ['at'])
    op.drop_index('ix_sign_in_failures_email_at', 'sign_in_failures')
    op.drop_index(op.f('ix_sign_in_failures_at'), 'sign_in_failures')
    op.drop_table('sign_in_failures')
    json = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
    with op.batch_alter_table('drafts') as batch:
        batch.add_column(sa.Column('files_gone', json, nullable=False, server_default='[]'))


def downgrade():
    with op.batch_alter_table('drafts') as batch:
        batch.drop_column('files_gone')
    op.create_table('sign_in_failures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_failures'))
    )
    op.create_index(op.f('ix_sign_in_failures_at'), 'sign_in_failures', ['at'])
    op.create_index('ix_sign_in_failures_email_at', 'sign_in_failures', ['email', 'at'])
    op.drop_index(op.f('ix_buckets_at'), 'buckets')
    op.drop_table('buckets')
