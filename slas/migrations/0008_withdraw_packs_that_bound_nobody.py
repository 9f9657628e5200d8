"""The packs of law were published without saying whom they bind, and nothing ever counted by them.

They are withdrawn; publication, which follows the last migration, puts in force what the files hold now. A version by
which any clock counts stays, and its file follows it; an obligation that people published from a draft stays as it is.
"""

from django.db import migrations

WITHDRAW = """
ALTER TABLE slas_policyversion DISABLE TRIGGER slas_policy_version_immutable;
DELETE FROM slas_policyversion
  WHERE legal AND NOT EXISTS (SELECT FROM slas_clock WHERE slas_clock.policy_id = slas_policyversion.id)
  AND NOT EXISTS (SELECT FROM slas_policyversion AS drafted WHERE drafted.draft_id IS NOT NULL
    AND (drafted.pack, drafted.obligation, drafted.track)
      = (slas_policyversion.pack, slas_policyversion.obligation, slas_policyversion.track));
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE slas_policyversion ENABLE TRIGGER slas_policy_version_immutable;
"""


class Migration(migrations.Migration):
    dependencies = (("slas", "0007_whom_a_pack_binds"),)
    operations = (migrations.RunSQL(WITHDRAW, migrations.RunSQL.noop),)
