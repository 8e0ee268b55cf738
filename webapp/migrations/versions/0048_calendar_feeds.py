"""private addresses by which calendars subscribe to visits

Revision ID: 0048
Revises: 0047
"""
from alembic import op
import sqlalchemy as sa

revision = '0048'
down_revision = '0047'
branch_labels = None
depends_on = None
AT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        'calendar_feeds',
        sa.Column('id', sa.Integer(), nullable=False), sa.Column('nonce', sa.String(), nullable=False), sa.Column('token_hash', sa.String(), nullable=False),
        sa.Column('owner_id', sa.Integer(), nullable=False), sa.Column('scope', sa.String(length=32), nullable=False), sa.Column('network_id', sa.Integer()),
        sa.Column('created_at', AT, nullable=False), sa.Column('ended_at', AT),
        sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name='fk_calendar_feeds_owner_id_people', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['network_id'], ['networks.id'], name='fk_calendar_feeds_network_id_networks'),
        sa.PrimaryKeyConstraint('id', name='pk_calendar_feeds'), sa.UniqueConstraint('token_hash', name='uq_calendar_feeds_token_hash'),
    )
    op.create_index('ix_calendar_feeds_owner_id', 'calendar_feeds', ['owner_id'])


def downgrade():
    op.drop_table('calendar_feeds')
