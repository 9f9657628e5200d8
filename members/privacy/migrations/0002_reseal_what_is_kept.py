"""Let rows that are never changed be sealed under another key all the same: a trigger for append-only tables."""

from django.db import migrations

# Whoever reaches the database without the keyring can damage a value so, which shows, but cannot forge one: what is
# sealed opens only if somebody with the key sealed it for this table, column and row.
KEEP = """
CREATE FUNCTION privacy_refuse_change_but_resealing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before jsonb := to_jsonb(OLD);
  after jsonb := to_jsonb(NEW);
  sealed text;
BEGIN
  FOREACH sealed IN ARRAY TG_ARGV LOOP
    IF before->>sealed IS DISTINCT FROM after->>sealed AND (
      length(before->>sealed) IS DISTINCT FROM length(after->>sealed)
      OR left(before->>sealed, 12) = left(after->>sealed, 12)
    ) THEN
      RAISE EXCEPTION '%.% may be sealed under another key and is not changed otherwise', TG_TABLE_NAME, sealed
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    before := before - sealed;
    after := after - sealed;
  END LOOP;
  IF before IS DISTINCT FROM after THEN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = (("privacy", "0001_keys_of_a_database"),)
    operations = (migrations.RunSQL(KEEP, "DROP FUNCTION privacy_refuse_change_but_resealing"),)
