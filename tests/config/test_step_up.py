"""Every page that wants to see a factor again, asked for by somebody whose last proof is ten minutes old."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from config.access import URL_AUDIENCES
from members.accounts.audiences import STEP_UP
from members.actors import Role
from tests.config.test_matrix import path_of
from tests.people import member_account, sign_in, staff

pytestmark = pytest.mark.django_db

WANTING = {
    *(
        f"accounts:{name}"
        for name in (
            "enrol_app",
            "enrol_passkey",
            "recovery_codes",
            "remove_factor",
            "password",
            "email",
            "confirm_email",
        )
    ),
    *(
        f"people:{name}"
        for name in (
            "invite",
            "grant",
            "revoke",
            "disable",
            "enable",
            "ask_reset",
            "confirm_reset",
            "review_csv",
            "sign_out_everywhere",
            "decide",
            "record_representation",
            "confirm_representation",
        )
    ),
    "desk:break_glass",
    *(f"retention:{name}" for name in ("ask", "list_csv", "confirm", "release", "facts_csv")),
}
"""What gives or takes access, or shows it as a whole; named here, so that a row cannot lose its proof unseen."""


def somebody_for(audience):
    if audience.roles == {Role.MEMBER}:
        return member_account()
    return staff(min(audience.roles, default=Role.AGENT))


def test_what_gives_or_takes_access_wants_a_fresh_proof():
    """Checklist 10."""
    assert {name for name in WANTING if URL_AUDIENCES[name].proof_within is None} == set()


@pytest.mark.parametrize("name", sorted(name for name, audience in URL_AUDIENCES.items() if audience.proof_within))
def test_a_page_that_wants_a_fresh_proof_opens_after_it_alone(client, name):
    """Checklist 10: each row of the table, by GET and by POST, a second before and a minute after the limit."""
    user = somebody_for(URL_AUDIENCES[name])
    prove, path = reverse("accounts:prove"), path_of(name)
    for ask in (client.get, client.post):
        sign_in(client, user, at=timezone.now() - STEP_UP)
        assert ask(path)["Location"].startswith(prove), "too old"
        sign_in(client, user, at=timezone.now() - STEP_UP + timedelta(minutes=1))
        assert not ask(path).get("Location", "").startswith(prove), "fresh"
