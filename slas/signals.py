"""The only way up: what the engine tells whoever owns the matter.

Both are sent with: clock, code, epoch, scheduled_for, at, action, key. Receivers run inside the transaction that
settles the effect, so their rows are written exactly once; what they want sent they enqueue. Raise to be called again.
"""

from django.dispatch import Signal

clock_warned = Signal()
clock_breached = Signal()
