"""Who may read figures of this installation: whoever shows the token of REDRESS_METRICS_TOKEN."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare


def shows_token(request: HttpRequest) -> bool:
    """Tell whether a request shows the token; without the setting nobody can."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not settings.METRICS_TOKEN or scheme.lower() != "bearer":
        return False
    return constant_time_compare(token.strip(), settings.METRICS_TOKEN)
