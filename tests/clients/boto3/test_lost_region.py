"""A region whose folder is lost is noticed, kept out, and rebuilt from the other regions."""

import shutil

import pytest
from botocore.exceptions import ClientError

from support.clients import Clients
from support.expect import eventually
from support.server import PRIMARY, REPLICA, Server

THIRD = "us-east-1"
REGIONS = (PRIMARY, REPLICA, THIRD)


@pytest.fixture
def fleet(tmp_path):
    """A server whose regions share a key with each role, and secrets in both directions."""
    server = Server(tmp_path, data=tmp_path / "data", regions=REGIONS).start()
    aws = Clients(server.endpoint)
    kms = aws.kms(PRIMARY)
    key = kms.create_key(MultiRegion=True, Description="shared")["KeyMetadata"]["KeyId"]
    moved = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    for region in (REPLICA, THIRD):
        kms.replicate_key(KeyId=key, ReplicaRegion=region)
        kms.replicate_key(KeyId=moved, ReplicaRegion=region)
    for region in (REPLICA, THIRD):
        for id in (key, moved):
            until(lambda: state(aws, region, id) == "Enabled")
    # The primary accepts this once the replica has reported.
    until(lambda: moves(kms, moved, REPLICA))
    until(lambda: primary(aws, THIRD, moved) == REPLICA)
    for home, name in ((PRIMARY, "first"), (REPLICA, "second")):
        others = [{"Region": region} for region in REGIONS if region != home]
        aws.secrets(home).create_secret(Name=name, SecretString="old", AddReplicaRegions=others)
        aws.secrets(home).put_secret_value(SecretId=name, SecretString=name)
        until(lambda: in_sync(aws, home, name))
    aws.iam().create_user(UserName="ada")
    single = kms.create_key()["KeyMetadata"]["KeyId"]
    blobs = {id: aws.kms(THIRD).encrypt(KeyId=id, Plaintext=b"m")["CiphertextBlob"] for id in (key, moved)}
    server.stop()
    yield server, blobs, {"key": key, "moved": moved, "single": single}
    if server.process is not None:
        server.kill()


def until(check):
    """Waits until `check` answers true."""

    def checked():
        assert check()

    eventually(checked)


def moves(kms, key, region):
    try:
        kms.update_primary_region(KeyId=key, PrimaryRegion=region)
    except kms.exceptions.KMSInvalidStateException:
        return False
    return True


def state(aws, region, key):
    try:
        return aws.kms(region).describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
    except ClientError:
        return None


def primary(aws, region, key):
    return aws.kms(region).describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]["PrimaryKey"]["Region"]


def in_sync(aws, home, name):
    replicas = aws.secrets(home).describe_secret(SecretId=name)["ReplicationStatus"]
    return len(replicas) == 2 and all(replica["Status"] == "InSync" for replica in replicas)


@pytest.mark.parametrize("lost", REGIONS)
def test_a_lost_region_is_refused_and_then_rebuilt(fleet, lost):
    server, blobs, keys = fleet
    shutil.rmtree(server.data / lost)
    with pytest.raises(AssertionError) as refused:
        server.start()
    said = server.stderr.read_text()
    assert f"the store of region {lost} is lost" in said and "--rebuild" in said, str(refused.value)

    server.arguments = ("--rebuild", lost)
    server.start()
    aws = Clients(server.endpoint)
    for id, blob in blobs.items():
        assert aws.kms(lost).decrypt(CiphertextBlob=blob)["Plaintext"] == b"m"
        for region in REGIONS:
            assert state(aws, region, id) == "Enabled"
            assert (region, primary(aws, region, id)) == (region, PRIMARY if id == keys["key"] else REPLICA)
    for home, name in ((PRIMARY, "first"), (REPLICA, "second")):
        for region in REGIONS:
            until(lambda: aws.secrets(region).get_secret_value(SecretId=name)["SecretString"] == name)
        until(lambda: in_sync(aws, home, name))
        # It is a full member again.
        aws.secrets(home).put_secret_value(SecretId=name, SecretString="later")
        for region in REGIONS:
            until(lambda: aws.secrets(region).get_secret_value(SecretId=name)["SecretString"] == "later")
    assert [user["UserName"] for user in aws.iam().list_users()["Users"]] == ["ada"]
    # What nobody else had is gone.
    assert state(aws, PRIMARY, keys["single"]) == (None if lost == PRIMARY else "Enabled")
    server.stop()

    # The option is not needed again, and not accepted.
    server.arguments = ()
    server.start()
    assert aws_decrypts(server, lost, blobs)
    server.stop()
    server.arguments = ("--rebuild", lost)
    with pytest.raises(AssertionError):
        server.start()
    assert f"region {lost} is not to be rebuilt" in server.stderr.read_text()


def aws_decrypts(server, region, blobs):
    aws = Clients(server.endpoint)
    return all(aws.kms(region).decrypt(CiphertextBlob=blob)["Plaintext"] == b"m" for blob in blobs.values())


@pytest.mark.parametrize("restored", (PRIMARY, REPLICA))
def test_a_store_that_was_restored_from_an_older_copy_is_refused_and_then_rebuilt(fleet, restored):
    server, blobs, keys = fleet
    shutil.copytree(server.data / restored, server.folder / "older")
    server.start()
    aws = Clients(server.endpoint)
    for home, name in ((PRIMARY, "first"), (REPLICA, "second")):
        aws.secrets(home).put_secret_value(SecretId=name, SecretString="newest")
        until(lambda: in_sync(aws, home, name))
    aws.iam().delete_user(UserName="ada")
    aws.iam().create_user(UserName="bob")
    until(lambda: users(aws, REPLICA) == ["bob"])
    blobs |= {id: aws.kms(REPLICA).encrypt(KeyId=id, Plaintext=b"m")["CiphertextBlob"] for id in blobs}
    server.stop()
    shutil.rmtree(server.data / restored)
    shutil.copytree(server.folder / "older", server.data / restored)

    with pytest.raises(AssertionError):
        server.start()
    assert f"the store of region {restored} is older than" in server.stderr.read_text()
    server.arguments = ("--rebuild", restored)
    server.start()
    aws = Clients(server.endpoint)
    for region in REGIONS:
        for name in ("first", "second"):
            until(lambda: aws.secrets(region).get_secret_value(SecretId=name)["SecretString"] == "newest")
    assert aws_decrypts(server, restored, blobs)
    assert users(aws, PRIMARY) == ["bob"]
    server.stop()
    server.arguments = ()
    server.start()
    server.stop()


def users(aws, region):
    return [user["UserName"] for user in aws.iam(region).list_users()["Users"]]


def test_a_store_of_other_regions_is_refused(tmp_path):
    one, other = (Server(tmp_path, data=tmp_path / name, regions=(PRIMARY, REPLICA)) for name in ("one", "other"))
    for server in (one, other):
        server.start()
        server.stop()
    shutil.rmtree(one.data / REPLICA)
    shutil.copytree(other.data / REPLICA, one.data / REPLICA)
    for arguments in ((), ("--rebuild", REPLICA)):
        one.arguments = arguments
        with pytest.raises(AssertionError):
            one.start()
        assert "it is not empty" in one.stderr.read_text()
