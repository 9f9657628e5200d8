"""The door as a browser uses it, and what its pages say."""

import re

from django.contrib.auth.hashers import get_hasher
from django.db import connection

from members.actors import Role
from tests.people import PASSWORD, an_email, code_now, staff

SIGN_IN, VERIFY, RECOVERY, PROVE, SIGN_OUT, ENROL, ENROL_APP, ENROL_PASSKEY, SECURITY, CODES = (
    f"/en/account/{name}/"
    for name in (
        "sign-in",
        "verify",
        "recovery",
        "prove",
        "sign-out",
        "enrol",
        "enrol/app",
        "enrol/passkey",
        "security",
        "security/codes",
    )
)


def give_password(client, email, password=PASSWORD, **data):
    return client.post(SIGN_IN, {"email": email, "password": password} | data)


def give_code(client, code, **data):
    return client.post(VERIFY, {"code": code} | data)


def body(response):
    """Return the page without what differs every time: the CSRF token."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def words(pattern, response):
    """Return the texts of the elements whose start tag matches, without tags and repeated blanks."""
    found = re.findall(rf"<(\w+)[^>]*{pattern}[^>]*>(.*?)</\1>", response.content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", inner).split()) for _, inner in found]


def title_of(response):
    return re.search(r"<title>(.*?)</title>", response.content.decode())[1]


def errors_of(response):
    """Return the lines of the error summary and the messages beside the fields."""
    summary = re.search(r'error-summary__list">(.*?)</ul>', response.content.decode(), re.DOTALL)[1]
    lines = re.findall(r"<li>(.*?)</li>", summary, re.DOTALL)
    return (
        [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines],
        [text.removeprefix("Error: ") for text in words("govuk-error-message", response)],
    )


def at_the_second_step(client, user=None):
    email = an_email()
    user = user or staff(Role.AGENT, email=email)
    give_password(client, email)
    return user


def wrong_code():
    near = {code_now(steps=steps) for steps in range(-2, 3)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near)


class Work:
    """Lists the password hashes computed and the queries made while it is open."""

    def __init__(self, monkeypatch):
        self.done = []
        hasher = type(get_hasher())
        for name in ("encode", "verify"):
            monkeypatch.setattr(hasher, name, self._counted(getattr(hasher, name)))

    def _counted(self, original):
        def counted(*args, **kwargs):
            self.done.append("hash")
            return original(*args, **kwargs)

        return counted

    def _query(self, execute, sql, params, many, context):
        if not sql.startswith(("SAVEPOINT", "RELEASE")):
            self.done.append("query")
        return execute(sql, params, many, context)

    def __enter__(self):
        self._wrapper = connection.execute_wrapper(self._query)
        return self._wrapper.__enter__()

    def __exit__(self, *error):
        self.done.sort()
        return self._wrapper.__exit__(*error)
