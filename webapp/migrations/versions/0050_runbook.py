"""runbooks and tasks of visits; outcomes, promises, gifts and what partners say of a visit

Revision ID: 0050
Revises: 0051
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0050'
down_revision = '0051'
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
AT = sa.DateTime(timezone=True)


def number():
    return sa.Column('id', sa.Integer(), nullable=False)


def text(name):
    return sa.Column(name, sa.String(), nullable=False)


def of_enquiry(table):
    return (
        sa.PrimaryKeyConstraint('id', name=f'pk_{table}'),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name=f'fk_{table}_enquiry_id_enquiries'),
    )


def owned(table):
    return sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name=f'fk_{table}_owner_id_people')


def enquiry_id():
    return sa.Column('enquiry_id', sa.Integer(), nullable=False)


def upgrade():
    op.create_table(
        'runbook_steps', number(), sa.Column('level', sa.String(length=32), nullable=False), sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('title', JSON, nullable=False), sa.Column('offset', sa.Integer(), nullable=False), sa.Column('required', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_runbook_steps'), sa.UniqueConstraint('level', 'position', name='uq_runbook_steps_level_position'),
    )
    op.create_table(
        'visit_tasks', number(), enquiry_id(), sa.Column('title', JSON, nullable=False), sa.Column('offset', sa.Integer()), sa.Column('due_on', sa.Date()),
        sa.Column('owner_id', sa.Integer()), sa.Column('required', sa.Boolean(), nullable=False), sa.Column('done_at', AT), text('done_by'),
        *of_enquiry('visit_tasks'), owned('visit_tasks'),
    )
    op.create_table(
        'visit_reports', number(), enquiry_id(), text('outcome'), sa.Column('held_on', sa.Date(), nullable=False), text('noted_by'),
        sa.Column('changed_at', AT, nullable=False), sa.Column('follow_up_on', sa.Date()),
        *of_enquiry('visit_reports'), sa.UniqueConstraint('enquiry_id', name='uq_visit_reports_enquiry_id'),
    )
    op.create_table(
        'promises', number(), enquiry_id(), text('text'), sa.Column('owner_id', sa.Integer()), sa.Column('due_on', sa.Date()), sa.Column('done_at', AT),
        text('done_by'), *of_enquiry('promises'), owned('promises'),
    )
    op.create_table(
        'gifts', number(), enquiry_id(), sa.Column('direction', sa.String(length=32), nullable=False), sa.Column('day', sa.Date(), nullable=False),
        text('item'), sa.Column('number', sa.Integer(), nullable=False), sa.Column('value', sa.Numeric(12, 2)), text('currency'), text('giver'),
        text('receiver'), text('handler'), sa.Column('decision', sa.String(length=32)), text('whereabouts'), text('noted_by'),
        sa.Column('noted_at', AT, nullable=False), *of_enquiry('gifts'),
    )
    op.create_table(
        'surveys', number(), enquiry_id(), sa.Column('aims', sa.Integer(), nullable=False), sa.Column('organisation', sa.Integer(), nullable=False),
        sa.Column('right_people', sa.Boolean(), nullable=False), sa.Column('photos', sa.Boolean(), nullable=False), text('next_step'),
        sa.Column('answered_at', AT, nullable=False), *of_enquiry('surveys'), sa.UniqueConstraint('enquiry_id', name='uq_surveys_enquiry_id'),
    )
    for table, column in INDEXED:
        op.create_index(f'ix_{table}_{column}', table, [column])


INDEXED = (
    ('visit_tasks', 'enquiry_id'), ('visit_tasks', 'owner_id'), ('visit_tasks', 'due_on'), ('visit_reports', 'follow_up_on'),
    ('promises', 'enquiry_id'), ('promises', 'owner_id'), ('promises', 'due_on'), ('gifts', 'enquiry_id'),
)


def downgrade():
    for table in ('surveys', 'gifts', 'promises', 'visit_reports', 'visit_tasks', 'runbook_steps'):
        op.drop_table(table)
