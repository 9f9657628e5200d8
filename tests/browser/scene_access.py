"""Who may do what, for the pages that are looked at: restricted cases and their openings, people, representatives."""

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from complaints.enums import RestrictionKind
from complaints.models import Complaint, Opening
from complaints.operations import break_glass, judge_opening, restrict_complaint
from members.accounts.links import make_token
from members.accounts.models import User
from members.accounts.signals import LinkKind
from members.actors import SYSTEM, Actor, Role, Scope
from members.models import RepresentationKind, SkillCode
from members.operations import (
    ask_email_change,
    ask_factor_reset,
    confirm_representation,
    create_staff_account,
    create_team,
    join_team,
    lead_team,
    open_access_review,
    record_absence,
    record_representation,
    set_skills,
)
from slas.queries import database_now

if TYPE_CHECKING:
    from tests.browser.scene import Scene

WHY = "The member is on the phone: an ambulance was refused, and the reference stands on the letter in front of her."


def lay_restricted(scene: "Scene", people: dict[str, Actor]) -> dict[str, str]:
    """Restrict three complaints; the agent opens two of them now, and a privacy officer has answered for one."""
    closed, opened, judged = (_restricted(scene, people["lead"]) for _ in range(3))
    waiting, answered = (_opening(people["agent"], complaint) for complaint in (opened, judged))
    judge_opening(
        actor=people["privacy_officer"],
        at=database_now(),
        opening_id=answered,
        justified=False,
        reason="Nobody was waiting: the call came a day later.",
    )
    named = {"restricted": closed.reference, "opened": opened.reference}
    return named | {"opening": str(waiting), "opening_answered": str(answered)}


def _restricted(scene: "Scene", lead: Actor) -> Complaint:
    return restrict_complaint(
        actor=lead,
        at=scene.at(),
        complaint_id=scene.complaint("received").pk,
        kind=RestrictionKind.COLLEAGUE,
        reason="The member works at our desk.",
    )


def _opening(agent: Actor, complaint: Complaint) -> UUID:
    break_glass(actor=agent, at=database_now(), reference=complaint.reference, reason=WHY)
    return Opening.objects.unscoped("scene").get(complaint=complaint).pk


def lay_people(scene: "Scene", people: dict[str, Actor]) -> dict[str, str]:
    """Have people organised, an access review opened, and a second administrator ask to reset somebody's factors."""
    agent, lead = people["agent"].user_id, people["lead"].user_id
    team = create_team(actor=SYSTEM, at=scene.at(), name="Claims and bills")
    create_team(actor=SYSTEM, at=scene.at(), name="Appeals")
    lead_team(actor=SYSTEM, at=scene.at(), team_id=team.pk, user_id=lead)
    for user_id in (agent, lead):
        join_team(actor=SYSTEM, at=scene.at(), user_id=user_id, team_id=team.pk)
    set_skills(actor=SYSTEM, at=scene.at(), user_id=agent, codes=[SkillCode.ES, SkillCode.APPEALS])
    begins = scene.now.date() + timedelta(days=200)
    for first_on, stand_in in ((begins, lead), (begins + timedelta(days=30), None)):
        last_on = first_on + timedelta(days=6)
        record_absence(
            actor=SYSTEM, at=scene.at(), user_id=agent, first_on=first_on, last_on=last_on, stand_in_id=stand_in
        )
    lost = _hired(scene, Role.QUALITY_MANAGER)
    ask_factor_reset(
        actor=_hired(scene, Role.ADMINISTRATOR).as_actor(at=scene.now),
        at=scene.at(),
        user_id=lost.pk,
        reason="Came to the office with a passport.",
    )
    open_access_review(at=database_now())
    return {"agent": str(agent), "lost": str(lost.pk)} | _links(scene, lost)


def _links(scene: "Scene", lost: User) -> dict[str, str]:
    """Return the tokens of links: for a new password, and for the new address that the member asked for."""
    user_id = scene.member.user_id
    ask_email_change(actor=SYSTEM, at=scene.at(), user_id=user_id, email=f"{uuid4().hex[:12]}@member.example")
    member = User.objects.get(pk=user_id)
    return {"new_password": make_token(lost, LinkKind.RESET), "new_email": make_token(member, LinkKind.NEW_EMAIL)}


def _hired(scene: "Scene", role: Role) -> User:
    email = f"{uuid4().hex[:12]}@staff.example"
    made = create_staff_account(
        actor=SYSTEM,
        at=scene.at(),
        email=email,
        display_name=f"Noor Haddad-Castellanos, {role.label}",
        password=secrets.token_urlsafe(24),
        roles={role},
    )
    return User.objects.with_standing().get(pk=made.pk)


def lay_representatives(scene: "Scene", people: dict[str, Actor]) -> None:
    """Let one person act for the member, and record another one whom a colleague has to confirm."""
    for number, name in enumerate(("Rosalind Nguyen-Castellanos de la Fuente", "Dr. Oyelaran")):
        recorded = record_representation(
            actor=people["agent"],
            at=scene.at(),
            member_id=people["member"].member_id,
            email=f"{uuid4().hex[:12]}@example.org",
            name=name,
            kind=RepresentationKind.choices[number][0],
            scope=[Scope.READ, Scope.FILE],
            expires_at=scene.now + timedelta(days=90),
            evidence="Signed form CMS-1696 of November 2, on file in cabinet 4, with a copy of the passport",
        )
        if number == 0:
            confirm_representation(actor=people["lead"], at=scene.at(), representation_id=recorded.pk)
