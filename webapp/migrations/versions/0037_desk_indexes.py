"""an index for every filter of the desk with the order it is read in, small ones of what is open; closures that move on

Revision ID: 0037
Revises: 0039
"""
from alembic import op
import sqlalchemy as sa

revision = '0037'
down_revision = '0039'
branch_labels = None
depends_on = None
OPEN = "status IN ('received', 'in_review', 'awaiting_partner', 'awaiting_approval', 'accepted', 'scheduled')"
CLOSED = "status IN ('completed', 'declined', 'withdrawn')"
RUNNING = "status IN ('received', 'in_review', 'awaiting_approval', 'spam')"
QUEUE = ('priority', 'due_on', 'id')
NEWEST = ('submitted_at', 'id')
OF_OPEN = (QUEUE, *((name, *QUEUE) for name in ('status', 'kind', 'network_id', 'assignee_id', 'answerer_id')), ('due_on', 'id'), NEWEST)
OF_ALL = tuple((name, *NEWEST) for name in ('kind', 'network_id', 'assignee_id', 'priority'))
EVENTS = (('actor_id', 'id'), ('actor_kind', 'id'))
SENDERS = {
    'ix_enquiries_sender_email': 'lower(contact_email)',
    'ix_enquiries_sender_domain': "split_part(lower(contact_email), '@', 2)",
    'ix_enquiries_sender_organisation': "split_part(search_text, E'\\n', 1)",
}
BEFORE = (('status', 'due_on', 'id'), ('network_id', 'status', 'submitted_at'), ('assignee_id', 'status', 'submitted_at'),
          ('due_on', 'id'), ('status', 'priority', 'due_on', 'id'))
WROTE = 'partner_wrote_at IS NOT NULL'


def upgrade():
    op.add_column('closures', sa.Column('moving', sa.Boolean(), server_default=sa.false(), nullable=False))
    for columns in OF_OPEN:
        some('open_' + '_'.join(columns), columns, OPEN)
    some('closed', NEWEST, CLOSED)
    some('running', ('promised_on', 'id'), RUNNING)
    some('wrote', NEWEST, WROTE)
    for columns in OF_ALL:
        op.create_index('ix_enquiries_' + '_'.join(columns), 'enquiries', columns)
    for columns in EVENTS:
        op.create_index('ix_events_' + '_'.join(columns), 'events', columns)
    if op.get_bind().dialect.name == 'postgresql':
        for name, sender in SENDERS.items():
            op.create_index(name, 'enquiries', [sa.text(sender), 'submitted_at'])
    for columns in BEFORE:
        op.drop_index('ix_enquiries_' + '_'.join(columns), 'enquiries')
    op.drop_index('ix_enquiries_partner_wrote_at', 'enquiries')


def some(name, columns, where):
    op.create_index('ix_enquiries_' + name, 'enquiries', columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade():
    with op.batch_alter_table('closures') as closures:
        closures.drop_column('moving')
    some('partner_wrote_at', ['partner_wrote_at'], WROTE)
    for columns in BEFORE:
        op.create_index('ix_enquiries_' + '_'.join(columns), 'enquiries', columns)
    if op.get_bind().dialect.name == 'postgresql':
        for name in SENDERS:
            op.drop_index(name, 'enquiries')
    for columns in EVENTS:
        op.drop_index('ix_events_' + '_'.join(columns), 'events')
    for columns in OF_ALL:
        op.drop_index('ix_enquiries_' + '_'.join(columns), 'enquiries')
    for name in ('wrote', 'closed', 'running', *('open_' + '_'.join(columns) for columns in OF_OPEN)):
        op.drop_index('ix_enquiries_' + name, 'enquiries')
