"""Policies: what is in force, and the way of a draft to publication by a second person."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.forms.policies import DraftForm
from complaints.permissions import may
from complaints.queries.policies import (
    coming_versions,
    current_text,
    draft_lines,
    draft_page,
    draft_title,
    find_draft,
    starting_points,
)
from complaints.queries.why_packs import pack_lines
from complaints.views.quality.acts import act_page
from members.views.staff_page import staff_page
from slas.drafts import DraftForbidden, DraftRefused
from slas.models import DraftKind, PolicyDraft
from slas.operations import publish_draft, submit_draft, withdraw_draft, write_draft
from slas.queries import database_now

ACTS: dict[str, tuple[Callable[..., PolicyDraft], str]] = {
    "submit": (submit_draft, "The draft is submitted. A second quality manager or a lead publishes it."),
    "publish": (publish_draft, "The draft is published."),
    "withdraw": (withdraw_draft, "The draft is withdrawn."),
}


@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """Show the packs that are published and all drafts."""
    coming = coming_versions(request.at)
    context = {
        "packs": [(pack, coming.get(pack.name)) for pack in pack_lines()],
        "drafts": draft_lines(),
        "starting_points": starting_points() if may(request.actor, "write_policy") else [],
    }
    return staff_page(request, "quality/policies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a draft, from what is in force or from another draft's text."""
    kind, name, text, note = _start(request)
    initial = {"key": uuid4(), "text": text, "note": note}
    return _form_page(
        request, DraftForm(_typed(request), initial=initial), f"New draft of the {draft_title(kind, name)}", kind
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Change a draft of one's own, as long as it is not submitted."""
    draft = _found(draft_id)
    if "edit" not in draft_page(actor=request.actor, draft=draft, at=request.at).allowed:
        messages.info(request, "This draft can no longer be changed. Start another one from its text.")
        return redirect("quality:policy_draft", draft_id)
    initial = {"key": draft.pk} | {name: getattr(draft, name) for name in ("text", "note", "effective_on")}
    heading = f"Text of the draft of the {draft_title(draft.kind, draft.name)}"
    return _form_page(request, DraftForm(_typed(request), initial=initial), heading, draft.kind)


@require_safe
def draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show a draft: what it changes, what stands in its way, and what can be done with it."""
    return _draft_page(request, draft_id)


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Show what a draft changes once more, and publish it."""
    if request.method == "POST":
        return act(request, draft_id, "publish")
    page = draft_page(actor=request.actor, draft=_found(draft_id), at=request.at)
    if "publish" not in page.allowed:
        messages.info(request, page.refusal or "This draft cannot be published now.")
        return redirect("quality:policy_draft", draft_id)
    context = {"page": page, "line": page.line, "draft": page.draft}
    return staff_page(request, "quality/policies_publish.html", context)


@require_POST
def act(request: HttpRequest, draft_id: UUID, name: str) -> HttpResponse:
    """Submit, publish or withdraw a draft; what is refused is said on its page."""
    _found(draft_id)
    operation, words = ACTS[name]
    try:
        operation(actor=request.actor, at=database_now(), draft_id=draft_id)
    except DraftForbidden:
        raise PermissionDenied from None
    except DraftRefused as refused:
        return _draft_page(request, draft_id, refusal=str(refused), status=409)
    messages.success(request, words)
    return redirect("quality:policy_draft", draft_id)


def _draft_page(request: HttpRequest, draft_id: UUID, *, refusal: str = "", status: int = 200) -> HttpResponse:
    page = draft_page(actor=request.actor, draft=_found(draft_id), at=request.at)
    context = {"page": page, "line": page.line, "draft": page.draft, "refusal": refusal, "has_errors": bool(refusal)}
    return staff_page(request, "quality/policies_draft.html", context, status=status)


def _form_page(request: HttpRequest, form: DraftForm, heading: str, kind: str) -> HttpResponse:
    def carry_out(key: UUID, **words: Any) -> HttpResponse:
        words["kind"] = kind
        written = write_draft(actor=request.actor, at=database_now(), draft_id=key, **words)
        messages.success(request, "The draft is kept. Look at what it would have done, then submit it.")
        return redirect("quality:policy_draft", written.pk)

    return act_page(request, "quality/policies_write.html", form, {"heading": heading}, carry_out)


def _start(request: HttpRequest) -> tuple[str, str, str, str]:
    """Return kind, name, text and note that a new draft begins with, as the address says. Raises Http404."""
    if source := request.GET.get("from"):
        try:
            other = _found(UUID(source))
        except ValueError:
            raise Http404 from None
        return other.kind, other.name, other.text, other.note
    kind, _, name = request.GET.get("of", "").partition(":")
    if kind not in DraftKind.values or (f"{kind}:{name}", draft_title(kind, name)) not in starting_points():
        raise Http404
    return kind, name, current_text(kind, name), ""


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _found(draft_id: UUID) -> PolicyDraft:
    if (found := find_draft(draft_id)) is None:
        raise Http404
    return found
