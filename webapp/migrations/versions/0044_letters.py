"""invitation letters by number, and papers of visits as they were made

Revision ID: 0044
Revises: 0043
"""
from alembic import op
import sqlalchemy as sa

revision = '0044'
down_revision = '0043'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'invitation_letters',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(), nullable=False),
        sa.Column('enquiry_id', sa.Integer(), nullable=False),
        sa.Column('purpose', sa.String(length=32), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('issued_by_id', sa.Integer(), nullable=True),
        sa.Column('valid_until', sa.Date(), nullable=False),
        sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('withdrawn_by_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name=op.f('fk_invitation_letters_enquiry_id_enquiries')),
        sa.ForeignKeyConstraint(['issued_by_id'], ['people.id'], name=op.f('fk_invitation_letters_issued_by_id_people')),
        sa.ForeignKeyConstraint(['withdrawn_by_id'], ['people.id'], name=op.f('fk_invitation_letters_withdrawn_by_id_people')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation_letters')),
        sa.UniqueConstraint('number', name=op.f('uq_invitation_letters_number')),
    )
    op.create_index(op.f('ix_invitation_letters_enquiry_id'), 'invitation_letters', ['enquiry_id'])
    op.create_table(
        'visit_papers',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('enquiry_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('sha256', sa.String(), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name=op.f('fk_visit_papers_enquiry_id_enquiries')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_papers')),
        sa.UniqueConstraint('enquiry_id', 'name', 'version', name=op.f('uq_visit_papers_enquiry_id_name_version')),
    )


def downgrade():
    op.drop_table('visit_papers')
    op.drop_index(op.f('ix_invitation_letters_enquiry_id'), table_name='invitation_letters')
    op.drop_table('invitation_letters')
