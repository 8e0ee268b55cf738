"""what is stored to be searched and compared is folded as queries are

The folding is imported, not copied: a stored text is right only where it is folded by the very code that folds the
query. Whoever changes its rules adds a migration that folds anew, after which it does not matter what this one did.

Revision ID: 0013
Revises: 0012
"""
import unicodedata

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from webapp.domain.search.folding import digits, folded, searchable, words

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None
BATCH = 500
LONGEST = 8000
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
ANSWERS = ('leader_name', 'leader_title', 'senior', 'university_contact', 'units', 'disciplines', 'outcome', 'rationale')
SENDER = ('organisation', 'contact_name', 'contact_email', 'subject', 'on_behalf_of')
ENQUIRIES = sa.table('enquiries', sa.column('id', sa.Integer), sa.column('answers', JSON),
                     *(sa.column(name, sa.String) for name in (*SENDER, 'reference', 'phone', 'existing_link', 'message',
                                                               'search_text')))
EVENTS = sa.table('events', sa.column('id', sa.Integer), sa.column('enquiry_id', sa.Integer),
                  sa.column('kind', sa.String), sa.column('text', sa.String))
ORGANISATIONS = sa.table('organisations', sa.column('id', sa.Integer), sa.column('name', sa.String),
                         sa.column('aliases', JSON), sa.column('domains', JSON), sa.column('merged_into_id', sa.Integer),
                         sa.column('sort_name', sa.String), sa.column('search_text', sa.String))
KEYS = sa.table('organisation_keys', sa.column('organisation_id', sa.Integer), sa.column('kind', sa.String),
                sa.column('value', sa.String))
TAGS = sa.table('tags', sa.column('id', sa.Integer), sa.column('name', sa.String), sa.column('key', sa.String))
VIEWS = sa.table('saved_views', sa.column('id', sa.Integer), sa.column('query', JSON))


def upgrade():
    refold_enquiries(new_text)
    refold_organisations(name_key, searchable)
    refold_tags(folded)


def downgrade():
    refold_enquiries(old_text)
    refold_organisations(old_name_key, None)
    refold_tags(lambda name: unicodedata.normalize('NFKC', name).casefold())


def batches(table):
    """All rows by id, some hundreds at a time."""
    connection, last = op.get_bind(), 0
    while rows := connection.execute(sa.select(table).where(table.c.id > last).order_by(table.c.id).limit(BATCH)).all():
        last = rows[-1].id
        yield rows


def save(table, rows):
    """Write the columns that rows give beside their `number`, which is the id."""
    if rows:
        op.get_bind().execute(table.update().where(table.c.id == sa.bindparam('number')), rows)


def refold_enquiries(compose):
    for rows in batches(ENQUIRIES):
        own = EVENTS.c.enquiry_id.between(rows[0].id, rows[-1].id) & (EVENTS.c.kind == 'partner_message')
        said = {}
        for row in op.get_bind().execute(sa.select(EVENTS).where(own).order_by(EVENTS.c.id)):
            said.setdefault(row.enquiry_id, []).append(row.text)
        save(ENQUIRIES, [{'number': row.id, 'search_text': compose(row, said.get(row.id, []))} for row in rows])


def written(row, said):
    first = [*(str(row.answers.get(name) or '') for name in ANSWERS), row.existing_link, row.message]
    return [' '.join(first), *said]


def new_text(row, said):
    lines = [*(getattr(row, name) for name in SENDER), f'{row.reference} {row.phone} {digits(row.phone)}']
    return '\n'.join([*map(searchable, lines), ' '.join(map(searchable, written(row, said))).strip()[:LONGEST]])


def old_text(row, said):
    lines = '\n'.join(getattr(row, name) for name in SENDER).casefold()
    return f"{lines}\n{' '.join(' '.join(written(row, said)).casefold().split())[:LONGEST]}"


def name_key(name):
    found = words(name)
    return ' '.join(found[1:] if len(found) > 1 and found[0] == 'the' else found)


def old_name_key(name):
    plain = unicodedata.normalize('NFKD', unicodedata.normalize('NFKC', name).casefold())
    letters = unicodedata.normalize('NFC', ''.join(char for char in plain if not unicodedata.combining(char)))
    found = ''.join(char if char.isalnum() else ' ' for char in letters).split()
    return ' '.join(found[1:] if len(found) > 1 and found[0] == 'the' else found)


def refold_organisations(key, text):
    """Names by which records are sorted, searched and recognised; a name that folds to nothing keeps what it had."""
    for rows in batches(ORGANISATIONS):
        saved, keys = [], []
        for row in rows:
            names = list(dict.fromkeys(filter(None, map(key, [row.name, *row.aliases]))))
            parts = map(text, [row.name, *row.aliases, *row.domains]) if text else [*names, *row.domains]
            saved.append({'number': row.id, 'sort_name': (names or [row.sort_name])[0], 'search_text': '\n'.join(parts)})
            if row.merged_into_id is None:
                keys += [{'organisation_id': row.id, 'kind': 'name', 'value': name} for name in names]
        save(ORGANISATIONS, saved)
        of_these = KEYS.c.organisation_id.between(rows[0].id, rows[-1].id)
        op.get_bind().execute(KEYS.delete().where(of_these, KEYS.c.kind == 'name'))
        if keys:
            op.get_bind().execute(KEYS.insert(), keys)


def refold_tags(key):
    """Keys are unique and stay so: of tags that now fold alike each is kept, one under the new key, the others under
    theirs, which no folded name can be; each is still chosen, filtered by and taken off by its name."""
    connection = op.get_bind()
    tags = connection.execute(sa.select(TAGS).order_by(TAGS.c.id)).all()
    taken, renamed = {tag.key for tag in tags}, {}
    for tag in tags:
        wanted = key(tag.name)
        if wanted and wanted not in taken:
            taken.add(wanted)
            renamed[tag.key] = wanted
            connection.execute(TAGS.update().where(TAGS.c.id == tag.id).values(key=wanted))
    for rows in batches(VIEWS):
        moved = [row for row in rows if row.query.get('tag') in renamed]
        save(VIEWS, [{'number': row.id, 'query': {**row.query, 'tag': renamed[row.query['tag']]}} for row in moved])
