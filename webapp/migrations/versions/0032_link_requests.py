"""links to enquiries and to one's own data are asked for as new passwords are: a row, which the worker looks at

Revision ID: 0032
Revises: 0031
"""
from alembic import op
import sqlalchemy as sa

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
BEFORE = sa.table('reset_requests', sa.column('email', sa.String), sa.column('at', MOMENT))
AFTER = sa.table('link_requests', sa.column('id', sa.Integer), sa.column('wanted', sa.String),
                 sa.column('email', sa.String), sa.column('reference', sa.String), sa.column('language', sa.String),
                 sa.column('at', MOMENT))


def upgrade():
    op.create_table(
        'link_requests',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('wanted', sa.String(32), nullable=False),
        sa.Column('email', sa.String(), nullable=False),
        sa.Column('reference', sa.String(), nullable=False),
        sa.Column('language', sa.String(32), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('tried_at', MOMENT),
        sa.PrimaryKeyConstraint('id', name='pk_link_requests'),
    )
    columns = [BEFORE.c.email, BEFORE.c.at, sa.literal('password'), sa.literal(''), sa.literal('en')]
    waiting = sa.select(*columns).select_from(BEFORE)
    op.execute(AFTER.insert().from_select(['email', 'at', 'wanted', 'reference', 'language'], waiting))
    op.drop_table('reset_requests')


def downgrade():
    """The release before has no worker for the other two kinds: what waits of them has to be asked for again."""
    op.create_table(
        'reset_requests',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('email', sa.String(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_reset_requests'),
    )
    waiting = sa.select(AFTER.c.email, AFTER.c.at).where(AFTER.c.wanted == 'password')
    op.execute(BEFORE.insert().from_select(['email', 'at'], waiting))
    op.drop_table('link_requests')
