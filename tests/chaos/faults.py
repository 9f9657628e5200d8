"""What can be wrong after all has healed."""

from enum import StrEnum


class Fault(StrEnum):
    """The words of the last line.

    lost: a target that should have fired, or an effect that should have happened, and did not.
    doubled: one that happened more than once, or that nobody owed. Calls outside may be repeated under their own key.
    early: fired before its instant, by the database's clock. unsettled: an effect that is still open.
    wrong: a verdict, a due date or an instant that the events do not make. misfolded: what the engine itself finds so.
    """

    LOST = "lost"
    DOUBLED = "doubled"
    EARLY = "early"
    UNSETTLED = "unsettled"
    WRONG = "wrong"
    MISFOLDED = "misfolded"
