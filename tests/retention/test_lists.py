"""The second person sees all that is on a list, in an order that stays, and confirms just that."""

import csv
import io
import re

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from complaints.models import Complaint
from complaints.retention.lists import ask_erasure, confirm_erasure, digest_now
from complaints.retention.models import ErasureList, ListedComplaint
from complaints.retention.work import erase_listed
from members.actors import Role
from members.audit.models import Event
from slas.queries import database_now
from tests.complaints import stages
from tests.people import sign_in, staff
from tests.retention.old import confirmed, over

pytestmark = pytest.mark.usefixtures("policies")
LIST, FILE = 8, 7


def asked_for(officer):
    return ask_erasure(actor=officer, at=database_now())


def shown(client, asked, **query):
    """Return the references that a page of the list shows, in their order."""
    text = client.get(reverse("retention:list", args=[asked.pk]), query).content.decode()
    return re.findall(r'/desk/cases/([^/"]+)/"><bdi', text)


def whole_file(client, asked):
    answer = client.get(reverse("retention:list_csv", args=[asked.pk]))
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_and_a_file_take_the_same_queries_however_much_they_hold(
    client, agent, officer, number, django_assert_num_queries
):
    for _ in range(number):
        over(agent)
    asked = asked_for(officer)
    sign_in(client, staff(Role.LEAD))
    with django_assert_num_queries(LIST):
        assert len(shown(client, asked)) == number
    with django_assert_num_queries(FILE):
        assert len(whole_file(client, asked)) == number


def test_the_second_person_leafs_through_all_of_it_and_an_erasure_moves_no_page(
    client, agent, officer, second, monkeypatch
):
    monkeypatch.setattr("complaints.retention.list_queries.PAGE_SIZE", 3)
    references = [over(agent).reference for _ in range(7)]
    asked = asked_for(officer)
    sign_in(client, staff(Role.LEAD))
    assert [shown(client, asked, page=page) for page in (1, 2, 3)] == [references[:3], references[3:6], references[6:]]
    assert [line["reference"] for line in whole_file(client, asked)] == references
    confirm_erasure(actor=second, at=database_now(), list_id=asked.pk, digest=digest_now(asked))
    erase_listed(at=database_now(), most=2)
    assert [shown(client, asked, page=page) for page in (1, 2, 3)] == [references[2:3], references[3:6], references[6:]]
    states = [line["state"] for line in whole_file(client, asked)]
    assert states == ["Erased"] * 2 + ["Waits"] * 5


def test_what_is_confirmed_is_what_was_looked_at(client, agent, officer):
    over(agent)
    asked = asked_for(officer)
    looked_at = digest_now(asked)
    added = over(agent)
    ListedComplaint(on_list=asked, complaint_id=added.pk, rule="house").save(force_insert=True)
    sign_in(client, staff(Role.LEAD))
    refused = client.post(reverse("retention:confirm", args=[asked.pk]), {"digest": looked_at})
    assert refused.status_code == 409
    assert "This is not the list that you looked at. Look at it again, then confirm it." in refused.content.decode()
    assert client.post(reverse("retention:confirm", args=[asked.pk])).status_code == 409, "nothing was looked at"
    assert ErasureList.objects.get().confirmed_at is None
    page = client.get(reverse("retention:list", args=[asked.pk])).content.decode()
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)[1]
    assert client.post(reverse("retention:confirm", args=[asked.pk]), {"digest": digest}).status_code == 302
    (told,) = Event.objects.filter(action="erasure.confirmed").values_list("detail", flat=True)
    assert told == {"digest": digest} != {"digest": looked_at}


def test_the_trail_holds_the_fingerprint_that_was_asked_for_and_the_one_that_was_confirmed(agent, officer, second):
    over(agent)
    confirmed(officer, second)
    events = Event.objects.filter(action__in=("erasure.asked", "erasure.confirmed"))
    assert len({event.detail["digest"] for event in events}) == 1 < events.count()


def test_the_database_itself_keeps_a_list_as_it_was_asked_for(agent, officer, second):
    row = over(agent)
    asked = confirmed(officer, second)
    lines, lists = ListedComplaint.objects.filter(on_list=asked), ErasureList.objects.filter(pk=asked.pk)
    late = ListedComplaint(on_list=asked, complaint_id=stages.received().pk, rule="house")
    for work, words in (
        (lambda: late.save(force_insert=True), "is confirmed and takes no more lines"),
        (lambda: lines.update(complaint_id=late.complaint_id), "never changes: UPDATE refused"),
        (lambda: lines._raw_delete("default"), "never changes: DELETE refused"),
        (lambda: lists.update(asked_by=second.user_id, confirmed_by=officer.user_id), "never changes: UPDATE refused"),
        (lambda: lists.update(confirmed_at=None, confirmed_by=None), "never changes: UPDATE refused"),
        (lambda: lists._raw_delete("default"), "never changes: DELETE refused"),
    ):
        with pytest.raises(ProgrammingError, match=words), transaction.atomic():
            work()
    assert erase_listed(at=database_now()).erased == 1
    assert not Complaint.objects.unscoped("test").filter(pk=row.pk).exists()


def test_who_takes_a_list_or_what_stays_away_is_on_record(client, agent, officer):
    over(agent)
    asked = asked_for(officer)
    user = staff(Role.AUDITOR)
    sign_in(client, user)
    whole_file(client, asked)
    client.get(reverse("retention:facts_csv"))
    found = Event.objects.filter(action__endswith=".exported", actor_id=user.pk).order_by("pk")
    assert [(each.action, each.object_id, each.detail) for each in found] == [
        ("erasure_list.exported", asked.pk, {"form": "csv", "complaints": 1}),
        ("erased_complaints.exported", None, {"form": "csv", "cells": 0}),
    ]


def test_a_restricted_complaint_is_on_the_list_without_its_reference_for_whom_it_is_not_there(client, agent, officer):
    row = over(agent)
    Complaint.objects.unscoped("test").filter(pk=row.pk).update(is_restricted=True)
    asked = asked_for(officer)
    sign_in(client, staff(Role.AUDITOR))
    text = client.get(reverse("retention:list", args=[asked.pk])).content.decode()
    assert row.reference not in text
    assert "Not for you to see" in text
    assert [line["reference"] for line in whole_file(client, asked)] == [""]


def test_a_list_that_is_not_there_is_not_handed_out(client):
    sign_in(client, staff(Role.AUDITOR))
    nobody = "00000000-0000-7000-8000-000000000000"
    assert client.get(reverse("retention:list_csv", args=[nobody])).status_code == 404
    assert not Event.objects.filter(action__endswith=".exported").exists()
