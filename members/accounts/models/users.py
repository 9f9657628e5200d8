"""Somebody who can sign in, and the staff roles that were granted."""

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast, JSONObject

from members.accounts.password_forms import forms_of, normal_form
from members.actors import ALONE, Actor, ActorKind, Mandate, Role
from members.identifiers import new_id
from members.privacy.blind_index import blind_index
from members.privacy.fields import SealedTextField

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
        `member_ref` the member this account belongs to, and `authorisations` what it was ever allowed to do for others:
        `Member.user` and `Representation` declare these names, for this layer knows no members.
        """
        roles = RoleGrant.objects.filter(user=OuterRef("pk"), revoked_at=None).order_by("role").values("role")
        from members.accounts.models.factors import Passkey, TotpDevice  # noqa: PLC0415 -- factors refer to users

        totp = TotpDevice.objects.filter(user=OuterRef("pk"), confirmed=True).order_by("pk").values("pk")
        passkeys = Passkey.objects.filter(user=OuterRef("pk")).order_by("pk").values("pk")
        return self.annotate(
            role_names=ArraySubquery(roles),
            app_ids=ArraySubquery(totp),
            passkey_ids=ArraySubquery(passkeys),
            member_ref=F("member__pk"),
            authorisations=ArraySubquery(_authorisations()),
        )


def _authorisations() -> models.QuerySet[Any]:
    """Return the authorisations of the outer query's user; whether one counts at a moment, `as_actor` reckons."""
    rows = apps.get_model("members", "Representation")._base_manager.filter(user=OuterRef("pk"))
    columns = ("member_id", "scope", "starts_at", "expires_at", "confirmed_at", "revoked_at")
    # As text: a raw query, as of get_user(), converts nothing.
    return rows.values(found=Cast(JSONObject(**{name: name for name in columns}), models.TextField()))


class User(AbstractBaseUser):
    """Somebody who can sign in. What the person may do follows from role grants and from being a member."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = SealedTextField()
    email_index = models.BinaryField(max_length=16, unique=True)
    new_email = SealedTextField(null=True, help_text="Asked for, and not confirmed yet.")
    email_change = models.PositiveIntegerField(default=0, help_text="Counts what was asked, so that one link is good.")
    display_name = models.CharField(max_length=80, blank=True, help_text="Of staff only: a member's name is PHI.")
    is_active = models.BooleanField(default=True)
    session_epoch = models.PositiveIntegerField(default=0, help_text="Counted up to end every session of the user.")
    recovery_forced_at = models.DateTimeField(
        null=True, help_text="Too many wrong passwords were typed: only a new one opens the door."
    )
    codes_guessed_at = models.DateTimeField(
        null=True, help_text="When its owner was last told of wrong codes behind the right password."
    )
    created_at = models.DateTimeField()

    own_words: Collection[str] = ()
    """What others know of the person, opened where a new password is judged; never stored."""
    role_names: list[str]
    app_ids: list[UUID]
    passkey_ids: list[UUID]
    member_ref: UUID | None
    authorisations: list[str]

    USERNAME_FIELD = "email_index"
    EMAIL_FIELD = "email"

    objects = UserQuerySet.as_manager()

    def __str__(self) -> str:
        return self.display_name or f"account {self.pk}"

    def set_email(self, email: str) -> None:
        """Set the address and the index that finds it."""
        self.email, self.email_index = email.strip(), email_index(email)

    def set_password(self, raw_password: str | None) -> None:
        """Hash the password in its one form."""
        super().set_password(None if raw_password is None else normal_form(raw_password))

    def check_password(self, raw_password: str) -> bool:
        """Tell whether this is the password, in its one form or, of an older hash, as it is typed."""
        found = [super(User, self).check_password(form) for form in forms_of(raw_password)]
        return any(found)

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

    def as_actor(self, *, at: datetime) -> Actor:
        """Return the signed-in person with the roles held now. The user must come from `with_standing()`.

        Whoever acts for members has a member's pages from the first confirmed authorisation on, and keeps them when the
        last one is over: on them is what the person filed for nobody in particular.
        """
        confirmed = [row for row in map(json.loads, self.authorisations) if row["confirmed_at"] is not None]
        is_member = self.member_ref or confirmed
        roles = {Role(name) for name in self.role_names} | ({Role.MEMBER} if is_member else set())
        mandates = tuple(
            Mandate(UUID(row["member_id"]), frozenset(row["scope"])) for row in confirmed if _counts(row, at)
        )
        return Actor(ActorKind.USER, self.label, self.pk, self.member_ref, frozenset(roles), mandates)

    def at_the_door(self) -> Actor:
        """Return the person without any role: the password was right, the second factor is still to come."""
        return Actor(ActorKind.USER, self.label, self.pk)


def _counts(authorisation: dict[str, Any], at: datetime) -> bool:
    """Tell whether a confirmed authorisation is not revoked, and has begun and not ended at this moment."""
    if authorisation["revoked_at"] is not None:
        return False
    begins, ends = (datetime.fromisoformat(authorisation[name]) for name in ("starts_at", "expires_at"))
    return begins <= at < ends


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
            ExclusionConstraint(
                name="accounts_roles_that_go_together",
                expressions=[
                    ("user", "="),
                    (Case(When(role__in=sorted(ALONE), then=F("role")), default=Value("together")), "<>"),
                ],
                condition=Q(revoked_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} of {self.user_id}"
