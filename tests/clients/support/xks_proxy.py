"""A proxy of an external key store, by the public specification of its API: AES-GCM keys, and requests whose signatures are verified.

The first part of a path decides how it answers: `/slow/kms/xks/v1/...` after half a second, `/broken/...` with no JSON, all others by the
specification.
"""

import base64
import contextlib
import hashlib
import json
import os
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from support.http_server import HttpServer
from support.sigv4 import signer

ACCESS_KEY_ID = "ABCDEFGHIJKLMNOPQRST"
SECRET = base64.b64encode(b"thirty-two bytes of a secret key").decode()

class Refused(Exception):
    def __init__(self, status, name):
        super().__init__(name)
        self.status, self.name = status, name


class Proxy(HttpServer):
    """Listens on a port of this machine within its `with` block."""

    def __init__(self, keys):
        super().__init__()
        self.keys, self.statuses = {}, {}
        for name in keys:
            self.add(name)
        self.seen = []
        self._fails = False
        self.address = f"127.0.0.1:{self.port}"

    def add(self, name, status="ENABLED"):
        """Makes a key."""
        self.keys[name] = AESGCM(os.urandom(32))
        self.statuses[name] = status

    @contextlib.contextmanager
    def failing(self):
        """Inside, every request is answered with a fault of the key manager."""
        self._fails = True
        try:
            yield
        finally:
            self._fails = False

    def answer(self, path, headers, body):
        if path.startswith("/slow/"):
            time.sleep(0.5)
        if path.startswith("/broken/"):
            return 200, {}, b"<html>"
        try:
            if self._fails:
                raise Refused(503, "DependencyTimeoutException")
            if signer(path, headers, body, "kms-xks-proxy", {ACCESS_KEY_ID: SECRET}) is None:
                raise Refused(401, "AuthenticationFailedException")
            request = json.loads(body)
            self.seen.append((path, request))
            answer, status = self.call(path, request), 200
        except Refused as refusal:
            answer, status = {"errorName": refusal.name, "errorMessage": "no"}, refusal.status
        return status, {}, json.dumps(answer).encode()

    def call(self, path, request):
        call = path.partition("/kms/xks/v1/")[2].split("/")
        if call == ["health"]:
            return {
                "xksProxyFleetSize": 1,
                "xksProxyVendor": "Claviger",
                "xksProxyModel": "tests",
                "ekmVendor": "Claviger",
                "ekmFleetDetails": [{"id": "1", "model": "tests", "healthStatus": "ACTIVE"}],
            }
        if len(call) != 3 or call[0] != "keys" or call[2] not in ("metadata", "encrypt", "decrypt"):
            raise Refused(404, "InvalidUriPathException")
        if call[1] not in self.keys:
            raise Refused(404, "KeyNotFoundException")
        if call[2] == "metadata":
            return {"keySpec": "AES_256", "keyUsage": ["ENCRYPT", "DECRYPT"], "keyStatus": self.statuses[call[1]]}
        assert request["encryptionAlgorithm"] == "AES_GCM"
        return getattr(self, call[2])(self.keys[call[1]], request)

    def encrypt(self, key, request):
        plaintext, associated = _bytes(request, "plaintext"), _bytes(request, "additionalAuthenticatedData")
        assert len(plaintext) <= 4300 and len(associated) <= 8192
        metadata, iv = b"v=1", os.urandom(12)
        sealed = key.encrypt(iv, plaintext, _associated(associated, metadata))
        ciphertext, tag = sealed[:-16], sealed[-16:]
        assert request["ciphertextDataIntegrityValueAlgorithm"] == "SHA_256"
        integrity = hashlib.sha256(associated + metadata + iv + ciphertext + tag).digest()
        return {
            "ciphertext": _text(ciphertext),
            "ciphertextMetadata": _text(metadata),
            "initializationVector": _text(iv),
            "authenticationTag": _text(tag),
            "ciphertextDataIntegrityValue": _text(integrity),
        }

    def decrypt(self, key, request):
        associated = _associated(_bytes(request, "additionalAuthenticatedData"), _bytes(request, "ciphertextMetadata"))
        sealed = _bytes(request, "ciphertext") + _bytes(request, "authenticationTag")
        try:
            return {"plaintext": _text(key.decrypt(_bytes(request, "initializationVector"), sealed, associated))}
        except InvalidTag:
            raise Refused(400, "InvalidCiphertextException") from None


def _associated(given, metadata):
    return len(given).to_bytes(2, "big") + given + len(metadata).to_bytes(1, "big") + metadata


def _bytes(request, member):
    return base64.b64decode(request.get(member, ""), validate=True)


def _text(data):
    return base64.b64encode(data).decode()
