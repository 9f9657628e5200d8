"""The door, and one page for each kind of audience."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config.access import URL_AUDIENCES
from members.accounts.audiences import ANYONE, MEMBER, SIGNED_IN, staff
from members.accounts.models import Session, User
from members.accounts.sessions import SessionStore, prove
from members.actors import Role
from members.acts import act


def show(request: HttpRequest) -> HttpResponse:
    """Answer with the actor, which is what the gate decided."""
    return HttpResponse(f"{request.actor.kind}|{','.join(sorted(request.actor.roles))}|{request.actor.member_id}")


def ended(request: HttpRequest) -> HttpResponse:
    """Have the session ended by somebody else in mid-request, then turn its key."""
    Session.of(request.user.pk).delete()
    prove(request.session, at=request.at, network="")
    return HttpResponse()


def beside_a_proof(request: HttpRequest) -> HttpResponse:
    """Have another tab show a factor in mid-request, then act, and keep a note in the session if there is one."""
    other = SessionStore(request.session.session_key)
    prove(other, at=request.at, network="of the other tab")
    other.save()
    with act(actor=request.actor, at=request.at) as this:
        this.record("access.refused", object_type="url", detail={"url": "beside_a_proof"})
    if note := request.GET.get("note"):
        request.session["note"] = note
    return HttpResponse("done")


def beside_an_end(request: HttpRequest) -> HttpResponse:
    """Have the session ended by somebody else in mid-request, and keep a note in it if there is one."""
    Session.of(request.user.pk).delete()
    if note := request.GET.get("note"):
        request.session["note"] = note
    return HttpResponse("done")


def deleted(request: HttpRequest) -> HttpResponse:
    """Have the user deleted in mid-request, then act."""
    user = request.user
    for rows in (user.role_grants, user.totp_devices):
        rows.all().delete()
    User.objects.filter(pk=user.pk).delete()
    with act(actor=request.actor, at=request.at) as this:
        this.lock(User, user.pk)
    return HttpResponse()


def faulty(_request: HttpRequest) -> HttpResponse:
    """Fail for a reason of its own."""
    return HttpResponse(1 / 0)


urlpatterns = [
    *i18n_patterns(
        path("account/", include("members.urls.accounts")),
        path("anyone/", show, name="anyone"),
        path("member/", include(([path("seen/", show, name="seen")], "member"))),
        path("signed-in/", show, name="signed_in"),
        path("member/", show, name="member"),
        path("desk/", show, name="desk"),
        path("quality/", show, name="quality"),
        path("ended/", ended, name="ended"),
        path("beside-a-proof/", beside_a_proof, name="beside_a_proof"),
        path("beside-an-end/", beside_an_end, name="beside_an_end"),
        path("deleted/", deleted, name="deleted"),
        path("faulty/", faulty, name="faulty"),
        path("forgotten/", show, name="forgotten"),
        path("unnamed/", show),
    )
]

AUDIENCES = {name: audience for name, audience in URL_AUDIENCES.items() if name.startswith("accounts:")} | {
    "anyone": ANYONE,
    **dict.fromkeys(("signed_in", "ended", "beside_a_proof", "beside_an_end", "deleted", "faulty"), SIGNED_IN),
    "member": MEMBER,
    "desk": staff(Role.AGENT, Role.LEAD),
    "quality": staff(Role.QUALITY_MANAGER),
}
LANDING_PAGES = ((Role.AGENT, "desk"), (Role.QUALITY_MANAGER, "quality"), (Role.MEMBER, "member"))
