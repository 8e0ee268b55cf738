"""former colleagues are not kept for ever

Revision ID: 0039
Revises: 0035
"""
from datetime import UTC, datetime

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0039'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('people') as batch:
        batch.add_column(sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True))
    people = sa.table('people', sa.column('id', sa.Integer()), sa.column('active', sa.Boolean()),
                      sa.column('closed_at', sa.DateTime(timezone=True)))
    changes = sa.table('changes', sa.column('id', sa.Integer()), sa.column('at', sa.DateTime(timezone=True)),
                       sa.column('subject', sa.String()), sa.column('subject_key', sa.String()),
                       sa.column('fields', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')))
    connection = op.get_bind()
    closed = [row.id for row in connection.execute(sa.select(people.c.id).where(people.c.active.is_(False)))]
    at = dict.fromkeys(closed, datetime.now(UTC))
    about = changes.c.subject_key.in_([str(number) for number in closed])
    known = sa.select(changes).where(changes.c.subject == 'person', about).order_by(changes.c.id)
    for row in connection.execute(known):
        if (row.fields or {}).get('active', [None, None])[1] is False:
            at[int(row.subject_key)] = row.at
    for number, moment in at.items():
        connection.execute(people.update().where(people.c.id == number).values(closed_at=moment))


def downgrade():
    with op.batch_alter_table('people') as batch:
        batch.drop_column('erased_at')
        batch.drop_column('closed_at')
