"""What can be done to a complaint: one file per step of ISO 10002 clause 7, all through one door."""

from complaints.operations._door import lock_complaint, note_fact
from complaints.operations.acknowledge_complaint import acknowledge_complaint
from complaints.operations.alert_staff import Alert, alert_staff, close_digest, wait_for_turn
from complaints.operations.ask_after_openings import ask_after_openings
from complaints.operations.assess_complaint import Axes, OverrideNeedsReason, assess_complaint, suggest_track
from complaints.operations.break_glass import (
    AnswersAwaited,
    NothingToOpen,
    OpeningRefused,
    TooManyOpenings,
    break_glass,
    judge_opening,
)
from complaints.operations.decide_complaint import close_complaint, issue_decision, withdraw_complaint
from complaints.operations.escalate_complaint import UnknownAction, alert_of, escalate_complaints, task_of
from complaints.operations.exchange_messages import send_message
from complaints.operations.inform_member import inform_member, issue_letter
from complaints.operations.investigate_complaint import add_evidence, complete_investigation, write_note
from complaints.operations.open_task import finish_task, open_tasks
from complaints.operations.record_address import record_address
from complaints.operations.record_send import record_sent, record_undeliverable, record_withheld
from complaints.operations.request_status_link import TooManyGuesses, request_status_link
from complaints.operations.restrict_complaint import lift_restriction, restrict_complaint
from complaints.operations.retry_effects import retry_effects
from complaints.operations.send_notice import send_notice
from complaints.operations.share_case import share_case
from complaints.operations.start_date import meet_date, start_date
from complaints.operations.submit_complaint import Statement, submit_complaint
from complaints.operations.take_complaint import AlreadyTaken, take_complaint
from complaints.operations.wait_for_member import stop_waiting, wait_for_member

__all__ = (
    "Alert",
    "AlreadyTaken",
    "AnswersAwaited",
    "Axes",
    "NothingToOpen",
    "OpeningRefused",
    "OverrideNeedsReason",
    "Statement",
    "TooManyGuesses",
    "TooManyOpenings",
    "UnknownAction",
    "acknowledge_complaint",
    "add_evidence",
    "alert_of",
    "alert_staff",
    "ask_after_openings",
    "assess_complaint",
    "break_glass",
    "close_complaint",
    "close_digest",
    "complete_investigation",
    "escalate_complaints",
    "finish_task",
    "inform_member",
    "issue_decision",
    "issue_letter",
    "judge_opening",
    "lift_restriction",
    "lock_complaint",
    "meet_date",
    "note_fact",
    "open_tasks",
    "record_address",
    "record_sent",
    "record_undeliverable",
    "record_withheld",
    "request_status_link",
    "restrict_complaint",
    "retry_effects",
    "send_message",
    "send_notice",
    "share_case",
    "start_date",
    "stop_waiting",
    "submit_complaint",
    "suggest_track",
    "take_complaint",
    "task_of",
    "wait_for_member",
    "wait_for_turn",
    "withdraw_complaint",
    "write_note",
)
