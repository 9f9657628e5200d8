"""The environment: typed values, and one sentence that names the variable and the cure."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


def test_a_missing_variable_is_named_with_its_cure(monkeypatch):
    monkeypatch.delenv("REDRESS_SECRET_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured) as refused:
        env.text("REDRESS_SECRET_KEY", "50 random characters")
    assert str(refused.value) == (
        "REDRESS_SECRET_KEY is not set. Set it to 50 random characters. "
        "(`make run` needs nothing set, it makes its own.)"
    )


def test_blank_is_missing(monkeypatch):
    monkeypatch.setenv("NAME", "  ")
    assert env.text("NAME", "anything", default="fallback") == "fallback"


def test_a_malformed_value_is_never_repeated(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://app:hunter2@db/redress")
    with pytest.raises(ImproperlyConfigured) as refused:
        env.database()
    assert str(refused.value).startswith("DATABASE_URL cannot be used as it is. Set it to postgresql://")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgresql://db:port/name", "postgresql://db/", "postgresql://[::1/x", "nothing"])
def test_unusable_database_addresses_are_refused(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured):
        env.database()


def test_a_database_over_the_network(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://app:p%40ss%2Fword@db.example:5433/red%20ress?sslmode=verify-full")
    assert env.database() == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "red ress",
        "USER": "app",
        "PASSWORD": "p@ss/word",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "verify-full"},
    }


def test_a_database_in_a_folder_of_sockets_with_a_blank(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///redress?host=%2Frun%2Fmy%20sockets&user=app")
    database = env.database()
    assert (database["NAME"], database["USER"], database["HOST"]) == ("redress", "app", "/run/my sockets")
    assert (database["PORT"], database["OPTIONS"]) == ("", {})


@pytest.mark.parametrize(
    ("given", "for_redis_py", "for_celery"),
    [
        ("redis://cache:6379/2", "redis://cache:6379/2", "redis://cache:6379/2"),
        (
            "rediss://:pw@cache:6380/0?ssl_ca_certs=/ca.pem",
            "rediss://:pw@cache:6380/0?ssl_ca_certs=/ca.pem",
            "rediss://:pw@cache:6380/0?ssl_cert_reqs=required&ssl_ca_certs=%2Fca.pem",
        ),
        ("unix:///run/v.sock", "unix:///run/v.sock?db=0", "redis+socket:///run/v.sock?virtual_host=0"),
        ("unix:///run/v.sock?db=3", "unix:///run/v.sock?db=3", "redis+socket:///run/v.sock?virtual_host=3"),
        (
            "redis+socket:///run/a%20b/v.sock?virtual_host=1",
            "unix:///run/a%20b/v.sock?db=1",
            "redis+socket:///run/a%20b/v.sock?virtual_host=1",
        ),
    ],
)
def test_redis_is_named_once_and_understood_by_both_clients(monkeypatch, given, for_redis_py, for_celery):
    monkeypatch.setenv("REDIS_URL", given)
    assert (env.redis(), env.broker()) == (for_redis_py, for_celery)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:2525", env.MailServer("127.0.0.1", 2525, "", "", use_tls=False, use_ssl=False)),
        ("smtp+tls://me:p%3Aw@mx.example", env.MailServer("mx.example", 587, "me", "p:w", use_tls=True, use_ssl=False)),
        ("smtps://me:pw@mx.example", env.MailServer("mx.example", 465, "me", "pw", use_tls=False, use_ssl=True)),
    ],
)
def test_mail_servers(monkeypatch, url, server):
    monkeypatch.setenv("EMAIL_URL", url)
    assert env.email() == server


def test_words_numbers_and_flags(monkeypatch):
    monkeypatch.setenv("HOSTS", " a.example, b.example,,")
    monkeypatch.setenv("COUNT", "12")
    monkeypatch.setenv("ON", "Yes")
    assert env.words("HOSTS", "host names") == ["a.example", "b.example"]
    assert env.number("COUNT", "a number") == 12
    assert env.flag("ON", default=False) is True
    assert env.flag("UNSET", default=True) is True


@pytest.mark.parametrize(("name", "value"), [("COUNT", "twelve"), ("ON", "perhaps")])
def test_what_is_no_number_or_flag_is_refused(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=f"^{name} cannot be used as it is"):
        env.number(name, "a number") if name == "COUNT" else env.flag(name, default=False)


def test_a_table_of_amounts_is_read_and_anything_else_refused(monkeypatch):
    monkeypatch.setenv("NAME", "eu_eiopa=40, state_regulator_inquiry = 15")
    assert env.amounts("NAME", "pack=days") == {"eu_eiopa": 40, "state_regulator_inquiry": 15}
    for wrong in ("eu_eiopa", "eu_eiopa=", "=4", "eu_eiopa=0", "eu_eiopa=-1", "eu_eiopa=soon"):
        monkeypatch.setenv("NAME", wrong)
        with pytest.raises(ImproperlyConfigured, match="NAME cannot be used as it is"):
            env.amounts("NAME", "pack=days")
