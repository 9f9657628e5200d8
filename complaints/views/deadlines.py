"""How the deadline engine does, for those who lead and those who operate; and what was given up, to be tried again."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from complaints.capa.queries import capa_references
from complaints.forms.deadlines import RetryForm
from complaints.operations import retry_effects
from complaints.permissions import READERS, ActionForbidden, may
from complaints.queries.deadlines import EngineReport, read_engine
from complaints.queries.deadlines_effects import DeadLetter, fault_in_words, read_dead_letters, topic_in_words
from complaints.views.deadlines_chart import lag_chart, lag_in_words
from complaints.views.deadlines_figures import figures_of, foundations_of
from members.actors import Actor
from members.views.staff_page import staff_page
from slas.queries import LATEST_HEARTBEAT, database_now, read_clocks

ONE_OF_ITS_KIND = 1


@require_safe
def engine(request: HttpRequest) -> HttpResponse:
    """Say whether all is kept or what is wrong, with the figures behind it."""
    now, clock_offset = read_clocks()
    report = read_engine(now=now, clock_offset=clock_offset)
    context = {
        "report": report,
        "figures": figures_of(report),
        "foundations": foundations_of(report),
        "chart": lag_chart(report.hours),
        "storms": [(burst, lag_in_words(burst.longest)) for burst in report.storms],
        "sweepers": [
            (row, now - row.seen_at > LATEST_HEARTBEAT, lag_in_words(row.max_lag.total_seconds()))
            for row in report.sweepers
        ],
        "failing": [(row, topic_in_words(row.topic), fault_in_words(row.fault)) for row in report.failing],
        "dead": _dead_kinds(report),
        "may_retry": may(request.actor, "retry_effects"),
    }
    return staff_page(request, "staff/deadlines.html", context)


@require_safe
def given_up(request: HttpRequest) -> HttpResponse:
    """List what was given up, one page of one kind or of all."""
    topic = request.GET.get("topic", "")[:60].replace("\x00", "")
    page = read_dead_letters(actor=request.actor, topic=topic, page=request.GET.get("page"))
    context = {
        "page": page,
        "letters": _with_addresses(request.actor, page.object_list),
        "topic": topic,
        "topic_words": topic_in_words(topic),
        "may_retry": may(request.actor, "retry_effects"),
    }
    return staff_page(request, "staff/deadlines_given_up.html", context)


@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Have one effect tried again, or all of a kind, and say what came of it."""
    form = RetryForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was tried again. Choose what with one of the buttons.")
        return redirect("desk:given_up")
    topic, pair = form.cleaned_data["topic"], form.pair
    try:
        number = retry_effects(actor=request.actor, at=database_now(), topic=topic, pair=pair)
    except ActionForbidden:
        raise PermissionDenied from None
    messages.success(request, _told(number, one=pair is not None))
    return redirect("desk:given_up" if pair else "desk:deadlines")


def _told(number: int, *, one: bool) -> str:
    if not number:
        gone = "It is" if one else "They are"
        return f"{gone} no longer given up: somebody had that tried again before you."
    if number == ONE_OF_ITS_KIND:
        return "One effect is tried again now. If it fails, it is tried for as long as at first."
    return f"{number:,} effects are tried again now. What fails is tried for as long as at first."


def _dead_kinds(report: EngineReport) -> list[dict[str, Any]]:
    return [
        {
            "topic": row.topic,
            "words": topic_in_words(row.topic),
            "count": row.count,
            "since": row.since,
            "faults": [(fault, fault_in_words(fault)) for fault in row.faults],
            "url": f"{reverse('desk:given_up')}?{urlencode({'topic': row.topic})}",
        }
        for row in report.dead
    ]


def _with_addresses(actor: Actor, letters: list[DeadLetter]) -> list[tuple[DeadLetter, str, str]]:
    """Return each with the reference and the address of its case, where the reader may see that."""
    reads = actor.has(*READERS)
    others = [letter.matter_id for letter in letters if not letter.reference] if reads else []
    capas = capa_references(actor=actor, matter_ids=others)
    found = []
    for letter in letters:
        reference = letter.reference or capas.get(letter.matter_id, "")
        page = "desk:case" if letter.reference else "quality:capa"
        found.append((letter, reference, reverse(page, args=[reference]) if reference else ""))
    return found
