"""SM2 by independent implementations: the `openssl` command, and for ECDH, which it does not do with SM2 keys, integers of Python."""

import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes

# The identifier of the signer that KMS uses.
DEFAULT_ID = b"1234567812345678"
# SubjectPublicKeyInfo up to the 65 bytes of the point: id-ecPublicKey and 1.2.156.10197.1.301.
SPKI_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")

# Source: GB/T 32918.5-2017, the recommended curve.
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)


@functools.cache
def require_openssl():
    """Skips the test where there is no openssl with SM2."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not on the PATH: its checks of SM2 did NOT run")
    curves = subprocess.run(["openssl", "ecparam", "-list_curves"], capture_output=True, text=True)
    if "SM2" not in curves.stdout:
        pytest.skip("openssl has no SM2: its checks of SM2 did NOT run")


def openssl(*arguments, **files):
    """Runs openssl among these files, whose names are those of the arguments. Returns the status and what it wrote to `out`."""
    require_openssl()
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True)
        written = Path(folder) / "out"
        return done.returncode, written.read_bytes() if written.exists() else done.stdout


def new_key():
    """A private key as PKCS#8, and its public key."""
    made, pem = openssl("genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:sm2", "-out", "out")
    wrote, private = openssl("pkcs8", "-topk8", "-nocrypt", "-in", "key", "-outform", "DER", "-out", "out", key=pem)
    assert made == wrote == 0
    return private, public_of(private)


def public_of(private):
    read, public = openssl("pkey", "-in", "key", "-inform", "DER", "-pubout", "-outform", "DER", "-out", "out", key=private)
    assert read == 0
    return public


def sign(private, message, signer=DEFAULT_ID):
    signed, signature = openssl(*_signing("-sign", signer), "-out", "out", key=private, message=message)
    assert signed == 0
    return signature


def verify(public, message, signature, signer=DEFAULT_ID):
    arguments = (*_signing("-verify", signer), "-pubin", "-sigfile", "signature")
    return openssl(*arguments, key=public, message=message, signature=signature)[0] == 0


def _signing(verb, signer):
    options = ("-inkey", "key", "-keyform", "DER", "-in", "message", "-rawin", "-digest", "sm3")
    return ("pkeyutl", verb, *options, "-pkeyopt", f"distid:{signer.decode()}")


def encrypt(public, plaintext):
    done, ciphertext = openssl(
        "pkeyutl", "-encrypt", "-pubin", "-inkey", "key", "-keyform", "DER", "-in", "message", "-out", "out", key=public, message=plaintext
    )
    assert done == 0
    return ciphertext


def decrypt(private, ciphertext):
    done, plaintext = openssl(
        "pkeyutl", "-decrypt", "-inkey", "key", "-keyform", "DER", "-in", "message", "-out", "out", key=private, message=ciphertext
    )
    assert done == 0
    return plaintext


def sm3(*parts):
    digest = hashes.Hash(hashes.SM3())
    for part in parts:
        digest.update(part)
    return digest.finalize()


def digest(public, message, signer=DEFAULT_ID):
    """The 32 bytes that a caller signs with `DIGEST`."""
    length = (len(signer) * 8).to_bytes(2, "big")
    curve = b"".join(number.to_bytes(32, "big") for number in (A, B, *G))
    return sm3(sm3(length, signer, curve, public[-64:]), message)


def point(public):
    assert public.startswith(SPKI_HEAD + b"\x04") and len(public) == 91
    x, y = int.from_bytes(public[-64:-32], "big"), int.from_bytes(public[-32:], "big")
    assert (y * y - (x**3 + A * x + B)) % P == 0
    return x, y


def shared_secret(private, public):
    """The x-coordinate of the peer's point times the private key, whose 32 bytes are in PKCS#8 as openssl and KMS write it."""
    at = private.index(b"\x02\x01\x01\x04\x20") + 5
    factor, base, product = int.from_bytes(private[at : at + 32], "big"), point(public), None
    while factor:
        if factor & 1:
            product = _add(product, base)
        base, factor = _add(base, base), factor >> 1
    return product[0].to_bytes(32, "big")


def _add(one, other):
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and (one[1] + other[1]) % P == 0:
        return None
    if one == other:
        slope = (3 * one[0] ** 2 + A) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope**2 - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P
