"""What is asked about causes and CAPAs."""

from complaints.capa.queries.owners import is_possible_owner, possible_owners

__all__ = ("is_possible_owner", "possible_owners")
