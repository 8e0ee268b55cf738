"""visits with their days, place and host; rooms; days offered; what confirmed visits hold; delegates and passports

Revision ID: 0040
Revises: 0037
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0040'
down_revision = '0037'
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
AT = sa.DateTime(timezone=True)
STANDING = sa.text("state IN ('tentative', 'confirmed')")


def upgrade():
    op.create_table(
        'rooms',
        sa.Column('id', sa.Integer(), nullable=False), sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('name', JSON, nullable=False), sa.Column('building', JSON, nullable=False), sa.Column('seats', sa.Integer()),
        sa.Column('active', sa.Boolean(), nullable=False), sa.Column('created_at', AT, nullable=False),
        sa.PrimaryKeyConstraint('id', name='pk_rooms'),
    )
    op.create_table(
        'visits',
        sa.Column('id', sa.Integer(), nullable=False), sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('enquiry_id', sa.Integer(), nullable=False), sa.Column('state', word(), nullable=False), sa.Column('mode', word(), nullable=False),
        sa.Column('first_day', sa.Date()), sa.Column('last_day', sa.Date()), sa.Column('starts_at', AT), sa.Column('ends_at', AT),
        text('timezone'), sa.Column('room_id', sa.Integer()), text('venue'), sa.Column('host_id', sa.Integer()), sa.Column('guests', sa.Integer()),
        sa.Column('level', word()), text('level_reason'), sa.Column('with_flags', sa.Boolean(), nullable=False), text('uid'),
        sa.Column('sequence', sa.Integer(), nullable=False), sa.Column('created_at', AT, nullable=False), sa.Column('changed_at', AT, nullable=False),
        sa.Column('confirmed_at', AT), sa.Column('cancelled_at', AT),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name='fk_visits_enquiry_id_enquiries'),
        sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name='fk_visits_room_id_rooms'),
        sa.ForeignKeyConstraint(['host_id'], ['people.id'], name='fk_visits_host_id_people'),
        sa.PrimaryKeyConstraint('id', name='pk_visits'), sa.UniqueConstraint('enquiry_id', name='uq_visits_enquiry_id'),
        sa.UniqueConstraint('uid', name='uq_visits_uid'),
    )
    op.create_index('ix_visits_room_id', 'visits', ['room_id'])
    op.create_index('ix_visits_host_id', 'visits', ['host_id'])
    op.create_index('ix_visits_standing', 'visits', ['first_day', 'last_day'], sqlite_where=STANDING, postgresql_where=STANDING)
    op.create_table(
        'visit_options',
        sa.Column('id', sa.Integer(), nullable=False), sa.Column('visit_id', sa.Integer(), nullable=False),
        sa.Column('first_day', sa.Date(), nullable=False), sa.Column('last_day', sa.Date(), nullable=False), sa.Column('state', word(), nullable=False),
        sa.Column('offered_at', AT, nullable=False), sa.Column('answered_at', AT),
        sa.ForeignKeyConstraint(['visit_id'], ['visits.id'], name='fk_visit_options_visit_id_visits'),
        sa.PrimaryKeyConstraint('id', name='pk_visit_options'),
    )
    op.create_index('ix_visit_options_visit_id', 'visit_options', ['visit_id'])
    op.create_table(
        'holds',
        sa.Column('holder', word(), nullable=False), sa.Column('of', sa.Integer(), nullable=False, autoincrement=False),
        sa.Column('step', sa.Integer(), nullable=False, autoincrement=False), sa.Column('visit_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['visit_id'], ['visits.id'], name='fk_holds_visit_id_visits'),
        sa.PrimaryKeyConstraint('holder', 'of', 'step', name='pk_holds'),
    )
    op.create_index('ix_holds_visit_id', 'holds', ['visit_id'])
    op.create_table(
        'delegates',
        sa.Column('id', sa.Integer(), nullable=False), sa.Column('enquiry_id', sa.Integer(), nullable=False), sa.Column('precedence', sa.Integer(), nullable=False),
        *(text(name) for name in ('family_name', 'given_name')), sa.Column('name_order', word(), nullable=False),
        *(text(name) for name in ('honorific', 'position', 'academic_title', 'organisation', 'email', 'diet', 'access_needs', 'arrival', 'departure', 'vehicle')),
        sa.Column('photo_consent', sa.Boolean()), sa.Column('invitation_letter', sa.Boolean(), nullable=False), sa.Column('arrived_at', AT),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name='fk_delegates_enquiry_id_enquiries'),
        sa.PrimaryKeyConstraint('id', name='pk_delegates'),
    )
    op.create_index('ix_delegates_enquiry_id_precedence', 'delegates', ['enquiry_id', 'precedence'])
    op.create_table(
        'passports',
        sa.Column('id', sa.Integer(), nullable=False), sa.Column('delegate_id', sa.Integer(), nullable=False), sa.Column('enquiry_id', sa.Integer(), nullable=False),
        *(text(name) for name in ('nationality', 'gender')), sa.Column('birth_date', sa.Date()),
        *(text(name) for name in ('name', 'number', 'country')), sa.Column('expiry', sa.Date()),
        sa.ForeignKeyConstraint(['delegate_id'], ['delegates.id'], name='fk_passports_delegate_id_delegates', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name='fk_passports_enquiry_id_enquiries'),
        sa.PrimaryKeyConstraint('id', name='pk_passports'), sa.UniqueConstraint('delegate_id', name='uq_passports_delegate_id'),
    )
    op.create_index('ix_passports_enquiry_id', 'passports', ['enquiry_id'])


def word():
    return sa.String(length=32)


def text(name):
    return sa.Column(name, sa.String(), nullable=False)


def downgrade():
    for table in ('passports', 'delegates', 'holds', 'visit_options', 'visits', 'rooms'):
        op.drop_table(table)
