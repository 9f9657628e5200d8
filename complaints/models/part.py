"""What every part of a complaint has in common: it is seen by whoever may see the complaint."""

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import QuerySet

from complaints.models.complaint import Complaint, scoped
from members.actors import Actor, Scope
from members.identifiers import new_id
from members.privacy.scoping import ScopedManager


class PartOfComplaint(models.Model):
    """Abstract. Members see the parts of their own complaints that are for them; see `for_members`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="+")

    objects = ScopedManager()

    needs: ClassVar[Scope] = Scope.READ
    """What an authorisation must allow so that whoever acts for the member sees it."""

    class Meta:
        abstract = True

    @property
    def matter_id(self) -> UUID:
        """The matter it belongs to, by which an act finds the rows it holds: a complaint's key is its matter's."""
        return self.complaint_id

    @classmethod
    def for_members(cls, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Return what of these a member may see: nothing, unless the part says otherwise."""
        return rows.none()

    @classmethod
    def scope_for(cls, actor: Actor, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Follow the complaint's own scope."""
        return scoped(actor, rows, own=cls.for_members, prefix="complaint__", scope=cls.needs)
