"""The step of the complaint form at which files are added and taken away."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from complaints.files.kinds import MOST_FILES, too_large_together
from complaints.intake.drafts import DraftInHand, files_kept, preview_kept
from complaints.intake.forms import FilesForm
from complaints.intake.limits import may_save
from complaints.intake.models import Draft
from complaints.intake.operations import attach_files, remove_file
from complaints.intake.steps import step_named
from complaints.views.download import preview
from complaints.views.drafts import already_sent, in_hand, read_id, remember, target_of, too_often
from complaints.views.intake import LATER, next_url, step_page, turned_away
from complaints.views.member_page import house_day
from members.accounts.places import client_address
from slas.queries import database_now

HERE = step_named("files")
ADD, REMOVE = "add", "remove"


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest) -> HttpResponse:
    """List the files with a way to remove each, take more, or go on."""
    at = database_now() if request.method == "POST" else request.at
    draft = in_hand(request, at=at)
    form = FilesForm(today=house_day(at))
    if request.method != "POST":
        return turned_away(draft, HERE, today=form.today) or _page(request, draft, form, at=at)
    target = target_of(request, draft)
    if target.refusal or draft is None or target.draft_id is None:
        refusal = target.refusal or _("Tell us about you first, then choose your files again.")
        return _page(request, draft, form, at=at, refusal=refusal)
    return _take(request, draft, target.draft_id, form, at=at)


@require_safe
def preview_of(request: HttpRequest, enclosure_id: UUID) -> HttpResponse:
    """Draw a picture of the draft in hand, small."""
    draft = in_hand(request, at=request.at)
    found = (
        draft
        and draft.is_open
        and preview_kept(actor=request.actor, at=request.at, draft_id=draft.id, enclosure_id=enclosure_id)
    )
    if not found:
        raise Http404
    return preview(found)


def _take(request: HttpRequest, draft: DraftInHand, draft_id: UUID, form: FilesForm, *, at: datetime) -> HttpResponse:
    if not may_save(address=client_address(request), draft_id=draft_id):
        return _page(request, draft, form, at=at, refusal=too_often(), refused_as=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        faults = _change(request, draft_id, at=at)
    except Draft.DoesNotExist:
        return _page(request, draft, form, at=at, refusal=already_sent())
    if faults:
        form = FilesForm(request.POST, today=form.today)
        for fault in faults:
            form.add_error("files", fault)
        return _page(request, draft, form, at=at)
    if (ADD in request.POST or REMOVE in request.POST) and LATER not in request.POST:
        return redirect(request.get_full_path())
    return remember(redirect(next_url(request, HERE)), draft_id)


def _change(request: HttpRequest, draft_id: UUID, *, at: datetime) -> list[str]:
    """Add what was chosen and remove what was pressed; return what was wrong with the choice."""
    chosen = [(file.name, file.read()) for file in request.FILES.getlist("files")]
    faults = attach_files(actor=request.actor, at=at, draft_id=draft_id, files=chosen) if chosen else []
    if (pressed := request.POST.get(REMOVE)) and (enclosure_id := read_id(pressed)):
        remove_file(actor=request.actor, at=at, draft_id=draft_id, enclosure_id=enclosure_id)
        messages.success(request, _("The file was removed."))
    if len(chosen) > len(faults):
        messages.success(request, _("Your files were added. You can add more, or go on."))
    return faults or ([] if chosen else _nothing_arrived(request))


def _nothing_arrived(request: HttpRequest) -> list[str]:
    """Return why no file came with the request although one was meant to."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
        return [too_large_together()]
    if request.POST.get("files"):
        return [_("We got the name of your file, but not the file. Choose it again.")]
    return [_("Choose a file first.")] if ADD in request.POST else []


def _page(
    request: HttpRequest,
    draft: DraftInHand | None,
    form: FilesForm,
    *,
    at: datetime,
    refusal: str = "",
    refused_as: HTTPStatus = HTTPStatus.CONFLICT,
) -> HttpResponse:
    kept = files_kept(actor=request.actor, at=at, draft_id=draft.id) if draft and draft.is_open else []
    return step_page(
        request,
        HERE,
        draft,
        form,
        refusal=refusal,
        refused_as=refused_as,
        files=kept,
        has_room=sum(not file.is_removed for file in kept) < MOST_FILES,
    )
