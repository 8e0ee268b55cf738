"""a draft keeps what its form said when it was checked, and whether files ever came; records by country

Revision ID: 0043
Revises: 0041
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

revision = '0043'
down_revision = '0041'
branch_labels = None
depends_on = None
SHOWN = sa.text('merged_into_id IS NULL')


def upgrade():
    with op.batch_alter_table('drafts') as batch:
        kind = sa.JSON().with_variant(JSONB(), 'postgresql')
        batch.add_column(sa.Column('checked', kind, nullable=False, server_default='{}'))
        # Of the drafts that are there no one knows.
        batch.add_column(sa.Column('has_files', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index('ix_organisations_country_sort_name_id', 'organisations', ['country', 'sort_name', 'id'],
                    sqlite_where=SHOWN, postgresql_where=SHOWN)


def downgrade():
    op.drop_index('ix_organisations_country_sort_name_id', table_name='organisations')
    with op.batch_alter_table('drafts') as batch:
        batch.drop_column('has_files')
        batch.drop_column('checked')
