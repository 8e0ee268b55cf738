"""who named the holder of a link, and no link outlasts its question

Revision ID: 0026
Revises: 0020
"""
from datetime import timedelta

from alembic import op
import sqlalchemy as sa

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

TRACKS = sa.text("kind = 'tracking' AND ended_at IS NULL")
DECIDED = ('accepted', 'scheduled', 'completed', 'declined', 'withdrawn', 'spam')
AT = sa.DateTime(timezone=True)
ANSWERED, LONGEST = timedelta(days=7), timedelta(days=60)


def upgrade():
    op.drop_index('uq_links_tracking', table_name='links')
    with op.batch_alter_table('links') as batch:
        batch.add_column(sa.Column('asked_by_id', sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f('fk_links_asked_by_id_people'), 'people', ['asked_by_id'], ['id'])
    op.create_index('ix_links_asked_by_id_created_at', 'links', ['asked_by_id', 'created_at'])
    _track()
    _shorten()


def _track():
    op.create_index('uq_links_tracking', 'links', ['enquiry_id'], unique=True,
                    sqlite_where=TRACKS, postgresql_where=TRACKS)


def _shorten():
    """End links seven days after their answer, and sixty after the last email; nothing is prolonged."""
    link = sa.table('links', sa.column('id'), sa.column('kind'), sa.column('enquiry_id'), sa.column('expires_at', AT))
    approval = sa.table('approvals', sa.column('link_id'), sa.column('answered_at', AT))
    referral = sa.table('referrals', sa.column('link_id'), sa.column('returned_at', AT), sa.column('chased_at', AT),
                        sa.column('created_at', AT))
    enquiry = sa.table('enquiries', sa.column('id'), sa.column('status'), sa.column('changed_at', AT))
    answered = sa.select(approval.c.link_id, approval.c.answered_at).where(approval.c.answered_at.is_not(None))
    returned = sa.select(referral.c.link_id, referral.c.returned_at).where(referral.c.returned_at.is_not(None))
    asked = sa.select(referral.c.link_id, sa.func.coalesce(referral.c.chased_at, referral.c.created_at, type_=AT))
    decided = sa.select(link.c.id, enquiry.c.changed_at).where(
        link.c.enquiry_id == enquiry.c.id, link.c.kind == 'decision', enquiry.c.status.in_(DECIDED)
    )
    for rows, lasts in ((answered, ANSWERED), (returned, ANSWERED), (asked, LONGEST), (decided, ANSWERED)):
        for number, since in op.get_bind().execute(rows).all():
            ends = since + lasts
            op.execute(link.update().where(link.c.id == number, link.c.expires_at > ends).values(expires_at=ends))


def downgrade():
    op.drop_index('uq_links_tracking', table_name='links')
    op.drop_index('ix_links_asked_by_id_created_at', table_name='links')
    with op.batch_alter_table('links') as batch:
        batch.drop_constraint(batch.f('fk_links_asked_by_id_people'), type_='foreignkey')
        batch.drop_column('asked_by_id')
    _track()
