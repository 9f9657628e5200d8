"""Why something about retention is not done."""


class RetentionRefused(ValueError):
    """It cannot be done now; the message says why, and what to do instead."""
