"""What a restore tells those who know better what must not happen again."""

from django.dispatch import Signal

restored = Signal()
"""Sent inside the transaction that ends a restore, with `at`, now, and `taken_at`, which the database is back at.

Receivers do again what was done since and must stay done (erasures), and hold back what may have happened already
(e-mail). One that raises undoes the restore.
"""
