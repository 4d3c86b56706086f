"""let copies be restored by any tool: they look for nothing but what is named with its schema

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# A column is computed by it while rows come back, when pg_dump has left the search path empty.
FOLD_WORDS = r"""
CREATE OR REPLACE FUNCTION fold_words(told text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(regexp_replace(regexp_replace(
        btrim(regexp_replace({fold}(told), '[^[:alnum:]]+', ' ', 'g')),
        '\mst\M', 'saint', 'g'), '\mste\M', 'sainte', 'g'), '\mfablab(s?)\M', 'fab lab\1', 'g')
$$
"""


def upgrade() -> None:
    op.execute(FOLD_WORDS.replace("{fold}", "public.fold"))


def downgrade() -> None:
    op.execute(FOLD_WORDS.replace("{fold}", "fold"))
