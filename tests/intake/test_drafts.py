"""Drafts outlive everything but their owner's wish: restarts, other devices, lost cookies, other tabs."""

import html
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.signing import get_cookie_signer
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from complaints.intake import operations
from complaints.intake.models import Draft
from complaints.intake.operations import attach_files, forget_old_drafts, save_answers
from complaints.models import Complaint, Enclosure
from complaints.tasks import forget
from config.celery import app
from members.accounts.models import Session
from members.actors import GUEST, SYSTEM
from members.audit.models import Event
from members.privacy.access import phi_access
from slas.queries import database_now
from tests import people
from tests.intake import walk
from tests.intake.papers import PNG

pytestmark = pytest.mark.django_db
NARRATIVE = "My words must not get lost."


def drafts() -> list[Draft]:
    return list(Draft.objects.unscoped("test").order_by("pk"))


def answers(draft: Draft) -> dict:
    with phi_access(actor=SYSTEM, purpose="test", at=people.AT):
        return draft.answers


def shown(response) -> str:
    return html.unescape(response.content.decode())


def begin(client: Client, *names: str) -> Draft:
    """Answer these steps and return the draft."""
    for name in names:
        walk.answer(client, name)
    return drafts()[-1]


def test_answers_are_kept_step_by_step_under_seal(client):
    draft = begin(client, "who", "urgent")
    assert set(answers(draft)) == {"who", "urgent"}
    assert b"Joseph" not in Draft.objects.unscoped("test").get().__dict__["answers"].ciphertext


def test_a_guest_comes_back_with_the_cookie_alone(client):
    begin(client, "who")
    later = Client()
    later.cookies["draft"] = client.cookies["draft"].value
    assert 'value="Joseph K"' in later.get(walk.url("who")).content.decode()


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites_and_lasts_30_days(client, settings):
    settings.SESSION_COOKIE_SECURE = True
    begin(client, "who")
    cookie = client.cookies["draft"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
    assert cookie["max-age"] == 30 * 24 * 3600


def test_opening_pages_changes_nothing(client):
    for name in ("who", "urgent", "check", "files", ""):
        client.get(reverse("intake:start") + (f"{name}/" if name else ""))
    assert drafts() == []
    assert "draft" not in client.cookies


@pytest.mark.parametrize("cookie", ["", "nonsense", "0190a1b2c3d4:forged:signature", "\u00e9"])
def test_a_changed_cookie_counts_as_none(client, cookie):
    begin(client, "who")
    client.cookies["draft"] = cookie
    page = client.get(walk.url("who"))
    assert page.status_code == 200
    assert 'value="Joseph K"' not in page.content.decode()


def test_a_cookie_for_another_draft_cannot_be_made_up(client):
    draft = begin(client, "who")
    stranger = Client()
    stranger.cookies["draft"] = draft.pk.hex
    assert "Joseph K" not in stranger.get(walk.url("who")).content.decode()


def test_an_old_cookie_counts_as_none_and_the_words_are_still_there(client, monkeypatch):
    draft = begin(client, "who", "urgent", "topic")
    then = people.AT - timedelta(days=400)
    monkeypatch.setattr("time.time", then.timestamp)
    value = get_cookie_signer(salt="draftcomplaints.intake.draft").sign(draft.pk.hex)
    monkeypatch.undo()
    client.cookies["draft"] = value
    page = client.post(walk.url("what-happened"), {"draft": draft.pk, "narrative": NARRATIVE})
    assert page.status_code == 409
    assert "We cannot find the answers that go with this page." in shown(page)
    assert NARRATIVE in shown(page)


def test_words_without_their_draft_begin_a_new_one_at_the_second_press(client):
    old = begin(client, "who", "urgent", "topic")
    del client.cookies["draft"]
    page = client.post(walk.url("what-happened"), {"draft": old.pk, "narrative": NARRATIVE})
    again = walk.DRAFT.search(page.content.decode())[1]
    assert again == ""
    response = client.post(walk.url("what-happened"), {"draft": again, "narrative": NARRATIVE})
    assert client.get(response["Location"])["Location"] == walk.url("who")
    assert answers(drafts()[-1]) == {"what-happened": {"narrative": [NARRATIVE]}}


def test_words_for_another_complaint_than_the_one_in_hand_need_a_second_press(client):
    first = begin(client, "who")
    client.post(reverse("intake:start"), {"draft": first.pk})
    second = begin(client, "who")
    page = client.post(walk.url("urgent"), {"draft": first.pk, "harm_if_waiting": "yes"})
    assert page.status_code == 409
    assert "You started another complaint after you opened this page." in shown(page)
    assert walk.DRAFT.search(page.content.decode())[1] == str(second.pk)
    assert set(answers(drafts()[-1])) == {"who"}


def test_words_for_a_complaint_that_was_sent_meanwhile_stay_on_the_page(client):
    walk.answer_all(client)
    draft = walk.page_draft(client, "check")
    walk.send(client, draft=draft)
    page = client.post(walk.url("what-happened"), {"draft": draft, "narrative": NARRATIVE})
    assert page.status_code == 409
    assert "You have sent this complaint already" in shown(page)
    assert NARRATIVE in shown(page)
    assert reverse("intake:done", args=[Complaint.objects.unscoped("test").get().reference]) in shown(page)


def test_after_sending_a_new_complaint_begins_empty(client):
    walk.file_complaint(client)
    assert client.get(reverse("intake:start"))["Location"] == walk.url("who")
    assert 'value="Joseph K"' not in client.get(walk.url("who")).content.decode()
    walk.file_complaint(client)
    assert Complaint.objects.unscoped("test").count() == 2


def test_finishing_later_keeps_also_what_is_not_right_yet(client):
    begin(client, "who", "urgent")
    response = walk.answer(client, "topic", happened_on_month="13", later="1")
    assert response["Location"] == reverse("intake:saved")
    page = client.get(walk.url("topic")).content.decode()
    assert 'name="happened_on_month" type="text" inputmode="numeric" value="13"' in page
    assert "There is a problem" not in page
    assert "this device" in client.get(reverse("intake:saved")).content.decode()


def test_a_draft_is_offered_again_and_leads_to_the_next_open_step(client):
    begin(client, "who", "urgent")
    page = client.get(reverse("intake:start")).content.decode()
    assert f'href="{walk.url("topic")}"' in page


def test_a_draft_can_be_deleted_with_its_files(client, tmp_path):
    draft = begin(client, "who", "urgent", "topic", "what-happened")
    picture = tmp_path / "bill.png"
    picture.write_bytes(PNG)
    with picture.open("rb") as file:
        walk.answer(client, "files", files=file, add="1")
    assert Enclosure.objects.unscoped("test").count() == 1
    client.post(reverse("intake:start"), {"draft": draft.pk})
    assert drafts() == []
    assert Enclosure.objects.unscoped("test").count() == 0


def aged(days: float, **fields) -> Draft:
    """Return a draft with a file, last saved so many days ago."""
    then = database_now() - timedelta(days=days)
    actor = fields.pop("actor", GUEST)
    draft_id = save_answers(actor=actor, at=then, draft_id=None, answers={"who": walk.typed("who")})
    attach_files(actor=actor, at=then, draft_id=draft_id, files=[("bill.png", PNG)])
    return Draft.objects.unscoped("test").get(pk=draft_id)


def test_drafts_are_deleted_with_their_files_30_days_after_they_were_saved():
    member = people.actor_of(people.member_account())
    guests, members = aged(30.01), aged(31, actor=member)
    young = aged(29.9)
    forget.apply(throw=True)
    assert drafts() == [young]
    assert [row.draft_id for row in Enclosure.objects.unscoped("test")] == [young.pk]
    events = Event.objects.filter(action="draft.expired")
    assert {event.object_id for event in events} == {guests.pk, members.pk}
    assert {(event.actor_kind, str(event.detail)) for event in events} == {("system", "{}")}


def test_a_sent_complaint_outlives_its_draft(client):
    walk.file_complaint(client)
    forget_old_drafts(at=database_now() + timedelta(days=365))
    assert Complaint.objects.unscoped("test").count() == len(drafts()) == 1


def test_adding_a_file_counts_as_saving():
    old = aged(40)
    attach_files(actor=GUEST, at=database_now(), draft_id=old.pk, files=[("bill.png", PNG)])
    assert forget_old_drafts(at=database_now()) == 0


def test_more_drafts_than_fit_one_transaction_are_deleted(monkeypatch):
    monkeypatch.setattr(operations, "AT_ONCE", 2)
    for _ in range(5):
        aged(40)
    assert forget_old_drafts(at=database_now()) == 5
    assert drafts() == []


def test_the_page_tells_members_too_until_when_a_draft_waits(client):
    people.sign_in(client, people.member_account())
    begin(client, "who")
    until = (timezone.now() + timedelta(days=30)).astimezone(walk.HOUSE)
    assert f"until {date_format(until, 'F j, Y')}" in shown(client.get(reverse("intake:saved")))


def test_expired_sessions_are_deleted():
    now = database_now()
    for key, expires in (("over", now - timedelta(seconds=1)), ("lasting", now + timedelta(minutes=5))):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    forget.apply(throw=True)
    assert [row.pk for row in Session.objects.all()] == ["lasting"]


def test_forgetting_runs_every_day():
    assert app.conf.beat_schedule["forget"] == {"task": forget.name, "schedule": 24 * 3600.0}


def test_a_member_goes_on_with_a_draft_on_another_device(client):
    user = people.member_account()
    people.sign_in(client, user)
    begin(client, "who", "urgent")
    phone = Client()
    people.sign_in(phone, user)
    assert "You have a complaint that you did not send" in phone.get(reverse("member:cases")).content.decode()
    assert f'href="{walk.url("topic")}"' in phone.get(reverse("intake:start")).content.decode()
    walk.answer(phone, "topic")
    assert len(drafts()) == 1


def test_a_draft_begun_as_a_guest_becomes_the_members_with_the_next_save(client):
    begin(client, "who")
    user = people.sign_in(client, people.member_account())
    walk.answer(client, "urgent")
    [draft] = drafts()
    assert draft.user_id == user.pk
    assert set(answers(draft)) == {"who", "urgent"}


def test_a_members_draft_is_nobody_elses(client):
    people.sign_in(client, people.member_account())
    walk.answer(client, "who", name="Zoe Marsh")
    [draft] = drafts()
    guest, other = Client(), Client()
    people.sign_in(other, people.member_account())
    for browser in (guest, other):
        browser.cookies["draft"] = client.cookies["draft"].value
        assert "Zoe Marsh" not in browser.get(walk.url("who")).content.decode()
        assert walk.send(browser, draft=str(draft.pk)).status_code in {302, 409}
    assert Complaint.objects.unscoped("test").count() == 0


def test_scopes_show_no_drafts_to_guests(client):
    begin(client, "who")
    assert list(Draft.objects.visible_to(GUEST)) == []


def test_words_of_somebody_signed_out_meanwhile_stay_and_are_saved_after_signing_in(client):
    user = people.sign_in(client, people.member_account())
    draft = begin(client, "who", "urgent", "topic")
    client.cookies.pop(settings.SESSION_COOKIE_NAME)
    page = client.post(walk.url("what-happened"), {"draft": draft.pk, "narrative": NARRATIVE})
    assert page.status_code == 409
    assert NARRATIVE in shown(page)
    people.sign_in(client, user)
    again = walk.DRAFT.search(page.content.decode())[1]
    client.post(walk.url("what-happened"), {"draft": again, "narrative": NARRATIVE})
    [draft] = drafts()
    assert answers(draft)["what-happened"] == {"narrative": [NARRATIVE]}


def test_a_page_that_names_no_draft_at_all_is_refused_at_sending(client):
    walk.answer_all(client)
    for draft in ("", "nonsense", str(uuid4())):
        page = client.post(walk.url("check"), {"draft": draft})
        assert page.status_code == 409
        assert "Nothing was sent yet" in shown(page)
    assert Complaint.objects.unscoped("test").count() == 0
