"""the desk: views, tags, priority, checklists, related enquiries, mentions, canned replies

Revision ID: 0007
Revises: 0006
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None
NORMAL = '2'


def upgrade():
    op.create_table('tags',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tags')),
    sa.UniqueConstraint('key', name=op.f('uq_tags_key'))
    )
    op.create_table('canned_replies',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('language', sa.String(length=32), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canned_replies')),
    sa.UniqueConstraint('language', 'name', name=op.f('uq_canned_replies_language_name'))
    )
    op.create_table('saved_views',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('query', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('shared', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name=op.f('fk_saved_views_owner_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_views'))
    )
    op.create_index(op.f('ix_saved_views_owner_id'), 'saved_views', ['owner_id'])
    op.create_index(op.f('ix_saved_views_shared'), 'saved_views', ['shared'])
    op.create_table('enquiry_tags',
    sa.Column('enquiry_id', sa.Integer(), nullable=False),
    sa.Column('tag_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name=op.f('fk_enquiry_tags_enquiry_id_enquiries')),
    sa.ForeignKeyConstraint(['tag_id'], ['tags.id'], name=op.f('fk_enquiry_tags_tag_id_tags')),
    sa.PrimaryKeyConstraint('enquiry_id', 'tag_id', name=op.f('pk_enquiry_tags'))
    )
    op.create_index('ix_enquiry_tags_tag_id_enquiry_id', 'enquiry_tags', ['tag_id', 'enquiry_id'])
    op.create_table('checklist_items',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enquiry_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name=op.f('fk_checklist_items_enquiry_id_enquiries')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checklist_items'))
    )
    op.create_index(op.f('ix_checklist_items_enquiry_id'), 'checklist_items', ['enquiry_id'])
    op.create_table('relations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enquiry_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('merged', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name=op.f('fk_relations_enquiry_id_enquiries')),
    sa.ForeignKeyConstraint(['other_id'], ['enquiries.id'], name=op.f('fk_relations_other_id_enquiries')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_relations')),
    sa.UniqueConstraint('enquiry_id', 'other_id', name=op.f('uq_relations_enquiry_id_other_id'))
    )
    op.create_index(op.f('ix_relations_other_id'), 'relations', ['other_id'])
    op.create_table('mentions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_mentions_event_id_events')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_mentions_person_id_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentions')),
    sa.UniqueConstraint('event_id', 'person_id', name=op.f('uq_mentions_event_id_person_id'))
    )
    op.create_index('ix_mentions_person_id_seen_at_id', 'mentions', ['person_id', 'seen_at', 'id'])
    # Adding columns copies no table, so nothing that points to these rows is touched.
    op.add_column('people', sa.Column('shortcuts', sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column('enquiries', sa.Column('priority', sa.Integer(), nullable=False, server_default=NORMAL))
    op.add_column('enquiries', sa.Column('partner_wrote_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_enquiries_status_priority_due_on_id', 'enquiries', ['status', 'priority', 'due_on', 'id'])
    known = sa.text('partner_wrote_at IS NOT NULL')
    op.create_index('ix_enquiries_partner_wrote_at', 'enquiries', ['partner_wrote_at'],
                    sqlite_where=known, postgresql_where=known)


def downgrade():
    op.drop_index('ix_enquiries_partner_wrote_at', 'enquiries')
    op.drop_index('ix_enquiries_status_priority_due_on_id', 'enquiries')
    for table, column in (('enquiries', 'partner_wrote_at'), ('enquiries', 'priority'), ('people', 'shortcuts')):
        op.drop_column(table, column)
    for table in ('mentions', 'relations', 'checklist_items', 'enquiry_tags', 'saved_views', 'canned_replies', 'tags'):
        op.drop_table(table)
