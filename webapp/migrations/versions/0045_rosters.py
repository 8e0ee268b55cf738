"""lists of delegates that were sent and not confirmed, and changes asked for after a visit was confirmed

Revision ID: 0045
Revises: 0042
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0045'
down_revision = '0042'
branch_labels = None
depends_on = None
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
AT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        'roster_drafts',
        sa.Column('id', sa.Integer(), nullable=False), sa.Column('enquiry_id', sa.Integer(), nullable=False), sa.Column('person_id', sa.Integer()),
        sa.Column('sent_at', AT, nullable=False), sa.Column('name', sa.String(), nullable=False), sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.Column('choices', JSON, nullable=False), sa.Column('state', sa.String(length=32), nullable=False), sa.Column('lines', sa.Integer(), nullable=False),
        sa.Column('reading', JSON), sa.Column('mark', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name='fk_roster_drafts_enquiry_id_enquiries'),
        sa.ForeignKeyConstraint(['person_id'], ['people.id'], name='fk_roster_drafts_person_id_people'),
        sa.PrimaryKeyConstraint('id', name='pk_roster_drafts'),
    )
    op.create_index('ix_roster_drafts_enquiry_id', 'roster_drafts', ['enquiry_id'])
    op.create_index('ix_roster_drafts_sent_at', 'roster_drafts', ['sent_at'])
    op.create_table(
        'roster_changes',
        sa.Column('id', sa.Integer(), nullable=False), sa.Column('enquiry_id', sa.Integer(), nullable=False), sa.Column('delegate_id', sa.Integer()),
        sa.Column('kind', sa.String(length=32), nullable=False), sa.Column('precedence', sa.Integer(), nullable=False),
        sa.Column('after', JSON, nullable=False), sa.Column('passport', JSON, nullable=False), sa.Column('asked_at', AT, nullable=False),
        sa.Column('state', sa.String(length=32), nullable=False), sa.Column('decided_at', AT),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name='fk_roster_changes_enquiry_id_enquiries'),
        sa.ForeignKeyConstraint(['delegate_id'], ['delegates.id'], name='fk_roster_changes_delegate_id_delegates', ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name='pk_roster_changes'),
    )
    op.create_index('ix_roster_changes_enquiry_id', 'roster_changes', ['enquiry_id'])
    op.create_index('ix_roster_changes_delegate_id', 'roster_changes', ['delegate_id'])


def downgrade():
    op.drop_table('roster_changes')
    op.drop_table('roster_drafts')
