"""the audit log: who did what and from where, in a chain that the database lets no one change

A later migration that makes the table anew, as batch operations do on SQLite, has to make its triggers anew.

Revision ID: 0028
Revises: 0023
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0028'
down_revision = '0023'
branch_labels = None
depends_on = None

# How old a line is before retention may remove it, and before it may empty its address. Retention waits a day longer.
ENTRY_DAYS, ADDRESS_DAYS = 365, 89
REFUSED = 'the audit log is added to and never changed'
KEPT = ('number', 'at', 'kind', 'actor_kind', 'actor_id', 'actor_name', 'subject', 'data', 'network', 'seal',
        'request_id', 'previous', 'hash')


def upgrade():
    op.create_table('audit_entries',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('actor_kind', sa.String(length=32), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('network', sa.String(), nullable=False),
    sa.Column('seal', sa.String(), nullable=False),
    sa.Column('request_id', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('salt', sa.String(), nullable=False),
    sa.Column('previous', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_audit_entries')),
    sa.UniqueConstraint('previous', name=op.f('uq_audit_entries_previous'))
    )
    op.create_index(op.f('ix_audit_entries_at'), 'audit_entries', ['at'])
    op.create_index('ix_audit_entries_kind_number', 'audit_entries', ['kind', 'number'])
    op.create_index('ix_audit_entries_actor_id_number', 'audit_entries', ['actor_id', 'number'])
    if op.get_bind().dialect.name == 'postgresql':
        guard_postgresql()
    else:
        guard_sqlite()


def guard_postgresql():
    op.execute(f"""
        CREATE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                IF OLD.at < now() - interval '{ENTRY_DAYS} days' THEN RETURN OLD; END IF;
            ELSIF TG_OP = 'UPDATE' THEN
                IF OLD.at < now() - interval '{ADDRESS_DAYS} days' AND NEW.address = '' AND NEW.salt = ''
                    AND to_jsonb(NEW) - 'address' - 'salt' = to_jsonb(OLD) - 'address' - 'salt'
                THEN RETURN NEW; END IF;
            END IF;
            RAISE EXCEPTION '{REFUSED}';
        END $$""")
    op.execute('CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries '
               'FOR EACH ROW EXECUTE FUNCTION audit_entries_stay()')
    op.execute('CREATE TRIGGER audit_entries_stay_whole BEFORE TRUNCATE ON audit_entries '
               'FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay()')


def guard_sqlite():
    same = ' AND '.join(f'NEW."{name}" IS OLD."{name}"' for name in KEPT)
    op.execute(f"""
        CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
        WHEN OLD.at >= datetime('now', '-{ENTRY_DAYS} days')
        BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""")
    op.execute(f"""
        CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
        WHEN NOT (OLD.at < datetime('now', '-{ADDRESS_DAYS} days')
                  AND NEW.address = '' AND NEW.salt = '' AND {same})
        BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""")
    # Without it, a line that takes another's number would delete it unseen: REPLACE fires no trigger of deletion.
    op.execute(f"""
        CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
        WHEN EXISTS (SELECT 1 FROM audit_entries WHERE number = NEW.number OR previous = NEW.previous)
        BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END""")


def downgrade():
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP TRIGGER audit_entries_stay_whole ON audit_entries')
        op.execute('DROP TRIGGER audit_entries_stay ON audit_entries')
        op.execute('DROP FUNCTION audit_entries_stay()')
    op.drop_table('audit_entries')
