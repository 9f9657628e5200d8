"""The words of consent and disclosure: what kinds of data go, what for, on which ground, and on which way."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DataClass(TextChoices):
    """A kind of data, as a member would name it."""

    CONTACT = "contact", _("Name and contact details")
    COVERAGE = "coverage", _("Member number and plan")
    COMPLAINT = "complaint", _("What the complaint says")
    LETTERS = "letters", _("Letters and messages")
    EVIDENCE = "evidence", _("Medical records and other proof")
    DECISION = "decision", _("Our decision, and why")


class Purpose(TextChoices):
    """What data goes to somebody for."""

    HELP = "help", _("Help with a complaint")
    CARE = "care", _("Medical care")
    PAYMENT = "payment", _("Payment of care")
    OPERATIONS = "operations", _("Work for our plans")
    LEGAL_HELP = "legal_help", _("Legal advice")
    OVERSIGHT = "oversight", _("Check by a public office")
    REVIEW = "review", _("Review of our decision by others")
    LEGAL_DUTY = "legal_duty", _("A duty under the law")
    SAFETY = "safety", _("To keep somebody from harm")


class Basis(TextChoices):
    """On which ground data may go to somebody: what each allows stands in members/disclosures/grounds.py.

    A mistake is no ground and goes through no gate, but is told all the same once it has happened.
    """

    CONSENT = "consent", _("The member agreed")
    REPRESENTATION = "representation", _("The person acts for the member")
    TREATMENT = "treatment", _("For medical care")
    PAYMENT = "payment", _("For payment of care")
    OPERATIONS = "operations", _("For the work of the plans")
    REQUIRED_BY_LAW = "required_by_law", _("The law demands it")
    HEALTH_OVERSIGHT = "health_oversight", _("For a public office that checks us")
    COURT = "court", _("A court demands it")
    SAFETY = "safety", _("To keep somebody from harm")
    MISTAKE = "mistake", _("None: it should not have gone")


class Way(TextChoices):
    """How a consent reached us, or data somebody else."""

    PORTAL = "portal", _("Online")
    EMAIL = "email", _("Email")
    POST = "post", _("Post")
    PHONE = "phone", _("Phone")
    IN_PERSON = "in_person", _("In person")
    PASSED_ON = "passed_on", _("Passed on")
