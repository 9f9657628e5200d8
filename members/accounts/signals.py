"""What accounts tell upwards: this layer sends no mail, and has no outbox.

Both are sent with `this`, the act; what a receiver writes belongs to the same transaction, so that no change of
security goes without its notice. `account_changed` has `user_id` and `change`, a code of AccountChange. `link_wanted`
has `kind`, a code of LinkKind, and `user_id`, or `member_id` of who has no account yet. The link itself is made when
its mail is sent, hence it is stored nowhere.
"""

from django.db.models import TextChoices
from django.dispatch import Signal


class AccountChange(TextChoices):
    """What the owner of an account is told of at once, for somebody else may have done it."""

    APP_ADDED = "app_added"
    APP_REMOVED = "app_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    CODES_MADE = "codes_made"
    CODE_USED = "code_used"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- a code
    EMAIL_CHANGE_ASKED = "email_change_asked"
    EMAIL_CHANGED = "email_changed"
    FACTORS_RESET = "factors_reset"
    REPRESENTED = "represented"
    NOT_REPRESENTED = "not_represented"
    CONSENT_RECORDED = "consent_recorded"
    RECOVERY_FORCED = "recovery_forced"
    CODES_GUESSED = "codes_guessed"
    DISABLED = "disabled"
    ENABLED = "enabled"


class RoleChange(TextChoices):
    """What became of a role that somebody holds."""

    GIVEN = "role_given"
    TAKEN = "role_taken"


class LinkKind(TextChoices):
    """What a link in an e-mail is good for, once."""

    RESET = "password_reset"
    NEW_EMAIL = "new_email"
    REGISTRATION = "registration"


ADDRESS_OF_LINK = {LinkKind.RESET: "email", LinkKind.NEW_EMAIL: "new_email"}
"""Which address of the user proves itself by following the link."""

review_changed = Signal()
"""A round of the access review: sent with `this`, the `review`, and `change`, which is "opened" or "closed"."""

role_changed = Signal()
"""A staff role of somebody: sent with `this`, the `user`, the `role`, and `change`, a code of RoleChange."""

link_asked = Signal()
"""A link was asked for by who has shown nothing yet: sent with `this`, `kind`, and `index`, the blind index of what was
typed. Whether it fits anybody is looked up once the answer has gone, so that neither work nor time tells it."""

account_changed = Signal()
link_wanted = Signal()
