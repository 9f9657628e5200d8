"""What somebody shows beside the password."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django_otp.models import Device

from members.accounts.models.users import User
from members.identifiers import new_id
from members.privacy.fields import SealedBytesField


class TotpDevice(Device):
    """A second factor that shows six digits every 30 seconds (RFC 6238). Its key is sealed; each code works once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="totp_devices")
    key = SealedBytesField(purpose="totp")
    confirmed = models.BooleanField(default=False)
    last_step = models.BigIntegerField(default=-1, help_text="The time step of the last code that was accepted.")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    failure_count = models.PositiveIntegerField(default=0, help_text="Wrong codes since the last right one.")
    failed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=Q(confirmed=False), name="accounts_one_factor_being_enrolled"
            ),
            models.CheckConstraint(
                condition=Q(confirmed=True, confirmed_at__isnull=False) | Q(confirmed=False, confirmed_at=None),
                name="accounts_confirmed_factor_is_dated",
            ),
        )

    def __str__(self) -> str:
        return f"TOTP factor of {self.user_id}"


class Passkey(models.Model):
    """A second factor that no false page can ask for: a key pair of one device, for this site only (WebAuthn)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=60, help_text="By which the person knows it.")
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(help_text="Zero for ever where the authenticator does not count.")
    transports = ArrayField(models.CharField(max_length=20), default=list)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"passkey of {self.user_id}"


class RecoveryCode(models.Model):
    """One of ten codes on paper that let somebody in once who has lost the second factor. Kept as a keyed hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_index = models.BinaryField(max_length=16)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "code_index"), name="accounts_recovery_code_unique"),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__gte=F("created_at")), name="accounts_used_after_made"
            ),
        )

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"
