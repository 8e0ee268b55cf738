"""papers that belong to no visit, such as the figures of a period; how many agreements came of a visit; whom trips visit

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
    for column in ('host', 'host_key'):
        op.add_column('trip_stops', sa.Column(column, sa.String(), nullable=False, server_default=''))
    op.create_index(op.f('ix_trip_stops_host_key'), 'trip_stops', ['host_key'])


def downgrade():
    op.drop_index(op.f('ix_trip_stops_host_key'), table_name='trip_stops')
    for column in ('host_key', 'host'):
        op.drop_column('trip_stops', column)
    op.drop_column('visit_reports', 'agreements')
    for name in TABLES:
        op.execute(f'DELETE FROM {name} WHERE enquiry_id IS NULL')
        with op.batch_alter_table(name) as table:
            table.alter_column('enquiry_id', existing_type=sa.Integer(), nullable=False)
