"""An OpenID Connect issuer of a test: its discovery document, its keys and its tokens."""

import json
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from support.http_server import HttpServer

AUDIENCE = "sts.amazonaws.com"


class Issuer(HttpServer):
    """Serves `https://localhost:<port>/realm`. A test may change `documents` by path, and add `keys`."""

    def __init__(self, tls):
        super().__init__(tls)
        self.name = f"localhost:{self.port}/realm"
        self.url = f"https://{self.name}"
        self.asked = []
        self.keys = {}
        self.documents = {}
        self.answers = {}
        self.add_key("rsa", rsa.generate_private_key(65537, 2048), "RS256")

    def add_key(self, key_id, private, algorithm):
        """Adds a key. Tokens are signed by it if they name it."""
        self.keys[key_id] = (private, algorithm)

    def discovery(self):
        """As a Kubernetes API server has it."""
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/openid/v1/jwks",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def key_set(self):
        return {"keys": [self._jwk(key_id) for key_id in self.keys]}

    def _jwk(self, key_id):
        private, algorithm = self.keys[key_id]
        reader = jwt.algorithms.ECAlgorithm if isinstance(private, ec.EllipticCurvePrivateKey) else jwt.algorithms.RSAAlgorithm
        return {**reader.to_jwk(private.public_key(), as_dict=True), "kid": key_id, "use": "sig", "alg": algorithm}

    def answer(self, path, headers, body):
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        documents = {"/realm/.well-known/openid-configuration": self.discovery, "/realm/openid/v1/jwks": self.key_set}
        if path not in documents:
            return 404, {}, b"{}"
        return 200, {}, json.dumps(documents[path]()).encode()

    def claims(self, **changes):
        """Those of a Kubernetes service account. A change to None removes a claim."""
        now = int(time.time())
        claims = {
            "aud": [AUDIENCE],
            "exp": now + 3600,
            "iat": now,
            "iss": self.url,
            "jti": "ba2e3a2c-7b0e-4c0c-9e5a-3a8f4c3c4b11",
            "kubernetes.io": {
                "namespace": "shop",
                "pod": {"name": "cart-0", "uid": "8f5b6a9e-9d0f-4b59-8d6c-2f54d6b7d4a1"},
                "serviceaccount": {"name": "cart", "uid": "5a3c1d7e-6f3f-4a5e-8a55-1a0de2a3d9c2"},
            },
            "nbf": now,
            "sub": "system:serviceaccount:shop:cart",
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, key_id="rsa", signed_by=None, **changes):
        private, algorithm = self.keys[key_id]
        return jwt.encode(self.claims(**changes), signed_by or private, algorithm=algorithm, headers={"kid": key_id})
