"""A matter: anything that owes somebody an answer by a date."""

from django.db import models
from django.db.models.functions import Now

from members.identifiers import new_id


class Matter(models.Model):
    """What clocks, firings and effects hang on. A complaint's or a CAPA's primary key is its matter's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40, help_text="complaint, capa, ...: for reading only, nothing branches on it.")
    time_zone = models.CharField(max_length=64, help_text="IANA name; where notices of this matter are read.")
    language = models.CharField(max_length=10, help_text="Language of notices.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
