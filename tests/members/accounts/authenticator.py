"""A security key in Python: it makes and shows passkeys as WebAuthn says, and can be told to lie."""

import json
from hashlib import sha256
from struct import pack
from uuid import UUID

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url as text

SITE, ORIGIN = "testserver", "http://testserver"
PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40


class SecurityKey:
    """One device with one key pair. It may count what it shows, and make sure who holds it."""

    def __init__(self, credential_id=b"a credential id!", *, counts=True, verifies=True):
        self.credential_id, self.count = credential_id, 0
        self.counts, self.flags = counts, PRESENT | (VERIFIED if verifies else 0)
        self.key = generate_private_key(SECP256R1())

    def make(self, options, *, origin=ORIGIN, public_key=None, transports=("internal", "telepathy")):
        """Answer a request to make a passkey."""
        point = self.key.public_key().public_numbers()
        own = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        cose = cbor2.dumps(own if public_key is None else public_key)
        made = UUID(int=0).bytes + pack(">H", len(self.credential_id)) + self.credential_id + cose
        data = self._data(NEW_KEY) + made
        return self._answer(
            clientDataJSON=text(self._client_data("webauthn.create", options, origin)),
            attestationObject=text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            transports=transports,
        )

    def show(self, options, *, origin=ORIGIN):
        """Answer a request to show the passkey."""
        self.count += self.counts
        data, client_data = self._data(0), self._client_data("webauthn.get", options, origin)
        signature = self.key.sign(data + sha256(client_data).digest(), ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=text(client_data), authenticatorData=text(data), signature=text(signature), userHandle=None
        )

    def _data(self, flags):
        return sha256(SITE.encode()).digest() + bytes([self.flags | flags]) + pack(">I", self.count)

    def _client_data(self, kind, options, origin):
        asked = json.loads(options)
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": origin}).encode()

    def _answer(self, **response):
        name = text(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
