"""What operations on accounts refuse, in words for whoever asked."""


class AccountRefused(Exception):
    """What was asked of an account cannot be done; the message says why."""


class RolesClash(AccountRefused):
    """These roles are not held by one person."""
