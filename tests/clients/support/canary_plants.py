"""Plants secrets by every way by which the services take and give them. Each function plants on a server of `support/canary_server.py`."""

import base64
import json

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

from support import xks_proxy
from support.canaries import text
from support.canary_server import ACCOUNT
from support.clients import allow, trust, unique
from support.expect import eventually
from support.imports import import_material, material, pkcs8, wrapped
from support.kms_calls import key_store, public_key
from support.server import PRIMARY, REPLICA

FUNCTION = f"arn:aws:lambda:{PRIMARY}:{ACCOUNT}:function:"


def refused():
    """The call inside must be refused, for whatever reason. The server's test searches the refusal."""
    return pytest.raises(ClientError)


def holds(condition):
    assert condition


def plaintexts(server, canaries):
    kms, elsewhere = server.aws.kms(), server.aws.kms(REPLICA)
    name = server.names.text("description of a key")
    key = kms.create_key(MultiRegion=True, Description=name)["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName=f"alias/{server.names.text('alias')}", TargetKeyId=key)
    kms.replicate_key(KeyId=key, ReplicaRegion=REPLICA)
    other = kms.create_key()["KeyMetadata"]["Arn"]
    principal = f"arn:aws:iam::{ACCOUNT}:root"
    for _ in range(3):
        token = kms.create_grant(KeyId=key, GranteePrincipal=principal, Operations=["Encrypt"])["GrantToken"]
        canaries.add("grant token", token)
        kms.encrypt(KeyId=key, Plaintext=b"p", GrantTokens=[token])
    with refused():
        kms.describe_key(KeyId=f"alias/{server.names.text('alias that does not exist')}")
    for number in range(10):
        plain = canaries.odd_text("plaintext of Encrypt").encode() if number % 2 else canaries.bytes("plaintext of Encrypt", 100)
        context = {"purpose": server.names.text("encryption context")}
        blob = kms.encrypt(KeyId=key, Plaintext=plain, EncryptionContext=context)["CiphertextBlob"]
        server.unrecorded.add("ciphertext", blob[-48:])
        assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == plain
        read = lambda blob=blob, context=context: elsewhere.decrypt(CiphertextBlob=blob, EncryptionContext=context)  # noqa: E731
        assert eventually(read)["Plaintext"] == plain
        moved = kms.re_encrypt(CiphertextBlob=blob, SourceEncryptionContext=context, DestinationKeyId=other)["CiphertextBlob"]
        assert kms.decrypt(CiphertextBlob=moved)["Plaintext"] == plain
        with refused():
            kms.decrypt(CiphertextBlob=blob, EncryptionContext={"purpose": "another"})
        with refused():
            kms.encrypt(KeyId=key, Plaintext=plain, DryRun=True)
    pair = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    for algorithm in ("RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"):
        for _ in range(2):
            plain = canaries.bytes("plaintext of Encrypt by a key pair")
            blob = kms.encrypt(KeyId=pair, Plaintext=plain, EncryptionAlgorithm=algorithm)["CiphertextBlob"]
            assert kms.decrypt(KeyId=pair, CiphertextBlob=blob, EncryptionAlgorithm=algorithm)["Plaintext"] == plain


def data_keys(server, canaries):
    kms = server.aws.kms()
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    for asked in [{"KeySpec": "AES_256"}] * 6 + [{"KeySpec": "AES_128"}] * 3 + [{"NumberOfBytes": 64}] * 3:
        made = kms.generate_data_key(KeyId=key, **asked)
        canaries.add("data key", made["Plaintext"])
        assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"])["Plaintext"] == made["Plaintext"]
    for _ in range(4):
        blob = kms.generate_data_key_without_plaintext(KeyId=key, KeySpec="AES_256")["CiphertextBlob"]
        canaries.add("data key", kms.decrypt(CiphertextBlob=blob)["Plaintext"])
        canaries.add("bytes of GenerateRandom", kms.generate_random(NumberOfBytes=32)["Plaintext"])
    for spec in ("ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "RSA_2048", "RSA_2048"):
        made = kms.generate_data_key_pair(KeyId=key, KeyPairSpec=spec)
        add_private_key(canaries, "private key of GenerateDataKeyPair", made["PrivateKeyPlaintext"])
        assert kms.decrypt(CiphertextBlob=made["PrivateKeyCiphertextBlob"])["Plaintext"] == made["PrivateKeyPlaintext"]
    for _ in range(3):
        pair = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="KEY_AGREEMENT")["KeyMetadata"]["KeyId"]
        shared = kms.derive_shared_secret(KeyId=pair, KeyAgreementAlgorithm="ECDH", PublicKey=public_key())
        canaries.add("shared secret", shared["SharedSecret"])


def add_private_key(canaries, kind, der):
    """The secret numbers of a private key: the rest of its DER form is public."""
    numbers = load_der_private_key(der, None).private_numbers()
    secret = [numbers.private_value] if hasattr(numbers, "private_value") else [numbers.d, numbers.p]
    for number in secret:
        canaries.add(kind, number.to_bytes((number.bit_length() + 7) // 8, "big"))


def imported_material(server, canaries):
    kms = server.aws.kms()
    for spec in ["SYMMETRIC_DEFAULT"] * 4 + ["HMAC_256", "HMAC_512", "ECC_NIST_P256", "ECC_NIST_P384", "RSA_2048"]:
        usage = {"SYMMETRIC_DEFAULT": "ENCRYPT_DECRYPT"}.get(spec, "GENERATE_VERIFY_MAC" if spec[0] == "H" else "SIGN_VERIFY")
        more = {"MultiRegion": True} if spec == "SYMMETRIC_DEFAULT" else {}
        key = kms.create_key(KeySpec=spec, KeyUsage=usage, Origin="EXTERNAL", **more)["KeyMetadata"]["KeyId"]
        plain, private = material(spec)
        if private:
            add_private_key(canaries, "imported key material", plain)
        else:
            canaries.add("imported key material", plain)
        import_material(kms, key, plain)
        if more:
            kms.replicate_key(KeyId=key, ReplicaRegion=REPLICA)
            import_material(kms, key, plain)
            plain_text = canaries.bytes("plaintext of Encrypt")
            blob = kms.encrypt(KeyId=key, Plaintext=plain_text)["CiphertextBlob"]
            assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == plain_text
            # Other material than that of the first import is refused.
            with refused():
                import_material(kms, key, canaries.bytes("key material that was refused"))
    # Material of a wrong length, and material that was never wrapped.
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    for length in (31, 33):
        with refused():
            import_material(kms, key, canaries.bytes("key material that was refused", length))
    token = wrapped(kms, key, bytes(32))["ImportToken"]
    server.unrecorded.add("import token", token[-48:])
    with refused():
        kms.import_key_material(
            KeyId=key,
            ImportToken=token,
            EncryptedKeyMaterial=canaries.bytes("key material that was not wrapped"),
            ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
        )
    # Two private keys that do not fit the spec of the key.
    for private in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 3072)):
        key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY", Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
        der = pkcs8(private)
        add_private_key(canaries, "key material that was refused", der)
        with refused():
            import_material(kms, key, der)


def external_key_store(server, canaries):
    kms = server.aws.kms()

    def credential():
        secret = canaries.add("secret of an external key store proxy", base64.b64encode(text().encode()).decode())
        return {"AccessKeyId": xks_proxy.ACCESS_KEY_ID, "RawSecretAccessKey": secret}

    first, second, wrong = credential(), credential(), credential()
    server.patched.setattr(xks_proxy, "SECRET", first["RawSecretAccessKey"])
    store = kms.create_custom_key_store(**key_store(XksProxyAuthenticationCredential=first))["CustomKeyStoreId"]
    server.patched.setattr(xks_proxy, "SECRET", second["RawSecretAccessKey"])
    kms.update_custom_key_store(CustomKeyStoreId=store, XksProxyAuthenticationCredential=second)
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    with refused():
        kms.create_custom_key_store(**key_store(XksProxyAuthenticationCredential=wrong))
    key = kms.create_key(Origin="EXTERNAL_KEY_STORE", CustomKeyStoreId=store, XksKeyId="key-0")["KeyMetadata"]["KeyId"]
    for _ in range(4):
        plain = canaries.bytes("plaintext under an external key")
        blob = kms.encrypt(KeyId=key, Plaintext=plain)["CiphertextBlob"]
        assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == plain
    canaries.add("data key", kms.generate_data_key(KeyId=key, KeySpec="AES_256")["Plaintext"])
    with_bad_form = {"AccessKeyId": xks_proxy.ACCESS_KEY_ID, "RawSecretAccessKey": canaries.text("secret that was refused") + "!*" * 20}
    body = key_store(XksProxyAuthenticationCredential=with_bad_form)
    server.refused_request("kms", "TrentService.CreateCustomKeyStore", body)
    kms.describe_custom_key_stores()


def secret_values(server, canaries):
    sm, elsewhere = server.aws.secrets(), server.aws.secrets(REPLICA)
    key = server.aws.kms().create_key()["KeyMetadata"]["KeyId"]
    for number in range(8):
        value = canaries.text("value of CreateSecret") if number % 2 else canaries.odd_text("value of CreateSecret")
        more = [{}, {"KmsKeyId": key}, {"AddReplicaRegions": [{"Region": REPLICA}]}, {"Description": "d"}][number % 4]
        name = server.names.text("name of a secret")
        sm.create_secret(Name=name, SecretString=value, **more)
        assert sm.get_secret_value(SecretId=name)["SecretString"] == value
        if "AddReplicaRegions" in more:
            assert eventually(lambda name=name: elsewhere.get_secret_value(SecretId=name))["SecretString"] == value
            value = canaries.text("value of a replica")
            sm.put_secret_value(SecretId=name, SecretString=value)
            eventually(lambda name=name, value=value: holds(elsewhere.get_secret_value(SecretId=name)["SecretString"] == value))
            with refused():
                elsewhere.put_secret_value(SecretId=name, SecretString=canaries.text("value that was refused"))
        staged = canaries.odd_text("value of PutSecretValue")
        sm.put_secret_value(SecretId=name, SecretString=staged, VersionStages=["AWSPENDING"])
        assert sm.get_secret_value(SecretId=name, VersionStage="AWSPENDING")["SecretString"] == staged
        binary = canaries.bytes("value of UpdateSecret", 48)
        sm.update_secret(SecretId=name, SecretBinary=binary, Description=server.names.text("description of a secret"))
        assert sm.batch_get_secret_value(SecretIdList=[name])["SecretValues"][0]["SecretBinary"] == binary
        # As applications keep credentials.
        password = canaries.odd_text("password in a JSON value")
        sm.put_secret_value(SecretId=name, SecretString=json.dumps({"username": "u", "password": password}))
        used = sm.put_secret_value(SecretId=name, SecretString=canaries.text("value of PutSecretValue"))["VersionId"]
        with refused():
            sm.put_secret_value(SecretId=name, SecretString=canaries.text("value that was refused"), ClientRequestToken=used)
    removed = unique("removed")
    sm.create_secret(Name=removed, SecretBinary=canaries.bytes("value of CreateSecret"))
    sm.delete_secret(SecretId=removed, ForceDeleteWithoutRecovery=True)
    waiting = unique("waiting")
    sm.create_secret(Name=waiting, SecretString=canaries.text("value of CreateSecret"))
    sm.delete_secret(SecretId=waiting)
    for call in (sm.put_secret_value, sm.update_secret):
        with refused():
            call(SecretId=waiting, SecretString=canaries.text("value that was refused"))
    with refused():
        sm.create_secret(Name=waiting, SecretString=canaries.text("value that was refused"))
    for length in (20, 40, 64, 128) * 3:
        canaries.add("result of GetRandomPassword", sm.get_random_password(PasswordLength=length)["RandomPassword"])


def rotation(server, canaries):
    sm, iam = server.aws.secrets(), server.aws.iam()
    iam.create_role(RoleName="rotation", AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"}))
    iam.put_role_policy(RoleName="rotation", PolicyName="inline", PolicyDocument=allow("secretsmanager:*"))

    def rotate(function, value):
        secret = sm.create_secret(Name=unique(function), SecretString=value)["ARN"]
        return secret, sm.rotate_secret(SecretId=secret, RotationLambdaARN=FUNCTION + function)["VersionId"]

    for _ in range(4):
        secret, version = rotate("built-in", json.dumps({"password": canaries.text("password before its rotation")}))
        eventually(lambda secret=secret, version=version: holds(sm.get_secret_value(SecretId=secret)["VersionId"] == version), 60)
        value = json.loads(sm.get_secret_value(SecretId=secret)["SecretString"])
        canaries.add("password that a rotation made", value["password"])
    for _ in range(3):
        rotate("repeats", json.dumps({"password": canaries.odd_text("password that a function shows")}, ensure_ascii=False))
    rotate("repeats", canaries.text("password that a function shows"))
    told = server.code / "told"
    eventually(lambda: holds(len(list(told.glob("*.json"))) >= 4), 60)
    for file in told.glob("*.json"):
        given = json.loads(file.read_text())
        canaries.add("secret key of a rotation", given["AWS_SECRET_ACCESS_KEY"])
        canaries.add("session token of a rotation", given["AWS_SESSION_TOKEN"])
        canaries.add("rotation token", given["token"])
    for function in ("remote", "signed"):
        seen = len(server.remote.seen)
        rotate(function, canaries.text("password before its rotation"))
        eventually(lambda seen=seen: holds(len(server.remote.seen) > seen), 60)
    for secret, token, rotation_token in server.remote.seen[:3]:
        canaries.add("secret key of a rotation", secret)
        canaries.add("session token of a rotation", token)
        canaries.add("rotation token", rotation_token)
    # A rotation token that a caller presents.
    server.refused_request(
        "secretsmanager",
        "secretsmanager.PutSecretValue",
        {"SecretId": "none", "SecretString": "s", "RotationToken": canaries.text("rotation token")},
    )


def credentials(server, canaries):
    iam = server.aws.iam()
    role = unique("role")
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust({"AWS": ACCOUNT}))["Role"]["Arn"]
    iam.put_role_policy(RoleName=role, PolicyName="inline", PolicyDocument=allow("kms:ListKeys"))

    def add(issued):
        canaries.add("temporary secret key", issued["SecretAccessKey"])
        canaries.add("session token", issued["SessionToken"])
        return server.clients(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])

    for number in range(6):
        name = server.names.text("name of a user")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=allow(["sts:AssumeRole", "kms:*"]))
        made = iam.create_access_key(UserName=name)["AccessKey"]
        canaries.add("secret of an access key", made["SecretAccessKey"])
        user = server.clients(made["AccessKeyId"], made["SecretAccessKey"])
        for region in (PRIMARY, REPLICA):
            eventually(user.sts(region).get_caller_identity)
        add(user.sts().get_session_token()["Credentials"]).kms().list_keys()
        session_name = server.names.text("name of a session")
        session = add(user.sts().assume_role(RoleArn=arn, RoleSessionName=session_name)["Credentials"])
        for region in (PRIMARY, REPLICA):
            eventually(session.kms(region).list_keys)
        with refused():
            session.secrets().create_secret(Name=unique("denied"), SecretString=canaries.text("value of a denied call"))
        with refused():
            user.secrets().put_secret_value(SecretId="none", SecretString=canaries.text("value of a denied call"))
        with refused():
            server.clients(session.key, session.secret, canaries.text("forged session token")).kms().list_keys()
        with refused():
            server.clients(user.key, canaries.text("wrong secret key")).kms().list_keys()
        if number % 2:
            iam.delete_access_key(UserName=name, AccessKeyId=made["AccessKeyId"])
