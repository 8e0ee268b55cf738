"""an index of terms, by which the desk's search finds an enquiry

The terms are imported, not copied, as in 0013: they are right only where the code that looks them up made them.
`liaison search rebuild` makes them anew.

Revision ID: 0036
Revises: 0027
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from webapp.domain.search.folding import digits
from webapp.domain.search.index import terms_of

revision = '0036'
down_revision = '0027'
branch_labels = None
depends_on = None
BATCH = 500
TEXTS = ('reference', 'organisation', 'contact_name', 'contact_email', 'subject', 'on_behalf_of', 'existing_link', 'message')
ENQUIRIES = sa.table('enquiries', sa.column('id', sa.Integer), sa.column('phone', sa.String),
                     sa.column('answers', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')),
                     *(sa.column(name, sa.String) for name in TEXTS))
EVENTS = sa.table('events', sa.column('id', sa.Integer), sa.column('enquiry_id', sa.Integer),
                  sa.column('kind', sa.String), sa.column('text', sa.String))
# Which terms a text has depends on the alphabet; these letters and numbers are what FTS5 must not take apart.
FTS5 = "tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* M* Co'\""


def upgrade():
    postgres = op.get_bind().dialect.name == 'postgresql'
    op.create_table('enquiry_terms',
    sa.Column('enquiry_id', sa.Integer(), nullable=False),
    sa.Column('terms', postgresql.TSVECTOR() if postgres else sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name=op.f('fk_enquiry_terms_enquiry_id_enquiries')),
    sa.PrimaryKeyConstraint('enquiry_id', name=op.f('pk_enquiry_terms'))
    )
    if not postgres:
        follow_on_sqlite()
    fill('array_to_tsvector(string_to_array(:terms, \' \'))' if postgres else ':terms')
    if postgres:
        op.create_index('ix_enquiry_terms_terms', 'enquiry_terms', ['terms'], postgresql_using='gin')


def follow_on_sqlite():
    op.execute("CREATE VIRTUAL TABLE enquiry_terms_index USING fts5("
               f"terms, content='enquiry_terms', content_rowid='enquiry_id', {FTS5}, prefix='3 4')")
    gone = "INSERT INTO enquiry_terms_index(enquiry_terms_index, rowid, terms) VALUES ('delete', old.enquiry_id, old.terms);"
    come = "INSERT INTO enquiry_terms_index(rowid, terms) VALUES (new.enquiry_id, new.terms);"
    for name, statements in (('insert', come), ('delete', gone), ('update', gone + come)):
        op.execute(f"CREATE TRIGGER enquiry_terms_{name} AFTER {name.upper()} ON enquiry_terms BEGIN {statements} END")


def fill(stored):
    """Write the terms of every enquiry, some hundreds at a time."""
    connection, last = op.get_bind(), 0
    while rows := connection.execute(sa.select(ENQUIRIES).where(ENQUIRIES.c.id > last).order_by(ENQUIRIES.c.id).limit(BATCH)).all():
        own = EVENTS.c.enquiry_id.between(rows[0].id, rows[-1].id) & (EVENTS.c.kind == 'partner_message')
        said = {}
        for row in connection.execute(sa.select(EVENTS).where(own).order_by(EVENTS.c.id)):
            said.setdefault(row.enquiry_id, []).append(row.text)
        connection.execute(
            sa.text(f'INSERT INTO enquiry_terms (enquiry_id, terms) VALUES (:number, {stored})'),
            [{'number': row.id, 'terms': ' '.join(sorted(terms_of(written(row, said.get(row.id, [])))))} for row in rows],
        )
        last = rows[-1].id


def written(row, said):
    answers = [value for value in (row.answers or {}).values() if isinstance(value, str)]
    return '\n'.join([*(getattr(row, name) for name in TEXTS), row.phone, digits(row.phone), *answers, *said])


def downgrade():
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('DROP TABLE enquiry_terms_index')
    op.drop_table('enquiry_terms')
