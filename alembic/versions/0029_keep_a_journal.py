"""keep a journal of everything that changes

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# What a transaction does is one act; whoever writes first in it has the act noted, with what the connection says of who
# acts (`journal.actor`, as JSON). Both settings end with the transaction, and are undone with a savepoint.
ACT = """
CREATE FUNCTION journal_act() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  act bigint := nullif(current_setting('journal.act', true), '')::bigint;
  told jsonb;
BEGIN
  IF act IS NULL THEN
    told := coalesce(nullif(current_setting('journal.actor', true), ''), '{}')::jsonb;
    INSERT INTO journal_act (at, actor, account_id, deed, undoes_id) VALUES (
      clock_timestamp(), coalesce(told ->> 'actor', 'hand'),
      -- Who is gone by now is nobody.
      (SELECT id FROM account WHERE id = (told ->> 'account_id')::integer),
      coalesce(told ->> 'deed', ''), (told ->> 'undoes_id')::bigint
    ) RETURNING id INTO act;
    PERFORM set_config('journal.act', act::text, true);
  END IF;
  RETURN act;
END $$;
"""

# Arguments: the columns of the primary key, those that are left out, those of which is told only that they changed.
WRITE = """
CREATE FUNCTION journal_write() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  keys text[] := string_to_array(TG_ARGV[0], ',');
  skipped text[] := string_to_array(TG_ARGV[1], ',');
  masked text[] := string_to_array(TG_ARGV[2], ',');
  old_row jsonb; new_row jsonb; whole jsonb; its_key jsonb := '{}'; name text; act bigint;
  was jsonb; becomes jsonb; of_place integer; of_zone integer; department text; invented boolean;
BEGIN
  IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD) - skipped; END IF;
  IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW) - skipped; END IF;
  IF TG_OP = 'UPDATE' THEN
    IF old_row = new_row THEN RETURN NULL; END IF;
    SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, n.value) INTO was, becomes
    FROM jsonb_each(old_row) AS o JOIN jsonb_each(new_row) AS n USING (key) WHERE o.value IS DISTINCT FROM n.value;
  ELSIF TG_OP = 'INSERT' THEN
    -- What is empty goes without saying.
    SELECT jsonb_object_agg(key, value) INTO becomes FROM jsonb_each(new_row)
    WHERE value NOT IN ('null', '""', '[]', '{}');
  ELSE
    was := old_row;
  END IF;
  whole := coalesce(new_row, old_row);
  FOREACH name IN ARRAY keys LOOP
    its_key := its_key || jsonb_build_object(name, whole -> name);
  END LOOP;
  FOREACH name IN ARRAY masked LOOP
    IF was ? name AND was -> name NOT IN ('null', '""') THEN was := was || jsonb_build_object(name, '*'); END IF;
    IF becomes ? name AND becomes -> name NOT IN ('null', '""') THEN
      becomes := becomes || jsonb_build_object(name, '*');
    END IF;
  END LOOP;
  act := journal_act();
  -- Where it is, so that those who coordinate there may read of it. What hung on something that goes is where that was.
  IF TG_TABLE_NAME = 'place' THEN
    of_place := whole ->> 'id'; department := whole ->> 'department_code'; invented := whole ->> 'is_demo';
  ELSE
    of_place := coalesce(whole ->> 'place_id', whole ->> 'lead_id');
    IF of_place IS NULL AND whole ->> 'event_id' IS NOT NULL THEN
      SELECT place_id INTO of_place FROM event WHERE id = (whole -> 'event_id')::integer;
      IF of_place IS NULL THEN
        SELECT place_id INTO of_place FROM journal_entry WHERE act_id = act AND table_name = 'event'
        AND row_key = jsonb_build_object('id', whole -> 'event_id') LIMIT 1;
      END IF;
    END IF;
    of_zone := CASE WHEN TG_TABLE_NAME = 'zone' THEN whole ->> 'id' ELSE whole ->> 'zone_id' END;
    invented := whole ->> 'is_demo';
    IF of_place IS NOT NULL THEN
      SELECT place.department_code, place.is_demo INTO department, invented FROM place WHERE id = of_place;
      IF NOT FOUND THEN
        SELECT department_code, is_demo INTO department, invented FROM journal_entry AS entry WHERE act_id = act
        AND table_name = 'place' AND entry.row_key = jsonb_build_object('id', of_place) LIMIT 1;
      END IF;
    ELSIF whole ->> 'account_id' IS NOT NULL THEN
      SELECT account.is_demo INTO invented FROM account WHERE id = (whole -> 'account_id')::integer;
    END IF;
    department := coalesce(department, whole ->> 'department_code');
  END IF;
  INSERT INTO journal_entry
    (act_id, table_name, row_key, deed, before, after, place_id, department_code, zone_id, is_demo)
  VALUES (
    act, TG_TABLE_NAME, its_key, lower(TG_OP), was, becomes, of_place, department, of_zone, coalesce(invented, false)
  );
  RETURN NULL;
END $$;
"""

# For this migration and those to come: `SELECT journal_watch('machine', skipped => '{changed_at}')`. The name of the
# trigger comes before those of foreign keys, so that what goes with a parent is noted after it.
WATCH = """
CREATE FUNCTION journal_watch(watched regclass, skipped text[] DEFAULT '{}', masked text[] DEFAULT '{}')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE keys text;
BEGIN
  SELECT string_agg(attname, ',' ORDER BY array_position(indkey::int2[], attnum)) INTO keys
  FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
  WHERE indrelid = watched AND indisprimary;
  -- What the database works out by itself.
  skipped := skipped || ARRAY(
    SELECT attname::text FROM pg_attribute WHERE attrelid = watched AND attgenerated <> '' AND attname <> ALL (skipped)
  );
  EXECUTE format('DROP TRIGGER IF EXISTS "A_journal" ON %s', watched);
  EXECUTE format(
    'CREATE TRIGGER "A_journal" AFTER INSERT OR UPDATE OR DELETE ON %s '
    'FOR EACH ROW EXECUTE FUNCTION journal_write(%L, %L, %L)',
    watched, keys, array_to_string(skipped, ','), array_to_string(masked, ',')
  );
END $$;
"""

# What is written stays. A person who leaves is forgotten, by the foreign key or by this function, and by nothing else.
KEEP = """
CREATE FUNCTION keep_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'journal_act' AND TG_OP = 'UPDATE' THEN
    IF (pg_trigger_depth() > 1 OR current_setting('journal.forgotten', true) = OLD.account_id::text)
      AND NEW.account_id IS NULL AND to_jsonb(NEW) - 'account_id' = to_jsonb(OLD) - 'account_id' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the journal is kept';
END $$;
CREATE TRIGGER journal_act_kept BEFORE UPDATE OR DELETE ON journal_act FOR EACH ROW EXECUTE FUNCTION keep_journal();
CREATE TRIGGER journal_act_whole BEFORE TRUNCATE ON journal_act EXECUTE FUNCTION keep_journal();
CREATE TRIGGER journal_entry_kept BEFORE UPDATE OR DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION keep_journal();
CREATE TRIGGER journal_entry_whole BEFORE TRUNCATE ON journal_entry EXECUTE FUNCTION keep_journal();
CREATE FUNCTION journal_forget(person integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE count bigint;
BEGIN
  PERFORM set_config('journal.forgotten', person::text, true);
  UPDATE journal_act SET account_id = NULL WHERE account_id = person;
  GET DIAGNOSTICS count = ROW_COUNT;
  PERFORM set_config('journal.forgotten', '', true);
  RETURN count;
END $$;
"""

# Table → (left out: what is made of the rest, bookkeeping, secrets; of which only is told that it changed).
DERIVED_EVENT = "ical,ical_zones,digest,feed_number,location,search_text,folded_tags,sequence,version,changed_at"
FETCHING = (
    "etag,modified,digest,accepted_digest,next_fetch_at,fetched_at,read_at,failures,failing_since,failure,told_at,"
    "held_since,held_digest,held_titles,report"
)
WATCHED = {
    "place": ("folded_name,name_text,search_text,described,location,web_key,version,changed_at", ""),
    "place_fact": ("", ""),
    "machine": ("", ""),
    "place_person": ("", "name"),
    "place_picture": ("", ""),
    "place_alias": ("", ""),
    "place_source_alias": ("", ""),
    "place_manager": ("", ""),
    "pole_role": ("", ""),
    "funding_call": ("", ""),
    "laureate": ("", ""),
    "event": (DERIVED_EVENT, ""),
    "event_change": ("sequence,changed_at", ""),
    "event_partner": ("", ""),
    "category": ("", ""),
    "term": ("", ""),
    "project": ("version,changed_at", ""),
    "partnership": ("", ""),
    "proposal": ("contact,contact_until,answer_hash,late_told,told_at,version", "message,known_by"),
    "calendar_source": (FETCHING, "url"),
    "invitation": ("digest,sent_at,sent_count", "email,name,message"),
    "claim": ("digest,digest_until,coordinator_told_at,version", "email,name,message"),
    "programme": ("", ""),
    "zone": ("geom", ""),
    "zone_department": ("", ""),
    "zone_rule": ("", ""),
    "zone_coordinator": ("", ""),
    "account": ("password_hash,email_confirmed_at,zone_ids,department_codes", "name,email"),
}


def upgrade() -> None:
    op.create_table(
        "journal_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("undoes_id", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_journal_act_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["undoes_id"], ["journal_act.id"], name=op.f("fk_journal_act_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_act")),
    )
    op.create_index("ix_journal_act_account_id", "journal_act", ["account_id"])
    op.create_index("ix_journal_act_at", "journal_act", ["at"])
    op.create_index(
        "ix_journal_act_undoes_id", "journal_act", ["undoes_id"], postgresql_where=sa.text("undoes_id IS NOT NULL")
    )
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("act_id", sa.BigInteger(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_key", postgresql.JSONB(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB()),
        sa.Column("after", postgresql.JSONB()),
        sa.Column("place_id", sa.Integer()),
        sa.Column("department_code", sa.Text()),
        sa.Column("zone_id", sa.Integer()),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("deed IN ('insert', 'update', 'delete')", name=op.f("ck_journal_entry_deed")),
        sa.ForeignKeyConstraint(["act_id"], ["journal_act.id"], name=op.f("fk_journal_entry_act_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
    )
    op.create_index("ix_journal_entry_act_id", "journal_entry", ["act_id", "department_code"])
    op.create_index("ix_journal_entry_place_id", "journal_entry", ["place_id", "act_id"])
    op.create_index(
        "ix_journal_entry_zone_id", "journal_entry", ["zone_id", "act_id"],
        postgresql_where=sa.text("zone_id IS NOT NULL"),
    )  # fmt: skip
    op.execute(ACT + WRITE + WATCH + KEEP)
    for table, (skipped, masked) in WATCHED.items():
        op.execute(f"SELECT journal_watch('{table}', '{{{skipped}}}', '{{{masked}}}')")


def downgrade() -> None:
    for table in WATCHED:
        op.execute(f'DROP TRIGGER IF EXISTS "A_journal" ON {table}')
    op.drop_table("journal_entry")
    op.drop_table("journal_act")
    op.execute(
        "DROP FUNCTION journal_watch(regclass, text[], text[]); DROP FUNCTION journal_write();"
        "DROP FUNCTION journal_act(); DROP FUNCTION keep_journal(); DROP FUNCTION journal_forget(integer)"
    )
