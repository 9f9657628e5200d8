"""The command takes what the invitation takes, and says in a sentence what it does not."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from members.accounts.models import User
from tests.people import PASSWORD, an_email

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _password_by_pipe(monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))


@pytest.mark.parametrize("name", ["Dana Ruiz", "Zoë O'Néill", "王芳", "علی‌رضا"])
def test_a_person_gets_an_account(name):
    email = an_email()
    call_command("create_staff", email, name, "agent", stdout=StringIO())
    assert User.objects.of_email(email).get().display_name == name


@pytest.mark.parametrize(
    ("email", "name", "said"),
    [
        ("not an address", "Dana Ruiz", "Enter an email address such as name@example.com."),
        ("dana@example.org\r\nBcc: x@example.org", "Dana Ruiz", "Enter an email address"),
        ("dana\x00@example.org", "Dana Ruiz", "Null characters are not allowed."),
        ("x" * 260 + "@example.org", "Dana Ruiz", "254 characters or less"),
        ("dana@example.org", "Dana\r\nRuiz", "a sign in it that nobody sees"),
        ("dana@example.org", "Dana\u202eziuR", "a sign in it that nobody sees"),
        ("dana@example.org", "Dana\x00", "Null characters are not allowed."),
        ("dana@example.org", "D" * 81, "Use 80 characters or less."),
        ("dana@example.org", "  ", "Enter the name."),
    ],
)
def test_what_is_no_address_or_no_name_is_refused_in_a_sentence(email, name, said):
    with pytest.raises(CommandError, match=said):
        call_command("create_staff", email, name, "agent")
    assert not User.objects.exists()
