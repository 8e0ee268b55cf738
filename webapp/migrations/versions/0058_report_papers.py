"""papers that belong to no visit, such as the figures of a period, and how many agreements came of a visit

Revision ID: 0058
Revises: 0049
"""
from alembic import op
import sqlalchemy as sa

revision = '0058'
down_revision = '0049'
branch_labels = None
depends_on = None

TABLES = ('paper_orders', 'visit_papers')


def upgrade():
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.alter_column('enquiry_id', existing_type=sa.Integer(), nullable=True)
    op.add_column('visit_reports', sa.Column('agreements', sa.Integer(), nullable=False, server_default='0'))


def downgrade():
    op.drop_column('visit_reports', 'agreements')
    for name in TABLES:
        op.execute(f'DELETE FROM {name} WHERE enquiry_id IS NULL')
        with op.batch_alter_table(name) as table:
            table.alter_column('enquiry_id', existing_type=sa.Integer(), nullable=False)
