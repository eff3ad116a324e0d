"""Two servers, each with a region, a data folder, a root key and a certificate of its own, joined into a fleet."""

import contextlib
import json
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.request

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from support.expect import refused
from support.production import Production, run
from support.server import PRIMARY, REPLICA

THIRD = "us-east-1"
SECONDS = 20


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(check, seconds=SECONDS):
    """Waits until `check` answers something true, and returns it. Refusals and lost connections count as false."""
    deadline = time.monotonic() + seconds
    while True:
        last = None
        try:
            found = check()
            if found:
                return found
        except (ClientError, BotoCoreError) as error:
            last = error
        assert time.monotonic() < deadline, f"not within {seconds} s: {last}"
        time.sleep(0.02)


class Member(Production):
    """A server with one region and a link."""

    def __init__(self, folder, region, *options):
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, *options, regions=(region,))
        self.region = region
        with open(self.config, "a") as config:
            config.write(f'\n[link]\nlisten = "127.0.0.1:{free_port()}"\n')
        self.expected = ["not pinned"]

    @property
    def health(self):
        return re.search(r"health +(http://127\.0\.0\.1:\d+)/readyz", self.stdout.read_text())[1]

    def fleet(self, *words, input=None, check=True):
        options = {} if input is None else {"input": input}
        done = run("region", *words, "--json", "--config", self.config, **options)
        assert not check or done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.returncode == 0 else done.stderr

    def invite(self, region, *options):
        return self.fleet("invite", region, *options)["invitation"]

    def peers(self):
        return {peer["region"]: peer for peer in self.fleet("list")["regions"][0]["peers"]}


class Fleet:
    """The home of IAM with the account, and a second region that has joined."""

    def __init__(self, folder):
        self.folder = folder
        self.home = Member(folder / "home", PRIMARY).start()
        self.other = self.new(REPLICA)
        self.join(self.other)

    def new(self, region, name=None):
        return Member(self.folder / (name or region), region, "--without-account").start()

    def join(self, member, *options):
        joined = member.fleet("join", input=self.home.invite(member.region, *options))
        until(lambda: member.peers()[PRIMARY]["answers"] and self.home.peers()[member.region]["answers"])
        return joined

    def client(self, service, region, through):
        """A client of the account, of a region, by the endpoint of a server."""
        keys = self.home.exports
        key, secret = keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"]
        authority = str(through.data / "tls" / "ca.pem")
        return through.client(service, region, key=key, secret=secret, verify=authority, connect_timeout=5)

    def stop(self):
        for server in (self.home, self.other):
            if server.process is not None:
                server.process.kill()
                server.process.wait()


@pytest.fixture
def fleet(tmp_path):
    fleet = Fleet(tmp_path)
    yield fleet
    fleet.stop()


def shared(fleet):
    """A key and a secret of the home, with replicas. Returns the key's id, a ciphertext and the secret's name."""
    home, away = (fleet.client("kms", r, s) for r, s in ((PRIMARY, fleet.home), (REPLICA, fleet.other)))
    key = home.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    home.replicate_key(KeyId=key, ReplicaRegion=REPLICA)
    until(lambda: away.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled")
    blob = home.encrypt(KeyId=key, Plaintext=b"m")["CiphertextBlob"]
    secrets = fleet.client("secretsmanager", PRIMARY, fleet.home)
    secrets.create_secret(Name="db", SecretString="v1", KmsKeyId=key, AddReplicaRegions=[{"Region": REPLICA, "KmsKeyId": key}])
    until(lambda: value(fleet, fleet.other, REPLICA) == "v1")
    until(lambda: secrets.describe_secret(SecretId="db")["ReplicationStatus"][0]["Status"] == "InSync")
    return key, blob


def value(fleet, server, region):
    return fleet.client("secretsmanager", region, server).get_secret_value(SecretId="db")["SecretString"]


def primary(fleet, server, region, key):
    described = fleet.client("kms", region, server).describe_key(KeyId=key)["KeyMetadata"]
    return described["MultiRegionConfiguration"]["PrimaryKey"]["Region"]


def test_every_endpoint_answers_for_every_region(fleet):
    key, blob = shared(fleet)
    for server in (fleet.home, fleet.other):
        for region in (PRIMARY, REPLICA):
            assert fleet.client("kms", region, server).decrypt(CiphertextBlob=blob)["Plaintext"] == b"m"
            assert value(fleet, server, region) == "v1"
    # IAM is written in its home, wherever the request arrives, and read everywhere.
    fleet.client("iam", REPLICA, fleet.other).create_user(UserName="ada")
    for server in (fleet.home, fleet.other):
        until(lambda: fleet.client("iam", REPLICA, server).get_user(UserName="ada"))
    with refused("InvalidParameterException", "Operation not permitted on a replica secret. Call must be made in primary secret's region."):
        fleet.client("secretsmanager", REPLICA, fleet.home).put_secret_value(SecretId="db", SecretString="x")
    # A signature of another account is refused by the region itself, also after forwarding.
    stranger = fleet.home.client("kms", REPLICA, key="AKIAIOSFODNN7EXAMPLE", secret="x" * 40)
    with pytest.raises(ClientError, match="UnrecognizedClient|InvalidClientTokenId|security token"):
        stranger.list_keys()


def test_a_replica_region_works_without_the_primary_and_takes_its_place(fleet):
    key, blob = shared(fleet)
    fleet.home.kill()
    kms = fleet.client("kms", REPLICA, fleet.other)
    for _ in range(20):
        assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"m"
        assert value(fleet, fleet.other, REPLICA) == "v1"
    # A request for the dead region is answered at once.
    with pytest.raises(ClientError) as down:
        fleet.client("kms", PRIMARY, fleet.other).list_keys()
    assert down.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503

    plan = fleet.other.fleet("failover", PRIMARY, "--dry-run")
    assert (plan["key_count"], plan["secret_count"], plan["iam"]) == (1, 1, True)
    assert primary(fleet, fleet.other, REPLICA, key) == PRIMARY
    assert "--confirm" in fleet.other.fleet("failover", PRIMARY, check=False)
    begun = time.monotonic()
    done = fleet.other.fleet("failover", PRIMARY, "--confirm", PRIMARY)
    assert (done["keys"], done["secrets"], done["iam"]) == (1, 1, True)
    assert time.monotonic() - begun < 5

    assert primary(fleet, fleet.other, REPLICA, key) == REPLICA
    fleet.client("secretsmanager", REPLICA, fleet.other).put_secret_value(SecretId="db", SecretString="v2")
    fleet.client("iam", REPLICA, fleet.other).create_user(UserName="bob")
    rotated = kms.rotate_key_on_demand(KeyId=key)
    assert rotated["KeyId"].endswith(key)

    # The old primary steps down when it is back, and follows.
    fleet.home.start()
    until(lambda: primary(fleet, fleet.home, PRIMARY, key) == REPLICA, seconds=5)
    until(lambda: value(fleet, fleet.home, PRIMARY) == "v2")
    until(lambda: fleet.client("iam", PRIMARY, fleet.home).get_user(UserName="bob"))
    assert fleet.client("kms", PRIMARY, fleet.home).decrypt(CiphertextBlob=blob)["Plaintext"] == b"m"
    fresh = kms.encrypt(KeyId=key, Plaintext=b"n")["CiphertextBlob"]
    until(lambda: fleet.client("kms", PRIMARY, fleet.home).decrypt(CiphertextBlob=fresh)["Plaintext"] == b"n")


def failover_check(server, lost, to):
    return server.fleet("failover", lost, "--to", to, "--dry-run")


def named(things):
    return [thing["arn"] for thing in things["first"]]


def yes(plan):
    return plan if plan["safe"] == "yes" else None


@contextlib.contextmanager
def writes(secrets):
    """Moves a label of the secret `db` between two versions, without a pause. Yields a function that ends that and returns how many moves there
    were. New values would reach the limit of 100 versions."""
    ending, counted, failed = threading.Event(), [], []
    to, other = (
        secrets.put_secret_value(SecretId="db", SecretString=f"v1-{at}", VersionStages=stages)["VersionId"]
        for at, stages in enumerate((["OTHER"], ["AWSCURRENT", "MOVED"]))
    )

    def write():
        nonlocal to, other
        try:
            while not ending.is_set():
                secrets.update_secret_version_stage(
                    SecretId="db", VersionStage="MOVED", MoveToVersionId=to, RemoveFromVersionId=other
                )
                to, other = other, to
                counted.append(1)
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=write)

    def stop():
        ending.set()
        thread.join()
        assert not failed, failed
        return len(counted)

    thread.start()
    try:
        yield stop
    finally:
        stop()


def test_one_answer_says_whether_a_failover_is_safe(fleet):
    key, _ = shared(fleet)
    kms, secrets, iam = (fleet.client(service, PRIMARY, fleet.home) for service in ("kms", "secretsmanager", "iam"))
    alone = kms.create_key()["KeyMetadata"]["Arn"]

    def safe():
        return yes(failover_check(fleet.home, PRIMARY, REPLICA))

    def converged():
        plan = until(safe)
        assert (plan["key_count"], plan["secret_count"], plan["iam"]) == (1, 1, True)
        check = plan["check"]
        assert check["reasons"] == [] and check["as_of"] and 0 < check["age_seconds"] < 30
        assert not any(check["waiting"].values())
        without = plan["check"]["without_replica"]
        assert (named(without["keys"]), without["secrets"]["count"]) == ([alone], 0)
        for words in (("--key", key), ("--secret", "db")):
            (home,), (away,) = (member.fleet("lag", *words)["things"] for member in (fleet.home, fleet.other))
            (replica,) = home["replicas"]
            assert home["digest"] == away["digest"] == replica["digest"] and len(home["digest"]) == 64
            assert (home["epoch"], home["revision"]) == (away["epoch"], away["revision"])
            assert (replica["region"], replica["state"], replica["waiting"]) == (REPLICA, "equal", 0)
            assert away["replicas"] == [] and away["primary"] == PRIMARY

    converged()
    # The region that would take the place answers for the last status message, which is fresh.
    told = until(lambda: yes(failover_check(fleet.other, PRIMARY, REPLICA)))["check"]
    assert (told["without_replica"], told["in_flight"]) == (None, None)
    assert told["as_of"] and told["age_seconds"] < 5

    # Writes that go on do not keep the answer away.
    with writes(secrets) as stop:
        check = until(safe)["check"]
        assert check["reasons"] == [] and check["secrets"]["count"] == 0 and check["changed_since"] <= 1
        assert stop() > 1

    def dry_run():
        return run("region", "failover", PRIMARY, "--to", REPLICA, "--dry-run", "--config", fleet.home.config).stdout

    # On a busy machine, the other region can be late with an answer.
    said = until(lambda: said if "Safe now: YES, as of" in (said := dry_run()) else None)
    assert " s ago). " in said and "Stop writing to" in said, said
    converged()

    # What is acknowledged while the other region is away is named.
    fleet.other.kill()
    kms.enable_key_rotation(KeyId=key)
    secrets.put_secret_value(SecretId="db", SecretString="v2")
    iam.create_user(UserName="ada")
    plan = failover_check(fleet.home, PRIMARY, REPLICA)
    check = plan["check"]
    assert plan["safe"] == "no" and [arn.endswith(key) for arn in named(check["keys"])] == [True]
    assert [":secret:db-" in arn for arn in named(check["secrets"])] == [True]
    assert check["waiting"]["iam"] == 1 and check["waiting"]["keys"] >= 1
    for words in (("--key", key), ("--secret", "db")):
        (replica,) = fleet.home.fleet("lag", *words)["things"][0]["replicas"]
        assert replica["state"] == "behind" and replica["waiting"] >= 1
    said = dry_run()
    assert "Safe now: NO, as of" in said and key in said and "3 keys" not in said, said
    assert "--to REGION" in fleet.home.fleet("failover", PRIMARY, "--dry-run", check=False)

    fleet.other.start()
    converged()
    assert value(fleet, fleet.other, REPLICA) == "v2"
    # The region is lost, without a change that waits.
    until(lambda: failover_check(fleet.other, PRIMARY, REPLICA)["check"]["told"])
    fleet.home.kill()

    def unknown():
        plan = failover_check(fleet.other, PRIMARY, REPLICA)
        return plan if plan["safe"] == "unknown" else None

    plan = until(unknown)
    check = plan["check"]
    assert (check["told"]["waiting"], plan["key_count"], len(check["reasons"])) == (0, 1, 1)
    assert "is not known here" in check["reasons"][0] and check["as_of"] and check["age_seconds"] > 3


def test_a_region_takes_the_place_of_one_that_was_removed(fleet):
    kms, secrets = (fleet.client(service, REPLICA, fleet.other) for service in ("kms", "secretsmanager"))
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    kms.replicate_key(KeyId=key, ReplicaRegion=PRIMARY)
    secrets.create_secret(Name="db", SecretString="v1", AddReplicaRegions=[{"Region": PRIMARY}])
    until(lambda: value(fleet, fleet.home, PRIMARY) == "v1")
    until(lambda: fleet.client("kms", PRIMARY, fleet.home).describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled")
    fleet.home.fleet("remove", REPLICA, "--confirm", REPLICA)
    until(lambda: REPLICA not in fleet.home.peers())
    assert primary(fleet, fleet.home, PRIMARY, key) == REPLICA
    plan = failover_check(fleet.home, REPLICA, PRIMARY)
    assert (plan["key_count"], plan["secret_count"], plan["safe"]) == (1, 1, "unknown")
    assert any("was removed from the fleet" in reason for reason in plan["check"]["reasons"])
    done = fleet.home.fleet("failover", REPLICA, "--confirm", REPLICA)
    assert (done["keys"], done["secrets"], done["iam"]) == (1, 1, False)
    described = fleet.client("kms", PRIMARY, fleet.home).describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]
    assert (described["PrimaryKey"]["Region"], described["ReplicaKeys"]) == (PRIMARY, [])
    own = fleet.client("secretsmanager", PRIMARY, fleet.home)
    own.put_secret_value(SecretId="db", SecretString="v2")
    assert not own.describe_secret(SecretId="db").get("ReplicationStatus")
    fleet.other.kill()


def audited(server, name, count):
    """The events of this name in the audit files of a server, once there are so many."""
    lines = [line for file in sorted(server.data.rglob("audit*.jsonl")) for line in file.read_text().splitlines()]
    events = [event for event in map(json.loads, lines) if event["eventName"] == name]
    return events if len(events) >= count else None


def operators(fleet, count, required):
    """Has every server name these operators. Returns the files of their keys."""
    keys = [fleet.folder / f"operator-{number}.key" for number in range(count)]
    public = [run("operator", "create", key).stdout.strip() for key in keys]
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in public)
    assert all(key.stat().st_mode & 0o777 == 0o600 for key in keys)
    for server in (fleet.home, fleet.other):
        with open(server.config, "a") as config:
            config.write(f"\n[fleet]\noperators = {json.dumps(public)}\noperators_required = {required}\n")
        reloaded = run("config", "reload", "--config", server.config)
        assert reloaded.returncode == 0, reloaded.stderr
    return keys


def test_a_failover_needs_the_signatures_of_operators(fleet):
    key, blob = shared(fleet)
    one, two, three = operators(fleet, 3, 2)
    again = run("operator", "create", one)
    assert again.returncode == 2 and "exists already" in again.stderr
    fleet.home.kill()

    def fail_over(*options):
        return fleet.other.fleet("failover", PRIMARY, "--confirm", PRIMARY, *options, check=False)

    statement = fleet.folder / "statement"
    assert fleet.other.fleet("failover", PRIMARY, "--dry-run", "--statement", statement)["signatures"] == 2
    signed = []
    for name in (one, two, three):
        done = run("operator", "sign", "--key", name, statement)
        assert done.returncode == 0 and PRIMARY in done.stderr and REPLICA in done.stderr, done.stderr
        signed.append(fleet.folder / f"{name.name}.signed")
        signed[-1].write_text(done.stdout)
    assert "2 more of the operators" in fail_over()
    assert "1 more of the operators" in fail_over("--authorization", signed[0])
    assert "1 more of the operators" in fail_over("--authorization", signed[0], "--authorization", signed[0])
    told = fail_over("--operator-key", one)
    assert "1 more of the operators" in told and f"{REPLICA} takes the place of {PRIMARY}" in told, told
    # Without the confirmation it is shown, and not signed.
    told = fleet.other.fleet("failover", PRIMARY, "--operator-key", one, check=False)
    assert f"{REPLICA} takes the place of {PRIMARY}" in told and "has to be confirmed by name" in told, told
    # Of another statement.
    other = fleet.folder / "other"
    fleet.other.fleet("failover", PRIMARY, "--dry-run", "--statement", other)
    mixed = fleet.folder / "mixed"
    mixed.write_text(run("operator", "sign", "--key", two, other).stdout)
    assert "different statements" in fail_over("--authorization", signed[0], "--authorization", mixed)
    assert primary(fleet, fleet.other, REPLICA, key) == PRIMARY

    done = fail_over("--authorization", signed[0], "--authorization", signed[2])
    assert (done["keys"], done["secrets"], done["iam"]) == (1, 1, True)
    digest = re.search("SHA-256: ([0-9a-f]{64})", run("operator", "sign", "--key", one, statement).stderr).group(1)
    signers = {re.search("public ([0-9a-f]{64})", file.read_text()).group(1) for file in (one, three)}
    events = until(lambda: audited(fleet.other, "ReplicaPromotedByFailover", 2))
    for event in events + until(lambda: audited(fleet.other, "IamHomeMovedByFailover", 1)):
        data = event["additionalEventData"]
        assert (data["statement"], set(data["operators"].split())) == (digest, signers), data
        assert data["statementIssued"] and data["statementExpires"]
    fleet.client("secretsmanager", REPLICA, fleet.other).put_secret_value(SecretId="db", SecretString="v2")
    fleet.client("iam", REPLICA, fleet.other).create_user(UserName="bob")

    # The old primary checks the signatures when it is back, and follows.
    fleet.home.start()
    until(lambda: primary(fleet, fleet.home, PRIMARY, key) == REPLICA, seconds=5)
    until(lambda: value(fleet, fleet.home, PRIMARY) == "v2")
    until(lambda: fleet.client("iam", PRIMARY, fleet.home).get_user(UserName="bob"))
    assert fleet.client("kms", PRIMARY, fleet.home).decrypt(CiphertextBlob=blob)["Plaintext"] == b"m"

    # And back, by a hand-over, which the old primary's region signs.
    fleet.client("kms", REPLICA, fleet.other).update_primary_region(KeyId=key, PrimaryRegion=PRIMARY)
    for server, region in ((fleet.home, PRIMARY), (fleet.other, REPLICA)):
        until(lambda: primary(fleet, server, region, key) == PRIMARY)


def test_a_reload_that_weakens_the_operators_is_noted_and_none_are_refused(fleet):
    shared(fleet)
    operators(fleet, 2, 2)
    text = fleet.home.config.read_text()
    fleet.home.config.write_text(text.replace("operators_required = 2", "operators_required = 1"))
    assert run("config", "reload", "--config", fleet.home.config).returncode == 0
    assert "weaker=true" in re.sub(r"\x1b\[[0-9;]*m", "", fleet.home.stderr.read_text())
    events = until(lambda: audited(fleet.home, "FailoverOperatorsChanged", 2))
    data = events[1]["additionalEventData"]
    assert (data["operatorsRequiredBefore"], data["operatorsRequired"]) == ("2", "1"), data
    fleet.home.expected += ["the configuration was not taken"]
    fleet.home.config.write_text(re.sub(r"\n\[fleet\](\n.*){2}\n", "\n", text))
    refused = run("config", "reload", "--config", fleet.home.config)
    assert refused.returncode != 0 and "cannot remove the last of fleet.operators" in refused.stderr, refused.stderr


def test_a_region_without_operators_gives_a_failover_up_that_the_others_refuse(fleet):
    key, blob = shared(fleet)
    operators(fleet, 1, 1)
    # The region that takes the place names nobody, as one that was taken over would.
    fleet.other.kill()
    fleet.other.config.write_text(re.sub(r"\n\[fleet\](\n.*){2}\n", "\n", fleet.other.config.read_text()))
    fleet.other.start()
    until(lambda: fleet.home.peers()[REPLICA]["answers"])
    fleet.home.expected += ["another region says that it is the primary now"]
    fleet.other.expected += ["another region does not accept that this one is the primary now"]
    done = fleet.other.fleet("failover", PRIMARY, "--confirm", PRIMARY)
    assert (done["keys"], done["secrets"], done["iam"]) == (1, 1, True)
    until(lambda: fleet.home.stderr.read_text().count("another region says that it is the primary now") >= 3)
    assert primary(fleet, fleet.home, PRIMARY, key) == PRIMARY
    fleet.client("secretsmanager", PRIMARY, fleet.home).put_secret_value(SecretId="db", SecretString="v2")
    assert value(fleet, fleet.home, PRIMARY) == "v2"
    fleet.client("iam", PRIMARY, fleet.home).create_user(UserName="ada")
    # It hears that the other one does not accept it, and follows it again.
    until(lambda: primary(fleet, fleet.other, REPLICA, key) == PRIMARY)
    until(lambda: value(fleet, fleet.other, REPLICA) == "v2")
    until(lambda: fleet.client("iam", REPLICA, fleet.other).get_user(UserName="ada"))
    until(lambda: not fleet.other.peers()[PRIMARY]["roles_disputed"])


def test_a_region_whose_disk_is_lost_is_rebuilt_from_its_peer(fleet, tmp_path):
    key, blob = shared(fleet)
    fleet.other.kill()
    shutil.rmtree(fleet.other.data)
    fleet.other = fleet.new(REPLICA, "replaced")
    # It is not the region that the fleet knows, and is not taken for it.
    assert "--rebuild" in fleet.home.fleet("invite", REPLICA, check=False)
    assert fleet.home.peers()[REPLICA]["link"]["connected_seconds"] is None
    joined = fleet.join(fleet.other, "--rebuild")
    assert joined["rebuilds"] is True
    until(lambda: fleet.other.fleet("list")["regions"][0]["rebuilt"])
    until(lambda: not fleet.other.fleet("list")["regions"][0]["rebuilding"])
    assert fleet.client("kms", REPLICA, fleet.other).decrypt(CiphertextBlob=blob)["Plaintext"] == b"m"
    until(lambda: value(fleet, fleet.other, REPLICA) == "v1")
    fleet.client("secretsmanager", PRIMARY, fleet.home).put_secret_value(SecretId="db", SecretString="v2")
    until(lambda: value(fleet, fleet.other, REPLICA) == "v2")


def test_the_home_whose_disk_is_lost_is_rebuilt_after_a_failover(fleet):
    key, blob = shared(fleet)
    fleet.client("iam", PRIMARY, fleet.home).create_user(UserName="ada")
    until(lambda: fleet.client("iam", REPLICA, fleet.other).get_user(UserName="ada"))
    exports = fleet.home.exports
    fleet.home.kill()
    shutil.rmtree(fleet.home.data)
    fleet.other.fleet("failover", PRIMARY, "--confirm", PRIMARY)
    fleet.home = fleet.new(PRIMARY, "replaced")
    fleet.home.exports |= {name: exports[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    fleet.home.fleet("join", input=fleet.other.invite(PRIMARY, "--rebuild"))
    until(lambda: fleet.home.fleet("list")["regions"][0]["rebuilt"])
    until(lambda: not fleet.home.fleet("list")["regions"][0]["rebuilding"])
    assert fleet.client("kms", PRIMARY, fleet.home).decrypt(CiphertextBlob=blob)["Plaintext"] == b"m"
    assert primary(fleet, fleet.home, PRIMARY, key) == REPLICA
    # Requests are served when the replicas of secrets are there too.
    assert value(fleet, fleet.home, PRIMARY) == "v1"
    until(lambda: fleet.client("iam", PRIMARY, fleet.home).get_user(UserName="ada"))


def test_an_invitation_is_used_once_by_the_region_that_it_names(fleet):
    invitation = fleet.home.invite(THIRD)
    third = fleet.new(THIRD)
    try:
        assert third.fleet("join", input="clv1.nonsense", check=False)
        used = third.fleet("join", input=invitation)
        assert sorted(used["members"]) == [PRIMARY, REPLICA]
        # All three know each other.
        until(lambda: THIRD in fleet.other.peers() and fleet.other.peers()[THIRD]["answers"])
        key = fleet.client("kms", PRIMARY, fleet.home).create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
        for region, server in ((REPLICA, fleet.other), (THIRD, third)):
            fleet.client("kms", PRIMARY, fleet.home).replicate_key(KeyId=key, ReplicaRegion=region)
            until(lambda: fleet.client("kms", region, server).describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled")
        again = fleet.new(THIRD, "again")
        try:
            assert "used before" in again.fleet("join", input=invitation, check=False)
            assert "another region" in again.fleet("join", input=fleet.home.invite("ap-south-1"), check=False)
        finally:
            again.kill()
        # A region that is removed is cut off.
        fleet.home.fleet("remove", THIRD, "--confirm", THIRD)
        until(lambda: THIRD not in fleet.other.peers())
        until(lambda: third.peers()[PRIMARY]["link"]["connected_seconds"] is None)
    finally:
        third.kill()


def metrics(member):
    """The samples of /metrics that are about a peer or a region's part in the fleet, by name and labels."""
    with urllib.request.urlopen(member.health + "/metrics", timeout=20) as answer:
        text = answer.read().decode()
    found = re.findall(r"^(claviger_(?:link|replication|region)_\w+)\{(.*)\} (\S+)$", text, re.M)
    return {(name, labels): float(value) for name, labels, value in found}


def test_metrics_show_the_peers_and_the_links(fleet):
    shared(fleet)
    there, back = f'region="{PRIMARY}",peer="{REPLICA}"', f'region="{REPLICA}",peer="{PRIMARY}"'
    for member, labels in ((fleet.home, there), (fleet.other, back)):
        until(lambda: metrics(member)["claviger_replication_waiting_changes", labels] == 0)
        found = metrics(member)
        assert found["claviger_link_connected", labels] == found["claviger_replication_peer_answers", labels] == 1
        assert 0 <= found["claviger_replication_heard_seconds", labels] < 10
        for direction in ("in", "out"):
            frames = found["claviger_link_frames_total", f'{labels},direction="{direction}"']
            assert 0 < frames < found["claviger_link_bytes_total", f'{labels},direction="{direction}"']
        own = labels.split(",")[0]
        assert found["claviger_replication_lag_seconds", labels] < 5 and found["claviger_replication_applied_position", labels] > 0
        assert found["claviger_replication_unapplied_changes", labels] == found["claviger_replication_unsent_changes_total", labels] == 0
        differing = f'{labels},kind="secret",state="differs"'
        until(lambda: metrics(member).get(("claviger_replication_replicas", differing)) == 0)
        assert found["claviger_region_rebuilding", own] == found["claviger_region_held", own] == 0
    fleet.other.kill()
    fleet.client("secretsmanager", PRIMARY, fleet.home).put_secret_value(SecretId="db", SecretString="v2")
    until(lambda: metrics(fleet.home)["claviger_link_connected", there] == 0)
    until(lambda: metrics(fleet.home)["claviger_replication_peer_answers", there] == 0)
    assert metrics(fleet.home)["claviger_replication_waiting_changes", there] > 0
    until(lambda: metrics(fleet.home)["claviger_replication_lag_seconds", there] > 1)
    applied = metrics(fleet.home)["claviger_replication_applied_position", there]
    fleet.client("secretsmanager", PRIMARY, fleet.home).put_secret_value(SecretId="db", SecretString="v3")
    until(lambda: metrics(fleet.home)["claviger_replication_lag_seconds", there] > 3)
    assert metrics(fleet.home)["claviger_replication_applied_position", there] == applied


def test_a_region_that_holds_something_does_not_join(tmp_path):
    fleet = Fleet(tmp_path)
    owner = Member(tmp_path / "owner", THIRD).start()
    try:
        assert "holds keys, secrets or users" in owner.fleet("join", input=fleet.home.invite(THIRD), check=False)
    finally:
        owner.kill()
        fleet.stop()


def test_commands_say_what_is_wrong(fleet):
    assert "home of IAM" in fleet.other.fleet("invite", THIRD, check=False)
    assert "is a member" in fleet.home.fleet("invite", REPLICA, check=False)
    assert "not a member" in fleet.home.fleet("remove", THIRD, "--confirm", THIRD, check=False)
    assert "another partition" in fleet.home.fleet("invite", "cn-north-1", check=False)
    assert "not another member" in fleet.other.fleet("failover", THIRD, "--confirm", THIRD, check=False)
    text = subprocess.run(
        [*fleet.home.command()[:1], "region", "lag", "--config", str(fleet.home.config)], capture_output=True, text=True
    ).stdout
    assert PRIMARY in text and REPLICA in text and "yes" in text
