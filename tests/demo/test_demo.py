"""The demonstration: what is in it, and that it is loaded once."""

import json
import re
import stat
from base64 import b32decode
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from complaints.capa.enums import CapaState
from complaints.capa.models import Capa, RootCause
from complaints.correspondence.models import Dispatch, DispatchKind, Letter, Message, Notice
from complaints.demo.people import FOLDER, STAFF
from complaints.enums import State
from complaints.models import Complaint, TimelineEntry
from members.accounts.models import AccessReview, User
from members.actors import SYSTEM, Role
from members.audit.models import Event
from members.operations import verify_code
from members.privacy.access import phi_access
from slas.explanations import explain_clock
from slas.models import OPEN, Clock, ClockState, Outbox, PolicyVersion
from slas.operations import publish_policies
from slas.queries import database_now
from tests.people import AT

pytestmark = pytest.mark.django_db


def every(model):
    return model.objects.unscoped("a test looks at all")


def load(path):
    call_command("load_demo", accounts_file=str(path), skip_checks=True)


@pytest.fixture(scope="module")
def logins_file(django_db_setup, django_db_blocker, tmp_path_factory):  # noqa: ARG001 -- the database has to be there
    """Load the demonstration once for all tests of this module, and take it back."""
    path = tmp_path_factory.mktemp("demo") / "accounts.json"
    with django_db_blocker.unblock(), transaction.atomic():
        if not PolicyVersion.objects.exists():
            publish_policies()
        load(path)
        yield path
        transaction.set_rollback(True)


@pytest.fixture
def logins(logins_file):
    return json.loads(logins_file.read_text())


@pytest.mark.usefixtures("logins")
def test_some_300_complaints_stand_at_every_stage():
    states = Counter(every(Complaint).values_list("state", flat=True))
    assert 290 <= states.total() <= 310
    assert set(states) == set(State)
    assert min(states[state] for state in (State.RECEIVED, State.ACKNOWLEDGED, State.ASSESSED, State.DECIDED)) >= 5


@pytest.mark.usefixtures("logins")
def test_the_queue_is_alive_some_are_due_within_the_hour_and_some_are_overdue():
    now = database_now()
    due = Clock.objects.filter(state__in=OPEN)
    assert due.filter(due_at__gt=now, due_at__lt=now + timedelta(hours=1)).count() >= 3
    assert 5 <= due.filter(due_at__lt=now).count() <= 15


@pytest.mark.usefixtures("logins")
def test_nothing_is_sent_for_the_past_only_what_has_just_come_in_is_confirmed():
    waiting = Dispatch.objects.filter(sent_at=None)
    kinds = [DispatchKind.ACCESS_REVIEW, DispatchKind.ACKNOWLEDGEMENT]
    assert sorted(waiting.values_list("kind", flat=True)) == sorted(kinds)
    assert Outbox.objects.filter(settled_at=None).count() == 2
    confirmed = waiting.get(kind=DispatchKind.ACKNOWLEDGEMENT)
    assert every(Complaint).get(pk=confirmed.matter_id).state == State.RECEIVED


@pytest.mark.usefixtures("logins")
def test_an_access_review_waits_for_the_administrator_with_the_roles_of_all():
    review = AccessReview.objects.get(closed_at=None)
    assert review.due_at > database_now() + timedelta(days=13)
    assert review.grants.filter(kept=None).count() == len(STAFF)


@pytest.mark.usefixtures("logins")
def test_the_deadlines_of_the_past_have_had_their_effects_in_the_past():
    now = database_now()
    assert not Clock.objects.filter(next_fire_at__lt=now - timedelta(minutes=1)).exists()
    breached = every(TimelineEntry).filter(code="clock_breached")
    assert breached.count() >= 10
    missed = Clock.objects.filter(matter__in=breached.values("complaint"), state=ClockState.MISSED, kind="resolve")
    assert missed.exists()
    for model, column in ((TimelineEntry, "at"), (Complaint, "submitted_at"), (Letter, "issued_at")):
        assert not every(model).filter(**{f"{column}__gt": now}).exists()
    assert not Event.objects.filter(at__gt=now).exclude(action="phi.opened").exists()


@pytest.mark.usefixtures("logins")
def test_some_complaints_are_bound_by_law_and_one_of_its_dates_was_missed():
    legal = Clock.objects.filter(policy__legal=True, state__in=OPEN)
    kinds = {"ma_grievance_answer", "part_d_grievance_answer", "dsnp_grievance_answer"}
    assert set(legal.values_list("kind", flat=True)) == kinds
    [missed] = legal.filter(due_at__lt=database_now())
    [letter] = every(Notice)
    assert (letter.clock_id, letter.kind, letter.made_at) == (missed.id, "delay_letter", missed.due_at)


@pytest.mark.usefixtures("logins")
def test_every_date_can_be_explained_and_the_explanation_adds_up():
    now, clocks = database_now(), list(Clock.objects.all())
    assert [clock for clock in clocks if not explain_clock(clock, at=now).adds_up] == []
    assert {clock.state for clock in clocks} >= {ClockState.RUNNING, ClockState.MET, ClockState.MISSED}


@pytest.mark.usefixtures("logins")
def test_there_are_letters_messages_causes_and_capas_in_three_states():
    assert every(Letter).count() >= 60
    assert every(Message).count() >= 8
    assert every(RootCause).values("cause").distinct().count() >= 12
    assert set(every(Capa).values_list("state", flat=True)) == {
        CapaState.OPENED,
        CapaState.PLANNED,
        CapaState.EFFECTIVE,
    }


@pytest.mark.usefixtures("logins")
def test_the_demo_member_has_a_letter_an_open_question_and_a_complaint_of_just_now():
    member = User.objects.of_email("member@redress.example").get().member
    own = every(Complaint).filter(member=member)
    assert Counter(own.values_list("state", flat=True)) == {
        State.CLOSED: 1,
        State.DECIDED: 1,
        State.WITHDRAWN: 1,
        State.ASSESSED: 1,
        State.RECEIVED: 1,
    }
    assert every(Letter).filter(complaint__in=own, sent_at__isnull=False).count() == 2
    assert Clock.objects.filter(matter__in=own.values("matter"), kind="message_reply", state__in=OPEN).count() == 1


def test_every_role_has_an_account_that_can_sign_in_and_only_the_owner_can_read_the_logins(logins_file, logins):
    assert stat.S_IMODE(logins_file.stat().st_mode) == 0o600
    assert [login["role"] for login in logins] == [
        Role.MEMBER,
        Role.ADMINISTRATOR,
        Role.AGENT,
        Role.AGENT,
        Role.LEAD,
        Role.QUALITY_MANAGER,
        Role.QUALITY_MANAGER,
        Role.CLINICAL_REVIEWER,
        Role.AUDITOR,
        Role.PRIVACY_OFFICER,
    ]
    for login in logins:
        user = User.objects.of_email(login["email"]).with_standing().get()
        assert user.check_password(login["password"])
        assert re.fullmatch(r"[a-z]+(-[a-z]+){4}", login["password"])
        assert login["role"] in user.as_actor(at=database_now()).roles
        if login["role"] in {Role.MEMBER, Role.ADMINISTRATOR}:
            assert login["totp_secret"] is None
            assert not user.has_factor
        else:
            secret = login["totp_secret"]
            key = b32decode(secret + "=" * (-len(secret) % 8))
            at = database_now()
            assert verify_code(actor=SYSTEM, at=at, user_id=user.pk, code=code_of(key, at)).factor_id


def code_of(key, at):
    from members.accounts.totp import code_at  # noqa: PLC0415 -- beside its only use

    return code_at(key, at)


def test_passwords_and_keys_differ_from_installation_to_installation(logins):
    assert len({login["password"] for login in logins}) == len(logins)
    secrets = [login["totp_secret"] for login in logins if login["totp_secret"]]
    assert len(set(secrets)) == len(secrets) == len(logins) - 2
    committed = "".join(path.read_text() for path in FOLDER.iterdir() if path.is_file())
    assert not any(login["password"] in committed for login in logins)


@pytest.mark.usefixtures("logins")
def test_addresses_and_phone_numbers_lead_nowhere():
    with phi_access(actor=SYSTEM, purpose="test", at=AT):
        for complaint in every(Complaint):
            if complaint.complainant_email:
                assert complaint.complainant_email.endswith(("@example.org", "@redress.example"))
            if complaint.complainant_phone:
                assert complaint.complainant_phone.startswith("860-555-01")


def test_a_second_run_does_nothing(logins_file):
    before, count = logins_file.read_bytes(), every(Complaint).count()
    load(logins_file)
    assert (logins_file.read_bytes(), every(Complaint).count()) == (before, count)


@pytest.mark.usefixtures("logins")
def test_without_the_file_of_its_logins_it_is_refused(tmp_path):
    with pytest.raises(CommandError, match="held their passwords"):
        load(tmp_path / "another.json")
