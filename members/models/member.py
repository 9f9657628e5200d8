"""The member: whose coverage it is, and whose data everything below protects."""

from datetime import date
from typing import Self
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from members.actors import STAFF, Actor, Role
from members.identifiers import new_id
from members.privacy.blind_index import blind_index, blind_token
from members.privacy.fields import SealedTextField
from members.privacy.normal_forms import folded, number_form, phone_form
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


def email_token(email: str) -> UUID:
    """Return the token by which a member's e-mail address is found."""
    return blind_token("members.member.email", folded(email.strip()))


def phone_token(phone: str) -> UUID | None:
    """Return the token by which a member's phone is found, None for what is no phone number."""
    form = phone_form(phone)
    return blind_token("members.member.phone", form) if form else None


def name_tokens(name: str, born_on: date) -> set[UUID]:
    """Return the tokens by which a name is found together with the birth date: one for each word of the name.

    A name alone has none, for names are so few that their frequency would tell them.
    """
    words = {number_form(word) for word in name.replace(",", " ").split()} - {""}
    return {blind_token("members.member.name_and_birth", f"{born_on.isoformat()}|{word}") for word in words}


def member_tokens(*, name: str, email: str | None, phone: str | None, born_on: date | None) -> list[UUID]:
    """Return all by which a member is found, in the order of the tokens, which tells nothing."""
    tokens = {email_token(email)} if email else set()
    if phone and (token := phone_token(phone)):
        tokens.add(token)
    return sorted(tokens | name_tokens(name, born_on)) if born_on else sorted(tokens)


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
    found_by = ArrayField(
        models.UUIDField(),
        default=list,
        db_default=[],
        help_text="Tokens of e-mail, phone, and each word of the name with the birth.",
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
            GinIndex(fields=("found_by",), name="members_found_by", fastupdate=False),
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
