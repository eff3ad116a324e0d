"""Material for keys that import it, wrapped by an independent implementation of the algorithms."""

import os

from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

WRAPPING = ("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256")


def pkcs8(private):
    return private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def material(spec):
    """New material of a spec, and the private key that it is, if it is one."""
    if spec == "SYMMETRIC_DEFAULT":
        return os.urandom(32), None
    if spec.startswith("HMAC_"):
        return os.urandom(int(spec[5:]) // 8), None
    if spec.startswith("RSA_"):
        private = rsa.generate_private_key(65537, int(spec[4:]))
    elif spec == "ECC_NIST_EDWARDS25519":
        private = ed25519.Ed25519PrivateKey.generate()
    else:
        curve = {"256": ec.SECP256R1, "384": ec.SECP384R1, "521": ec.SECP521R1, "6K1": ec.SECP256K1}[spec[-3:]]
        private = ec.generate_private_key(curve())
    return pkcs8(private), private


def wrap(parameters, algorithm, plain):
    """What a caller sends as `EncryptedKeyMaterial`."""
    public = serialization.load_der_public_key(parameters["PublicKey"])
    digest = hashes.SHA1() if algorithm.endswith("_1") else hashes.SHA256()
    oaep = padding.OAEP(padding.MGF1(digest), digest, None)
    if algorithm.startswith("RSAES"):
        return public.encrypt(plain, oaep)
    aes = os.urandom(32)
    return public.encrypt(aes, oaep) + keywrap.aes_key_wrap_with_padding(aes, plain)


def wrapped(kms, key_id, plain, algorithm="RSA_AES_KEY_WRAP_SHA_256", spec="RSA_2048"):
    """The token and the wrapped material of an import."""
    parameters = kms.get_parameters_for_import(KeyId=key_id, WrappingAlgorithm=algorithm, WrappingKeySpec=spec)
    return {"ImportToken": parameters["ImportToken"], "EncryptedKeyMaterial": wrap(parameters, algorithm, plain)}


def import_material(kms, key_id, plain, **arguments):
    """Imports material that does not expire, unless `ValidTo` is given."""
    if "ValidTo" not in arguments:
        arguments["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE"
    return kms.import_key_material(KeyId=key_id, **wrapped(kms, key_id, plain), **arguments)
