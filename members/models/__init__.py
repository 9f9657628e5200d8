"""Members, who may act for them, and how the people who work here are organised."""

from members.models.member import (
    SEES_MEMBERS,
    LineOfBusiness,
    Member,
    email_token,
    enrolment_index,
    member_number_index,
    member_tokens,
    name_tokens,
    phone_token,
)
from members.models.representation import Representation, RepresentationKind
from members.models.work import Absence, Skill, SkillCode, Team, TeamMembership

__all__ = [
    "SEES_MEMBERS",
    "Absence",
    "LineOfBusiness",
    "Member",
    "Representation",
    "RepresentationKind",
    "Skill",
    "SkillCode",
    "Team",
    "TeamMembership",
    "email_token",
    "enrolment_index",
    "member_number_index",
    "member_tokens",
    "name_tokens",
    "phone_token",
]
