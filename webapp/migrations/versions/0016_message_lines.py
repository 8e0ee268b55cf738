"""mails about several enquiries know which, and carry a link for each; marks of merged enquiries go where they go on

Revision ID: 0016
Revises: 0015
"""
from alembic import op
import sqlalchemy as sa

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'message_lines',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('message_id', sa.Integer(), nullable=False),
        sa.Column('enquiry_id', sa.Integer(), nullable=False),
        sa.Column('decision_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_message_lines_decision_id_decisions')),
        sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name=op.f('fk_message_lines_enquiry_id_enquiries')),
        sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_message_lines_message_id_messages')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_message_lines')),
        sa.UniqueConstraint('message_id', 'enquiry_id', name=op.f('uq_message_lines_message_id_enquiry_id')),
    )
    _move_marks()
    _name_by_address()


def _name_by_address():
    """Whoever was passed an enquiry by an address had the part before the @ for a name, which partners then read."""
    people = sa.table('people', sa.column('id'), sa.column('name'), sa.column('email'), sa.column('role'))
    rows = op.get_bind().execute(sa.select(people.c.id, people.c.name, people.c.email).where(people.c.role.is_(None)))
    for number, name, email in rows.all():
        if name == email.rpartition('@')[0]:
            op.execute(people.update().where(people.c.id == number).values(name=email))


def _move_marks():
    """Until now a partner who wrote to a merged enquiry left the mark there, where nobody answers."""
    relations = sa.table('relations', sa.column('enquiry_id'), sa.column('other_id'), sa.column('merged', sa.Boolean()))
    enquiries = sa.table('enquiries', sa.column('id'), sa.column('partner_wrote_at', sa.DateTime(timezone=True)))
    connection = op.get_bind()
    pairs = sa.select(relations.c.enquiry_id, relations.c.other_id).where(relations.c.merged)
    goes_on_in = {source: target for source, target in connection.execute(pairs)}
    marked = sa.select(enquiries.c.id, enquiries.c.partner_wrote_at).where(enquiries.c.partner_wrote_at.is_not(None))
    for number, since in connection.execute(marked.where(enquiries.c.id.in_(list(goes_on_in)))).all():
        end, seen = number, set()
        while end in goes_on_in and end not in seen:
            seen.add(end)
            end = goes_on_in[end]
        op.execute(enquiries.update().where(enquiries.c.id == number).values(partner_wrote_at=None))
        here = (enquiries.c.id == end, enquiries.c.partner_wrote_at.is_(None))
        op.execute(enquiries.update().where(*here).values(partner_wrote_at=since))


def downgrade():
    op.drop_table('message_lines')
