"""The door, and one page for each kind of audience."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config.access import URL_AUDIENCES
from members.accounts.audiences import ANYONE, MEMBER, SIGNED_IN, staff
from members.actors import Role


def show(request: HttpRequest) -> HttpResponse:
    """Answer with the actor, which is what the gate decided."""
    return HttpResponse(f"{request.actor.kind}|{','.join(sorted(request.actor.roles))}|{request.actor.member_id}")


urlpatterns = [
    *i18n_patterns(
        path("account/", include("members.urls.accounts")),
        path("anyone/", show, name="anyone"),
        path("signed-in/", show, name="signed_in"),
        path("member/", show, name="member"),
        path("desk/", show, name="desk"),
        path("quality/", show, name="quality"),
        path("forgotten/", show, name="forgotten"),
        path("unnamed/", show),
    )
]

AUDIENCES = {name: audience for name, audience in URL_AUDIENCES.items() if name.startswith("accounts:")} | {
    "anyone": ANYONE,
    "signed_in": SIGNED_IN,
    "member": MEMBER,
    "desk": staff(Role.AGENT, Role.LEAD),
    "quality": staff(Role.QUALITY_MANAGER),
}
LANDING_PAGES = ((Role.AGENT, "desk"), (Role.QUALITY_MANAGER, "quality"), (Role.MEMBER, "member"))
