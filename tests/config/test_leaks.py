"""A detector of leaks, and proof that it finds them: one is planted in each place where rows are listed or counted.

What somebody may not see must not change a single byte of any page: each list, count, search and export is read before
and after a case comes into being that is not there for the reader.
"""

import logging
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db.models import Q
from django.shortcuts import render
from django.urls import get_resolver, reverse
from django.utils import timezone

from complaints.capa.models import CapaComplaint, RootCause
from complaints.models import Complaint, Opening, Task
from complaints.quality import what_if
from complaints.queries import member_cases, queue, tasks
from config.access import URL_AUDIENCES
from members.accounts.audiences import Standing
from members.actors import RECORDS_REPRESENTATION, Role
from members.models import Member, Representation
from tests.capa import cases
from tests.complaints import stages
from tests.config import objects
from tests.config.test_access import patterns
from tests.members.representing import recorded, represented
from tests.people import actor_of, member_account, sign_in, staff

pytestmark = pytest.mark.usefixtures("policies")
OF_THE_ACCOUNT = "accounts:"
"""Pages that tell of the reader's own account alone; those who may act for a member stand there too."""
PARAMETERS = {
    name: set(pattern.pattern.converters)
    for name, pattern in patterns(get_resolver())
    if not name.startswith(OF_THE_ACCOUNT) or name == "accounts:representatives"
}
OF_THE_WHOLE_HOUSE = {
    "quality:dashboard",
    "desk:deadlines",
    "desk:given_up",
    "metrics",
    "health_deadlines",
    "oversight:home",
}
"""Figures of clocks and effects count every one, or they would be wrong. They name nothing, which is looked at too."""
OF_LOOKING = {f"oversight:{page}{of}" for page in ("", "take_") for of in ("member", "person", "case")}
"""The audit trail shows that it was looked at, and so changes by itself; it names nothing of what is hidden either."""

CHANGING = re.compile(
    rb'nonce="[^"]*"|X-CSRFToken": "[^"]*"|csrfmiddlewaretoken" value="[^"]*"|data-left="[^"]*"'
    rb"|\d+[dhms]\b|[0-9a-f]{8}-[0-9a-f-]{27}|\d?\d:\d\d(:\d\d(\.\d+)?)?"
)
SEARCHES = {
    "search of words": "entered",
    "search of a phrase": '"never entered"',
    "search of contacts": "joseph@example.org",
}
OF_THE_OWN = {"member:cases", "member:seen", "accounts:representatives"}
"""Pages of the reader's own, where the own case and who has worked on it rightly stand."""
READERS = (
    "agent", "clinical_reviewer", "quality_manager", "auditor", "administrator", "member", "representative",
    "lead with own", "privacy_officer with own",
)  # fmt: skip


@pytest.fixture(autouse=True)
def quietly():
    """Refusals are what is asked for here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def reader(request, client):
    """Return somebody before a browser, with a plain case, a CAPA and a task to look at."""
    name = request.param
    user = member_account() if name in {"member", "representative"} else staff(Role(name.split()[0]))
    objects.opener()  # or the lists of who works here would change
    own = objects.as_member(user) if name.endswith("own") else None
    boss = objects.cached("boss", Role.LEAD)
    maria = stages.insured()
    if name == "member":
        maria = stages.Insured(Member.objects.unscoped("test").get(user=user), actor_of(user))
    elif name == "representative":
        represented(maria.member, user, at=timezone.now() - timedelta(days=1))
    plain = objects.case(actor_of(boss), name="Plain Person", by=maria)
    manager = actor_of(objects.cached("manager", Role.QUALITY_MANAGER))
    capa = cases.opened(manager, boss.pk, complaints=[plain.row])
    sign_in(client, user)
    others = objects.others() | {"quality:capa": {"reference": capa.reference}}
    found = {"own": own, "boss": actor_of(boss), "capa": capa, "plain": plain, "others": others}
    return SimpleNamespace(user=user, client=client, **found)


def hide(reader):
    """Let a case come into being that is not there for the reader; it has all that could give it away."""
    whose = reader.own or stages.insured("Zoe Hidden")
    found = objects.case(reader.boss, name="Zoe Hidden", by=whose, restricted=True)
    CapaComplaint(capa=reader.capa, complaint=found.row).save()
    if reader.own or not actor_of(reader.user).has(*RECORDS_REPRESENTATION):
        recorded(whose.member, at=timezone.now(), by=objects.opener())
    return found


def places(reader):
    """Yield every page and file that the reader may reach, those of the plain case too, and all views of the queue."""
    actor = actor_of(reader.user)
    admitted = [name for name in PARAMETERS if URL_AUDIENCES[name].admits(Standing.SIGNED_IN, actor)]
    for name in admitted:
        yield name, reverse(name, kwargs=arguments(reader, name))
    if "desk:queue" in admitted:
        for view in queue.SavedView:
            yield f"queue {view}", f"{reverse('desk:queue')}?view={view}"
            yield f"export {view}", f"{reverse('desk:queue_csv')}?view={view}"


def arguments(reader, name):
    """Return what a URL names: the plain case, or what there is of the kind."""
    return reader.others.get(name) or objects.named_by(reader.plain, PARAMETERS[name])


def look(reader, only=None):
    """Return the bytes that the reader is shown in each place, and what is found by words that stand in every case."""
    asked = {name: reader.client.get(path) for name, path in places(reader) if only in {None, name}}
    if "desk:search" in asked or only in SEARCHES:
        for name, words in SEARCHES.items():
            asked[name] = reader.client.post(reverse("desk:search"), {"words": words})
    return {name: shown.getvalue() if shown.streaming else shown.content for name, shown in asked.items()}


def leaks(reader, only=None):
    """Return where the hidden case shows: by its marks, by a change, or by an answer to its address or reference."""
    before = look(reader, only)
    hidden = hide(reader)
    found = set()
    for name, body in look(reader, only).items():
        if any(mark.encode() in body for mark in hidden.marks):
            found.add(name)
        if name not in OF_THE_WHOLE_HOUSE | OF_LOOKING and CHANGING.sub(b"", body) != CHANGING.sub(b"", before[name]):
            found.add(name)
    if actor_of(reader.user).is_staff:
        if reader.client.post(reverse("desk:search"), {"words": hidden.row.reference}).status_code == 302:
            found.add("search")
        if reader.client.get(reverse("desk:case", args=[hidden.row.reference])).status_code == 200:
            found.add("case")
    lines = [SimpleNamespace(matter_kind="complaint", matter_id=str(hidden.row.pk))]
    if what_if.references(actor=actor_of(reader.user), lines=lines):
        found.add("what-if")
    return found


@pytest.mark.parametrize("reader", READERS, indirect=True)
def test_what_is_not_there_for_somebody_changes_no_byte_of_what_they_see(reader):
    rightly = {"desk:openings"} if actor_of(reader.user).has(Role.AUDITOR) else set()
    assert leaks(reader) == rightly | (OF_THE_OWN if reader.own else set())


class Leaking:
    """A model whose scope was forgotten."""

    def __init__(self, model):
        self._model = model
        self.objects = self

    def visible_to(self, _actor):
        return self._model.objects.unscoped("planted")

    def unscoped(self, reason):
        return self._model.objects.unscoped(reason)

    def __getattr__(self, name):
        return getattr(self._model, name)


def within(module, function, model):
    """Return what plants a forgotten scope into one function of a module."""

    def plant(monkeypatch):
        real = getattr(module, function)

        def leaking(*args, **kwargs):
            with monkeypatch.context() as patch:
                patch.setattr(module, model.__name__, Leaking(model))
                return real(*args, **kwargs)

        monkeypatch.setattr(module, function, leaking)

    return plant


def throughout(path, model):
    """Return what plants a forgotten scope into a whole module."""
    return lambda monkeypatch: monkeypatch.setattr(f"{path}.{model.__name__}", Leaking(model))


CAPAS = "complaints.capa.queries"


def in_what_if(monkeypatch):
    monkeypatch.setitem(what_if.REFERENCES, "complaint", (Leaking(Complaint), "reference"))


def in_capa_page(monkeypatch):
    """Forget both scopes that stand behind the page: the one of its complaints, and the one of their lines."""
    throughout(f"{CAPAS}.capa_page", CapaComplaint)(monkeypatch)
    throughout(f"{CAPAS}.cases", Complaint)(monkeypatch)


def in_own_cases(monkeypatch):
    monkeypatch.setattr(member_cases, "own_complaints", lambda _actor: Complaint.objects.unscoped("planted"))


def in_the_one_function(monkeypatch):
    monkeypatch.setattr("complaints.models.complaint.hidden_from", lambda *_args: Q(pk__in=[]))


def of_representations(monkeypatch):
    monkeypatch.setattr(Representation, "scope_for", classmethod(lambda _cls, _actor, rows: rows))


def in_sidebar(url_name):
    """Return what plants a list of all references into the page of a case."""

    def plant(monkeypatch):
        def leaking(request, template, context=None, **options):
            response = render(request, template, context, **options)
            if request.resolver_match.view_name == url_name:
                everything = Complaint.objects.unscoped("planted").values_list("reference", flat=True)
                response.content += " ".join(sorted(everything)).encode()
            return response

        monkeypatch.setattr("members.views.staff_page.render", leaking)
        monkeypatch.setattr("complaints.views.member_page.render", leaking)

    return plant


PLANTED = {
    "a list": ("agent", throughout("complaints.queries.queue", Complaint), "queue open"),
    "a count": ("agent", within(queue, "count_views", Complaint), "desk:queue"),
    "an export": ("agent", within(queue, "_by_due_date", Complaint), "export open"),
    "a search": ("agent", throughout("complaints.queries.case_head", Complaint), "search"),
    "a search of words": ("agent", throughout("complaints.search.matches", Complaint), "search of words"),
    "a search of contacts": ("agent", throughout("complaints.search.matches", Complaint), "search of contacts"),
    "tasks": ("agent", within(tasks, "_still_open", Task), "desk:tasks"),
    "a what-if": ("auditor", in_what_if, "what-if"),
    "a count of causes": ("quality_manager", throughout(f"{CAPAS}.pareto", RootCause), "quality:causes"),
    "a list of a cause": ("quality_manager", throughout(f"{CAPAS}.cases", Complaint), "quality:to_record"),
    "an export of causes": ("quality_manager", throughout(f"{CAPAS}.pareto", RootCause), "quality:causes_csv"),
    "an export of CAPAs": ("auditor", throughout(f"{CAPAS}.capa_list", CapaComplaint), "quality:capa_list_csv"),
    "who may act for a member": ("lead with own", of_representations, "people:representations"),
    "a sidebar of a case": ("agent", in_sidebar("desk:case"), "desk:case"),
    "a sidebar of a member's case": ("representative", in_sidebar("member:case"), "member:case"),
    "a count of a CAPA": ("quality_manager", throughout(f"{CAPAS}.capa_list", CapaComplaint), "quality:capa_list"),
    "a sidebar of a CAPA": ("quality_manager", in_capa_page, "quality:capa"),
    "a log": ("privacy_officer with own", throughout("complaints.queries.openings", Opening), "desk:openings"),
    "a member's own cases": ("member", in_own_cases, "member:cases"),
    "the one function": ("agent", in_the_one_function, "desk:queue"),
}


@pytest.mark.parametrize(("reader", "plant", "place"), PLANTED.values(), ids=PLANTED, indirect=["reader"])
def test_each_planted_leak_is_found_where_it_was_planted(reader, plant, place, monkeypatch):
    plant(monkeypatch)
    assert place in leaks(reader, only=place)
