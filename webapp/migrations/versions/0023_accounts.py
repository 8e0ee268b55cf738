"""one-time passwords end, sign-ins say where they are used, and people set their passwords by links of their own

A one-time password of before is good for 72 hours from now: no one knows when it was made.

Revision ID: 0023
Revises: 0029
"""
from datetime import UTC, datetime, timedelta

from alembic import op
import sqlalchemy as sa

revision = '0023'
down_revision = '0029'
branch_labels = None
depends_on = None
TIME = sa.DateTime(timezone=True)
PEOPLE = sa.table('people', sa.column('password_hash', sa.String), sa.column('password_temporary', sa.Boolean),
                  sa.column('password_expires_at', TIME))
SESSIONS = sa.table('staff_sessions', sa.column('created_at', TIME), sa.column('seen_at', TIME))


def upgrade():
    with op.batch_alter_table('people') as batch:
        batch.add_column(sa.Column('password_expires_at', TIME, nullable=True))
    one_time = sa.and_(PEOPLE.c.password_temporary, PEOPLE.c.password_hash.is_not(None))
    op.execute(PEOPLE.update().where(one_time).values(password_expires_at=in_three_days()))
    with op.batch_alter_table('people') as batch:
        batch.drop_column('password_temporary')
    with op.batch_alter_table('staff_sessions') as batch:
        batch.add_column(sa.Column('seen_at', TIME, nullable=True))
        batch.add_column(sa.Column('browser', sa.String(), nullable=False, server_default=''))
        batch.add_column(sa.Column('address', sa.String(), nullable=False, server_default=''))
    op.execute(SESSIONS.update().values(seen_at=SESSIONS.c.created_at))
    with op.batch_alter_table('staff_sessions') as batch:
        batch.alter_column('seen_at', existing_type=TIME, nullable=False)
        batch.alter_column('browser', existing_type=sa.String(), server_default=None)
        batch.alter_column('address', existing_type=sa.String(), server_default=None)
    add_tables()


def add_tables():
    op.create_table(
        'account_links',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('nonce', sa.String(), nullable=False),
        sa.Column('token_hash', sa.String(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('message_id', sa.Integer(), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('expires_at', TIME, nullable=False),
        sa.Column('ended_at', TIME, nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name='fk_account_links_person_id_people', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name='fk_account_links_message_id_messages'),
        sa.PrimaryKeyConstraint('id', name='pk_account_links'),
        sa.UniqueConstraint('token_hash', name='uq_account_links_token_hash'),
    )
    op.create_index('ix_account_links_person_id', 'account_links', ['person_id'])
    op.create_index('ix_account_links_message_id', 'account_links', ['message_id'])
    op.create_table(
        'reset_requests',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('email', sa.String(), nullable=False),
        sa.Column('at', TIME, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_reset_requests'),
    )


def in_three_days():
    until = datetime.now(UTC) + timedelta(hours=72)
    return until.replace(tzinfo=None) if op.get_bind().dialect.name == 'sqlite' else until


def downgrade():
    op.drop_table('reset_requests')
    op.drop_table('account_links')
    with op.batch_alter_table('staff_sessions') as batch:
        for name in ('address', 'browser', 'seen_at'):
            batch.drop_column(name)
    with op.batch_alter_table('people') as batch:
        batch.add_column(sa.Column('password_temporary', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(PEOPLE.update().where(PEOPLE.c.password_expires_at.is_not(None)).values(password_temporary=sa.true()))
    with op.batch_alter_table('people') as batch:
        batch.alter_column('password_temporary', existing_type=sa.Boolean(), server_default=None)
        batch.drop_column('password_expires_at')
