"""The words of a pack that the product acts on. One that nobody knows would be law on paper alone. Plain Python.

They belong to whoever owns the matters; here they stand so that a pack can be read without them, and a test compares.
"""

STARTS = (
    "received",
    "inquiry received",
    "reconsideration received",
    "notice of the decision",
    "notice of reversal received",
    "letter of delay made",
    "message received",
    "cause recorded",
    "action agreed",
    "actions done",
)
"""The events that limits count from."""

STARTS_BY_ITSELF = ("received", "inquiry received")
"""Those that a complaint's own arrival is: what binds by itself counts from there."""

MEETS_BY_ITSELF = ("acknowledged", "answered", "decided", "resolved", "final response sent", "IDR response sent")
"""The events that an operation on a complaint is."""

MEETS = (
    *MEETS_BY_ITSELF,
    "closed",
    "settled and accepted",
    "asked or not needed",
    "appeal filed",
    "service authorised or provided",
    "service authorised",
    "service provided",
    "paid",
    "message answered",
    "member told",
    "plan approved",
    "action done",
    "effect verified",
)
"""The events that end a clock."""

COVERAGES = ("individual", "group", "student", "medicare_advantage", "part_d", "dual_special_needs", "medicaid")
KINDS = ("grievance", "appeal", "inquiry")
PAUSES = ("waiting_for_member",)

LETTER_REASONS = ("member_asked", "information_in_members_interest")
"""Why a date of law may be moved: each has its sentence in the letter to the member."""

HOUSE_REASONS = (*LETTER_REASONS, "dependency", "scope_changed", "resources")
"""Why a date of the house may be moved."""

HOLDS = (
    "the request and every letter, with dates of receipt and dispatch",
    "the denial notice and the notice of rights",
    "medical records and clinical criteria that were used",
    "names and qualifications of those who decided",
    "a timeline of every step and its due date",
)
"""What a file for an external reviewer may consist of."""
