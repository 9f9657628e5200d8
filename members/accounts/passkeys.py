"""The two ceremonies of WebAuthn, for this site: what the browser is asked for, and whether its answer holds.

The library checks challenge, origin, site, signature and counter; a challenge lives in the session and works once,
however many requests show it at the same moment.
"""

import json
import secrets
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import webauthn
from cryptography.exceptions import UnsupportedAlgorithm
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
from members.accounts.throttle import Counter

CHALLENGE = "passkey_challenge"
CHALLENGE_BYTES = 32
# Of a challenge one answer is heard; the exact counter says so, as a session is read by many requests at once.
ANSWERS = Counter("passkey_challenge", limit=1, window=timedelta(days=1))
TRANSPORTS = frozenset(AuthenticatorTransport)
# What the library lets through of a text that is no answer.
NOT_AN_ANSWER = (
    WebAuthnException,
    UnsupportedAlgorithm,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    struct.error,
)


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
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=_verification(by_owner=user.needs_passkey),
        ),
    )
    return webauthn.options_to_json(options)


def request_options(session: SessionBase, passkeys: Iterable[Passkey], *, by_owner: bool) -> str:
    """Return, as JSON, what the browser is asked for to show one of these passkeys.

    With `by_owner` the device makes sure who holds it, by a PIN, a finger or a face.
    """
    options = webauthn.generate_authentication_options(
        rp_id=_site(),
        challenge=_new_challenge(session),
        allow_credentials=[_descriptor(passkey) for passkey in passkeys],
        user_verification=_verification(by_owner=by_owner),
    )
    return webauthn.options_to_json(options)


def made(answer: str, *, challenge: bytes, by_owner: bool) -> NewKey:
    """Return the key that the browser's answer tells of. Raises PasskeyRefused."""
    credential = read_answer(answer)
    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=settings.PUBLIC_URL,
            require_user_verification=by_owner,
        )
    except NOT_AN_ANSWER as fault:
        raise PasskeyRefused("this is no new passkey for this site") from fault
    told = credential["response"].get("transports")
    names = told if isinstance(told, list) else ()
    known = tuple(name for name in names if isinstance(name, str) and name in TRANSPORTS)
    return NewKey(found.credential_id, found.credential_public_key, found.sign_count, known)


def shown(answer: dict[str, Any], passkey: Passkey, *, challenge: bytes, by_owner: bool) -> int:
    """Return the new counter of a passkey that the answer proves. Raises PasskeyRefused."""
    try:
        found = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=settings.PUBLIC_URL,
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=by_owner,
        )
    except NOT_AN_ANSWER as fault:
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
    """Return the challenge that was put to this session, once.

    Raises PasskeyRefused where there is none, or another request has taken it, and CounterAway.
    """
    challenge = session.pop(CHALLENGE, None)
    if challenge is None or not ANSWERS.take(challenge):
        raise PasskeyRefused("nothing was asked of this session, or it was answered")
    return base64url_to_bytes(challenge)


def _new_challenge(session: SessionBase) -> bytes:
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    session[CHALLENGE] = bytes_to_base64url(challenge)
    return challenge


def _verification(*, by_owner: bool) -> UserVerificationRequirement:
    return UserVerificationRequirement.REQUIRED if by_owner else UserVerificationRequirement.PREFERRED


def _site() -> str:
    """Return the name that passkeys are bound to: the host of the public address."""
    return urlsplit(settings.PUBLIC_URL).hostname or ""


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(name) for name in passkey.transports]
    return PublicKeyCredentialDescriptor(id=bytes(passkey.credential_id), transports=transports)
