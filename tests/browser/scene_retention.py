"""A list of erasures that waits for its second person, for the pages that are looked at."""

from complaints.models import Complaint
from complaints.retention.models import ErasureList, ListedComplaint
from complaints.retention.rules import rules
from members.actors import Actor
from members.acts import act
from slas.queries import database_now

LISTED = 3


def lay_retention(people: dict[str, Actor]) -> dict[str, str]:
    """Have a privacy officer ask for some complaints, young as they are: the worker would leave each of them alone."""
    at, officer = database_now(), people["privacy_officer"]
    complaints = Complaint.objects.visible_to(officer.as_staff()).order_by("pk").values_list("pk", flat=True)
    with act(actor=officer, at=at) as this:
        asked = ErasureList(asked_at=at, asked_by_id=officer.user_id)
        this.add(asked)
        for complaint_id in complaints[:LISTED]:
            this.add(ListedComplaint(on_list=asked, complaint_id=complaint_id, rule=rules()[0].code))
    return {"erasure_list": str(asked.pk)}
