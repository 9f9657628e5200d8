"""The alarm when nothing can be counted, which keeps no complaint from being filed."""

import pytest

pytestmark = pytest.mark.django_db


def test_while_valkey_counts_all_is_well(client):
    answer = client.get("/health/limits")
    assert (answer.status_code, answer.json()) == (200, {"counting": True})


@pytest.mark.usefixtures("valkey_away")
def test_without_valkey_the_alarm_rings(client, settings):
    settings.METRICS_TOKEN = "a token of the test"
    answer = client.get("/health/limits")
    assert (answer.status_code, answer.json()) == (503, {"counting": False})
    told = client.get("/metrics", headers={"Authorization": "Bearer a token of the test"}).content.decode()
    assert "\nredress_limits_counted 0.0" in told


@pytest.mark.usefixtures("valkey_away")
def test_without_valkey_a_balancer_goes_on_sending_requests_for_complaints_are_filed(client):
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"database": True, "broker": False})
