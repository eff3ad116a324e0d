"""The AWS Encryption SDK for Python: keyrings of multi-Region keys, discovery, RSA and ECDH."""

import pytest
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import (
    CreateAwsKmsEcdhKeyringInput,
    CreateAwsKmsKeyringInput,
    CreateAwsKmsMrkDiscoveryKeyringInput,
    CreateAwsKmsMrkKeyringInput,
    CreateAwsKmsRsaKeyringInput,
    CreateMultiKeyringInput,
    DiscoveryFilter,
    KmsEcdhStaticConfigurationsKmsPrivateKeyToStaticPublicKey,
    KmsPrivateKeyToStaticPublicKeyInput,
)
from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
from aws_encryption_sdk.identifiers import AlgorithmSuite
from cryptography.hazmat.primitives import serialization

from support.clients import ACCOUNT, Clients, key_arn
from support.expect import eventually
from support.server import PRIMARY, REPLICA, Server

MESSAGE = b"the cellar key hangs behind the clock"
CONTEXT = {"place": "cellar", "language": "en"}


@pytest.fixture(scope="module")
def sdk():
    return EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)


@pytest.fixture(scope="module")
def providers():
    return AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())


@pytest.fixture(scope="module")
def related(aws):
    """A multi-Region key with a replica."""
    return make_related(aws)


def make_related(clients):
    key_id = clients.kms().create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    clients.kms().replicate_key(KeyId=key_id, ReplicaRegion=REPLICA)
    eventually(lambda: clients.kms(REPLICA).encrypt(KeyId=key_id, Plaintext=b"x"))
    return key_id


def mrk_keyring(providers, clients, key_id, region):
    given = CreateAwsKmsMrkKeyringInput(kms_key_id=key_arn(key_id, region), kms_client=clients.kms(region))
    return providers.create_aws_kms_mrk_keyring(input=given)


def discovery_keyring(providers, clients, region, account=ACCOUNT):
    only = DiscoveryFilter(account_ids=[account], partition="aws")
    given = CreateAwsKmsMrkDiscoveryKeyringInput(kms_client=clients.kms(region), region=region, discovery_filter=only)
    return providers.create_aws_kms_mrk_discovery_keyring(input=given)


def encrypt(sdk, keyring):
    sealed, _ = sdk.encrypt(source=MESSAGE, keyring=keyring, encryption_context=CONTEXT)
    return sealed


def decrypt(sdk, keyring, sealed):
    opened, header = sdk.decrypt(source=sealed, keyring=keyring, encryption_context=CONTEXT)
    assert CONTEXT.items() <= header.encryption_context.items()
    return opened


def test_encrypted_in_one_region_and_decrypted_in_another(sdk, providers, aws, related):
    for here, there in ((PRIMARY, REPLICA), (REPLICA, PRIMARY)):
        sealed = encrypt(sdk, mrk_keyring(providers, aws, related, here))
        assert decrypt(sdk, mrk_keyring(providers, aws, related, there), sealed) == MESSAGE


def test_discovery_in_the_other_region(sdk, providers, aws, related):
    sealed = encrypt(sdk, mrk_keyring(providers, aws, related, PRIMARY))
    assert decrypt(sdk, discovery_keyring(providers, aws, REPLICA), sealed) == MESSAGE
    with pytest.raises(Exception, match="(?i)unable to decrypt|no data key"):
        decrypt(sdk, discovery_keyring(providers, aws, REPLICA, "999999999999"), sealed)


def test_a_single_region_key_is_not_found_elsewhere(sdk, providers, aws):
    key_id = aws.kms().create_key()["KeyMetadata"]["KeyId"]
    given = CreateAwsKmsKeyringInput(kms_key_id=key_arn(key_id), kms_client=aws.kms())
    keyring = providers.create_aws_kms_keyring(input=given)
    sealed = encrypt(sdk, keyring)
    assert decrypt(sdk, keyring, sealed) == MESSAGE
    with pytest.raises(Exception):
        decrypt(sdk, discovery_keyring(providers, aws, REPLICA), sealed)


def test_several_keys_of_which_any_decrypts(sdk, providers, aws, related):
    other = aws.kms().create_key()["KeyMetadata"]["KeyId"]
    second = providers.create_aws_kms_keyring(
        input=CreateAwsKmsKeyringInput(kms_key_id=key_arn(other), kms_client=aws.kms())
    )
    first = mrk_keyring(providers, aws, related, PRIMARY)
    both = providers.create_multi_keyring(input=CreateMultiKeyringInput(generator=first, child_keyrings=[second]))
    sealed = encrypt(sdk, both)
    for keyring in (second, mrk_keyring(providers, aws, related, REPLICA)):
        assert decrypt(sdk, keyring, sealed) == MESSAGE


@pytest.mark.parametrize("algorithm", ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"])
def test_rsa_keyring(sdk, providers, aws, algorithm):
    made = aws.kms().create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    arn = made["KeyMetadata"]["Arn"]
    public = serialization.load_der_public_key(aws.kms().get_public_key(KeyId=arn)["PublicKey"])
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    given = CreateAwsKmsRsaKeyringInput(
        public_key=pem, kms_key_id=arn, encryption_algorithm=algorithm, kms_client=aws.kms()
    )
    keyring = providers.create_aws_kms_rsa_keyring(input=given)
    # The keyring does not work with suites that sign.
    suite = AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
    sealed, _ = sdk.encrypt(source=MESSAGE, keyring=keyring, encryption_context=CONTEXT, algorithm=suite)
    assert decrypt(sdk, keyring, sealed) == MESSAGE


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"])
def test_ecdh_keyring(sdk, providers, aws, spec):
    """The sender's keyring encrypts, and the recipient's decrypts."""
    sender, recipient = (
        aws.kms().create_key(KeySpec=spec, KeyUsage="KEY_AGREEMENT")["KeyMetadata"]["Arn"] for _ in range(2)
    )

    def keyring(own, other):
        public = [aws.kms().get_public_key(KeyId=key)["PublicKey"] for key in (own, other)]
        scheme = KmsEcdhStaticConfigurationsKmsPrivateKeyToStaticPublicKey(
            KmsPrivateKeyToStaticPublicKeyInput(
                sender_kms_identifier=own, sender_public_key=public[0], recipient_public_key=public[1]
            )
        )
        given = CreateAwsKmsEcdhKeyringInput(key_agreement_scheme=scheme, curve_spec=spec, kms_client=aws.kms())
        return providers.create_aws_kms_ecdh_keyring(input=given)

    sealed = encrypt(sdk, keyring(sender, recipient))
    assert decrypt(sdk, keyring(recipient, sender), sealed) == MESSAGE


def test_discovery_while_the_first_region_is_down(sdk, providers, tmp_path):
    data, home = tmp_path / "data", "eu-north-1"
    with Server(tmp_path, data=data, regions=(home, PRIMARY, REPLICA)) as server:
        clients = Clients(server.endpoint)
        key_id = make_related(clients)
        sealed = encrypt(sdk, mrk_keyring(providers, clients, key_id, PRIMARY))
    # The region of the primary does not run any more.
    with Server(tmp_path, data=data, regions=(home, REPLICA)) as server:
        clients = Clients(server.endpoint)
        assert decrypt(sdk, discovery_keyring(providers, clients, REPLICA), sealed) == MESSAGE
        again = encrypt(sdk, mrk_keyring(providers, clients, key_id, REPLICA))
    with Server(tmp_path, data=data, regions=(home, PRIMARY, REPLICA)) as server:
        assert decrypt(sdk, mrk_keyring(providers, Clients(server.endpoint), key_id, PRIMARY), again) == MESSAGE
