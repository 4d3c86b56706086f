"""let erasure take a mail address out of what the journal tells: that, and nothing else of it, may be changed

Revision ID: 0033
Revises: 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

KEEP_FORMER = """
CREATE OR REPLACE FUNCTION keep_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'journal_act' AND TG_OP = 'UPDATE' THEN
    IF (pg_trigger_depth() > 1 OR current_setting('journal.forgotten', true) = OLD.account_id::text)
      AND NEW.account_id IS NULL AND to_jsonb(NEW) - 'account_id' = to_jsonb(OLD) - 'account_id' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the journal is kept';
END $$;
"""
# `taken`: an address, folded. Whatever is written must be what stands there without it, and no more.
KEEP = """
CREATE FUNCTION journal_without(told jsonb, taken text) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(told::text, regexp_replace(taken, '([^[:alnum:]])', E'\\\\\\\\\\\\1', 'g'), '…', 'gi')::jsonb
$$;
CREATE OR REPLACE FUNCTION keep_journal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE taken text := nullif(current_setting('journal.taken', true), '');
BEGIN
  IF TG_TABLE_NAME = 'journal_act' AND TG_OP = 'UPDATE' THEN
    IF (pg_trigger_depth() > 1 OR current_setting('journal.forgotten', true) = OLD.account_id::text)
      AND NEW.account_id IS NULL AND to_jsonb(NEW) - 'account_id' = to_jsonb(OLD) - 'account_id' THEN
      RETURN NEW;
    END IF;
  ELSIF TG_TABLE_NAME = 'journal_entry' AND TG_OP = 'UPDATE' AND taken IS NOT NULL THEN
    IF to_jsonb(NEW) - '{before,after}'::text[] = to_jsonb(OLD) - '{before,after}'::text[]
      AND NEW.before IS NOT DISTINCT FROM journal_without(OLD.before, taken)
      AND NEW.after IS NOT DISTINCT FROM journal_without(OLD.after, taken) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the journal is kept';
END $$;
CREATE FUNCTION journal_take_out(address text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE count bigint;
BEGIN
  IF address !~ '^[^[:space:]@]+@[^[:space:]@]+$' THEN
    RAISE EXCEPTION 'a mail address is expected';
  END IF;
  PERFORM set_config('journal.taken', address, true);
  UPDATE journal_entry SET before = journal_without(before, address), after = journal_without(after, address)
    WHERE strpos(lower(coalesce(before::text, '') || coalesce(after::text, '')), lower(address)) > 0;
  GET DIAGNOSTICS count = ROW_COUNT;
  PERFORM set_config('journal.taken', '', true);
  RETURN count;
END $$;
"""


def upgrade() -> None:
    op.execute(KEEP)


def downgrade() -> None:
    op.execute(KEEP_FORMER + "DROP FUNCTION journal_take_out(text); DROP FUNCTION journal_without(jsonb, text);")
