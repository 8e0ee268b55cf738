"""periods that no visit should fall into, and trips of our own with their stops and people

Revision ID: 0046
Revises: 0044
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0046'
down_revision = '0044'
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
AT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        'blocked_periods',
        *row(), sa.Column('name', JSON, nullable=False), day('first'), day('last'), sa.Column('hard', sa.Boolean(), nullable=False),
        sa.Column('created_at', AT, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_blocked_periods'),
    )
    op.create_index('ix_blocked_periods_last', 'blocked_periods', ['last'])
    op.create_table(
        'trips',
        *row(), text('title'), text('purpose'), day('leaves_on'), day('back_on'), text('others'), sa.Column('reported_on', sa.Date()),
        sa.Column('created_at', AT, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_trips'),
    )
    op.create_index('ix_trips_back_on_leaves_on', 'trips', ['back_on', 'leaves_on'])
    op.create_table(
        'trip_stops',
        part('trip_id'), part('position'), text('place'), text('country'), day('first_day'), day('last_day'), text('timezone'),
        sa.ForeignKeyConstraint(['trip_id'], ['trips.id'], name='fk_trip_stops_trip_id_trips', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('trip_id', 'position', name='pk_trip_stops'),
    )
    op.create_table(
        'trip_members',
        part('trip_id'), part('person_id'), sa.Column('position', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['trip_id'], ['trips.id'], name='fk_trip_members_trip_id_trips', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name='fk_trip_members_person_id_people'),
        sa.PrimaryKeyConstraint('trip_id', 'person_id', name='pk_trip_members'),
    )
    op.create_index('ix_trip_members_person_id', 'trip_members', ['person_id'])


def row():
    return sa.Column('id', sa.Integer(), nullable=False), sa.Column('version', sa.Integer(), nullable=False)


def part(name):
    return sa.Column(name, sa.Integer(), nullable=False, autoincrement=False)


def day(name):
    return sa.Column(name, sa.Date(), nullable=False)


def text(name):
    return sa.Column(name, sa.String(), nullable=False)


def downgrade():
    for table in ('trip_members', 'trip_stops', 'trips', 'blocked_periods'):
        op.drop_table(table)
