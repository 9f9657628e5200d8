"""What the deadline engine refuses, said to the person who tried."""

from complaints.lifecycle import TransitionRefused
from slas.operations import ClockRefused


def as_refusal(refused: ClockRefused) -> TransitionRefused:
    """Return the engine's own words as a sentence."""
    words = str(refused)
    return TransitionRefused(words[:1].upper() + words[1:] + ("" if words.endswith(".") else "."))
