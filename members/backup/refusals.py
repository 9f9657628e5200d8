"""Why there is no backup, or no restore."""


class BackupBroken(Exception):
    """The file is no whole backup of ours; `str()` is a sentence."""


class BackupRefused(Exception):
    """Nothing was changed, for it would lose or reveal something; `str()` is a sentence that says the cure."""
