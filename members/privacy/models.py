"""The keys that this database was ever sealed under: what the keyring has to hold, at a glance."""

from django.db import models

INDEX_KEY = 0
"""The number under which the key of blind indexes is recorded."""


class SealingKey(models.Model):
    """One key, by number. Recorded before the first value is sealed under it, whoever seals it."""

    number = models.BigIntegerField(primary_key=True)
    check_value = models.BinaryField(max_length=8, null=True, help_text="Tells the key from another; no way back.")
    known_at = models.DateTimeField(db_default=models.functions.Now())
    promoted_at = models.DateTimeField(null=True, help_text="When it last became the key that seals, by command.")
    destroyed_at = models.DateTimeField(null=True, help_text="When it was taken out of the ring for good.")

    def __str__(self) -> str:
        return "the key of indexes" if self.number == INDEX_KEY else f"key {self.number}"
