"""What of sealed texts can be found: tokens, which tell nothing without the key but which texts share one."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from complaints.models import Complaint
from complaints.models.part import PartOfComplaint


class IndexedText(PartOfComplaint):
    """The tokens of one text: of a complaint itself, a note or a message, whose primary key is this one's too.

    No position and no count is kept. A trigger leaves out of `words` what has become common (see DroppedWord).
    """

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="+")
    words = ArrayField(models.UUIDField(), default=list)
    identifiers = ArrayField(
        models.UUIDField(), default=list, help_text="Contacts, member number, and numbers that stand in the text."
    )
    address = models.UUIDField(null=True, help_text="Token of the postal address, of a complaint itself alone.")
    edition = models.SmallIntegerField(help_text="Of how text falls into words, 0 where words are not indexed.")

    class Meta:
        indexes = (
            # Without a list of pending entries, which every search would have to read through.
            GinIndex(fields=("words",), name="search_by_words", fastupdate=False),
            GinIndex(fields=("identifiers",), name="search_by_identifiers", fastupdate=False),
            models.Index(fields=("edition",), name="search_by_edition"),
        )


class DroppedWord(models.Model):
    """A token that stood in too many texts: how often would tell which word it is. It is never indexed again."""

    token = models.UUIDField(primary_key=True)
    dropped_at = models.DateTimeField()

    def __str__(self) -> str:
        return "dropped word"
