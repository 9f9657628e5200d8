"""Whatever is opened of a complaint names it in the trail: on its page, in a list, by a search, by a program."""

import pytest
from django.apps import apps

from complaints.files.store import keep, open_file
from complaints.models import Complaint, Enclosure, Evidence, Note
from complaints.operations import send_message, write_note
from complaints.queries.case import read_case
from complaints.queries.queue import SavedView, read_queue
from complaints.search.asked import take_apart
from complaints.search.queries import search
from complaints.search.upkeep import fill, start_anew
from members.actors import SYSTEM, Role
from members.audit.models import Event
from members.privacy.access import phi_access
from members.privacy.purposes import Purpose
from members.privacy.sealed_tables import sealed_tables
from slas.models import Matter
from slas.queries import database_now
from tests.complaints import stages
from tests.people import actor_of, staff

pytestmark = pytest.mark.usefixtures("policies")
COLUMNS = {"matter_id", "complaint_id"}


def leads_to_a_case(model):
    """Tell whether rows of a table say which complaint or matter they are of, by a key or by a plain column."""
    fields = model._meta.concrete_fields
    return any(field.attname in COLUMNS or field.related_model in {Complaint, Matter} for field in fields)


def lacking(models):
    return [model._meta.label for model in models if leads_to_a_case(model) and not hasattr(model, "matter_id")]


def test_every_sealed_row_of_a_case_says_of_which():
    sealed = [table.model for table in sealed_tables()]
    assert sum(map(leads_to_a_case, sealed)) >= 17
    assert lacking(sealed) == []


def test_one_that_does_not_is_named():
    assert "retention.ListedComplaint" in lacking(apps.get_models())  # nothing of it is sealed


@pytest.fixture
def row():
    """Return a case with a note, a message, evidence and a file."""
    agent = actor_of(staff(Role.AGENT))
    case = stages.decided(agent, narrative="Insulin was refused.", by=stages.insured())
    told = {"actor": agent, "at": stages.AT, "complaint_id": case.pk}
    write_note(**told, body="Spoke with Lindqvist.")
    send_message(**told, body="Please send the radiograph.")
    file = Enclosure(complaint_id=case.pk, name="scan.jpg", media_type="image/jpeg", added_at=stages.AT)
    keep(file, b"content")
    file.save()
    return case


def on_the_page(actor, row):
    read_case(actor=actor, reference=row.reference, at=database_now())


def in_the_queue(actor, _row):
    read_queue(actor=actor, view=SavedView.OPEN, page="1", at=database_now())


def by_search(actor, _row):
    for words in ("insulin", "lindqvist", "radiograph", '"spoke with lindqvist"', "joseph@example.org"):
        search(actor=actor, asked=take_apart(words), start=0, at=database_now())


def by_search_without_an_index(actor, row):
    by_search(actor, row)


def the_file(actor, row):
    file = Enclosure.objects.visible_to(actor).get(complaint_id=row.pk)
    b"".join(open_file(file, actor=actor, purpose=Purpose.CASE, at=database_now()).pieces)


def by_programs(_actor, _row):
    start_anew()
    list(fill(at=database_now()))


@pytest.mark.parametrize(
    "opens", [on_the_page, in_the_queue, by_search, by_search_without_an_index, the_file, by_programs]
)
def test_each_opening_names_the_case(row, opens, settings):
    settings.KEYWORD_SEARCH = opens is not by_search_without_an_index
    before = set(Event.objects.values_list("pk", flat=True))
    opens(actor_of(staff(Role.LEAD)), row)
    opened = Event.objects.filter(action="phi.opened").exclude(pk__in=before)
    assert set(opened.values_list("matter_id", flat=True)) == {row.pk}


def test_of_several_cases_in_one_block_each_event_names_its_own():
    agent = actor_of(staff(Role.AGENT))
    rows = [stages.investigated(agent) for _ in range(2)]
    notes = list(Note.objects.unscoped("test").filter(complaint__in=rows))
    evidence = list(Evidence.objects.unscoped("test").filter(complaint__in=rows))
    with phi_access(actor=SYSTEM, purpose=Purpose.SEARCH, matter_id=rows[0].pk, at=stages.AT):
        _ = [note.body for note in notes], [piece.title for piece in evidence]
    events = Event.objects.filter(action="phi.opened", detail__purpose="search", actor_kind="system")
    assert dict(events.values_list("object_id", "matter_id")) == {
        part.pk: part.complaint_id for part in (*notes, *evidence)
    }
