"""a second step at sign-in: authenticator apps, passkeys, recovery codes, and sign-ins that wait for it

Revision ID: 0030
Revises: 0034
"""
from alembic import op
import sqlalchemy as sa

revision = '0030'
down_revision = '0034'
branch_labels = None
depends_on = None
TIME = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        'second_factors',
        sa.Column('id', sa.Integer(), nullable=False),
        person(),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('secret', sa.String(), nullable=True),
        sa.Column('credential_id', sa.String(), nullable=True),
        sa.Column('public_key', sa.String(), nullable=True),
        sa.Column('counter', sa.BigInteger(), nullable=False),
        sa.Column('created_at', TIME, nullable=False),
        sa.Column('used_at', TIME, nullable=True),
        persons('second_factors'),
        sa.PrimaryKeyConstraint('id', name='pk_second_factors'),
        sa.UniqueConstraint('credential_id', name='uq_second_factors_credential_id'),
    )
    op.create_index('ix_second_factors_person_id', 'second_factors', ['person_id'])
    op.create_table(
        'recovery_codes',
        sa.Column('id', sa.Integer(), nullable=False),
        person(),
        sa.Column('mark', sa.String(), nullable=False),
        sa.Column('code_hash', sa.String(), nullable=False),
        persons('recovery_codes'),
        sa.PrimaryKeyConstraint('id', name='pk_recovery_codes'),
        sa.UniqueConstraint('person_id', 'mark', name='uq_recovery_codes_person_id_mark'),
    )
    op.create_table(
        'waiting_sign_ins',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token_hash', sa.String(), nullable=False),
        person(),
        sa.Column('expires_at', TIME, nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('kept', sa.Text(), nullable=False),
        persons('waiting_sign_ins'),
        sa.PrimaryKeyConstraint('id', name='pk_waiting_sign_ins'),
        sa.UniqueConstraint('token_hash', name='uq_waiting_sign_ins_token_hash'),
    )
    op.create_index('ix_waiting_sign_ins_person_id', 'waiting_sign_ins', ['person_id'])
    op.create_index('ix_waiting_sign_ins_expires_at', 'waiting_sign_ins', ['expires_at'])
    op.create_table(
        'passkey_challenges',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('challenge', sa.String(), nullable=False),
        sa.Column('expires_at', TIME, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_passkey_challenges'),
        sa.UniqueConstraint('challenge', name='uq_passkey_challenges_challenge'),
    )
    op.create_index('ix_passkey_challenges_expires_at', 'passkey_challenges', ['expires_at'])
    with op.batch_alter_table('staff_sessions') as batch:
        batch.add_column(sa.Column('second_step', sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table('staff_sessions') as batch:
        batch.alter_column('second_step', existing_type=sa.Boolean(), server_default=None)


def person():
    return sa.Column('person_id', sa.Integer(), nullable=False)


def persons(table):
    name = f'fk_{table}_person_id_people'
    return sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=name, ondelete='CASCADE')


def downgrade():
    with op.batch_alter_table('staff_sessions') as batch:
        batch.drop_column('second_step')
    for table in ('passkey_challenges', 'waiting_sign_ins', 'recovery_codes', 'second_factors'):
        op.drop_table(table)
