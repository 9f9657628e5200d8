"""An e-mail address has one account, however many ask for it at the same moment."""

from django.db import connection
from django.utils.translation import gettext as _

from members.accounts.models import User
from members.accounts.refusals import AccountRefused
from members.acts import Act

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('address ' || %s, 0))"


def demand_free_address(this: Act, user: User) -> None:
    """Refuse an address that another account has, or gets at this moment. Raises AccountRefused."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [bytes(user.email_index).hex()])
    others = User.objects.filter(email_index=user.email_index).exclude(pk=user.pk)
    if others.exists() or this.added(User, email_index=user.email_index):
        raise AccountRefused(_("This e-mail address has an account already. Use another one, or call us."))
