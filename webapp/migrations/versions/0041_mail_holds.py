"""emails can be held, above all those of a restored database

Revision ID: 0041
Revises: 0048
"""
from alembic import op
import sqlalchemy as sa

revision = '0041'
down_revision = '0048'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'mail_holds',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.Column('held_by', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('backup_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('queued_until', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_holds')),
    )


def downgrade():
    # The version before knows of no hold: what may have been sent is not sent again, and stays in sight as failed.
    op.execute("UPDATE messages SET state = 'failed' WHERE state = 'doubtful'")
    op.drop_table('mail_holds')
