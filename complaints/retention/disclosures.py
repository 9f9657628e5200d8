"""Consents and entries of the account of disclosures go by themselves when their years are over (kept.toml)."""

from datetime import datetime

from django.db.models import Exists, Model, OuterRef, QuerySet

from complaints.models import Complaint
from complaints.retention.kept import years_of
from complaints.retention.models import Hold
from complaints.retention.rules import years_before
from members.actors import SYSTEM
from members.acts import act
from members.disclosures.models import Consent, Correction, Disclosure, Withdrawal
from members.models import Member

REASON = "years are over for everybody alike"
AT_ONCE = 500


def due_disclosures(at: datetime) -> QuerySet[Disclosure]:
    """Return the entries whose years are over, also of what was said of them later, and whose complaint is gone."""
    cutoff = years_before(at, years_of(Disclosure._meta.db_table))
    rows = Disclosure.objects.unscoped(REASON).filter(at__lte=cutoff, recorded_at__lte=cutoff)
    there = Complaint.objects.unscoped(REASON).filter(pk=OuterRef("matter_id"))
    later = Correction.objects.unscoped(REASON).filter(disclosure=OuterRef("pk"), recorded_at__gt=cutoff)
    return rows.exclude(Exists(there)).exclude(Exists(later)).exclude(member__in=_held_members())


def due_consents(at: datetime) -> QuerySet[Consent]:
    """Return the consents whose years are over and that no entry of the account names any more."""
    cutoff = years_before(at, years_of(Consent._meta.db_table))
    rows = Consent.objects.unscoped(REASON).filter(ends_at__lte=cutoff, recorded_at__lte=cutoff)
    naming = Disclosure.objects.unscoped(REASON).filter(consent=OuterRef("pk"))
    later = Withdrawal.objects.unscoped(REASON).filter(consent=OuterRef("pk"), recorded_at__gt=cutoff)
    return rows.exclude(Exists(naming)).exclude(Exists(later)).exclude(member__in=_held_members())


def forget_old_disclosures(*, at: datetime) -> int:
    """Delete what is due, entries before the consents they name; return how many rows went. Safe to kill and repeat."""
    gone = 0
    while done := _forget_some(Disclosure, Correction, "disclosure", at):
        gone += done
    while done := _forget_some(Consent, Withdrawal, "consent", at):
        gone += done
    return gone


def _forget_some(model: type[Model], with_it: type[Model], name: str, at: datetime) -> int:
    due = due_disclosures if model is Disclosure else due_consents
    with act(actor=SYSTEM, at=at) as this:
        some = dict(due(at).order_by("pk").values_list("pk", "member")[:AT_ONCE])
        this.lock_all(Member, {member for member in some.values() if member})
        # Whoever has put a member on hold meanwhile is through now, so it is asked again.
        going = list(due(at).filter(pk__in=some))
        keys = [row.pk for row in going]
        for each, field in ((with_it, f"{name}__in"), (model, "pk__in")):
            each._base_manager.filter(**{field: keys})._raw_delete("default")  # noqa: SLF001 -- its own links go with it
        for key in keys:
            this.record(f"{name}.expired", object_type=model._meta.db_table, object_id=key)
    return len(keys)


def _held_members() -> QuerySet:
    open_ones = Hold.objects.unscoped("whose entries are held").filter(released_at=None, member__isnull=False)
    return open_ones.values("member")
