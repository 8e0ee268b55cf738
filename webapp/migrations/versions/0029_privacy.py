"""enquiries can be on legal hold and know that they were emptied; people ask for their own data

Revision ID: 0029
Revises: 0020
"""
from alembic import op
import sqlalchemy as sa

revision = '0029'
down_revision = '0026'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.add_column('enquiries', sa.Column('hold_reason', sa.String(), nullable=False, server_default=''))
    op.add_column('enquiries', sa.Column('hold_by', sa.String(), nullable=False, server_default=''))
    op.add_column('enquiries', sa.Column('hold_since', MOMENT))
    op.add_column('enquiries', sa.Column('emptied_at', MOMENT))
    op.create_table(
        'data_requests',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('email', sa.String(), nullable=False),
        sa.Column('language', sa.String(32), nullable=False),
        sa.Column('nonce', sa.String(), nullable=False),
        sa.Column('token_hash', sa.String(), nullable=False),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('expires_at', MOMENT, nullable=False),
        sa.Column('message_id', sa.Integer()),
        sa.Column('erasure_asked_at', MOMENT),
        sa.Column('decided_at', MOMENT),
        sa.Column('decided_by', sa.String(), nullable=False),
        sa.Column('outcome', sa.String(32)),
        sa.Column('reason', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name='fk_data_requests_message_id_messages'),
        sa.PrimaryKeyConstraint('id', name='pk_data_requests'),
        sa.UniqueConstraint('token_hash', name='uq_data_requests_token_hash'),
    )
    op.create_index('ix_data_requests_message_id', 'data_requests', ['message_id'])
    op.create_index('ix_data_requests_created_at', 'data_requests', ['created_at'])


def downgrade():
    op.drop_table('data_requests')
    for column in ('emptied_at', 'hold_since', 'hold_by', 'hold_reason'):
        op.drop_column('enquiries', column)
