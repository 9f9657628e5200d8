"""Sending something of a case to somebody whom the member has agreed to: printed here, posted or handed over."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from complaints.files.store import OpenFile
from complaints.forms.share import ShareForm
from complaints.lifecycle import is_for_one_to_send
from complaints.models import Complaint
from complaints.operations import share_case
from complaints.queries.case_head import find_case, read_brief
from complaints.queries.handed_out import handed_out
from complaints.queries.sharing import OVER, items_of, sent_on_consent
from complaints.views.desk.act import ActView, Told
from complaints.views.download import download, download_file
from members.disclosures.living import find_consent, living_consents
from members.disclosures.refusals import DisclosureRefused
from members.disclosures.vocabulary import Way
from members.views.staff_page import staff_page


@require_safe
def consents(request: HttpRequest, reference: str) -> HttpResponse:
    """Show to whom something of the case may go, and what went."""
    complaint = find_case(actor=request.actor, reference=reference)
    if complaint is None:
        raise Http404
    return _consents(request, complaint)


class ShareOn(ActView):
    """Choose what goes on one consent, and send it."""

    act, title, label = "share", "Send on a consent", "Send it"
    done = "It is in the member’s account. Print it now, and see that it leaves."
    explanation = (
        "Once you press, it counts as sent: the member sees it. You print it on the next page. What the member and we"
        " have written goes word by word, with the names, addresses and numbers in it. Read it before you send it."
    )
    form_class = ShareForm
    template = "staff/share_on.html"
    then = "desk:share"

    def get(self, request: HttpRequest, reference: str, consent_id: UUID) -> HttpResponse:  # noqa: ARG002 -- in kwargs
        """Show what the consent covers, or that it is over."""
        complaint = self._find(reference)
        form = self.form(complaint)
        if not self.consent.is_living:
            return self._page(complaint, form, refusal=OVER)
        return super().get(request, reference)

    def post(self, request: HttpRequest, reference: str, consent_id: UUID) -> HttpResponse:  # noqa: ARG002 -- the same
        """Send it."""
        return super().post(request, reference)

    def form(self, complaint: Complaint, data: Any = None) -> ShareForm:
        """Offer what the consent covers."""
        told = {"actor": self.request.actor, "at": self.request.at}
        found = complaint.member_id and find_consent(
            self.kwargs["consent_id"], member_id=complaint.member_id, matter_id=complaint.pk, **told
        )
        if not found:
            raise Http404
        self.consent = found
        return ShareForm(data, items=items_of(complaint, found, **told))

    def perform(self, form: ShareForm, told: Told) -> None:
        """Pass the gate."""
        share_case(
            **told,
            consent_id=self.consent.id,
            item_ids=form.item_ids,
            way=Way(form.cleaned_data["way"]),
            address=form.cleaned_data["address"],
            key=form.row_id(),
        )

    def more_context(self, complaint: Complaint, form: ShareForm) -> dict[str, Any]:  # noqa: ARG002 -- as in ActView
        """Show whom the consent names, and what it covers."""
        return {"consent": self.consent}


@require_safe
def document(request: HttpRequest, reference: str, disclosure_id: UUID) -> HttpResponseBase:
    """Hand out what went, to be printed, as long as the member agrees."""
    try:
        found = handed_out(actor=request.actor, at=request.at, reference=reference, disclosure_id=disclosure_id)
    except DisclosureRefused as refused:
        complaint = find_case(actor=request.actor, reference=reference)
        return _consents(request, complaint, refusal=str(refused), status=HTTPStatus.CONFLICT)
    if found is None:
        raise Http404
    if isinstance(found, OpenFile):
        return download_file(found)
    return download(found.content, found.media_type, found.name)


def _consents(
    request: HttpRequest, complaint: Complaint, *, refusal: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    told = {"actor": request.actor, "at": request.at}
    brief = read_brief(complaint, **told)
    member_id = complaint.member_id
    context = {
        "case": brief,
        "head": brief.head,
        "refusal": refusal,
        "barred": is_for_one_to_send(complaint, request.actor),
        "is_known": member_id is not None,
        "consents": living_consents(member_id, matter_id=complaint.pk, **told) if member_id else [],
        "sent": sent_on_consent(complaint, **told),
    }
    return staff_page(request, "staff/share.html", context, status=status)
