"""Bytes to be saved, never shown."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def download(content: bytes | str, media_type: str, name: str) -> HttpResponse:
    """Return an attachment: whatever is in it, it does not run on this site, and no cache keeps it."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
