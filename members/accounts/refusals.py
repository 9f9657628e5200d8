"""What operations on accounts refuse, in words for whoever asked."""


class AccountRefused(Exception):
    """What was asked of an account cannot be done; the message says why."""
