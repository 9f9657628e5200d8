"""A user, the staff roles that were granted to it, its second factors and its sessions."""

from collections.abc import Iterator
from typing import Any, Self
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, OuterRef, Q
from django_otp.models import Device

from members.actors import Actor, ActorKind, Role
from members.identifiers import new_id
from members.privacy.blind_index import blind_index
from members.privacy.fields import SealedBytesField, SealedTextField

STAFF_ROLES = tuple((role.value, role.label) for role in Role if role is not Role.MEMBER)


def email_index(email: str) -> bytes:
    """Return the index by which an e-mail address is found, whatever its case, width and outer white space."""
    return blind_index("accounts.user.email", email)


class UserQuerySet(models.QuerySet["User"]):
    """Users are found by the index of their e-mail address; the address itself stays sealed."""

    def of_email(self, email: str) -> Self:
        """Return the user who signs in with this address, or nobody."""
        return self.filter(email_index=email_index(email))

    def with_standing(self) -> Self:
        """Return users together with all that decides what they may reach, in one query.

        `role_names` are the staff roles held now, `app_ids` the authenticator apps, `passkey_ids` the passkeys,
        `member_ref` the member this account belongs to: `Member.user` declares the name "member", for this layer knows
        no members.
        """
        roles = RoleGrant.objects.filter(user=OuterRef("pk"), revoked_at=None).order_by("role").values("role")
        apps = TotpDevice.objects.filter(user=OuterRef("pk"), confirmed=True).order_by("pk").values("pk")
        passkeys = Passkey.objects.filter(user=OuterRef("pk")).order_by("pk").values("pk")
        return self.annotate(
            role_names=ArraySubquery(roles),
            app_ids=ArraySubquery(apps),
            passkey_ids=ArraySubquery(passkeys),
            member_ref=F("member__pk"),
        )


class User(AbstractBaseUser):
    """Somebody who can sign in. What the person may do follows from role grants and from being a member."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = SealedTextField()
    email_index = models.BinaryField(max_length=16, unique=True)
    new_email = SealedTextField(null=True, help_text="Asked for, and not confirmed yet.")
    email_change = models.PositiveIntegerField(default=0, help_text="Counts what was asked, so that one link is good.")
    former_email = SealedTextField(null=True, help_text="Where the notice of the last change goes.")
    display_name = models.CharField(max_length=80, blank=True, help_text="Of staff only: a member's name is PHI.")
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0, help_text="Counted up to end every session of the user.")
    created_at = models.DateTimeField()

    role_names: list[str]
    app_ids: list[UUID]
    passkey_ids: list[UUID]
    member_ref: UUID | None

    USERNAME_FIELD = "email_index"
    EMAIL_FIELD = "email"

    objects = UserQuerySet.as_manager()

    def __str__(self) -> str:
        return self.display_name or f"account {self.pk}"

    def set_email(self, email: str) -> None:
        """Set the address and the index that finds it."""
        self.email, self.email_index = email.strip(), email_index(email)

    def get_session_auth_hash(self) -> str:
        """Return what every session of the user must carry: it changes with the password and with the epoch."""
        return f"{self.session_epoch}:{super().get_session_auth_hash()}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Return the same under the former secret keys, so that a new key ends no session."""
        return (f"{self.session_epoch}:{former}" for former in super().get_session_auth_fallback_hash())

    @property
    def is_staff_account(self) -> bool:
        """Tell whether any staff role is held now. The user must come from `with_standing()`."""
        return bool(self.role_names)

    @property
    def has_factor(self) -> bool:
        """Tell whether a second factor is set up. The user must come from `with_standing()`."""
        return bool(self.app_ids or self.passkey_ids)

    @property
    def needs_passkey(self) -> bool:
        """Tell whether only a passkey lets the person in: who gives roles away must not be phished for a code."""
        return Role.ADMINISTRATOR in self.role_names

    @property
    def label(self) -> str:
        """Return how the audit trail calls the person: staff by name, members by none, for it holds no PHI."""
        return self.display_name or "Member"

    def as_actor(self) -> Actor:
        """Return the signed-in person with the roles held now. The user must come from `with_standing()`."""
        roles = {Role(name) for name in self.role_names} | ({Role.MEMBER} if self.member_ref else set())
        return Actor(ActorKind.USER, self.label, self.pk, self.member_ref, frozenset(roles))

    def at_the_door(self) -> Actor:
        """Return the person without any role: the password was right, the second factor is still to come."""
        return Actor(ActorKind.USER, self.label, self.pk)


class RoleGrant(models.Model):
    """One staff role, given to one user by another at a moment, until it is revoked. Grants are never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=20, choices=STAFF_ROLES)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role"), condition=Q(revoked_at=None), name="accounts_one_active_grant"
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role for role, _ in STAFF_ROLES]), name="accounts_grant_is_of_a_staff_role"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("granted_at")), name="accounts_revoked_after_granted"
            ),
            models.CheckConstraint(condition=~Q(granted_by=F("user")), name="accounts_no_self_grant"),
        )

    def __str__(self) -> str:
        return f"{self.role} of {self.user_id}"


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


class Session(AbstractBaseSession):
    """A session that names its user, so that a person's sessions can be found, listed and ended."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(max_length=60, blank=True, help_text="Browser and system, as the browser names them.")
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return the store that keeps these rows."""
        from members.accounts.sessions import SessionStore  # noqa: PLC0415 -- the store imports this model

        return SessionStore
