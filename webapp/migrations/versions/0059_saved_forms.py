"""links by which someone continues a form in another browser

Revision ID: 0059
Revises: 0058
"""
from alembic import op
import sqlalchemy as sa

revision = '0059'
down_revision = '0058'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'saved_forms',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('draft_id', sa.Integer(), nullable=False),
        sa.Column('nonce', sa.String(), nullable=False),
        sa.Column('token_hash', sa.String(), nullable=False),
        sa.Column('email', sa.String(), nullable=False),
        sa.Column('message_id', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], name=op.f('fk_saved_forms_draft_id_drafts')),
        sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_saved_forms_message_id_messages')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_forms')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_saved_forms_token_hash')),
    )
    op.create_index(op.f('ix_saved_forms_draft_id'), 'saved_forms', ['draft_id'])
    op.create_index(op.f('ix_saved_forms_message_id'), 'saved_forms', ['message_id'])
    op.add_column('drafts', sa.Column('saved', sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    with op.batch_alter_table('drafts') as table:
        table.drop_column('saved')
    op.drop_index(op.f('ix_saved_forms_message_id'), table_name='saved_forms')
    op.drop_index(op.f('ix_saved_forms_draft_id'), table_name='saved_forms')
    op.drop_table('saved_forms')
