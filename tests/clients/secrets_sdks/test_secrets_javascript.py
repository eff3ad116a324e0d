"""The AWS SDK for JavaScript v3: reads through rotations, and reads of a replica while the primary's region is down."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from support.clients import Clients, in_region
from support.expect import eventually
from support.installed import node_packages
from support.server import PRIMARY, REPLICA, Server

SOURCE = Path(__file__).parent / "node"
ROTATIONS = 5


@pytest.fixture(scope="session")
def run():
    """Runs the script: `run(endpoint, action, ...)`."""
    folder = node_packages(SOURCE, "secrets-sdk-node", "the AWS SDK for JavaScript")

    def call(endpoint, action, **given):
        # The script looks for its packages beside itself.
        shutil.copy(SOURCE / "secrets.cjs", folder)
        asked = json.dumps({"endpoint": endpoint, "action": action, **given})
        done = subprocess.run(["node", "secrets.cjs"], cwd=folder, input=asked, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return call


def test_reads_through_rotations(run, rotating):
    """No read fails, none sees a part of a value or an older version again, also in the replica's region."""
    name = rotating.secret(AddReplicaRegions=[{"Region": REPLICA}])
    first = rotating.sm.get_secret_value(SecretId=name)["VersionId"]
    eventually(lambda: rotating.clients.secrets(REPLICA).get_secret_value(SecretId=name))
    answer = run(
        rotating.endpoint,
        "rotate",
        secret=name,
        regions=[PRIMARY, REPLICA],
        function=rotating.function,
        rotations=ROTATIONS,
    )
    order = [first, *answer["versions"]]
    assert len(set(order)) == ROTATIONS + 1
    passwords = {}
    for reader in answer["readers"]:
        seen = [entry["version"] for entry in reader["seen"]]
        # The primary is read while each version is current. A busy replica may pass one over.
        assert seen == [version for version in order if version in seen], reader
        assert seen[-1] == order[-1] and (reader["region"] == REPLICA or len(seen) >= 2)
        assert reader["reads"] > len(seen)
        for entry in reader["seen"]:
            (value,) = entry["values"]
            whole = json.loads(value)
            assert whole["username"] == "app" and len(whole["password"]) == (5 if entry["version"] == first else 32)
            assert passwords.setdefault(entry["version"], value) == value
    assert len(set(passwords.values())) == len(passwords)


def test_reads_of_the_replica_while_the_first_region_is_down(run, tmp_path):
    data, home = tmp_path / "data", "eu-north-1"
    everywhere = (home, PRIMARY, REPLICA)
    with Server(tmp_path, data=data, regions=everywhere) as server:
        clients = Clients(server.endpoint)
        made = clients.secrets().create_secret(Name="shared", SecretString="first", AddReplicaRegions=[{"Region": REPLICA}])
        second = clients.secrets().put_secret_value(SecretId="shared", SecretString="second")["VersionId"]

        def replicated():
            assert clients.secrets(REPLICA).get_secret_value(SecretId="shared")["VersionId"] == second

        eventually(replicated)
        read = run(server.endpoint, "read", secret="shared", regions=[PRIMARY, REPLICA])
        assert read == {"region": PRIMARY, "arn": made["ARN"], "value": "second", "version": second, "errors": []}
    # The region of the primary does not run any more.
    with Server(tmp_path, data=data, regions=(home, REPLICA)) as server:
        read = run(server.endpoint, "read", secret="shared", regions=[PRIMARY, REPLICA])
        (error,) = read.pop("errors")
        assert error["region"] == PRIMARY and error["status"] >= 400
        assert read == {"region": REPLICA, "arn": in_region(made["ARN"], REPLICA), "value": "second", "version": second}
    with Server(tmp_path, data=data, regions=everywhere) as server:
        assert run(server.endpoint, "read", secret="shared", regions=[PRIMARY, REPLICA])["region"] == PRIMARY
