"""Reports of what the policy refused are counted, and hold nothing of anybody."""

import json
import logging
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from config.csp_reports import REPORTS, reports_of
from members.accounts.models import Session
from members.accounts.throttle import valkey

pytestmark = pytest.mark.django_db
SITE = "https://complaints.example.org"
SECRET = "C-26-7KQ4-M2XD"


@pytest.fixture(autouse=True)
def _nothing_counted():
    valkey().delete(f"csp_reports:{timezone.now():%Y-%m-%d}")


def report(body, *, client=None, kind="application/csp-report"):
    text = body if isinstance(body, str) else json.dumps(body)
    return (client or Client(enforce_csrf_checks=True)).post(
        "/csp-reports", text, content_type=kind, REMOTE_ADDR=uuid4().hex
    )


def older(blocked="inline", page=f"{SITE}/desk/cases/{SECRET}/?q=Alvarez", directive="script-src-elem"):
    return {"csp-report": {"document-uri": page, "effective-directive": directive, "blocked-uri": blocked}}


def newer(**body):
    return [{"type": "csp-violation", "body": {"documentURL": f"{SITE}/en/", "effectiveDirective": "img-src"} | body}]


def counted():
    return reports_of(timezone.now())


def test_both_forms_of_a_report_are_counted_by_directive_kind_and_page():
    assert report(older()).status_code == 204
    assert report(older()).status_code == 204
    assert report(newer(blockedURL="https://evil.example/x.png"), kind="application/reports+json").status_code == 204
    assert counted() == {
        ("script-src-elem", "inline", "desk:case"): 2,
        ("img-src", "elsewhere", "public:home"): 1,
    }


def test_neither_reference_nor_search_nor_foreign_address_is_kept_or_logged(caplog):
    with caplog.at_level(logging.INFO):
        report(older(blocked=f"https://evil.example/{SECRET}"))
        report(older(directive=f"script-src {SECRET}", page=f"{SITE}/nothing/{SECRET}"))
    kept = str(counted()) + caplog.text
    assert SECRET not in kept
    assert "Alvarez" not in kept
    assert "evil.example" not in kept
    assert caplog.text.count("The content security policy refused") == 2


@pytest.mark.parametrize(
    ("blocked", "kind"),
    [
        (f"{SITE}/a.js", "self"),
        ("data:text/html,x", "data"),
        ("eval", "eval"),
        ("", "elsewhere"),
        ("x" * 99, "elsewhere"),
    ],
)
def test_what_was_refused_is_one_of_a_few_kinds(blocked, kind):
    report(older(blocked=blocked))
    assert [violation[1] for violation in counted()] == [kind]


@pytest.mark.parametrize("body", ["", "{", "[" * 10_000, "\x00", '{"csp-report": '])
def test_what_is_no_report_is_refused(body):
    assert report(body).status_code == 400
    assert counted() == {}


@pytest.mark.parametrize("body", ["[]", "1", "null", '"x"', "[[]]", '{"csp-report": 3}', '[{"body": []}]'])
def test_what_says_nothing_counts_nothing(body):
    assert report(body).status_code == 204
    assert counted() == {}


def test_an_address_in_pieces_counts_as_unknown():
    report(older(page="https://[oops", blocked="https://[oops"))
    assert set(counted()) <= {("script-src-elem", "elsewhere", "unknown")}


def test_a_report_of_more_than_16_kilobytes_is_refused():
    assert report(json.dumps(older(blocked="x" * 20_000))).status_code == 413
    assert report("x" * 2_000_000).status_code == 413


def test_60_a_minute_are_taken_from_one_address(client):
    address = uuid4().hex
    codes = [
        client.post("/csp-reports", "[]", content_type="application/csp-report", REMOTE_ADDR=address).status_code
        for _ in range(REPORTS.limit + 1)
    ]
    assert codes == [204] * 60 + [429]


def test_a_report_starts_no_session_and_is_no_page(client):
    assert client.get("/csp-reports").status_code == 405
    assert report(older(), client=client).cookies == {}
    assert Session.objects.count() == 0


@pytest.mark.usefixtures("valkey_away")
def test_without_valkey_a_report_is_lost_and_harms_nothing():
    assert report(older()).status_code == 204


def test_the_metrics_name_what_was_refused(client, settings):
    settings.METRICS_TOKEN = "a token of the test"
    report(older())
    told = client.get("/metrics", headers={"Authorization": "Bearer a token of the test"}).content.decode()
    line = 'redress_csp_reports_today{directive="script-src-elem",refused="inline",url="desk:case"} 1.0'
    assert line in told
    assert "\nredress_limits_counted 1.0" in told
