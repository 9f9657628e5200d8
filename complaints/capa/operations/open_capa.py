"""Opening a CAPA: several complaints with a cause in common become one problem with one owner (ISO 9001 10.2.1)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from complaints.capa.causes import demand_cause
from complaints.capa.dates import house_date
from complaints.capa.enums import OPEN_CAPA_STATES
from complaints.capa.lifecycle import CapaRefused
from complaints.capa.models import Capa, CapaComplaint, CapaNumber, RootCause
from complaints.capa.operations._owners import check_capa_owner
from complaints.enums import TimelineCode
from complaints.models import Complaint
from complaints.operations import note_fact
from complaints.permissions import demand
from members.actors import Actor
from members.acts import act
from slas.operations import open_matter, start_clock

MATTER_KIND, PLAN_CLOCK = "capa", "capa_plan"


def open_capa(
    *,
    actor: Actor,
    at: datetime,
    title: str,
    problem: str,
    cause: str,
    owner_id: UUID,
    complaint_ids: Collection[UUID],
    opening_key: UUID | None = None,
) -> Capa:
    """Open a CAPA for complaints whose root cause is recorded. The same `opening_key` opens one, however often.

    A plan is due 30 days after the cause was first recorded on any of them, by the house policy, so its clock starts
    in the past. Raises ActionForbidden, UnknownCause, CapaRefused: also for an owner who would leave nobody to approve,
    and for a complaint that an open CAPA of this cause holds.
    """
    demand(actor, "open_capa")
    demand_cause(cause)
    with act(actor=actor, at=at) as this:
        complaints = _lock_complaints(actor, complaint_ids)
        if known := _opened_with(opening_key):
            return known
        check_capa_owner(owner_id)
        started_at = _first_recorded_at(complaints, cause)
        _check_unanswered(complaints, cause)
        matter = open_matter(
            this=this, kind=MATTER_KIND, time_zone=settings.HOUSE_TIME_ZONE, language=settings.LANGUAGE_CODE
        )
        capa = Capa(
            matter=matter,
            reference=_next_reference(at),
            opening_key=opening_key,
            title=title,
            problem=problem,
            cause=cause,
            owner_id=owner_id,
            opened_at=at,
            opened_by_id=actor.user_id,
        )
        this.add(capa, *(CapaComplaint(capa_id=matter.pk, complaint_id=row.pk) for row in complaints))
        detail = {"cause": cause, "complaints": len(complaints)}
        this.record("capa.opened", matter_id=matter.pk, object_type="capa", object_id=matter.pk, detail=detail)
        for row in complaints:
            note_fact(this, row, TimelineCode.CAPA_OPENED, {"capa": capa.reference})
        start_clock(this=this, matter=matter, obligation=PLAN_CLOCK, started_at=started_at)
    return capa


def _lock_complaints(actor: Actor, complaint_ids: Collection[UUID]) -> list[Complaint]:
    """Lock them in one order, so that two presses of one form wait for each other instead of opening two CAPAs."""
    wanted = set(complaint_ids)
    if not wanted:
        raise CapaRefused(_("Choose at least one complaint."), field="complaint_ids")
    rows = Complaint.objects.visible_to(actor.as_staff()).filter(pk__in=wanted)
    found = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").only("pk", "reference"))
    if len(found) < len(wanted):
        raise CapaRefused(_("Some of these complaints are not known here."), field="complaint_ids")
    return found


def _opened_with(opening_key: UUID | None) -> Capa | None:
    if opening_key is None:
        return None
    return Capa.objects.unscoped("the CAPA of this very form").filter(opening_key=opening_key).first()


def _first_recorded_at(complaints: list[Complaint], cause: str) -> datetime:
    """Return when the cause was first recorded; if none of them has this very cause, when any was."""
    rows = RootCause.objects.unscoped("causes of the locked complaints").filter(complaint__in=complaints)
    causes = list(rows.order_by("recorded_at").values_list("complaint_id", "cause", "recorded_at"))
    analysed = {complaint_id for complaint_id, _code, _at in causes}
    if missing := [row.reference for row in complaints if row.pk not in analysed]:
        words = _("Record a root cause first for: %(references)s.") % {"references": ", ".join(missing)}
        raise CapaRefused(words, field="complaint_ids")
    return next((at for _id, code, at in causes if code == cause), causes[0][2])


def _check_unanswered(complaints: list[Complaint], cause: str) -> None:
    """Refuse complaints that an open CAPA of this cause holds: two plans for one problem would undo each other.

    The complaints must be locked, so that of two people who open one at the same moment the second sees the first's.
    """
    links = CapaComplaint.objects.unscoped("open CAPAs of the locked complaints").filter(
        complaint__in=complaints, capa__cause=cause, capa__state__in=OPEN_CAPA_STATES
    )
    if found := links.order_by("capa__reference").values_list("capa__reference", "complaint__reference").first():
        words = _("%(capa)s is open for this cause and answers %(complaint)s. Add actions there, or leave it out here.")
        raise CapaRefused(words % {"capa": found[0], "complaint": found[1]}, field="complaint_ids")


def _next_reference(at: datetime) -> str:
    """Take the year's next number; whoever opens another one at the same time waits for this transaction's end."""
    year = house_date(at).year
    table = connection.ops.quote_name(CapaNumber._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS n (year, last) VALUES (%s, 1)"  # noqa: S608 -- the table's own name
            " ON CONFLICT (year) DO UPDATE SET last = n.last + 1 RETURNING last",
            [year],
        )
        (number,) = cursor.fetchone()
    return f"CAPA-{year % 100:02d}-{number:04d}"
