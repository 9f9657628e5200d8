"""The member: whose coverage it is, and whose data everything below protects."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from members.actors import STAFF, Actor, Role
from members.identifiers import new_id
from members.privacy.blind_index import blind_index
from members.privacy.fields import SealedTextField
from members.privacy.scoping import ScopedManager

# Who handles or oversees complaints has to know whose they are; who administers accounts does not.
SEES_MEMBERS = STAFF - {Role.ADMINISTRATOR}


class LineOfBusiness(models.TextChoices):
    """The kind of cover a member has; timeliness is reported by it."""

    INDIVIDUAL = "individual", _("Individual")
    GROUP = "group", _("Group")
    STUDENT = "student", _("Student")
    MEDICARE_ADVANTAGE = "medicare_advantage", _("Medicare Advantage")
    PART_D = "part_d", _("Medicare drug plan (Part D)")
    DUAL_SPECIAL_NEEDS = "dual_special_needs", _("Medicare and Medicaid special needs plan")
    MEDICAID = "medicaid", _("Medicaid")


def member_number_index(member_number: str) -> bytes:
    """Return the index by which a member number is found; dashes and spaces do not count."""
    return blind_index("members.member.member_number", member_number.replace("-", "").replace(" ", ""))


def enrolment_index(member_number: str, born_on: date, postal_code: str) -> bytes:
    """Return the index by which a member is found who types all three; of a postal code its first five signs count.

    One look-up finds a match or none, so that the time it takes does not tell how many of the three were right.
    """
    number = member_number.replace("-", "").replace(" ", "")
    return blind_index("members.member.enrolment", f"{number}|{born_on.isoformat()}|{postal_code.strip()[:5]}")


class Member(models.Model):
    """A person covered by the insurer, with or without an account. Everything that identifies the person is sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # User.objects.with_standing() reads this relation by its name.
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="member")
    member_number = SealedTextField()
    member_number_index = models.BinaryField(max_length=16, unique=True)
    name = SealedTextField()
    email = SealedTextField(null=True)
    phone = SealedTextField(null=True)
    born_on = SealedTextField(null=True, help_text="ISO 8601 date.")
    postal_code = SealedTextField(null=True)
    enrolment_index = models.BinaryField(
        max_length=16,
        null=True,
        help_text="Of number, birth date and postal code together.",
    )
    language = models.CharField(max_length=10, default="en", help_text="BCP 47 tag of the language to write in.")
    line_of_business = models.CharField(max_length=20, choices=LineOfBusiness)
    created_at = models.DateTimeField()

    objects = ScopedManager()

    class Meta:
        indexes = (
            models.Index(
                fields=("enrolment_index",), name="members_enrolment", condition=Q(enrolment_index__isnull=False)
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(line_of_business__in=LineOfBusiness.values), name="members_line_of_business_is_known"
            ),
        )

    def __str__(self) -> str:
        return f"member {self.pk}"

    def set_member_number(self, member_number: str) -> None:
        """Set the number and the index that finds it."""
        self.member_number, self.member_number_index = member_number.strip(), member_number_index(member_number)

    @classmethod
    def scope_for(cls, actor: Actor, rows: QuerySet[Self]) -> QuerySet[Self]:
        """Return the actor's own record, or all of them for staff who handle or oversee complaints."""
        if actor.has(*SEES_MEMBERS):
            return rows
        return rows.filter(pk=actor.member_id) if actor.member_id else rows.none()
