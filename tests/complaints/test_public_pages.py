"""Pages for everybody: the way in, the time table, and where a complaint stands without an account."""

import html
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.signing import TimestampSigner
from django.urls import reverse
from django.utils import timezone

from complaints.correspondence.delivery import STATUS_SALT
from complaints.correspondence.models import Dispatch, DispatchKind
from complaints.operations import request_status_link
from complaints.operations.request_status_link import BY_ADDRESS, BY_REFERENCE
from complaints.queries.language_help import taglines
from complaints.queries.time_table import PromiseRow, time_table
from complaints.reference import ALPHABET, new_reference
from members.actors import GUEST
from members.audit.models import Event
from slas.models import PolicyVersion
from slas.queries import database_now
from tests import people
from tests.complaints import member_cases as cases
from tests.shared_data import NAUGHTY, needs_naughty

pytestmark = pytest.mark.django_db
PAGES = ("home", "complaints", "status", "accessibility", "privacy", "language_help")
STATUS = "/en/status/"


def shown(response) -> str:
    return html.unescape(response.content.decode())


def links() -> int:
    return Dispatch.objects.filter(kind=DispatchKind.STATUS_LINK).count()


def an_address() -> str:
    """Return a network address nobody has: counters outlive a test."""
    return uuid4().hex


def asked(complaint, surname: str, *, at: datetime = people.AT) -> None:
    """Ask for a link, from an address nobody else asks from."""
    request_status_link(actor=GUEST, at=at, reference=complaint.reference, surname=surname, address=an_address())


@pytest.fixture
def client(client):
    """Return a browser with an address of its own."""
    client.defaults["REMOTE_ADDR"] = an_address()
    return client


def link_to(complaint) -> str:
    return reverse("public:status_of", args=[TimestampSigner(salt=STATUS_SALT).sign(complaint.pk.hex)])


def test_the_address_alone_leads_to_the_start_page(client):
    assert client.get("/")["Location"] == "/en/"


@pytest.mark.parametrize("name", PAGES)
def test_each_page_has_one_heading_a_title_of_its_own_and_the_help_line(client, name):
    page = shown(client.get(reverse(f"public:{name}")))
    assert page.count("<h1") == 1
    assert settings.INSURER_PHONE in page
    titles = [shown(client.get(reverse(f"public:{other}"))).partition("<title>")[2] for other in PAGES]
    assert len({title.partition("</title>")[0] for title in titles}) == len(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_reading_pages_ask_the_database_little(client, name, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        client.get(reverse(f"public:{name}"))


def test_the_start_page_leads_to_the_three_ways(client):
    page = shown(client.get("/en/"))
    for place in ("intake:start", "public:status", "accounts:sign_in"):
        assert f'href="{reverse(place)}"' in page


def test_the_time_table_says_what_the_policy_in_force_says(client):
    page = shown(client.get("/en/complaints/"))
    promises = PolicyVersion.objects.filter(pack=settings.HOUSE_PACK, effective_to=None).exclude(promise="")
    assert promises.count() >= 5
    for promise in promises.values_list("promise", flat=True):
        assert promise in page
    assert "CAPA" not in page


def test_the_time_table_follows_the_day():
    old = PolicyVersion.objects.filter(pack="house", obligation="message_reply").get()
    PolicyVersion.objects.filter(pk=old.pk).update(effective_to=date(2026, 6, 1))
    before = time_table(pack="house", on=date(2026, 5, 31))
    assert PromiseRow(old.title, old.promise) in before
    assert PromiseRow(old.title, old.promise) not in time_table(pack="house", on=date(2026, 6, 1))
    assert before[0].title.startswith("Confirm receipt")


def test_right_and_wrong_names_get_the_same_answer(client):
    complaint = cases.submitted()
    unknown = next(reference for reference in references() if reference != complaint.reference)
    answers = [
        client.post(STATUS, {"reference": reference, "surname": surname})
        for reference, surname in [
            (complaint.reference, "k"),
            (complaint.reference, "Marsh"),
            (unknown, "K"),
        ]
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert links() == 1


def references():
    """Yield references with a right check character."""
    while True:
        yield new_reference(people.AT)


def test_asking_again_soon_sends_no_second_link():
    complaint = cases.submitted()
    at = people.AT
    for moment in (at, at + timedelta(seconds=1), at + timedelta(minutes=14, seconds=59)):
        asked(complaint, "K", at=moment)
    assert links() == 1
    asked(complaint, "K", at=at + timedelta(minutes=15))
    assert links() == 2
    assert Event.objects.filter(action="complaint.status_link_requested", matter_id=complaint.pk).count() == 2


def test_without_an_address_there_is_no_link():
    complaint = cases.submitted(email="")
    asked(complaint, "K")
    assert links() == 0


def test_a_name_is_matched_whatever_its_case():
    complaint = cases.submitted(name="Ludwig van BEETHOVEN")
    for surname in ("beethoven", "van Beethoven", " Beethoven "):
        asked(complaint, surname)
    assert links() == 1
    asked(complaint, " ")


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("Maria Smith Jr.", "Smith"),
        ("Maria Smith", "Smith Jr."),
        ("Smith, John", "Smith"),
        ("Conor O’Neil", "O'Neil"),
        ("Conor O'Neil", "oneil"),
        ("Ana Núñez", "Nunez"),
        ("Ana Nunez", "NÚÑEZ"),
        ("王小明", "王"),
        ("欧阳娜娜", "欧阳"),
        ("김민수", "김"),
        ("Nguyễn Văn An", "Nguyễn"),
        ("Đặng Thị Mai", "Dang"),
        ("Juan García Lopez", "García"),
        ("Juan García Lopez", "Garcia Lopez"),
        ("Mary Smith-Jones", "Smith Jones"),
        ("Mary Smith-Jones", "Jones"),
        ("Nadia Alhassan", "Al-Hassan"),
        ("Nadia Al‑Hassan", "Alhassan"),
        ("Dr. Paul Groß", "gross"),
    ],
)
def test_people_are_known_however_they_write_their_name(name, surname):
    complaint = cases.submitted(name=name)
    asked(complaint, surname)
    assert links() == 1


@pytest.mark.parametrize("surname", ["Jr.", "Dr.", "Smith Jones", "Smit", "", "’", "王"])
def test_what_is_no_part_of_the_name_sends_no_link(surname):
    asked(cases.submitted(name="Dr. Maria Smith Jr."), surname)
    assert links() == 0


def test_the_same_name_is_kept_differently_with_each_complaint():
    first, second = cases.submitted(name="Maria Smith"), cases.submitted(name="Maria Smith")
    assert len(first.surname_indexes) == 2
    assert not set(first.surname_indexes) & set(second.surname_indexes)


def test_names_are_guessed_five_times_for_one_reference_however_many_ask_from(client):
    complaint = cases.submitted()
    codes = []
    for _ in range(BY_REFERENCE.limit + 2):
        client.defaults["REMOTE_ADDR"] = an_address()
        codes.append(client.post(STATUS, {"reference": complaint.reference, "surname": "Marsh"}).status_code)
    assert codes == [200] * 5 + [429] * 2
    response = client.post(STATUS, {"reference": complaint.reference, "surname": "K"})
    assert response.status_code == 429
    assert "Wait 15 minutes and try again, or call us" in shown(response)
    assert settings.INSURER_PHONE in shown(response)
    assert links() == 0
    reasons = Event.objects.filter(action="complaint.status_link_refused").values_list("detail__reason", flat=True)
    assert sorted(reasons) == ["limit"] * 3 + ["unknown"] * 5


def test_one_address_asks_twenty_times_right_or_wrong(client):
    drawn = references()
    sent = [
        client.post(STATUS, {"reference": next(drawn), "surname": "K"}).status_code for _ in range(BY_ADDRESS.limit + 1)
    ]
    assert sent == [200] * 20 + [429]


def test_a_slip_uses_up_no_guess(client):
    for _ in range(BY_ADDRESS.limit + 1):
        assert client.post(STATUS, {"reference": "C-26", "surname": "K"}).status_code == 422


@pytest.mark.usefixtures("valkey_away")
def test_what_cannot_be_counted_is_not_looked_up_and_the_phone_is_named(client):
    complaint = cases.submitted()
    response = client.post(STATUS, {"reference": complaint.reference, "surname": "K"})
    assert response.status_code == 503
    assert settings.INSURER_PHONE in shown(response)
    assert links() == 0


def test_a_slip_in_the_reference_is_told(client):
    complaint = cases.submitted()
    last = complaint.reference[-1]
    slip = complaint.reference[:-1] + next(sign for sign in ALPHABET if sign != last)
    response = client.post(STATUS, {"reference": slip, "surname": "K"})
    assert response.status_code == 422
    assert "one sign in it is wrong" in shown(response)
    assert f'value="{slip}"' in shown(response)
    spoken = complaint.reference.lower().replace("-", " ")
    assert client.post(STATUS, {"reference": spoken, "surname": "K"}).status_code == 200
    assert links() == 1


def test_both_fields_are_needed(client):
    response = client.post(STATUS)
    assert response.status_code == 422
    assert "Enter your reference number." in shown(response)
    assert "Enter the last name." in shown(response)


@needs_naughty
def test_naughty_names_and_references_do_no_harm(client):
    complaint = cases.submitted()
    for text in NAUGHTY[::3]:
        BY_REFERENCE.forget(complaint.reference)
        client.defaults["REMOTE_ADDR"] = an_address()
        assert client.post(STATUS, {"reference": text, "surname": text}).status_code == 422
        answer = client.post(STATUS, {"reference": complaint.reference, "surname": text})
        assert answer.status_code in {200, 422}
    assert links() == 0


def test_a_link_shows_where_the_complaint_stands_and_nothing_else(client):
    complaint = cases.submitted(at=database_now())
    cases.assessed(complaint, cases.agent(), at=database_now() - timedelta(hours=1))
    page = shown(client.get(link_to(complaint)))
    assert complaint.reference in page
    assert "Looking into it" in page
    assert "Decision by " in page
    for private in ("Joseph", "joseph@example.org", "bill", "Dana"):
        assert private not in page


def test_a_link_works_for_30_minutes(client, monkeypatch):
    complaint = cases.submitted()
    link = link_to(complaint)
    assert client.get(link).status_code == 200
    now = timezone.now().timestamp()
    monkeypatch.setattr("time.time", lambda: now + 31 * 60)
    response = client.get(link)
    assert response.status_code == 410
    assert complaint.reference not in shown(response)


def test_a_broken_link_answers_as_an_old_one(client):
    complaint = cases.submitted()
    signer = TimestampSigner(salt=STATUS_SALT)
    other_salt = TimestampSigner(salt="something.else").sign(complaint.pk.hex)
    answers = [
        client.get(reverse("public:status_of", args=[token]))
        for token in ("nonsense", complaint.pk.hex, other_salt, signer.sign("nonsense"), "a:b:c")
    ]
    assert {answer.status_code for answer in answers} == {410}
    assert len({answer.content for answer in answers}) == 1


def test_a_link_to_nothing_answers_as_an_old_one(client):
    token = TimestampSigner(salt=STATUS_SALT).sign("0190a1b2c3d47e8f9a0b1c2d3e4f5a6b")
    assert client.get(reverse("public:status_of", args=[token])).status_code == 410


def test_help_is_offered_in_the_languages_we_write(client):
    page = shown(client.get("/en/language-help/"))
    ours = {"es", "zh-Hans", "vi", "ar", "ko", "ru", "ht", "tl", "pt"}
    assert ours <= {tagline.language for tagline in taglines(settings.INSURER_PHONE)}
    assert 'lang="ar" dir="rtl"' in page
    assert "1-800-555-0100 (TTY: 711)" in page
    assert "{" not in "".join(tagline.text for tagline in taglines("1-888-000-0000"))


@pytest.mark.parametrize("name", [name for name in PAGES if name != "status"])
def test_reading_pages_take_no_other_method(client, name):
    assert client.post(reverse(f"public:{name}")).status_code == 405
