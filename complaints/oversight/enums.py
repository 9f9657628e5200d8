"""The words of oversight."""

from datetime import timedelta

from django.db.models import TextChoices


class RuleCode(TextChoices):
    """What can stand out in a day of somebody's work. `rules.toml` says of each when it does."""

    VOLUME = "volume", "Far more cases read than usual"
    NO_CASE_LINK = "no_case_link", "Closed cases of others read"
    SAME_NAME = "same_name", "A member with the same surname, contact or address"
    OWN_RECORD = "own_record", "The own record read at work"
    RESTRICTED = "restricted", "A restricted case read"
    OFF_HOURS = "off_hours", "Cases read outside of office hours"
    BULK_EXPORT = "bulk_export", "Much taken away"
    BREAK_GLASS = "break_glass", "Restricted cases opened again and again"
    DORMANT = "dormant", "An account that had been idle reads again"
    DENIALS = "denials", "Many refusals in a short time"


class Period(TextChoices):
    """How far back a trail is shown."""

    WEEK = "7", "Last 7 days"
    MONTH = "30", "Last 30 days"
    QUARTER = "90", "Last 90 days"
    YEAR = "365", "Last 12 months"
    ALL = "all", "All there is"

    @property
    def span(self) -> timedelta | None:
        """Return how long it is, None for everything."""
        return None if self is Period.ALL else timedelta(days=int(self))


class Kind(TextChoices):
    """What somebody did, as a trail can be narrowed to it."""

    READ = "read", "Read"
    SEARCHED = "searched", "Searched"
    TAKEN = "taken", "Took away"
    REFUSED = "refused", "Was refused"
    CHANGED = "changed", "Changed something"
