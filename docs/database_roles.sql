-- The role that the application runs under in production: it can add to what is append-only and change nothing there.
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

-- Where a trigger refuses a change, the role has no right to it either. `manage.py check --deploy --database default` reads the
-- triggers and names each table where it has one all the same; run this again after an upgrade that adds such a table.
-- The audit trail is added to and read. Only the queue of what waits for its seal is emptied, by the sealer.
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON audit_event, audit_leaf, audit_checkpoint FROM redress_app;
REVOKE UPDATE, TRUNCATE, REFERENCES, TRIGGER ON audit_pending FROM redress_app;
REVOKE DELETE, TRUNCATE, REFERENCES, TRIGGER ON audit_anchored FROM redress_app;
-- The ledger of erasures is added to and read: it is what lets a complaint be deleted. Lists are confirmed and carried out.
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON retention_erasure, retention_erasurelist, retention_listedcomplaint
  FROM redress_app;
GRANT UPDATE (confirmed_at, confirmed_by_id, done_at) ON retention_erasurelist TO redress_app;
GRANT UPDATE (state, left_because) ON retention_listedcomplaint TO redress_app;
-- Holds are placed and released. What is sealed is sealed anew when keys are rotated, here and below.
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON retention_hold FROM redress_app;
GRANT UPDATE (released_at, released_by_id, release_reason, reason) ON retention_hold TO redress_app;
-- Consents, withdrawals, the account of disclosures and its corrections are added to and read; a trigger lets them go after six years.
REVOKE UPDATE, TRUNCATE, REFERENCES, TRIGGER
  ON disclosures_consent, disclosures_withdrawal, disclosures_disclosure, disclosures_correction FROM redress_app;
GRANT UPDATE (recipient, evidence) ON disclosures_consent TO redress_app;
GRANT UPDATE (recipient, address, what) ON disclosures_disclosure TO redress_app;
GRANT UPDATE (reason) ON disclosures_correction TO redress_app;
-- What clocks went through is added to, and goes with an erased complaint; calendars, policies and drafts stay as published.
REVOKE UPDATE, TRUNCATE, REFERENCES, TRIGGER ON slas_clockevent FROM redress_app;
REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON slas_calendarversion FROM redress_app;
REVOKE DELETE, TRUNCATE, REFERENCES, TRIGGER ON slas_policyversion, slas_policydraft FROM redress_app;

-- A page that cannot record whom it shows something shows nothing; it says so soon instead of waiting without end.
ALTER ROLE redress_app SET lock_timeout = '10s';
