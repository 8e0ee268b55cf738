"""the slots of a visit's programme, who receives it in each, and whether its partner sees them

Revision ID: 0049
Revises: 0050
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0049'
down_revision = '0050'
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
AT = sa.DateTime(timezone=True)


def upgrade():
    op.add_column('visits', sa.Column('shows_programme', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        'visit_slots',
        sa.Column('id', sa.Integer(), nullable=False), sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('visit_id', sa.Integer(), nullable=False), sa.Column('enquiry_id', sa.Integer(), nullable=False),
        sa.Column('starts_at', AT, nullable=False), sa.Column('ends_at', AT, nullable=False),
        sa.Column('title', JSON, nullable=False), sa.Column('purpose', JSON, nullable=False), sa.Column('room_id', sa.Integer()),
        *(sa.Column(name, sa.String(), nullable=False) for name in ('place', 'languages', 'interpreter')),
        sa.Column('quorum', sa.Integer(), nullable=False), sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('uid', sa.String(), nullable=False), sa.Column('sequence', sa.Integer(), nullable=False), sa.Column('changed_at', AT, nullable=False),
        sa.ForeignKeyConstraint(['visit_id'], ['visits.id'], name='fk_visit_slots_visit_id_visits'),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name='fk_visit_slots_enquiry_id_enquiries'),
        sa.ForeignKeyConstraint(['room_id'], ['rooms.id'], name='fk_visit_slots_room_id_rooms'),
        sa.PrimaryKeyConstraint('id', name='pk_visit_slots'), sa.UniqueConstraint('uid', name='uq_visit_slots_uid'),
    )
    op.create_index('ix_visit_slots_visit_id_starts_at', 'visit_slots', ['visit_id', 'starts_at'])
    op.create_index('ix_visit_slots_enquiry_id', 'visit_slots', ['enquiry_id'])
    op.create_index('ix_visit_slots_room_id', 'visit_slots', ['room_id'])
    op.create_index('ix_visit_slots_starts_at', 'visit_slots', ['starts_at'])
    op.create_table(
        'slot_hosts',
        sa.Column('id', sa.Integer(), nullable=False), sa.Column('slot_id', sa.Integer(), nullable=False), sa.Column('enquiry_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False), sa.Column('link_id', sa.Integer()), sa.Column('answer', sa.String(length=32), nullable=False),
        sa.Column('note', sa.String(), nullable=False), sa.Column('entered', sa.Boolean(), nullable=False), sa.Column('instead_of_id', sa.Integer()),
        sa.Column('invited_at', AT), sa.Column('answered_at', AT), sa.Column('reminded_at', AT),
        sa.ForeignKeyConstraint(['slot_id'], ['visit_slots.id'], name='fk_slot_hosts_slot_id_visit_slots', ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name='fk_slot_hosts_enquiry_id_enquiries'),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name='fk_slot_hosts_person_id_people'),
        sa.ForeignKeyConstraint(['link_id'], ['links.id'], name='fk_slot_hosts_link_id_links'),
        sa.ForeignKeyConstraint(['instead_of_id'], ['slot_hosts.id'], name='fk_slot_hosts_instead_of_id_slot_hosts', ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name='pk_slot_hosts'), sa.UniqueConstraint('link_id', name='uq_slot_hosts_link_id'),
        sa.UniqueConstraint('slot_id', 'person_id', name='uq_slot_hosts_slot_id_person_id'),
    )
    op.create_index('ix_slot_hosts_person_id', 'slot_hosts', ['person_id'])
    op.create_index('ix_slot_hosts_enquiry_id', 'slot_hosts', ['enquiry_id'])


def downgrade():
    op.execute("UPDATE messages SET link_id = NULL WHERE link_id IN (SELECT id FROM links WHERE kind = 'host')")
    op.drop_table('slot_hosts')
    op.drop_table('visit_slots')
    op.execute("DELETE FROM links WHERE kind = 'host'")
    op.drop_column('visits', 'shows_programme')
