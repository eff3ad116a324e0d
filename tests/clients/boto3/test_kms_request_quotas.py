"""KMS request quotas, which are off unless they are asked for."""

import time

import boto3
import pytest
from botocore.config import Config

from support.clients import OTHER_ACCOUNT, Clients
from support.server import PRIMARY, Server

# Seen against AWS: the text.
TEXT = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    limits = ("GenerateDataKeyPairEcc=1", "CreateKey=2", "ListAliases=1", "CryptographicOperationsEcc=1", "CryptographicOperationsSymmetric=3")
    arguments = [part for limit in limits for part in ("--kms-request-quota", limit)]
    with Server(tmp_path_factory.mktemp("quotas"), arguments=arguments) as running:
        yield running


def refusals(call, times):
    """How many of so many calls at once were refused."""
    count = 0
    for _ in range(times):
        try:
            call()
        except call.__self__.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "ThrottlingException"
            assert error.response["Error"]["Message"] == TEXT
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
            count += 1
    return count


def test_a_request_above_the_quota_changes_nothing(server):
    kms = Clients(server.endpoint, "222233334444").kms()
    before, begun = len(kms.list_keys()["Keys"]), time.monotonic()
    refused_calls = refusals(kms.create_key, 12)
    # Tokens that came while the calls were made.
    allowed = 2 + int(2 * (time.monotonic() - begun)) + 1
    assert 12 - allowed <= refused_calls <= 10
    assert len(kms.list_keys()["Keys"]) == before + 12 - refused_calls
    # Another account has a quota of its own, and operations without a quota have no limit.
    Clients(server.endpoint, OTHER_ACCOUNT).kms().create_key()
    assert refusals(kms.list_keys, 30) == 0


def test_operations_share_the_quota_of_their_kind_of_key(server):
    kms = Clients(server.endpoint, "333344445555").kms()
    symmetric = kms.create_key()["KeyMetadata"]["KeyId"]
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    signed = {"KeyId": signing, "Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"}
    signature = kms.sign(**signed)["Signature"]
    # Signatures and their checks take from the same quota of one a second.
    outcomes = set()
    for _ in range(20):
        try:
            outcomes.add(kms.verify(Signature=signature, **signed)["SignatureValid"])
        except kms.exceptions.ClientError as error:
            outcomes.add(error.response["Error"]["Code"])
    assert "ThrottlingException" in outcomes
    # Symmetric keys have another quota.
    sealed = kms.encrypt(KeyId=symmetric, Plaintext=b"x")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


def test_pairs_have_quotas_by_their_spec(server):
    kms = Clients(server.endpoint, "555566667777").kms()
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    outcomes = set()
    for _ in range(20):
        try:
            kms.generate_data_key_pair_without_plaintext(KeyId=key, KeyPairSpec="ECC_NIST_P384")
        except kms.exceptions.ClientError as error:
            outcomes.add(error.response["Error"]["Code"])
    assert outcomes == {"ThrottlingException"}
    for _ in range(3):
        kms.generate_data_key_pair(KeyId=key, KeyPairSpec="RSA_2048")


def test_an_sdk_backs_off_and_goes_on(server):
    patient = boto3.client(
        "kms",
        region_name=PRIMARY,
        endpoint_url=server.endpoint,
        aws_access_key_id="444455556666",
        aws_secret_access_key="test",
        config=Config(retries={"mode": "standard", "total_max_attempts": 12}),
    )
    answers = [patient.list_aliases()["ResponseMetadata"] for _ in range(4)]
    assert sum(answer["RetryAttempts"] for answer in answers) > 0


def test_the_defaults_of_aws(tmp_path):
    with Server(tmp_path, arguments=["--kms-request-quota", "aws", "--kms-request-quota", "CreateKey=1000"]) as server:
        kms = Clients(server.endpoint).kms()
        keys = [kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(10)]
        begun, refused_calls = time.monotonic(), 0
        for number in range(40):
            try:
                kms.update_key_description(KeyId=keys[0], Description=str(number))
            except kms.exceptions.ClientError as error:
                assert error.response["Error"]["Code"] == "ThrottlingException"
                refused_calls += 1
        # Five a second, and what came while the calls were made.
        assert refused_calls >= 40 - (5 + 5 * (time.monotonic() - begun) + 1)
