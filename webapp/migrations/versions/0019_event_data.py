"""what events know has one shape for each kind of event, and the number of that shape

Nothing is dropped: what no event of its kind should have stays under its name, and is not read. What is no object stays
as it is. Where an enquiry's second half began, `origin` said so; that is now known from the kind and no action.

Revision ID: 0019
Revises: 0017
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None
BATCH = 500
SHAPE = 1
EVENTS = sa.table('events', sa.column('id', sa.Integer), sa.column('kind', sa.String), sa.column('action', sa.String),
                  sa.column('data', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')))
BY_ACTION = {
    'prioritise': {'priority': 'after'},
    'relate': {'off': 'removed'},
    'convert': {'kind_before': 'before', 'kind': 'after'},
}
BY_KIND = {
    'mail_failed': {'message': 'message_id', 'mail': 'message_kind'},
    'mail_resent': {'message': 'message_id', 'mail': 'message_kind'},
    'mail_set_aside': {'message': 'message_id', 'mail': 'message_kind'},
    'handed_over': {'name': 'after', 'hops': 'steps'},
    'absorbed': {'back': 'separated'},
}

# These were not there where they say nothing.
LEFT_OUT = {'status', 'day', 'closure'}


def upgrade():
    rewrite(renewed)


def downgrade():
    rewrite(restored)


def rewrite(change):
    """Some hundreds of rows at a time, by id, so that a history of any length fits into memory."""
    connection, last = op.get_bind(), 0
    mend = EVENTS.update().where(EVENTS.c.id == sa.bindparam('number')).values(data=sa.bindparam('changed'))
    query = sa.select(EVENTS).order_by(EVENTS.c.id).limit(BATCH)
    while rows := connection.execute(query.where(EVENTS.c.id > last)).all():
        last = rows[-1].id
        found = [(row.id, change(row)) for row in rows if isinstance(row.data, dict)]
        changed = [{'number': number, 'changed': data} for number, data in found if data is not None]
        if changed:
            connection.execute(mend, changed)


def names_of(row):
    return BY_ACTION.get(row.action, {}) if row.action else BY_KIND.get(row.kind, {})


def is_second_half(row):
    return row.kind == 'split' and not row.action


def renewed(row):
    if 'v' in row.data:
        return None
    names, data = names_of(row), dict(row.data)
    new = {'v': SHAPE}
    if 'from' in data and 'to' in data:
        new['status'] = {'before': data.pop('from'), 'after': data.pop('to')}
    if is_second_half(row) and data.get('origin') is True:
        del data['origin']
    return new | {names.get(name, name): value for name, value in data.items()}


def restored(row):
    if row.data.get('v') != SHAPE:
        return None
    names = {new: old for old, new in names_of(row).items()}
    data = {name: value for name, value in row.data.items() if name != 'v' and (name not in LEFT_OUT or value is not None)}
    old = {}
    status = data.get('status')
    if isinstance(status, dict) and status.keys() == {'before', 'after'}:
        old = {'from': status['before'], 'to': status['after']}
        del data['status']
    if is_second_half(row):
        old['origin'] = True
    return old | {names.get(name, name): value for name, value in data.items()}
