"""indexes of what the desk's lists are sorted by and searched for: organisations, and the address of an email

Revision ID: 0069
Revises: 0066
"""
from alembic import op
import sqlalchemy as sa

revision = '0069'
down_revision = '0066'
branch_labels = None
depends_on = None
OPEN = sa.text("status IN ('received', 'in_review', 'awaiting_partner', 'awaiting_approval', 'accepted', 'scheduled')")


def upgrade():
    op.create_index(
        'ix_enquiries_open_organisation_id', 'enquiries', ['organisation', 'id'], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index('ix_messages_recipient_email_id', 'messages', [sa.text('lower(recipient_email)'), 'id'])


def downgrade():
    op.drop_index('ix_messages_recipient_email_id', 'messages')
    op.drop_index('ix_enquiries_open_organisation_id', 'enquiries')
