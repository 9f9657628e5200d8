-- The role that the application runs under in production: it can write the audit trail and cannot change it.
-- Run once, as the owner of the database, after the first `manage.py migrate`; again changes nothing. Then:
--   migrate        with the owner's DATABASE_URL
--   everything else with DATABASE_URL=postgresql://redress_app:…@host/redress
-- The role gets no password here: give it one with \password redress_app, or let it in by certificate.
DO $$ BEGIN
  CREATE ROLE redress_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;

GRANT USAGE ON SCHEMA public TO redress_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO redress_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO redress_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO redress_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO redress_app;

-- The audit trail is added to and read. Only the queue of what waits for its seal is emptied, by the sealer.
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON audit_event, audit_leaf, audit_checkpoint FROM redress_app;
-- The ledger of erasures is added to and read: it is what lets a complaint be deleted.
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON retention_erasure FROM redress_app;
REVOKE UPDATE, TRUNCATE, REFERENCES, TRIGGER ON audit_pending FROM redress_app;
REVOKE DELETE, TRUNCATE, REFERENCES, TRIGGER ON audit_anchored FROM redress_app;

-- A page that cannot record whom it shows something shows nothing; it says so soon instead of waiting without end.
ALTER ROLE redress_app SET lock_timeout = '10s';
