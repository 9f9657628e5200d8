"""Checklist 6: what nobody may choose as a password, and in which form it is kept."""

import unicodedata

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from members.accounts import password_rules
from members.accounts.models import User
from members.accounts.password_rules import LOOKED_AT, MOST_STAND_INS, STAND_INS, HardToGuess
from members.actors import GUEST, SYSTEM
from members.models import LineOfBusiness
from members.operations import change_password, create_member_account, register_member
from members.registration_links import make_registration_token
from tests.members.accounts.door import errors_of
from tests.people import AT, PASSWORD, an_email, member_account

SAYINGS = [
    "correct horse battery staple",
    "four unrelated words stand here",
    "Four or more words that do not belong together are a good way.",
    "maytheforcebewithyou",
    "May the Force be with you!!",
    "never gonna give you up",
    "to be or not to be that is the question",
    "the quick brown fox jumps over the lazy dog",
    "Correct-Horse-Battery-Staple-1",
    "ｃｏｒｒｅｃｔ horse battery staple",
]
EASY = "This password is easy to guess."


SERIES = [
    "monday tuesday wednesday",
    "one two three four five six",
    "Montag, Dienstag, Mittwoch!",
    "januar februar maerz 2026",
    "uno dos tres cuatro cinco",
    "red green blue yellow 2026",
]
ANYBODYS = [
    "inthebeginningwastheword",
    "i love my children",
    "Welcome to the jungle",
    "My dog is called Rex",
    "hallo mein name ist",
    "ichliebedichsehr",
    "meinpasswortistsicher",
    "Te quiero mucho, mi amor",
]


@pytest.mark.parametrize("password", SERIES)
def test_words_that_follow_each_other_anyway_are_refused(password):
    with pytest.raises(ValidationError, match=EASY):
        HardToGuess().validate(password)


@pytest.mark.parametrize("password", ANYBODYS)
def test_what_anybody_would_say_is_refused(password):
    with pytest.raises(ValidationError, match=EASY):
        HardToGuess().validate(password)


@pytest.mark.parametrize("password", ["ruiz dana 1980 claims", "Dana-Ruiz-Insurance-24", "redress dana ruiz 123456"])
def test_the_own_name_a_year_and_a_word_of_the_house_are_refused_together(password):
    with pytest.raises(ValidationError, match=EASY):
        HardToGuess().validate(password, User(display_name="Dana Ruiz"))


@pytest.mark.parametrize("password", SAYINGS)
def test_a_saying_is_refused_however_it_is_written(password):
    with pytest.raises(ValidationError, match=EASY):
        HardToGuess().validate(password)


def test_the_example_that_the_page_itself_gives_is_refused():
    with pytest.raises(ValidationError):
        HardToGuess().validate(HardToGuess().get_help_text())


@pytest.mark.parametrize(
    "password", ["https://complaints.example.org", "complaints.example.org/en/", "Meridian Health Plan 2026"]
)
def test_where_the_portal_is_and_whose_it_is_makes_no_password(settings, password):
    settings.PUBLIC_URL, settings.INSURER_NAME = "https://complaints.example.org", "Meridian Health Plan"
    with pytest.raises(ValidationError, match=EASY):
        HardToGuess().validate(password)


@pytest.mark.parametrize(
    "password",
    [
        "lantern gravel otter quilt",
        "x7$Kq!p2@vN9#wR4",
        "september otter gravel plank",
        "my dog is called quartz lantern",
        "seven brass otters whistle",
        "Übermut Tonkrug Salzsee 9",
        "王芳灯笼砾石水獭被子红色山谷清晨木桌",
    ],
)
def test_what_nobody_knows_is_taken(password):
    HardToGuess().validate(password)


def person():
    return register_member(
        actor=SYSTEM,
        at=AT,
        member_number="ZQX-4471-9920-31",
        name="Aurelia Thistlewood-Okonkwo",
        email="aurelia.okonkwo@post.example.org",
        line_of_business=LineOfBusiness.GROUP,
    )


OWN = [
    "aurelia.okonkwo@post.example.org",
    "Aurelia.Okonkwo1!",
    "thistlewood okonkwo",
    "zqx 4471 9920 31",
    "ZQX-4471-9920-31!",
]


@pytest.mark.django_db
@pytest.mark.parametrize("password", OWN)
def test_a_members_own_name_number_and_address_make_no_password_at_registration(client, settings, password):
    settings.ROOT_URLCONF, settings.URL_AUDIENCES = "config.urls", "config.access.URL_AUDIENCES"
    path = reverse("accounts:registration", args=[make_registration_token(person().pk, at=timezone.now())])
    response = client.post(path, {"password": password})
    assert response.status_code == 422
    assert EASY in errors_of(response)[1][0]
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("password", OWN)
def test_nor_when_it_is_changed(password):
    user = create_member_account(
        actor=GUEST, at=AT, member_id=person().pk, email="aurelia.okonkwo@post.example.org", password=PASSWORD
    )
    with pytest.raises(ValidationError):
        change_password(actor=user.at_the_door(), at=AT, user_id=user.pk, password=password, address="192.0.2.1")


@given(st.text(alphabet=st.sampled_from([*"4@8({[<369#!1|0$5+7%2", *"abcelost"]), min_size=15, max_size=256))
def test_what_is_judged_is_short_and_has_few_signs_that_stand_for_letters(password):
    """Else 72 signs took zxcvbn 2.4 seconds, and anybody could send many."""
    judged = password_rules._looked_at(password)
    assert len(judged) <= LOOKED_AT
    assert len(set(judged) & STAND_INS) <= MOST_STAND_INS


@pytest.mark.django_db
def test_a_password_is_the_same_however_a_keyboard_composes_its_letters():
    user = member_account(email=an_email())
    composed = unicodedata.normalize("NFC", "Übermut Tönkrug Sälzsee")
    user.set_password(composed)
    assert user.check_password(unicodedata.normalize("NFD", composed))
    assert user.check_password("Ü" + "ｂｅｒｍｕｔ" + composed[7:])
    assert not user.check_password("Ubermut Tonkrug Salzsee")


@pytest.mark.django_db
def test_a_hash_of_before_of_what_was_typed_still_opens():
    user = member_account(email=an_email())
    typed = unicodedata.normalize("NFD", "Übermut Tönkrug Sälzsee")
    user.password = make_password(typed)
    assert user.check_password(typed)
    assert not user.check_password(unicodedata.normalize("NFC", typed))
