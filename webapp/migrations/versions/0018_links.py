"""every secret link is a row of one table, which messages and questions name

Ids of decisions stay theirs: the texts of stored lists carry marks with these numbers. The other kinds follow them.

Revision ID: 0018
Revises: 0017
"""
from alembic import op
import sqlalchemy as sa

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

_SECRET = ('token_nonce', 'token_hash')
_LINK = 'id, kind, enquiry_id, nonce, token_hash, person_id, email, created_at, expires_at, ended_at, ended_why, passed_to'


def upgrade():
    _create_links()
    approvals, referrals, tracking = _fill_links()
    for table, first in (('approvals', approvals), ('referrals', referrals)):
        _point_to_links(table, first)
    _name_links_in_messages(approvals, referrals, tracking)
    _name_links_in_lines()
    op.drop_index('ix_decisions_enquiry_id_person_id', 'decisions')
    op.drop_table('decisions')
    with op.batch_alter_table('enquiries') as batch:
        batch.drop_constraint(batch.f('uq_enquiries_token_hash'), type_='unique')
        for name in _SECRET:
            batch.drop_column(name)


def _create_links():
    op.create_table(
        'links',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('enquiry_id', sa.Integer(), nullable=False),
        sa.Column('nonce', sa.String(), nullable=False),
        sa.Column('token_hash', sa.String(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('email', sa.String(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_why', sa.String(length=32), nullable=True),
        sa.Column('passed_to', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name=op.f('fk_links_enquiry_id_enquiries')),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_links_person_id_people')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_links')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_links_token_hash')),
    )
    tracks = sa.text("kind = 'tracking' AND ended_at IS NULL")
    op.create_index('ix_links_enquiry_id_kind', 'links', ['enquiry_id', 'kind'])
    op.create_index('uq_links_tracking', 'links', ['enquiry_id'], unique=True,
                    sqlite_where=tracks, postgresql_where=tracks)


def _fill_links():
    """Copy what the four kinds had; return how far the ids of approvals, referrals and enquiries are moved."""
    op.execute(
        f"INSERT INTO links ({_LINK}) SELECT decisions.id, 'decision', enquiry_id, token_nonce, token_hash, person_id,"
        " people.email, decisions.created_at, expires_at, revoked_at,"
        " CASE WHEN revoked_at IS NULL THEN NULL ELSE 'passed_on' END, passed_to"
        " FROM decisions JOIN people ON people.id = decisions.person_id"
    )
    first = []
    for table, kind in (('approvals', 'approval'), ('referrals', 'referral')):
        first.append(_last('links'))
        op.execute(
            f"INSERT INTO links ({_LINK}) SELECT id + {first[-1]}, '{kind}', enquiry_id, token_nonce, token_hash, NULL,"
            f" email, created_at, expires_at, NULL, NULL, '' FROM {table}"
        )
    first.append(_last('links'))
    op.execute(
        f"INSERT INTO links ({_LINK}) SELECT id + {first[-1]}, 'tracking', id, token_nonce, token_hash, NULL,"
        " contact_email, submitted_at, NULL, NULL, NULL, '' FROM enquiries"
    )
    _count_on('links')
    return first


def _last(table):
    return op.get_bind().scalar(sa.text(f'SELECT max(id) FROM {table}')) or 0


def _count_on(table):
    """PostgreSQL does not see which ids were given."""
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} HAVING max(id) > 0")


def _point_to_links(table, first):
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column('link_id', sa.Integer(), nullable=True))
    op.execute(f'UPDATE {table} SET link_id = id + {first}')
    with op.batch_alter_table(table) as batch:
        batch.alter_column('link_id', existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(batch.f(f'fk_{table}_link_id_links'), 'links', ['link_id'], ['id'])
        batch.create_unique_constraint(batch.f(f'uq_{table}_link_id'), ['link_id'])
        batch.drop_constraint(batch.f(f'uq_{table}_token_hash'), type_='unique')
        for name in (*_SECRET, 'expires_at'):
            batch.drop_column(name)


def _name_links_in_messages(approvals, referrals, tracking):
    with op.batch_alter_table('messages') as batch:
        batch.add_column(sa.Column('link_id', sa.Integer(), nullable=True))
    op.execute(
        f"UPDATE messages SET link_id = CASE WHEN kind LIKE 'partner%' THEN enquiry_id + {tracking}"
        f" ELSE coalesce(decision_id, approval_id + {approvals}, referral_id + {referrals}) END"
    )
    with op.batch_alter_table('messages') as batch:
        batch.create_foreign_key(batch.f('fk_messages_link_id_links'), 'links', ['link_id'], ['id'])
        for name in ('decision', 'approval', 'referral'):
            batch.drop_constraint(batch.f(f'fk_messages_{name}_id_{name}s'), type_='foreignkey')
            batch.drop_column(f'{name}_id')


def _name_links_in_lines():
    with op.batch_alter_table('message_lines') as batch:
        batch.drop_constraint(batch.f('fk_message_lines_decision_id_decisions'), type_='foreignkey')
        batch.alter_column('decision_id', new_column_name='link_id', existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table('message_lines') as batch:
        batch.create_foreign_key(batch.f('fk_message_lines_link_id_links'), 'links', ['link_id'], ['id'])


def downgrade():
    _create_decisions()
    for table in ('approvals', 'referrals'):
        _take_from_links(table, f'links.id = {table}.link_id', (*_SECRET, 'expires_at'))
    _take_from_links('enquiries', "links.enquiry_id = enquiries.id AND kind = 'tracking' AND ended_at IS NULL", _SECRET)
    _name_kinds_in_messages()
    with op.batch_alter_table('message_lines') as batch:
        batch.drop_constraint(batch.f('fk_message_lines_link_id_links'), type_='foreignkey')
        batch.alter_column('link_id', new_column_name='decision_id', existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table('message_lines') as batch:
        name = batch.f('fk_message_lines_decision_id_decisions')
        batch.create_foreign_key(name, 'decisions', ['decision_id'], ['id'])
    for table in ('approvals', 'referrals'):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(batch.f(f'fk_{table}_link_id_links'), type_='foreignkey')
            batch.drop_constraint(batch.f(f'uq_{table}_link_id'), type_='unique')
            batch.drop_column('link_id')
    op.drop_table('links')


def _create_decisions():
    op.create_table(
        'decisions',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token_nonce', sa.String(), nullable=False),
        sa.Column('token_hash', sa.String(), nullable=False),
        sa.Column('enquiry_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('passed_to', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name=op.f('fk_decisions_enquiry_id_enquiries')),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_decisions_person_id_people')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_decisions')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_decisions_token_hash')),
    )
    op.create_index('ix_decisions_enquiry_id_person_id', 'decisions', ['enquiry_id', 'person_id'])
    op.execute(
        'INSERT INTO decisions (id, token_nonce, token_hash, enquiry_id, person_id, created_at, expires_at, revoked_at,'
        ' passed_to) SELECT id, nonce, token_hash, enquiry_id, person_id, created_at, expires_at, ended_at, passed_to'
        " FROM links WHERE kind = 'decision'"
    )
    _count_on('decisions')


def _take_from_links(table, condition, names):
    """Give rows their secrets back."""
    types = {'expires_at': sa.DateTime(timezone=True)}
    with op.batch_alter_table(table) as batch:
        for name in names:
            batch.add_column(sa.Column(name, types.get(name, sa.String()), nullable=True))
    for name in names:
        source = 'nonce' if name == 'token_nonce' else name
        op.execute(f'UPDATE {table} SET {name} = (SELECT links.{source} FROM links WHERE {condition})')
    with op.batch_alter_table(table) as batch:
        for name in names:
            batch.alter_column(name, existing_type=types.get(name, sa.String()), nullable=False)
        batch.create_unique_constraint(batch.f(f'uq_{table}_token_hash'), ['token_hash'])


def _name_kinds_in_messages():
    sources = {
        'decision': "SELECT id FROM links WHERE links.id = messages.link_id AND links.kind = 'decision'",
        'approval': 'SELECT id FROM approvals WHERE approvals.link_id = messages.link_id',
        'referral': 'SELECT id FROM referrals WHERE referrals.link_id = messages.link_id',
    }
    with op.batch_alter_table('messages') as batch:
        for name in sources:
            batch.add_column(sa.Column(f'{name}_id', sa.Integer(), nullable=True))
    for name, source in sources.items():
        op.execute(f'UPDATE messages SET {name}_id = ({source})')
    with op.batch_alter_table('messages') as batch:
        for name in sources:
            batch.create_foreign_key(batch.f(f'fk_messages_{name}_id_{name}s'), f'{name}s', [f'{name}_id'], ['id'])
        batch.drop_constraint(batch.f('fk_messages_link_id_links'), type_='foreignkey')
        batch.drop_column('link_id')
