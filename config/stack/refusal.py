"""The one way to give up: a sentence that says what is wrong and what to do."""


class Refusal(Exception):
    """Something outside is not as it must be. `str()` is what the person reads; no traceback is shown."""
