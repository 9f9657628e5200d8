"""The nightly proof, and what it leaves behind."""

from datetime import timedelta

import pytest

from slas.models import Clock, FoldCheck
from slas.operations import check_folds
from slas.queries import database_now, last_fold_check
from slas.tasks import verify
from tests.slas.clocks import start


@pytest.mark.django_db
def test_a_check_leaves_what_it_found_where_others_read_it(caplog):
    start("message_reply", database_now())
    verify()
    assert (last_fold_check().clocks, last_fold_check().misfolded) == (1, 0)

    wrong = start("message_reply", database_now())
    Clock.objects.filter(pk=wrong.pk).update(due_at=wrong.due_at + timedelta(days=1))
    verify()
    assert (last_fold_check().clocks, last_fold_check().misfolded) == (2, 1)
    assert f"clock {wrong.id} of matter {wrong.matter_id} is not the fold of its events" in caplog.text


@pytest.mark.django_db
def test_the_last_check_is_the_one_that_ended_last():
    now = database_now()
    late = check_folds(at=now)
    FoldCheck.objects.create(began_at=now, ended_at=now - timedelta(days=1), clocks=0, misfolded=0)
    assert last_fold_check() == late
