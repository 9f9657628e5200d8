"""What whoever handles a complaint should be able to do."""

from complaints.enums import Language, Topic, Track
from complaints.models import Complaint
from members.models import SkillCode


def skills_needed(complaint: Complaint) -> frozenset[str]:
    """Return its language, appeals, clinical review, as codes of SkillCode.

    Clinical review is for what waiting could harm, and for care or medicine that was not approved.
    """
    needed = set() if complaint.language == Language.EN else {str(complaint.language)}
    if complaint.track == Track.APPEAL:
        needed.add(SkillCode.APPEALS.value)
    if complaint.harm_if_waiting or complaint.topic == Topic.AUTHORIZATION:
        needed.add(SkillCode.CLINICAL.value)
    return frozenset(needed)


def missing_skills(complaint: Complaint, skills: frozenset[str]) -> str:
    """Return in words what somebody with these skills lacks for it, "" for nothing."""
    return ", ".join(str(SkillCode(code).label) for code in sorted(skills_needed(complaint) - skills))
