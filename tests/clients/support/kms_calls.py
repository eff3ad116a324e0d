"""A call of each KMS operation that succeeds, with resources of its own. Tests of errors change one thing of it."""

from botocore import xform_name
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives import serialization

from support.clients import ACCOUNT, key_arn, unique
from support.imports import wrapped
from support.server import REPLICA
from support.xks_proxy import ACCESS_KEY_ID, SECRET

ROOT = f"arn:aws:iam::{ACCOUNT}:root"

_SYMMETRIC = {}
_SIGN = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}
_MAC = {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}
_AGREE = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "KEY_AGREEMENT"}
_MULTI_REGION = {"MultiRegion": True}
_EXTERNAL = {"Origin": "EXTERNAL"}

_KINDS = {
    "Sign": _SIGN,
    "Verify": _SIGN,
    "GetPublicKey": _SIGN,
    "GenerateMac": _MAC,
    "VerifyMac": _MAC,
    "DeriveSharedSecret": _AGREE,
    "ReplicateKey": _MULTI_REGION,
    "UpdatePrimaryRegion": _MULTI_REGION,
    "GetParametersForImport": _EXTERNAL,
    "ImportKeyMaterial": _EXTERNAL,
    "DeleteImportedKeyMaterial": _EXTERNAL,
}


def kind_for(operation):
    """The arguments of CreateKey for a key that an operation can be called on."""
    return _KINDS.get(operation, _SYMMETRIC)


def public_key():
    """A key on the curve of the keys that agree on secrets."""
    made = ec.generate_private_key(ec.SECP256R1()).public_key()
    return made.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_store(**changes):
    """The settings of an external key store, with a name and a path of its own."""
    name = unique("store")
    return {
        "CustomKeyStoreName": name,
        "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
        "XksProxyConnectivity": "PUBLIC_ENDPOINT",
        "XksProxyUriEndpoint": "https://xks.test",
        "XksProxyUriPath": f"/{name}/kms/xks/v1",
        "XksProxyAuthenticationCredential": {"AccessKeyId": ACCESS_KEY_ID, "RawSecretAccessKey": SECRET},
    } | changes


class Call:
    """One call. `arguments` may be changed before it is sent."""

    def __init__(self, kms, operation, key=None, store=None):
        """Makes the resources. `key` and `store` are used in place of new ones."""
        self.kms, self.operation = kms, operation
        self._key, self._store, self.made_store = key, store, False
        build = getattr(self, "_" + xform_name(operation), None)
        self.arguments = build() if build else {"KeyId": self.key}

    def send(self, **changes):
        """Sends the call. A change to `None` leaves the member out."""
        arguments = {name: value for name, value in (self.arguments | changes).items() if value is not None}
        return getattr(self.kms, xform_name(self.operation))(**arguments)

    @property
    def key(self):
        if self._key is None:
            self._key = self.kms.create_key(**kind_for(self.operation))["KeyMetadata"]["KeyId"]
        return self._key

    @property
    def arn(self):
        return key_arn(self.key)

    @property
    def store(self):
        if self._store is None:
            self.made_store = True
            self._store = self.kms.create_custom_key_store(**key_store())["CustomKeyStoreId"]
        return self._store

    @property
    def key_member(self):
        """The member that names the key; none if no member does."""
        names = ("KeyId", "TargetKeyId", "DestinationKeyId", "AliasName")
        return next((name for name in names if name in self.arguments), None)

    def _grant(self):
        made = self.kms.create_grant(KeyId=self.key, GranteePrincipal=ROOT, RetiringPrincipal=ROOT, Operations=["Encrypt"])
        return {"KeyId": self.key, "GrantId": made["GrantId"]}

    def _alias(self):
        name = f"alias/{unique('name')}"
        self.kms.create_alias(AliasName=name, TargetKeyId=self.key)
        return name

    def _ciphertext(self):
        return self.kms.encrypt(KeyId=self.key, Plaintext=b"x")["CiphertextBlob"]

    def _cancel_key_deletion(self):
        self.kms.schedule_key_deletion(KeyId=self.key)
        return {"KeyId": self.key}

    def _connect_custom_key_store(self):
        return {"CustomKeyStoreId": self.store}

    def _create_alias(self):
        return {"AliasName": f"alias/{unique('name')}", "TargetKeyId": self.key}

    def _create_custom_key_store(self):
        return key_store()

    def _create_grant(self):
        return {"KeyId": self.key, "GranteePrincipal": ROOT, "Operations": ["Encrypt"]}

    def _create_key(self):
        return {}

    def _decrypt(self):
        return {"CiphertextBlob": self._ciphertext()}

    def _delete_alias(self):
        return {"AliasName": self._alias()}

    def _delete_custom_key_store(self):
        return {"CustomKeyStoreId": self.store}

    def _derive_shared_secret(self):
        return {"KeyId": self.key, "KeyAgreementAlgorithm": "ECDH", "PublicKey": public_key()}

    def _describe_custom_key_stores(self):
        return {}

    def _disconnect_custom_key_store(self):
        self.kms.connect_custom_key_store(CustomKeyStoreId=self.store)
        return {"CustomKeyStoreId": self.store}

    def _encrypt(self):
        return {"KeyId": self.key, "Plaintext": b"x"}

    def _generate_data_key(self):
        return {"KeyId": self.key, "KeySpec": "AES_256"}

    _generate_data_key_without_plaintext = _generate_data_key

    def _generate_data_key_pair(self):
        return {"KeyId": self.key, "KeyPairSpec": "ECC_NIST_P256"}

    _generate_data_key_pair_without_plaintext = _generate_data_key_pair

    def _generate_mac(self):
        return {"KeyId": self.key, "Message": b"x", "MacAlgorithm": "HMAC_SHA_256"}

    def _generate_random(self):
        return {"NumberOfBytes": 8}

    def _get_parameters_for_import(self):
        return {"KeyId": self.key, "WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}

    def _import_key_material(self):
        parts = wrapped(self.kms, self.key, b"k" * 32)
        return {"KeyId": self.key, "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE", **parts}

    def _list_keys(self):
        return {}

    def _list_retirable_grants(self):
        return {"RetiringPrincipal": ROOT}

    def _put_key_policy(self):
        return {"KeyId": self.key, "Policy": self.kms.get_key_policy(KeyId=self.key)["Policy"]}

    def _re_encrypt(self):
        destination = self.kms.create_key()["KeyMetadata"]["KeyId"]
        return {"CiphertextBlob": self._ciphertext(), "DestinationKeyId": destination}

    def _replicate_key(self):
        return {"KeyId": self.key, "ReplicaRegion": REPLICA}

    _retire_grant = _grant
    _revoke_grant = _grant

    def _sign(self):
        return {"KeyId": self.key, "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}

    def _tag_resource(self):
        return {"KeyId": self.key, "Tags": [{"TagKey": "a", "TagValue": "b"}]}

    def _untag_resource(self):
        return {"KeyId": self.key, "TagKeys": ["a"]}

    def _update_alias(self):
        other = self.kms.create_key()["KeyMetadata"]["KeyId"]
        return {"AliasName": self._alias(), "TargetKeyId": other}

    def _update_custom_key_store(self):
        return {"CustomKeyStoreId": self.store, "NewCustomKeyStoreName": unique("store")}

    def _update_key_description(self):
        return {"KeyId": self.key, "Description": "d"}

    def _update_primary_region(self):
        self.kms.replicate_key(KeyId=self.key, ReplicaRegion=REPLICA)
        return {"KeyId": self.key, "PrimaryRegion": REPLICA}

    def _verify(self):
        signed = self.kms.sign(KeyId=self.key, Message=b"x", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
        return {"KeyId": self.key, "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256", "Signature": signed}

    def _verify_mac(self):
        made = self.kms.generate_mac(KeyId=self.key, Message=b"x", MacAlgorithm="HMAC_SHA_256")["Mac"]
        return {"KeyId": self.key, "Message": b"x", "MacAlgorithm": "HMAC_SHA_256", "Mac": made}
