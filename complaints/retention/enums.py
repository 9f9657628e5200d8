"""The words of retention."""

from django.db.models import TextChoices


class ListedState(TextChoices):
    """What became of a complaint on a list."""

    WAITING = "waiting", "Waits"
    ERASED = "erased", "Erased"
    LEFT = "left", "Left alone"


class LeftBecause(TextChoices):
    """Why a complaint that was listed is not erased."""

    HELD = "held", "It was put on legal hold meanwhile."
    NOT_DUE = "not_due", "It is not due any more: something was added to it, or to its series."
    GONE = "gone", "It was not there any more."
