"""since when a message is to leave, what stopped it, and what operators were told

Revision ID: 0015
Revises: 0014
"""
from alembic import op
import sqlalchemy as sa

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None
WAITING = sa.text('next_attempt_at IS NOT NULL')


def upgrade():
    with op.batch_alter_table('messages') as batch:
        batch.add_column(sa.Column('queued_at', sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column('unanswered', sa.Integer(), nullable=False, server_default='0'))
        batch.add_column(sa.Column('fault', sa.String(length=32), nullable=True))
        batch.add_column(sa.Column('set_aside_at', sa.DateTime(timezone=True), nullable=True))
    messages = sa.table('messages', sa.column('queued_at'), sa.column('created_at'))
    op.execute(messages.update().values(queued_at=messages.c.created_at))
    with op.batch_alter_table('messages') as batch:
        batch.alter_column('queued_at', existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.alter_column('unanswered', existing_type=sa.Integer(), server_default=None)
    op.create_index('ix_messages_queued_at', 'messages', ['queued_at'], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_table('alerts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failed', sa.Integer(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alerts')),
    sa.UniqueConstraint('kind', name=op.f('uq_alerts_kind'))
    )


def downgrade():
    op.drop_table('alerts')
    op.drop_index('ix_messages_queued_at', table_name='messages')
    with op.batch_alter_table('messages') as batch:
        for name in ('set_aside_at', 'fault', 'unanswered', 'queued_at'):
            batch.drop_column(name)
