"""Settings of the test suite. Only what would cost time without being under test differs."""

from config.settings.base import *  # noqa: F403

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True  # nothing is collected for tests; without this WhiteNoise warns that there is no folder
AUDIT_ANCHORS, ERASURE_LEDGER = [], ""  # each test that wants an anchor or a ledger brings its own
PASSWORD_HASHERS = ["tests.hashers.QuickArgon2Hasher"]
