"""find places by their words, those of their machines, services and labels, and the words of their descriptions

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# `fold` of kit/text.py, in SQL.
FOLD = r"""
CREATE FUNCTION fold(told text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT lower(regexp_replace(normalize(
        replace(replace(replace(replace(replace(replace(told,
            'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ß', 'ss'), '’', ''''), NFKD),
        '[\u0300-\u036f]+', '', 'g'))
$$
"""
# `search_words` of kit/text.py, in SQL.
FOLD_WORDS = r"""
CREATE FUNCTION fold_words(told text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(regexp_replace(regexp_replace(
        btrim(regexp_replace(fold(told), '[^[:alnum:]]+', ' ', 'g')),
        '\mst\M', 'saint', 'g'), '\mste\M', 'sainte', 'g'), '\mfablab(s?)\M', 'fab lab\1', 'g')
$$
"""
# Stems are made of accents: « réparée » and « réparer » have one, « reparee » and « reparer » have two. Both are kept.
DESCRIBED = (
    "to_tsvector('french', summary || ' ' || description) || to_tsvector('french', fold(summary || ' ' || description))"
)
TERM_COLUMNS = ("services", "audiences", "accessibility", "fees", "support", "labels", "machine_types")
TELL_PLACE = f"""
CREATE FUNCTION tell_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plain text := fold(concat_ws(' ', NEW.name, NEW.commune, NEW.postcode));
    words text := fold_words(concat_ws(' ', NEW.name, NEW.commune, NEW.postcode));
    codes text[] := {" || ".join(f"NEW.{column}" for column in TERM_COLUMNS)};
    terms text := '';
BEGIN
    IF codes <> '{{}}' THEN
        SELECT coalesce(string_agg(search_text, ' ' ORDER BY position), '') INTO terms
            FROM term WHERE code = ANY (codes);
    END IF;
    NEW.name_text := ' ' || plain || CASE WHEN words = plain THEN '' ELSE ' ' || words END;
    NEW.search_text := NEW.name_text || ' ' || terms
        || coalesce((SELECT ' ' || fold_words(string_agg(DISTINCT model, ' ')) FROM machine
            WHERE place_id = NEW.id AND model <> ''), '')
        || coalesce((SELECT ' ' || fold_words(string_agg(slug, ' ')) FROM place_alias WHERE place_id = NEW.id), '');
    RETURN NEW;
END $$
"""  # noqa: S608
TOLD_OF = ("name", "commune", "postcode", *TERM_COLUMNS, "search_text", "name_text")
# What hangs on a place has it told anew.
RETELL_PLACE = """
CREATE FUNCTION retell_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE place SET search_text = '' WHERE id = OLD.place_id;
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.place_id IS DISTINCT FROM OLD.place_id) THEN
        UPDATE place SET search_text = '' WHERE id = NEW.place_id;
    END IF;
    RETURN NULL;
END $$
"""
RETELL_TERM = f"""
CREATE FUNCTION retell_term() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE place SET search_text = '' WHERE {" OR ".join(f"NEW.code = ANY ({column})" for column in TERM_COLUMNS)};
    RETURN NULL;
END $$
"""  # noqa: S608
TRIGGERS = {
    "place": f"BEFORE INSERT OR UPDATE OF {', '.join(TOLD_OF)} ON place FOR EACH ROW EXECUTE FUNCTION tell_place()",
    "machine": "AFTER INSERT OR DELETE OR UPDATE OF model, place_id ON machine"
    " FOR EACH ROW EXECUTE FUNCTION retell_place()",
    "place_alias": "AFTER INSERT OR DELETE OR UPDATE OF place_id ON place_alias"
    " FOR EACH ROW EXECUTE FUNCTION retell_place()",
    "term": "AFTER UPDATE OF name_fr, name_en ON term FOR EACH ROW"
    " WHEN (OLD.search_text IS DISTINCT FROM NEW.search_text) EXECUTE FUNCTION retell_term()",
}


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(FOLD)
    op.execute(FOLD_WORDS)
    op.add_column(
        "term",
        sa.Column(
            "search_text",
            sa.Text(),
            sa.Computed("fold_words(name_fr || ' ' || name_en)", persisted=True),
            nullable=False,
        ),
    )
    op.add_column(
        "place",
        sa.Column(
            "described",
            postgresql.TSVECTOR(),
            sa.Computed(DESCRIBED, persisted=True),
            nullable=False,
        ),
    )
    op.add_column("place", sa.Column("name_text", sa.Text(), server_default="", nullable=False))
    op.alter_column("place", "search_text", server_default="")
    op.execute(TELL_PLACE)
    op.execute(RETELL_PLACE)
    op.execute(RETELL_TERM)
    for table, when in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER tell_{table} {when}")
    # A column of its own trigger's list: each place is told.
    op.execute("UPDATE place SET search_text = ''")
    # The next indexes are built of rows that triggers still wait for.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for column in ("name_text", "search_text"):
        op.create_index(
            f"ix_place_{column}", "place", [column], postgresql_using="gin", postgresql_ops={column: "gin_trgm_ops"}
        )
    op.create_index("ix_place_described", "place", ["described"], postgresql_using="gin")
    op.create_index(
        "ix_place_folded_name", "place", ["folded_name"], postgresql_ops={"folded_name": "text_pattern_ops"}
    )
    op.create_table(
        "search_word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("spelled", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    op.create_index(
        "ix_search_word_word",
        "search_word",
        ["word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.create_table(
        "search_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_number", sa.BigInteger(), nullable=False),
        sa.Column("commune_count", sa.Integer(), nullable=False),
        sa.Column("learnt_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_search_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_state")),
    )


def downgrade() -> None:
    op.drop_table("search_state")
    op.drop_index("ix_search_word_word", table_name="search_word")
    op.drop_table("search_word")
    op.drop_index("ix_place_folded_name", table_name="place")
    op.drop_index("ix_place_described", table_name="place")
    op.drop_index("ix_place_search_text", table_name="place")
    op.drop_index("ix_place_name_text", table_name="place")
    for table in TRIGGERS:
        op.execute(f"DROP TRIGGER tell_{table} ON {table}")
    for name in ("retell_term", "retell_place", "tell_place"):
        op.execute(f"DROP FUNCTION {name}()")
    op.execute("UPDATE place SET search_text = fold(concat_ws(' ', name, commune, postcode))")
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.alter_column("place", "search_text", server_default=None)
    op.drop_column("place", "name_text")
    op.drop_column("place", "described")
    op.drop_column("term", "search_text")
    op.execute("DROP FUNCTION fold_words(text)")
    op.execute("DROP FUNCTION fold(text)")
