"""Looking changes nothing: every page that somebody may open, opened by everybody who may, on real complaints."""

import json
from uuid import UUID

import pytest
from django.db import connection
from django.urls import get_resolver, reverse

from config.access import URL_AUDIENCES
from members.accounts.audiences import Standing
from members.actors import STAFF, Role
from slas.models import PolicyVersion
from slas.operations import publish_policies
from tests.browser.scene import CAUSE, lay
from tests.config.test_access import patterns
from tests.people import actor_of, an_email, member_account, sign_in, staff

pytestmark = pytest.mark.django_db
KEEPING = {"audit_event", "audit_pending", "accounts_session"}
"""That somebody looked is written down and queued for its seal, and the session is kept alive."""
WRITES = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"


@pytest.fixture
def scene(capsys):
    """Lay complaints of all stages; return who they belong to, by role, and samples for every argument of a URL."""
    if not PolicyVersion.objects.exists():
        publish_policies()
    at_work = (Role.AGENT, Role.LEAD, Role.QUALITY_MANAGER, Role.PRIVACY_OFFICER)
    emails = {str(role): an_email() for role in (Role.MEMBER, *at_work)}
    users = {role: staff(role, email=emails[role]) for role in at_work}
    users[Role.MEMBER] = member_account(email=emails[Role.MEMBER])
    lay(**emails)
    laid = json.loads(capsys.readouterr().out.splitlines()[-1])
    samples = {
        "reference": ["letter_sent", "late", "with_task", "closed", "taken"],
        "task_id": ["task"],
        "draft_id": ["draft", "draft_waiting"],
        "action_id": ["capa_action"],
        "notice_id": ["late_letter"],
        "member_id": ["member_id"],
        "review_id": ["review"],
    }
    arguments = {name: [laid[key] for key in keys] for name, keys in samples.items()}
    arguments |= {
        "form": ["json"],
        "kind": ["resolve"],
        "cycle": [1],
        "code": [CAUSE],
        "user_id": [users[Role.AGENT].pk],
    }
    arguments |= {"capa": [laid["capa"], laid["capa_done"]], "name": ["house", "who", "topic"]}
    return users, arguments


def paths(name, pattern, arguments):
    """Return the URL with each sample; the first of each argument but for the reference, which has many."""
    first = {}
    for argument, kind in pattern.pattern.converters.items():
        unknown = [UUID(int=1)] if type(kind).__name__ == "UUIDConverter" else ["none"]
        first[argument] = arguments.get(argument, unknown)
    if "reference" in first and name.startswith("quality:capa"):
        first["reference"] = arguments["capa"]
    many = next((argument for argument in ("reference", "name", "draft_id") if argument in first), None)
    kwargs = {argument: values[0] for argument, values in first.items()}
    return (
        [reverse(name, kwargs=kwargs | {many: value}) for value in first[many]]
        if many
        else [reverse(name, kwargs=kwargs)]
    )


def writes():
    with connection.cursor() as cursor:
        cursor.execute(WRITES)
        return {table: count for table, count in cursor.fetchall() if table not in KEEPING}


@pytest.mark.parametrize("role", [None, Role.MEMBER, *sorted(STAFF)])
def test_a_get_changes_nothing_and_what_a_session_sees_is_kept_in_no_cache(client, scene, role):
    """Checklist 28 and 29."""
    users, arguments = scene
    user = role and sign_in(client, users.get(role) or staff(role))
    changed, cached, shown = [], [], 0
    assert writes()["complaints_complaint"], "what the scene wrote is seen"
    for name, pattern in patterns(get_resolver()):
        audience = URL_AUDIENCES[name]
        admitted = (
            audience.admits(Standing.SIGNED_IN, actor_of(user)) if user else (Standing.ANONYMOUS in audience.standings)
        )
        for path in paths(name, pattern, arguments) if admitted else ():
            before = writes()
            response = client.get(path)
            assert response.status_code != 500, path
            shown += response.status_code == 200
            changed += [path] if writes() != before else []
            cached += [path] if user and "no-store" not in response.get("Cache-Control", "") else []
    assert changed == []
    assert cached == []
    assert shown >= 15
