"""The pages of what went wrong, in the same look as all others."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from members.accounts.audiences import Standing
from members.form_words import keepable


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """Answer a request that cannot be understood."""
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer somebody whose roles do not allow this."""
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer for what is not there, and in the same words for what the person may not see."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer without asking the database or the session: either may be what failed."""
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Say what to do when a form was open for too long, and give back what was typed in it, ready to be sent again.

    The form was one of our own pages, or nothing is given back: another site may not have its words sent from here.
    What is typed at the door is never given back, nor are files, which a page cannot choose for somebody.
    """
    return _given_back(request, "403_csrf.html")


def sent_through(request: HttpRequest, way_in: str) -> HttpResponse | None:
    """Give back what somebody sent who must first pass another door, with the way there; None when that was nothing.

    Who is signed out gets words back; who has only to show a factor is the same person, and gets choices back too.
    """
    if request.standing is not Standing.SIGNED_IN:
        return _given_back(request, "signed_out.html", way_in=way_in) if _words(_kept(request)) else None
    is_something = any(value for _name, value in _kept(request))
    return _given_back(request, "prove_first.html", way_in=way_in) if is_something else None


def _given_back(request: HttpRequest, template: str, **more: str) -> HttpResponse:
    kept = _kept(request)
    context = {
        "kept": kept,
        "words": _words(kept),
        "action": request.get_full_path(),
        "had_files": bool(request.FILES),
    }
    response = render(request, template, context | more, status=403)
    response["Cache-Control"] = "no-store"
    return response


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    match = request.resolver_match
    return _typed(request) if _is_ours(request) and match and match.namespace != "accounts" else []


def _words(kept: list[tuple[str, str]]) -> list[str]:
    return [value for _name, value in kept if " " in value]


def _is_ours(request: HttpRequest) -> bool:
    """Tell whether the browser says that the request was made by a page of this site."""
    site = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin")
    return origin == site if origin else request.headers.get("Referer", "").startswith(f"{site}/")


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (keepable(name), keepable(value))
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
