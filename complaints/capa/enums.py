"""The codes of corrective and preventive action."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CapaState(TextChoices):
    """The last finished milestone of a CAPA."""

    OPENED = "opened", _("Opened")
    PLANNED = "planned", _("Planned")
    IMPLEMENTED = "implemented", _("Implemented")
    EFFECTIVE = "effective", _("Effective")
    NOT_EFFECTIVE = "not_effective", _("Not effective")


OPEN_CAPA_STATES = frozenset({CapaState.OPENED, CapaState.PLANNED, CapaState.IMPLEMENTED})


class ActionKind(TextChoices):
    """What an action does about the cause (ISO 9001 10.2)."""

    CONTAINMENT = "containment", _("Containment")
    CORRECTIVE = "corrective", _("Corrective action")
    PREVENTIVE = "preventive", _("Preventive action")


class Verdict(TextChoices):
    """What the effectiveness check found, measured against the criterion."""

    EFFECTIVE = "effective", _("Effective: the criterion is met")
    NOT_EFFECTIVE = "not_effective", _("Not effective: the criterion is not met")
