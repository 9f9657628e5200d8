"""Queue each event in its own transaction, and let the database refuse every change of the chain."""

from django.db import migrations

KEEP = """
CREATE FUNCTION audit_queue_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_pending (queued_at, event_id) SELECT clock_timestamp(), id FROM fresh;
  RETURN NULL;
END $$;
CREATE TRIGGER audit_event_queued AFTER INSERT ON audit_event REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION audit_queue_events();

CREATE TRIGGER audit_checkpoint_append_only BEFORE UPDATE OR DELETE ON audit_checkpoint
  FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_checkpoint_no_truncate BEFORE TRUNCATE ON audit_checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_leaf_append_only BEFORE UPDATE OR DELETE ON audit_leaf
  FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_leaf_no_truncate BEFORE TRUNCATE ON audit_leaf
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

ALTER TABLE audit_checkpoint
  ADD CONSTRAINT audit_checkpoint_says_its_number CHECK ((statement::json ->> 'audit_checkpoint')::bigint = number),
  ADD CONSTRAINT audit_checkpoint_counts_from_1 CHECK (number >= 1),
  ADD CONSTRAINT audit_checkpoint_is_signed CHECK (octet_length(signature) = 64);
ALTER TABLE audit_leaf
  ADD CONSTRAINT audit_leaf_of_checkpoint FOREIGN KEY (batch) REFERENCES audit_checkpoint,
  ADD CONSTRAINT audit_leaf_counts_from_0 CHECK (position >= 0),
  ADD CONSTRAINT audit_leaf_is_hashed CHECK (octet_length(hash) = 32);
ALTER TABLE audit_pending SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
"""
LET_GO = """
ALTER TABLE audit_pending RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
ALTER TABLE audit_leaf DROP CONSTRAINT audit_leaf_of_checkpoint, DROP CONSTRAINT audit_leaf_counts_from_0,
  DROP CONSTRAINT audit_leaf_is_hashed;
ALTER TABLE audit_checkpoint DROP CONSTRAINT audit_checkpoint_says_its_number,
  DROP CONSTRAINT audit_checkpoint_counts_from_1, DROP CONSTRAINT audit_checkpoint_is_signed;
DROP TRIGGER audit_leaf_no_truncate ON audit_leaf;
DROP TRIGGER audit_leaf_append_only ON audit_leaf;
DROP TRIGGER audit_checkpoint_no_truncate ON audit_checkpoint;
DROP TRIGGER audit_checkpoint_append_only ON audit_checkpoint;
DROP TRIGGER audit_event_queued ON audit_event;
DROP FUNCTION audit_queue_events();
"""


class Migration(migrations.Migration):
    dependencies = (("audit", "0004_sealed_chain"),)
    operations = (migrations.RunSQL(KEEP, LET_GO),)
