"""The codes of RFC 6238, and when the next one may be tried."""

from datetime import UTC, datetime, timedelta

import pytest

from members.accounts.totp import code_at, free_at, new_key, provisioning_uri, step_of, text_secret

KEY = b"12345678901234567890"
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
NOW_STEP = int(AT.timestamp()) // 30


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238_appendix_b(seconds, code):
    at = datetime.fromtimestamp(seconds, tz=UTC)
    assert code_at(KEY, at) == code
    assert step_of(KEY, code, at=at, after_step=-1) == seconds // 30


@pytest.mark.parametrize(("off", "valid"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(off, valid):
    code = code_at(KEY, AT + timedelta(seconds=off))
    assert (step_of(KEY, code, at=AT, after_step=-1) is not None) is valid


def test_a_step_that_was_used_and_those_before_it_are_closed():
    assert step_of(KEY, code_at(KEY, AT), at=AT, after_step=NOW_STEP) is None
    assert step_of(KEY, code_at(KEY, AT - timedelta(seconds=30)), at=AT, after_step=NOW_STEP) is None
    assert step_of(KEY, code_at(KEY, AT + timedelta(seconds=30)), at=AT, after_step=NOW_STEP) == NOW_STEP + 1


@pytest.mark.parametrize("code", ["", "1", "0000000", "١٢٣٤٥٦"])
def test_what_is_no_code_matches_no_step(code):
    assert step_of(KEY, code, at=AT, after_step=-1) is None


@pytest.mark.parametrize(("failures", "seconds"), [(1, 1), (2, 2), (5, 16), (12, 2048), (13, 3600), (10_000, 3600)])
def test_the_wait_doubles_with_each_failure_up_to_an_hour(failures, seconds):
    assert free_at(failures=failures, failed_at=AT) == AT + timedelta(seconds=seconds)


def test_without_a_failure_there_is_no_wait():
    assert free_at(failures=0, failed_at=None) is None


def test_a_key_has_160_bits_and_is_written_in_groups_of_four():
    assert len(new_key()) == 20
    assert new_key() != new_key()
    assert text_secret(KEY) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_the_address_in_the_qr_code_is_what_apps_read():
    assert provisioning_uri(KEY, issuer="Meridian Health Plan", account="Dana: Ruiz") == (
        "otpauth://totp/Meridian%20Health%20Plan%3ADana%3A%20Ruiz"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Meridian%20Health%20Plan&digits=6&period=30"
    )
