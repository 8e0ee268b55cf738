"""links of partners run out, drafts and links know their browser, addresses are confirmed

What came before is taken as written by the partner: their links were never told apart from those of browsers.

Revision ID: 0025
Revises: 0020
"""
from datetime import timedelta

from alembic import op
import sqlalchemy as sa

revision = '0025'
down_revision = '0022'
branch_labels = None
depends_on = None

_LASTS = timedelta(days=6 * 31)


def upgrade():
    op.add_column('links', sa.Column('browser_hash', sa.String(), nullable=True))
    op.add_column('drafts', sa.Column('browser_hash', sa.String(), nullable=True))
    op.add_column('enquiries', sa.Column('address_confirmed_at', sa.DateTime(timezone=True), nullable=True))
    op.execute('UPDATE enquiries SET address_confirmed_at = submitted_at')
    _let_links_run_out()


def _let_links_run_out():
    """Half a year after an enquiry's last change, and never before those who have the link were told otherwise."""
    stamp = sa.DateTime(timezone=True)
    enquiries = sa.table('enquiries', sa.column('id'), sa.column('status'), sa.column('changed_at', stamp))
    links = sa.table('links', *map(sa.column, ('id', 'kind', 'enquiry_id', 'ended_at')), sa.column('expires_at', stamp))
    connection = op.get_bind()
    ended = enquiries.c.status.in_(('completed', 'declined', 'withdrawn', 'spam'))
    open_links = (links.c.kind == 'tracking') & links.c.ended_at.is_(None)
    query = sa.select(links.c.id, enquiries.c.changed_at).where(links.c.enquiry_id == enquiries.c.id, ended, open_links)
    for number, changed_at in connection.execute(query).all():
        connection.execute(sa.update(links).where(links.c.id == number).values(expires_at=changed_at + _LASTS))


def downgrade():
    op.execute("UPDATE links SET expires_at = NULL WHERE kind = 'tracking'")
    op.execute("DELETE FROM links WHERE kind = 'browser'")
    op.drop_column('enquiries', 'address_confirmed_at')
    op.drop_column('drafts', 'browser_hash')
    op.drop_column('links', 'browser_hash')
