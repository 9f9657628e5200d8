"""What can be done about the causes of complaints: one file per step of ISO 9001 10.2, all through one door."""

from complaints.capa.operations.complete_action import complete_action
from complaints.capa.operations.hand_over import hand_over_action, hand_over_capa
from complaints.capa.operations.open_capa import open_capa
from complaints.capa.operations.plan_actions import add_action, approve_plan
from complaints.capa.operations.record_root_cause import record_root_cause
from complaints.capa.operations.verify_effectiveness import verify_effectiveness

__all__ = (
    "add_action",
    "approve_plan",
    "complete_action",
    "hand_over_action",
    "hand_over_capa",
    "open_capa",
    "record_root_cause",
    "verify_effectiveness",
)
