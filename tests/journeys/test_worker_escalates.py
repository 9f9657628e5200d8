"""A five-second obligation on a real complaint, kept by a real worker: warned, breached, escalated, once."""

import shutil
import time
from datetime import datetime

import pytest

from complaints.enums import Priority, TimelineCode
from complaints.models import Complaint, TimelineEntry
from complaints.operations import Statement, submit_complaint, take_complaint
from members.actors import SYSTEM, Role
from slas.models import Clock, Firing
from slas.operations import publish_policies, start_clock
from slas.queries import database_now
from tests.people import actor_of, staff
from tests.slas.calendars import SLAS
from tests.slas.clocks import acting
from tests.slas.workers import running_worker, wait_for

IN_TIME = 1.0  # s
WARNED, BREACHED, RAISED = TimelineCode.CLOCK_WARNED, TimelineCode.CLOCK_BREACHED, TimelineCode.PRIORITY_RAISED
PACK = """
pack = "drill"
calendar = "house"
[[obligation]]
obligation = "drill"
effective_from = 2024-01-01
title = "Answer the drill"
starts_on = "received"
met_on = "answered"
limit = "5 seconds"
clause = "Drill 1"
mark = "V"
[[obligation.threshold]]
code = 60
at = "60 %"
actions = ["notify_owner"]
[[obligation.threshold]]
code = 100
at = "due"
actions = ["notify_owner", "notify_lead", "raise_priority"]
"""


@pytest.fixture(autouse=True)
def _pack(variables, tmp_path):  # noqa: ARG001 -- publication writes, so the database comes first
    shutil.copytree(SLAS / "calendars", tmp_path / "slas" / "calendars")
    folder = tmp_path / "slas" / "policy_packs"
    folder.mkdir()
    (folder / "drill.toml").write_text(PACK)
    publish_policies(tmp_path / "slas")


@pytest.fixture
def people(variables) -> dict[str, str]:  # noqa: ARG001 -- the same
    """Return the addresses of an agent and a lead."""
    addresses = {"agent": "agent@redress.example", "lead": "lead@redress.example"}
    staff(Role.LEAD, name="Lee Adams", email=addresses["lead"])
    return addresses


@pytest.fixture
def complaint(people) -> Complaint:
    """A complaint in the hands of the agent."""
    agent, at = actor_of(staff(Role.AGENT, email=people["agent"])), database_now()
    row = submit_complaint(actor=SYSTEM, at=at, statement=Statement(narrative="Two bills.", name="Rosa Lindqvist"))
    take_complaint(actor=agent, at=at, complaint_id=row.pk)
    return row


def test_a_missed_date_is_warned_of_breached_and_escalated_within_a_second(complaint, mail, people, variables, capsys):
    mail.open()
    with running_worker(**variables) as worker:
        clock = start_drill(complaint)
        wait_for(lambda: len(mail.files()) == 3, 20, worker.output)

    warned_at, breached_at = clock.fire_ats
    lags = {f"fired at {row.code}": row.fired_at - row.scheduled_for for row in Firing.objects.all()}
    lags |= {"warned": told_at(complaint, WARNED) - warned_at, "breached": told_at(complaint, BREACHED) - breached_at}
    lags["priority raised"] = told_at(complaint, RAISED) - breached_at
    mails = [datetime.fromtimestamp(file.stat().st_mtime, breached_at.tzinfo) for file in mail.files()]
    lags |= {"mail of the warning": mails[0] - warned_at, "mails of the breach": mails[-1] - breached_at}
    with capsys.disabled():
        print("\n" + "".join(f"  {name}: {lag.total_seconds():.3f} s\n" for name, lag in lags.items()))  # noqa: T201
    late = {name: lag for name, lag in lags.items() if not 0 <= lag.total_seconds() < limit_of(name)}
    assert late == {}
    assert Complaint.objects.unscoped("test").get(pk=complaint.pk).priority == Priority.HIGH
    assert subjects(mail) == [
        (people["agent"], f"Due soon: Answer the drill, {complaint.reference}"),
        (people["agent"], f"Overdue: Answer the drill, {complaint.reference}"),
        (people["lead"], f"Overdue: Answer the drill, {complaint.reference}"),
    ]


def test_a_worker_that_is_killed_across_the_instant_fires_once_when_it_is_back(complaint, mail, people, variables):
    mail.open()
    with running_worker(**variables) as worker:
        clock = start_drill(complaint)
        wait_for(lambda: len(mail.files()) == 1, 20, worker.output)
        worker.kill()
    time.sleep(max(0, (clock.due_at - database_now()).total_seconds()) + 0.2)
    assert codes() == [60]

    with running_worker(**variables) as worker:
        wait_for(lambda: len(mail.files()) == 3, 20, worker.output)
        time.sleep(IN_TIME)  # for a second one, should there be any

    assert codes() == [60, 100]
    assert [len(told(complaint, code)) for code in (WARNED, BREACHED, RAISED)] == [1, 1, 1]
    assert [to for to, _ in subjects(mail)] == [people["agent"], people["agent"], people["lead"]]


def start_drill(complaint: Complaint) -> Clock:
    at = database_now()
    with acting(at) as this:
        return start_clock(this=this, matter=complaint.matter, obligation="drill", pack="drill", started_at=at)


def limit_of(name: str) -> float:
    """Return how late something may be: the e-mail goes through the outbox a second time."""
    return 2 * IN_TIME if name.startswith("mail") else IN_TIME


def told(complaint: Complaint, code: TimelineCode) -> list[TimelineEntry]:
    return list(TimelineEntry.objects.unscoped("test").filter(complaint_id=complaint.pk, code=code))


def told_at(complaint: Complaint, code: TimelineCode) -> datetime:
    (entry,) = told(complaint, code)
    return entry.at


def codes() -> list[int]:
    return sorted(Firing.objects.values_list("code", flat=True))


def subjects(mail) -> list[tuple[str, str]]:
    return sorted((str(message["to"]), str(message["subject"])) for message in mail.messages())
