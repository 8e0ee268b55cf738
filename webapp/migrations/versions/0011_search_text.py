"""search finds what was written; as what an enquiry was asked first

Revision ID: 0011
Revises: 0010
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None
BATCH = 500
LONGEST = 8000
ANSWERS = ('leader_name', 'leader_title', 'senior', 'university_contact', 'units', 'disciplines', 'outcome', 'rationale')
TEXTS = ('organisation', 'contact_name', 'contact_email', 'subject', 'on_behalf_of', 'existing_link', 'message')
ENQUIRIES = sa.table('enquiries', sa.column('id', sa.Integer), sa.column('kind', sa.String),
                     sa.column('asked_as', sa.String), sa.column('search_text', sa.String),
                     sa.column('answers', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')),
                     *(sa.column(name, sa.String) for name in TEXTS))
EVENTS = sa.table('events', sa.column('id', sa.Integer), sa.column('enquiry_id', sa.Integer),
                  sa.column('kind', sa.String), sa.column('text', sa.String))


def upgrade():
    # Adding columns copies no table, so nothing that points to these rows is touched.
    op.add_column('enquiries', sa.Column('asked_as', sa.String(length=32), nullable=False, server_default='question'))
    op.execute(ENQUIRIES.update().values(asked_as=ENQUIRIES.c.kind))
    rewrite(lambda row, said: '\n'.join([sender(row), written(row, said)]))


def downgrade():
    rewrite(lambda row, _said: '\n'.join([sender(row), str(row.answers.get('leader_name') or '').casefold()]))
    op.drop_column('enquiries', 'asked_as')


def rewrite(compose):
    """Write the text of every enquiry anew, some hundreds at a time; `said` is what its partner wrote later."""
    connection, last = op.get_bind(), 0
    while True:
        some = sa.select(ENQUIRIES).where(ENQUIRIES.c.id > last).order_by(ENQUIRIES.c.id).limit(BATCH)
        rows = connection.execute(some).all()
        if not rows:
            return
        last = rows[-1].id
        said = messages(connection, rows)
        statement = ENQUIRIES.update().where(ENQUIRIES.c.id == sa.bindparam('number'))
        connection.execute(
            statement.values(search_text=sa.bindparam('text')),
            [{'number': row.id, 'text': compose(row, said.get(row.id, []))} for row in rows],
        )


def messages(connection, rows):
    own = EVENTS.c.enquiry_id.between(rows[0].id, rows[-1].id) & (EVENTS.c.kind == 'partner_message')
    said = {}
    for row in connection.execute(sa.select(EVENTS).where(own).order_by(EVENTS.c.id)):
        said.setdefault(row.enquiry_id, []).append(row.text)
    return said


def sender(row):
    return '\n'.join([row.organisation, row.contact_name, row.contact_email, row.subject, row.on_behalf_of]).casefold()


def written(row, said):
    answers = [str(row.answers.get(name) or '') for name in ANSWERS]
    words = ' '.join([*answers, row.existing_link, row.message, *said]).casefold().split()
    return ' '.join(words)[:LONGEST]
