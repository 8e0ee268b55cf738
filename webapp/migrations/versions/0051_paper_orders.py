"""papers of visits that are asked for, and why an invitation letter was withdrawn

Revision ID: 0051
Revises: 0045
"""
from alembic import op
from sqlalchemy.dialects import postgresql
import sqlalchemy as sa

revision = '0051'
down_revision = '0045'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade():
    op.create_table(
        'paper_orders',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('enquiry_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('state', sa.String(length=32), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('facts', JSON, nullable=False),
        sa.Column('problems', JSON, nullable=False),
        sa.Column('basis', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name=op.f('fk_paper_orders_enquiry_id_enquiries')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_orders')),
        sa.UniqueConstraint('enquiry_id', 'name', name=op.f('uq_paper_orders_enquiry_id_name')),
    )
    op.create_index(op.f('ix_paper_orders_due_at'), 'paper_orders', ['due_at'])
    op.add_column(
        'invitation_letters', sa.Column('withdrawn_reason', sa.String(), nullable=False, server_default='')
    )


def downgrade():
    with op.batch_alter_table('invitation_letters') as table:
        table.drop_column('withdrawn_reason')
    op.drop_index(op.f('ix_paper_orders_due_at'), table_name='paper_orders')
    op.drop_table('paper_orders')
