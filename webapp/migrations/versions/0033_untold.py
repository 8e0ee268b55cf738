"""messages of partners that wait to be told of: one row each, also for those written to enquiries that are held now

Revision ID: 0033
Revises: 0032
"""
from alembic import op
import sqlalchemy as sa

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

ENQUIRIES = sa.table('enquiries', sa.column('id', sa.Integer), sa.column('status', sa.String),
                     sa.column('clock_stopped_on', sa.Date))
EVENTS = sa.table('events', sa.column('id', sa.Integer), sa.column('enquiry_id', sa.Integer),
                  sa.column('kind', sa.String))
MESSAGES = sa.table('messages', sa.column('dedupe_key', sa.String))
UNTOLD = sa.table('untold', sa.column('enquiry_id', sa.Integer), sa.column('event_id', sa.Integer))


def upgrade():
    op.create_table(
        'untold',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('enquiry_id', sa.Integer(), nullable=False),
        sa.Column('event_id', sa.Integer(), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name='fk_untold_enquiry_id_enquiries'),
        sa.ForeignKeyConstraint(['event_id'], ['events.id'], name='fk_untold_event_id_events'),
        sa.PrimaryKeyConstraint('id', name='pk_untold'),
        sa.UniqueConstraint('event_id', name='uq_untold_event_id'),
    )
    op.create_index('ix_untold_enquiry_id', 'untold', ['enquiry_id'])
    op.create_index('ix_untold_due_at', 'untold', ['due_at'])
    op.execute(UNTOLD.insert().from_select(['enquiry_id', 'event_id'], held()))


def held():
    """What was written to held enquiries, but for what was told when one of them was taken for genuine before."""
    key = (sa.literal('liaison_partner_wrote:') + sa.cast(EVENTS.c.enquiry_id, sa.String) + sa.literal(':')
           + sa.cast(EVENTS.c.id, sa.String))
    told = sa.exists().where(MESSAGES.c.dedupe_key == key)
    return sa.select(EVENTS.c.enquiry_id, EVENTS.c.id).join_from(
        EVENTS, ENQUIRIES, ENQUIRIES.c.id == EVENTS.c.enquiry_id
    ).where(
        ENQUIRIES.c.status.in_(['spam', 'suspect']), ENQUIRIES.c.clock_stopped_on.is_not(None),
        EVENTS.c.kind == 'partner_message', ~told
    ).order_by(EVENTS.c.id)


def downgrade():
    """The release before tells all that was written to a held enquiry itself; what waits for minutes is on the desk."""
    op.drop_table('untold')
