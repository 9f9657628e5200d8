"""Bytes to be saved or drawn, never run."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from complaints.files.kinds import JPEG
from complaints.files.store import OpenFile


def download(content: bytes | str, media_type: str, name: str) -> HttpResponse:
    """Return an attachment: whatever is in it, it does not run on this site, and no cache keeps it."""
    response = HttpResponse(content, content_type=media_type)
    _make_harmless(response, name)
    return response


def download_file(file: OpenFile) -> StreamingHttpResponse:
    """Return a stored file as such an attachment, piece by piece.

    Its length goes first: should a later piece not open, the browser knows that the file is not whole.
    """
    response = StreamingHttpResponse(file.pieces, content_type=file.media_type)
    response["Content-Length"] = str(file.size)
    _make_harmless(response, file.name)
    return response


def preview(content: bytes) -> HttpResponse:
    """Return the small picture of a file, for a page of ours to draw."""
    response = HttpResponse(content, content_type=JPEG)
    _make_harmless(response, "")
    return response


def _make_harmless(response: HttpResponseBase, name: str) -> None:
    """Let nothing run and no cache keep it; with a name it is to be saved, without one drawn."""
    if name:
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
