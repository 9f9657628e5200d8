"""Search needs what complaints need."""

from tests.complaints.conftest import agent, desk, lead, policies

__all__ = ("agent", "desk", "lead", "policies")
