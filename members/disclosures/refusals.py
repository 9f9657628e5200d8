"""Why data does not leave, or a consent is not taken."""


class DisclosureRefused(PermissionError):
    """Nothing left the house; the words name the cure."""
