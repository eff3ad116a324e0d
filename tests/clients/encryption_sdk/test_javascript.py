"""The AWS Encryption SDK for JavaScript: keyrings of multi-Region keys, and messages that the SDK for Python reads and writes."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsMrkKeyringInput
from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient

from support.clients import ACCOUNT, key_arn
from support.expect import eventually
from support.installed import node_packages
from support.server import PRIMARY, REPLICA

SOURCE = Path(__file__).parent / "node"
MESSAGE = b"the cellar key hangs behind the clock"


@pytest.fixture(scope="session")
def folder():
    """The packages that the script needs."""
    return node_packages(SOURCE, "encryption-sdk-node", "the Encryption SDK for JavaScript")


@pytest.fixture
def run(folder, server):
    def call(action, keyring, region, data, **given):
        asked = {"endpoint": server.endpoint, "action": action, "keyring": keyring, "region": region, **given}
        asked["data"] = base64.b64encode(data).decode()
        # The script looks for its packages beside itself.
        shutil.copy(SOURCE / "keyrings.cjs", folder)
        done = subprocess.run(
            ["node", "keyrings.cjs"], cwd=folder, input=json.dumps(asked), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return call


@pytest.fixture(scope="module")
def related(aws):
    key_id = aws.kms().create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    aws.kms().replicate_key(KeyId=key_id, ReplicaRegion=REPLICA)
    eventually(lambda: aws.kms(REPLICA).encrypt(KeyId=key_id, Plaintext=b"x"))
    return key_id


def bytes_of(answer):
    return base64.b64decode(answer["data"])


@pytest.mark.parametrize("keyring", ["mrk", "multi"])
def test_encrypted_in_one_region_and_decrypted_in_another(run, related, keyring):
    sealed = bytes_of(run("encrypt", keyring, PRIMARY, MESSAGE, key=key_arn(related)))
    for reader in ({"keyring": "mrk", "key": key_arn(related, REPLICA)}, {"keyring": "discovery", "account": ACCOUNT}):
        opened = run("decrypt", region=REPLICA, data=sealed, **reader)
        assert (bytes_of(opened), opened["place"]) == (MESSAGE, "cellar")


def test_both_languages_read_each_other(run, aws, related):
    sdk = EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
    providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
    given = CreateAwsKmsMrkKeyringInput(kms_key_id=key_arn(related, REPLICA), kms_client=aws.kms(REPLICA))
    keyring = providers.create_aws_kms_mrk_keyring(input=given)
    sealed = bytes_of(run("encrypt", "mrk", PRIMARY, MESSAGE, key=key_arn(related)))
    assert sdk.decrypt(source=sealed, keyring=keyring)[0] == MESSAGE
    back, _ = sdk.encrypt(source=MESSAGE, keyring=keyring, encryption_context={"place": "cellar"})
    assert bytes_of(run("decrypt", "mrk", PRIMARY, back, key=key_arn(related))) == MESSAGE


def test_another_account_is_filtered(run, related):
    sealed = bytes_of(run("encrypt", "mrk", PRIMARY, MESSAGE, key=key_arn(related)))
    with pytest.raises(AssertionError, match="No EDKs supplied"):
        run("decrypt", "discovery", REPLICA, sealed, account="999999999999")
