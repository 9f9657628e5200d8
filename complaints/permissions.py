"""Which role may do what: one table. Whether an act fits a complaint's state is lifecycle.py's to say."""

from types import MappingProxyType

from members.actors import Actor, ActorKind, Role

HANDLERS = frozenset({Role.AGENT, Role.CLINICAL_REVIEWER, Role.LEAD})
READERS = HANDLERS | {Role.QUALITY_MANAGER, Role.PRIVACY_OFFICER, Role.AUDITOR}
QUALITY = frozenset({Role.QUALITY_MANAGER})
SEE_RESTRICTED = frozenset({Role.LEAD, Role.PRIVACY_OFFICER})

ACTIONS = MappingProxyType(
    {
        "take": HANDLERS,
        "acknowledge": HANDLERS,
        "acknowledge_late": HANDLERS,
        "assess": HANDLERS,
        "write_note": HANDLERS,
        "add_evidence": HANDLERS,
        "record_address": HANDLERS,
        "investigate": HANDLERS,
        "decide": HANDLERS,
        "decide_as_recorded": frozenset(),  # nobody: it takes a replay of history
        "issue_letter": HANDLERS,
        "inform": HANDLERS,
        "send_notice": HANDLERS,
        "share": HANDLERS | {Role.PRIVACY_OFFICER},
        "extend_date": HANDLERS,
        "start_date": HANDLERS,
        "meet_date": HANDLERS,
        "wait_for_member": HANDLERS,
        "stop_waiting": HANDLERS,
        "close": HANDLERS,
        "finish_task": HANDLERS | QUALITY,
        "message": HANDLERS | {Role.MEMBER},
        "withdraw": frozenset({Role.MEMBER}),
        "record_root_cause": QUALITY,
        "open_capa": QUALITY,
        "change_capa": QUALITY,
        "read_deadlines": frozenset({Role.LEAD, Role.ADMINISTRATOR}),
        "retry_effects": frozenset({Role.LEAD}),
        "write_policy": QUALITY,
        "publish_policy": QUALITY | {Role.LEAD},
        "restrict": SEE_RESTRICTED,
        "lift_restriction": SEE_RESTRICTED,
        "break_glass": HANDLERS - SEE_RESTRICTED,
        # leads only while no privacy officer works here: Opening.scope_for
        "read_openings": frozenset({Role.PRIVACY_OFFICER, Role.AUDITOR, Role.LEAD}),
        "judge_opening": frozenset({Role.PRIVACY_OFFICER, Role.LEAD}),
        "read_trail": frozenset({Role.PRIVACY_OFFICER, Role.AUDITOR}),
        "name_members_of_trail": frozenset({Role.PRIVACY_OFFICER}),
        "read_retention": frozenset({Role.PRIVACY_OFFICER, Role.LEAD, Role.AUDITOR}),
        "place_hold": frozenset({Role.PRIVACY_OFFICER}),
        "release_hold": frozenset({Role.PRIVACY_OFFICER, Role.LEAD}),
        "ask_erasure": frozenset({Role.PRIVACY_OFFICER}),
        "confirm_erasure": frozenset({Role.PRIVACY_OFFICER, Role.LEAD}),
        "read_reviews": frozenset({Role.PRIVACY_OFFICER, Role.AUDITOR, Role.LEAD}),
        "judge_review": frozenset({Role.PRIVACY_OFFICER, Role.LEAD}),
        "read_quality": QUALITY | {Role.LEAD, Role.AUDITOR},
    }
)

FIELDS = MappingProxyType(
    {
        "name": READERS,
        "narrative": READERS,
        "contact": HANDLERS | {Role.PRIVACY_OFFICER},  # who reviews the work writes to nobody (45 CFR 164.502(b))
        "notes": READERS,
    }
)
"""Which role sees what of a case that it may see; what is not for it stays sealed."""


class ActionForbidden(PermissionError):
    """The actor's roles do not allow the act."""


def may(actor: Actor, action: str) -> bool:
    """Tell whether an actor may do this at all; the system itself and a replay of history may."""
    return actor.kind in {ActorKind.SYSTEM, ActorKind.IMPORT} or actor.has(*ACTIONS[action])


def demand(actor: Actor, action: str) -> None:
    """Refuse aloud what the actor's roles do not allow. Raises ActionForbidden."""
    if not may(actor, action):
        raise ActionForbidden(f"{actor.label} may not {action.replace('_', ' ')}")


def may_see(actor: Actor, field: str) -> bool:
    """Tell whether an actor may see this part of a case."""
    return actor.has(*FIELDS[field])
