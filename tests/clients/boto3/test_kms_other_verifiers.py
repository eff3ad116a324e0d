"""KMS: signatures that a JWT library and the openssl command accept."""

import base64
import json
import shutil
import subprocess

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

MESSAGE = b"the cellar key hangs behind the clock"
# Name of JWA (RFC 7518), spec, algorithm of KMS, bytes of an ECDSA coordinate.
JWT = [
    ("RS256", "RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256", None),
    ("RS512", "RSA_3072", "RSASSA_PKCS1_V1_5_SHA_512", None),
    ("PS256", "RSA_2048", "RSASSA_PSS_SHA_256", None),
    ("PS384", "RSA_2048", "RSASSA_PSS_SHA_384", None),
    ("ES256", "ECC_NIST_P256", "ECDSA_SHA_256", 32),
    ("ES384", "ECC_NIST_P384", "ECDSA_SHA_384", 48),
    ("ES512", "ECC_NIST_P521", "ECDSA_SHA_512", 66),
    ("ES256K", "ECC_SECG_P256K1", "ECDSA_SHA_256", 32),
    ("EdDSA", "ECC_NIST_EDWARDS25519", "ED25519_SHA_512", None),
]
DIGESTS = {"RSASSA_PKCS1_V1_5_SHA_256": "-sha256", "RSASSA_PKCS1_V1_5_SHA_384": "-sha384", "RSASSA_PKCS1_V1_5_SHA_512": "-sha512"}
OPENSSL = [
    *(("RSA_2048", algorithm, [digest]) for algorithm, digest in DIGESTS.items()),
    *(
        ("RSA_2048", f"RSASSA_PSS_SHA_{size}", [f"-sha{size}", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"])
        for size in (256, 384, 512)
    ),
    ("ECC_NIST_P256", "ECDSA_SHA_256", ["-sha256"]),
    ("ECC_NIST_P384", "ECDSA_SHA_384", ["-sha384"]),
    ("ECC_NIST_P521", "ECDSA_SHA_512", ["-sha512"]),
    ("ECC_SECG_P256K1", "ECDSA_SHA_256", ["-sha256"]),
]


@pytest.fixture(scope="session")
def kms(aws):
    return aws.kms()


@pytest.fixture(scope="session")
def key_of(kms):
    made = {}

    def key(spec):
        if spec not in made:
            made[spec] = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        return made[spec]

    return key


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


@pytest.mark.parametrize(("name", "spec", "algorithm", "width"), JWT)
def test_a_jwt_library_accepts_the_signature(kms, key_of, name, spec, algorithm, width):
    key = key_of(spec)
    claims = {"sub": "cellar"}
    signed = b".".join(encoded(json.dumps(part).encode()) for part in ({"alg": name, "typ": "JWT"}, claims))
    signature = kms.sign(KeyId=key, Message=signed, SigningAlgorithm=algorithm)["Signature"]
    if width:
        # JWA writes both numbers at full length, KMS as a DER sequence.
        signature = b"".join(number.to_bytes(width, "big") for number in decode_dss_signature(signature))
    public = serialization.load_der_public_key(kms.get_public_key(KeyId=key)["PublicKey"])
    token = (signed + b"." + encoded(signature)).decode()
    assert jwt.decode(token, public, algorithms=[name]) == claims
    altered = (signed[:-1] + (b"A" if signed[-1:] != b"A" else b"B") + b"." + encoded(signature)).decode()
    with pytest.raises(jwt.InvalidTokenError):
        jwt.decode(altered, public, algorithms=[name])


@pytest.mark.parametrize(("spec", "algorithm", "options"), OPENSSL)
def test_openssl_accepts_the_signature(kms, key_of, tmp_path, spec, algorithm, options):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not on the PATH: its checks of signatures did NOT run")
    key = key_of(spec)
    files = {
        "public.der": kms.get_public_key(KeyId=key)["PublicKey"],
        "signature": kms.sign(KeyId=key, Message=MESSAGE, SigningAlgorithm=algorithm)["Signature"],
        "message": MESSAGE,
        "other": MESSAGE + b".",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)

    def verify(message):
        command = ["openssl", "dgst", *options, "-verify", "public.der", "-keyform", "DER", "-signature", "signature", message]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)

    assert verify("message").stdout.strip() == "Verified OK"
    refused = verify("other")
    assert refused.returncode != 0 and "Verified OK" not in refused.stdout
