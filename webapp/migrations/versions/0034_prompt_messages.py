"""what goes to many at once leaves after what someone waits for

Revision ID: 0034
Revises: 0033
"""
from alembic import op
import sqlalchemy as sa

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None
WAITING = sa.text('next_attempt_at IS NOT NULL')
TO_MANY = ('liaison_digest', 'liaison_closure', 'partner_closure', 'staff_networks_due')


def upgrade():
    op.drop_index('ix_messages_next_attempt_at', table_name='messages')
    with op.batch_alter_table('messages') as batch:
        batch.add_column(sa.Column('bulk', sa.Boolean(), nullable=False, server_default=sa.false()))
    messages = sa.table('messages', sa.column('bulk', sa.Boolean()), sa.column('kind', sa.String()))
    op.execute(messages.update().where(messages.c.kind.in_(TO_MANY)).values(bulk=True))
    with op.batch_alter_table('messages') as batch:
        batch.alter_column('bulk', existing_type=sa.Boolean(), server_default=None)
    op.create_index('ix_messages_bulk_next_attempt_at', 'messages', ['bulk', 'next_attempt_at'],
                    sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade():
    op.drop_index('ix_messages_bulk_next_attempt_at', table_name='messages')
    with op.batch_alter_table('messages') as batch:
        batch.drop_column('bulk')
    op.create_index('ix_messages_next_attempt_at', 'messages', ['next_attempt_at'],
                    sqlite_where=WAITING, postgresql_where=WAITING)
