"""Drills in dev mode: regions go down and up, links are cut, delayed and healed, and a region takes the place of a lost one."""

import json
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

from support.clients import Clients
from support.expect import eventually
from support.server import PRIMARY, REPLICA, Server, binary

# After this time nothing that was on its way arrives any more.
SETTLED = 0.5


@pytest.fixture
def drilled(tmp_path):
    """A server whose regions share a key and a secret."""
    with Drilled(tmp_path) as server:
        server.share()
        yield server


class Drilled(Server):
    """A server, its clients, and its drills."""

    def share(self):
        self.aws = Clients(self.endpoint)
        kms = self.aws.kms(PRIMARY)
        self.key = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
        kms.replicate_key(KeyId=self.key, ReplicaRegion=REPLICA)
        until(lambda: self.described(REPLICA)["KeyState"] == "Enabled")
        self.blob = kms.encrypt(KeyId=self.key, Plaintext=b"m")["CiphertextBlob"]
        self.aws.secrets(PRIMARY).create_secret(Name="db", SecretString="v1", AddReplicaRegions=[{"Region": REPLICA}])
        until(lambda: self.value(REPLICA) == "v1")
        until(lambda: self.waiting(PRIMARY, REPLICA) == self.waiting(REPLICA, PRIMARY) == 0)

    def drill(self, *words):
        """Runs `claviger drill`. Returns its answer as JSON."""
        done = self.try_drill(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def try_drill(self, *words):
        command = [binary(), "drill", *map(str, words), "--endpoint", self.endpoint]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)

    def link(self, sender, receiver):
        links = self.drill("status")["links"]
        return next(link for link in links if (link["from"], link["to"]) == (sender, receiver))

    def waiting(self, sender, receiver):
        return self.link(sender, receiver)["waiting"]

    def put(self, value, region=PRIMARY):
        self.aws.secrets(region).put_secret_value(SecretId="db", SecretString=value)

    def value(self, region):
        return self.aws.secrets(region).get_secret_value(SecretId="db")["SecretString"]

    def described(self, region):
        return self.aws.kms(region).describe_key(KeyId=self.key)["KeyMetadata"]

    def primary(self, region):
        return self.described(region)["MultiRegionConfiguration"]["PrimaryKey"]["Region"]

    def decrypts(self, region):
        return self.aws.kms(region).decrypt(CiphertextBlob=self.blob)["Plaintext"] == b"m"


def until(check, seconds=10):
    def checked():
        assert check()

    eventually(checked, seconds)


def test_a_region_goes_down_and_comes_up(drilled):
    assert [r["running"] for r in drilled.drill("down", REPLICA)["regions"]] == [True, False]
    for call in (lambda: drilled.value(REPLICA), lambda: drilled.decrypts(REPLICA)):
        with pytest.raises(ClientError) as down:
            call()
        assert down.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    # The others go on. What is for the region waits.
    assert drilled.decrypts(PRIMARY)
    drilled.put("v2")
    assert drilled.waiting(PRIMARY, REPLICA) > 0
    assert drilled.link(REPLICA, PRIMARY)["waiting"] is None
    drilled.drill("up", REPLICA)
    until(lambda: drilled.value(REPLICA) == "v2")
    assert drilled.decrypts(REPLICA)
    until(lambda: drilled.waiting(PRIMARY, REPLICA) == 0)


def test_a_replica_goes_on_while_the_primary_is_down(drilled):
    drilled.drill("down", PRIMARY)
    assert drilled.decrypts(REPLICA) and drilled.value(REPLICA) == "v1"
    with pytest.raises(ClientError):
        drilled.put("v2")
    drilled.drill("up", PRIMARY)
    drilled.put("v2")
    until(lambda: drilled.value(REPLICA) == "v2")


def test_a_link_is_cut_in_one_direction_and_healed(drilled):
    state = drilled.drill("cut", PRIMARY, REPLICA)
    assert [link["cut"] for link in state["links"]] == [True, False]
    drilled.put("v2")
    time.sleep(SETTLED)
    assert drilled.value(REPLICA) == "v1" and drilled.decrypts(REPLICA)
    assert drilled.waiting(PRIMARY, REPLICA) > 0
    drilled.drill("heal")
    until(lambda: drilled.value(REPLICA) == "v2")
    # The other direction: the change arrives, and its acknowledgement does not. A new value stays away, because the replica asks for it.
    drilled.drill("cut", REPLICA, PRIMARY)
    drilled.aws.secrets(PRIMARY).update_secret(SecretId="db", Description="changed")
    until(lambda: drilled.aws.secrets(REPLICA).describe_secret(SecretId="db").get("Description") == "changed")
    assert drilled.waiting(PRIMARY, REPLICA) > 0
    drilled.put("v3")
    time.sleep(SETTLED)
    assert drilled.value(REPLICA) == "v2"
    drilled.drill("heal")
    until(lambda: drilled.value(REPLICA) == "v3")
    until(lambda: drilled.waiting(PRIMARY, REPLICA) == 0)
    assert [link["cut"] for link in drilled.drill("cut", PRIMARY, REPLICA, "--both")["links"]] == [True, True]


def test_a_link_is_delayed(drilled):
    drilled.drill("delay", PRIMARY, REPLICA, 1500)
    assert "+1500 ms" in drilled.try_drill("status").stdout
    begun = time.monotonic()
    drilled.put("v2")
    until(lambda: drilled.value(REPLICA) == "v2")
    assert 1.5 <= time.monotonic() - begun
    drilled.drill("delay", PRIMARY, REPLICA, 0)
    assert drilled.link(PRIMARY, REPLICA)["delay_ms"] == 0


def test_a_region_takes_the_place_of_a_lost_one(drilled):
    drilled.drill("down", PRIMARY)
    plan = drilled.drill("failover", PRIMARY, "--to", REPLICA, "--dry-run")
    assert (plan["key_count"], plan["secret_count"], plan["iam"]) == (1, 1, True)
    assert drilled.primary(REPLICA) == PRIMARY
    done = drilled.drill("failover", PRIMARY, "--to", REPLICA)
    assert (done["keys"], done["secrets"], done["iam"]) == (1, 1, True)
    assert drilled.primary(REPLICA) == REPLICA
    drilled.put("v2", REPLICA)
    drilled.aws.iam(REPLICA).create_user(UserName="ada")
    # The old primary steps down when it is up again.
    drilled.drill("up", PRIMARY)
    until(lambda: drilled.primary(PRIMARY) == REPLICA, 5)
    until(lambda: drilled.value(PRIMARY) == "v2")
    assert drilled.decrypts(PRIMARY)
    until(lambda: [r["iam_home"] for r in drilled.drill("status")["regions"]] == [False, True])


def test_wrong_drills_are_refused(drilled):
    for words, says in [
        (("down", "ap-south-1"), "not a region of this process"),
        (("cut", PRIMARY, PRIMARY), "no link to itself"),
        (("delay", PRIMARY, REPLICA, 60_001), "up to 60000"),
        (("failover", PRIMARY, "--to", PRIMARY), "not another member"),
    ]:
        done = drilled.try_drill(*words)
        assert done.returncode == 1 and says in done.stderr, done.stderr
    drilled.drill("down", REPLICA)
    assert "not" in drilled.try_drill("failover", PRIMARY, "--to", REPLICA).stderr


def send(server, path, method="POST", body=b"{}", **headers):
    """A request as another program or a web page sends it. Returns the status and the headers."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(server.endpoint + path, body if method == "POST" else None, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def test_web_pages_are_kept_out(drilled):
    page = {"Origin": "http://localhost:3000"}
    heal = "/_claviger/link/heal"
    assert send(drilled, heal, x_claviger_admin="1")[0] == 200
    # A page can send a simple request without asking. It lacks the header.
    assert send(drilled, heal, **page)[0] == 403
    # For the header the browser asks, also for a page of this machine, which may call the API.
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-claviger-admin"}
    status, headers = send(drilled, heal, "OPTIONS", **page, **asks)
    assert status == 403 and not [name for name in headers if name.lower().startswith("access-control")]
    assert send(drilled, "/", "OPTIONS", **page, **asks)[1]["access-control-allow-origin"] == "http://localhost:3000"
    # A page whose name leads here is of the same origin, and may send the header.
    for host in ("evil.example", "evil.example:4599", "localhost.evil.example", "10.0.0.1"):
        assert send(drilled, heal, x_claviger_admin="1", Host=host)[0] == 403
    status, headers = send(drilled, heal, x_claviger_admin="1", **page)
    assert status == 200 and "access-control-allow-origin" not in headers
