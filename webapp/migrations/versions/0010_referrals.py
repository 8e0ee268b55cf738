"""faculties and departments, and what is referred to them

Revision ID: 0010
Revises: 0009
"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('faculties',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('contact_name', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('language', sa.String(length=32), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_faculties'))
    )
    op.create_table('referrals',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_nonce', sa.String(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('enquiry_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('faculty_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('language', sa.String(length=32), nullable=False),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('referred_by', sa.String(), nullable=False),
    sa.Column('return_by', sa.Date(), nullable=False),
    sa.Column('chased_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finding', sa.String(length=32), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recalled_by', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['enquiry_id'], ['enquiries.id'], name=op.f('fk_referrals_enquiry_id_enquiries')),
    sa.ForeignKeyConstraint(['faculty_id'], ['faculties.id'], name=op.f('fk_referrals_faculty_id_faculties')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referrals')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_referrals_token_hash'))
    )
    op.create_index('ix_referrals_enquiry_id', 'referrals', ['enquiry_id'])
    still_open = sa.text('returned_at IS NULL AND ended_at IS NULL')
    op.create_index('ix_referrals_return_by', 'referrals', ['return_by'],
                    sqlite_where=still_open, postgresql_where=still_open)
    with op.batch_alter_table('messages') as batch_op:
        batch_op.add_column(sa.Column('referral_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_messages_referral_id_referrals'), 'referrals', ['referral_id'], ['id'])


def downgrade():
    with op.batch_alter_table('messages') as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_messages_referral_id_referrals'), type_='foreignkey')
        batch_op.drop_column('referral_id')
    op.drop_table('referrals')
    op.drop_table('faculties')
