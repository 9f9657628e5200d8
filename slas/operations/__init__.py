"""Everything that changes the deadline engine's rows on behalf of an act."""

from slas.fold import NOT_RECORDED, ClockRefused
from slas.operations.check_folds import check_folds
from slas.operations.clocks import (
    cancel_clock,
    complete_clock,
    extend_clock,
    latest_clock,
    open_clock,
    pause_clock,
    reopen_clock,
    replace_clock,
    resume_clock,
    start_clock,
)
from slas.operations.effects import enqueue
from slas.operations.matters import open_matter
from slas.operations.policy_drafts import publish_draft, submit_draft, withdraw_draft, write_draft
from slas.operations.publish_policies import publish_policies
from slas.operations.rebase_clocks import foresee_rebase, rebase_clocks
from slas.operations.replay_drafts import ask_replay
from slas.operations.retry_effects import MOST_AT_ONCE, retry_effects
from slas.versions import PolicyMissing

__all__ = (
    "MOST_AT_ONCE",
    "NOT_RECORDED",
    "ClockRefused",
    "PolicyMissing",
    "ask_replay",
    "cancel_clock",
    "check_folds",
    "complete_clock",
    "enqueue",
    "extend_clock",
    "foresee_rebase",
    "latest_clock",
    "open_clock",
    "open_matter",
    "pause_clock",
    "publish_draft",
    "publish_policies",
    "rebase_clocks",
    "reopen_clock",
    "replace_clock",
    "resume_clock",
    "retry_effects",
    "start_clock",
    "submit_draft",
    "withdraw_draft",
    "write_draft",
)
