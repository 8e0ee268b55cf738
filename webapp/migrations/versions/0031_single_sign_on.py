"""people can be linked with an identity of single sign-on, and sign-ins know when their person last proved who they are

Roles of before were given at the desk; who has neither a role nor a password, and got no link to set one, never had
an account.

Revision ID: 0031
Revises: 0036
"""
from alembic import op
import sqlalchemy as sa

revision = '0031'
down_revision = '0036'
branch_labels = None
depends_on = None
TIME = sa.DateTime(timezone=True)
IDENTITY = 'ix_people_sign_on_issuer_sign_on_subject'
PEOPLE = sa.table('people', sa.column('id', sa.Integer), sa.column('role', sa.String), sa.column('password_hash', sa.String),
                  sa.column('role_set_by', sa.String))
LINKS = sa.table('account_links', sa.column('person_id', sa.Integer))
SESSIONS = sa.table('staff_sessions', sa.column('created_at', TIME), sa.column('asked_at', TIME))


def upgrade():
    op.add_column('people', sa.Column('role_set_by', sa.String(32)))
    op.add_column('people', sa.Column('sign_on_issuer', sa.String()))
    op.add_column('people', sa.Column('sign_on_subject', sa.String()))
    op.create_index(IDENTITY, 'people', ['sign_on_issuer', 'sign_on_subject'], unique=True)
    invited = PEOPLE.c.id.in_(sa.select(LINKS.c.person_id))
    had_account = sa.or_(PEOPLE.c.role.is_not(None), PEOPLE.c.password_hash.is_not(None), invited)
    op.execute(PEOPLE.update().where(had_account).values(role_set_by='desk'))
    op.add_column('staff_sessions', sa.Column('asked_at', TIME))
    op.add_column('staff_sessions', sa.Column('by_provider', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(SESSIONS.update().values(asked_at=SESSIONS.c.created_at))
    with op.batch_alter_table('staff_sessions') as batch:
        batch.alter_column('by_provider', existing_type=sa.Boolean(), server_default=None)
    op.create_table(
        'waiting_words',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token_hash', sa.String(), nullable=False),
        sa.Column('kept', sa.Text(), nullable=False),
        sa.Column('at', TIME, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_waiting_words'),
        sa.UniqueConstraint('token_hash', name='uq_waiting_words_token_hash'),
    )
    op.create_index('ix_waiting_words_at', 'waiting_words', ['at'])


def downgrade():
    op.drop_table('waiting_words')
    op.drop_column('staff_sessions', 'by_provider')
    op.drop_column('staff_sessions', 'asked_at')
    op.drop_index(IDENTITY, 'people')
    for name in ('sign_on_subject', 'sign_on_issuer', 'role_set_by'):
        op.drop_column('people', name)
