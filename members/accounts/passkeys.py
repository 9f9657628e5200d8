"""The two ceremonies of WebAuthn, for this site: what the browser is asked for, and whether its answer holds.

The library checks challenge, origin, site, signature and counter; a challenge lives in the session and works once.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from members.accounts.models import Passkey, User

CHALLENGE = "passkey_challenge"
CHALLENGE_BYTES = 32
TRANSPORTS = frozenset(AuthenticatorTransport)


class PasskeyRefused(ValueError):
    """What the browser sent proves nothing: another site, another challenge, a copied counter, or no answer at all."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a device has made for this site."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]


def creation_options(session: SessionBase, user: User, passkeys: Iterable[Passkey]) -> str:
    """Return, as JSON, what the browser is asked for to make a passkey; a device that has one makes no second."""
    options = webauthn.generate_registration_options(
        rp_id=_site(),
        rp_name=settings.INSURER_NAME,
        user_id=user.pk.bytes,
        user_name=user.label,
        challenge=_new_challenge(session),
        exclude_credentials=[_descriptor(passkey) for passkey in passkeys],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return webauthn.options_to_json(options)


def request_options(session: SessionBase, passkeys: Iterable[Passkey]) -> str:
    """Return, as JSON, what the browser is asked for to show one of these passkeys."""
    options = webauthn.generate_authentication_options(
        rp_id=_site(),
        challenge=_new_challenge(session),
        allow_credentials=[_descriptor(passkey) for passkey in passkeys],
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return webauthn.options_to_json(options)


def made(answer: str, *, challenge: bytes) -> NewKey:
    """Return the key that the browser's answer tells of. Raises PasskeyRefused."""
    credential = read_answer(answer)
    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=settings.PUBLIC_URL,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
        raise PasskeyRefused("this is no new passkey for this site") from fault
    told = credential.get("response", {}).get("transports", ())
    known = tuple(name for name in told if isinstance(name, str) and name in TRANSPORTS)
    return NewKey(found.credential_id, found.credential_public_key, found.sign_count, known)


def shown(answer: dict[str, Any], passkey: Passkey, *, challenge: bytes) -> int:
    """Return the new counter of a passkey that the answer proves. Raises PasskeyRefused."""
    try:
        found = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=settings.PUBLIC_URL,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
        raise PasskeyRefused("the answer does not prove this passkey") from fault
    return found.new_sign_count


def read_answer(answer: str) -> dict[str, Any]:
    """Return what a browser sent. Raises PasskeyRefused where it is no credential."""
    try:
        credential = json.loads(answer)
        if not isinstance(credential, dict) or not isinstance(credential.get("response"), dict):
            raise PasskeyRefused("this is no credential")
        credential_id_of(credential)
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise PasskeyRefused("this is no credential") from fault
    return credential


def credential_id_of(credential: dict[str, Any]) -> bytes:
    """Return by which id the browser names the key."""
    return base64url_to_bytes(credential["rawId"])


def take_challenge(session: SessionBase) -> bytes:
    """Return the challenge that was put to this session, once. Raises PasskeyRefused when there is none."""
    if (challenge := session.pop(CHALLENGE, None)) is None:
        raise PasskeyRefused("nothing was asked of this session")
    return base64url_to_bytes(challenge)


def _new_challenge(session: SessionBase) -> bytes:
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    session[CHALLENGE] = bytes_to_base64url(challenge)
    return challenge


def _site() -> str:
    """Return the name that passkeys are bound to: the host of the public address."""
    return urlsplit(settings.PUBLIC_URL).hostname or ""


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(name) for name in passkey.transports]
    return PublicKeyCredentialDescriptor(id=bytes(passkey.credential_id), transports=transports)
