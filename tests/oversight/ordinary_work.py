"""Days of ordinary work, some of which look nearly like a day that stands out."""

from datetime import UTC, datetime, timedelta

from complaints.capa.queries.capa_page import read_capa
from complaints.operations import write_note
from complaints.queries.queue import SavedView, read_queue, read_whole_view
from members.accounts.models import User
from members.actors import Role
from tests.capa.cases import analysed, planned
from tests.complaints import stages
from tests.config.objects import as_member
from tests.oversight.days import NIGHT, NOON, act, cases_of_a_colleague, read, restricted_case, unknown
from tests.people import actor_of, member_account, staff


def a_busy_day(world):
    for days in range(8, 14):
        read(world.agent, *unknown(25), at=NOON - timedelta(days=days))
    read(world.agent, *unknown(45))


def a_first_day(world):
    read(world.agent, *unknown(79))


def open_cases_of_a_colleague(world):
    read(world.agent, *cases_of_a_colleague(world, 9, over=False))


def closed_cases_worked_on(world):
    keys = cases_of_a_colleague(world, 9)
    for key in keys:
        act(world.agent, "complaint.note_added", case=key)
    read(world.agent, *keys)


def a_lead_reads_closed_cases(world):
    lead = actor_of(staff(Role.LEAD, name="Sam Oak"))
    act(lead, "session.started", at=NOON - timedelta(days=1))
    read(lead, *cases_of_a_colleague(world, 9))


def another_surname(world):
    read(world.agent, stages.received(name="Leah Fontaine-Leeds").pk)


def neighbours(world):
    own = as_member(User.objects.get(pk=world.agent.user_id))
    stages.received(by=own, name="Own Name", postal_address="12 Elm Street Apt 4\nHartford, CT 06103")
    addresses = ("12 Elm Street Apt 5\nHartford, CT 06103", "14 Elm Street Apt 4\nHartford, CT 06103", "Hartford 06103")
    for address in (*addresses, "12 Elm Avenue Apt 4\nHartford, CT 06103", "12 Elm Street Apt 4\nBoston, MA 02108", ""):
        read(world.agent, stages.received(postal_address=address).pk)


def the_own_complaint_on_own_pages(world):
    own = as_member(User.objects.get(pk=world.agent.user_id))
    row = stages.received(by=own, name="Own Name")
    read(world.agent, row.pk, purpose="read own complaint")


def the_queue_and_its_export(world):
    cases_of_a_colleague(world, 90, over=False)
    read_queue(actor=world.agent, view=SavedView.OPEN, page="1", at=NOON)
    read_whole_view(actor=world.agent, view=SavedView.OPEN, at=NOON)


def a_restricted_case_worked_on(_world):
    lead = actor_of(staff(Role.LEAD, name="Sam Oak"))
    act(lead, "session.started", at=NOON - timedelta(days=1))
    key = restricted_case()
    write_note(actor=lead, at=NOON, complaint_id=key, body="Called the mayor.")
    read(lead, key)


def early_and_few_at_night(world):
    read(world.agent, *unknown(20), at=datetime(2026, 7, 1, 11, 15, tzinfo=UTC))
    read(world.agent, *unknown(4), at=NIGHT)


def some_files(world):
    for number in range(4):
        read(world.agent, *unknown(15), at=NOON + timedelta(minutes=number), purpose="export the queue")


def glass_broken_once(world):
    act(world.agent, "complaint.glass_broken")
    act(world.agent, "complaint.glass_refused")


def back_from_holidays(_world):
    away = actor_of(staff(Role.AGENT, name="Sam Oak"))
    act(away, "session.started", at=NOON - timedelta(days=30))
    read(away, *unknown(1))


def refusals_over_a_day(world):
    for number in range(12):
        act(world.agent, "access.refused", at=NOON - timedelta(minutes=10 * number))


def members_at_their_own_pages(_world):
    for _ in range(3):
        read(actor_of(member_account()), *unknown(90), at=NIGHT, purpose="read own complaint")


def capas_read_at_night_after_a_long_time(world):
    reader, manager = (actor_of(staff(Role.QUALITY_MANAGER, name="Sam Oak")) for _ in range(2))
    act(reader, "session.started", at=NOON - timedelta(days=61))
    owner = staff(Role.LEAD, name="Eva Oak").pk
    rows = [analysed(manager, handler=world.agent) for _ in range(5)]
    for row in rows:
        capa = planned(manager, owner, complaints=[row])
        read_capa(actor=reader, reference=capa.reference, at=NIGHT)


ORDINARY = (
    a_busy_day,
    a_first_day,
    open_cases_of_a_colleague,
    closed_cases_worked_on,
    a_lead_reads_closed_cases,
    another_surname,
    neighbours,
    the_own_complaint_on_own_pages,
    the_queue_and_its_export,
    a_restricted_case_worked_on,
    early_and_few_at_night,
    some_files,
    glass_broken_once,
    back_from_holidays,
    refusals_over_a_day,
    members_at_their_own_pages,
    capas_read_at_night_after_a_long_time,
)
