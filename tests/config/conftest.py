"""What the tests of the configuration share with those of complaints."""

from tests.complaints.conftest import policies

__all__ = ("policies",)
