"""Acknowledged writes survive repeated kills of the process in the middle of writes, each with its one audit record."""

import base64
import collections
import json
import os
import random
import subprocess
import threading
import time
import uuid

from botocore.exceptions import BotoCoreError, ClientError

from support.clients import ACCOUNT, Clients, allow, trust
from support.expect import eventually, refused
from support.server import PRIMARY, REGIONS, REPLICA, Server, binary

KILLS = int(os.environ.get("CLAVIGER_KILLS", "5"))
SEED = int(os.environ.get("CLAVIGER_SEED", "0")) or random.SystemRandom().randrange(1 << 32)
# How many rounds of writes are made before a kill, at least and at most, and how long they may take.
ROUNDS = (8, 40)
ROUNDS_SECONDS = 60
# How many facts of earlier rounds a round checks, besides all of its own.
SAMPLE = 60
SETTLE_SECONDS = 60
NOT_FOUND = "Secrets Manager can't find the specified secret."
# Small audit files, of which none is deleted, so that kills also come in the middle of rotations.
SMALL_AUDIT_FILES = ("--audit-file-mib", "1", "--audit-files", "10000")


class Ledger:
    """The acknowledged writes, each as a check that must hold from then on.

    A write that is under way when the process dies may be there afterwards or not. Its resource is not checked any more."""

    def __init__(self):
        self._lock = threading.Lock()
        self._facts = {}

    def holds(self, thing, check):
        with self._lock:
            self._facts[thing] = check

    def uncertain(self, thing):
        """The resource is about to change. It is not checked until the change is acknowledged."""
        with self._lock:
            self._facts.pop(thing, None)

    def facts(self):
        with self._lock:
            return dict(self._facts)


class Acknowledged:
    """The calls that were answered with a success: their names by their request ids."""

    def __init__(self):
        self._lock = threading.Lock()
        self._calls = {}

    def listen(self, client):
        client.meta.events.register("after-call", self._answered)

    def _answered(self, http_response, parsed, model, **_):
        if http_response.status_code == 200:
            with self._lock:
                self._calls[parsed["ResponseMetadata"]["RequestId"]] = model.name

    def calls(self):
        with self._lock:
            return dict(self._calls)


class Writer(threading.Thread):
    """Writes one kind of resource until it is stopped or the server is gone."""

    def __init__(self, kind, aws, ledger, stop, seed):
        super().__init__(daemon=True)
        self.kind = kind
        self.aws = aws
        self.ledger = ledger
        self.stopped = stop
        self.random = random.Random(seed)
        self.writes = 0
        self.failure = None

    def run(self):
        try:
            while not self.stopped.is_set():
                self.kind(self)
                self.writes += 1
        except BotoCoreError as error:
            # A broken connection is expected after the kill was announced. Before that it is a failure.
            if not self.stopped.is_set():
                self.failure = error
        except Exception as error:  # a refusal, or a mistake of the test's own
            self.failure = error

    def name(self):
        return f"{self.kind.__name__}-{uuid.UUID(int=self.random.getrandbits(128), version=4).hex[:16]}"

    def region(self):
        return self.random.choice(REGIONS)


def keys(w):
    """A key, a ciphertext of it, an alias, tags and a state."""
    region, kms = (r := w.region()), w.aws.kms(r)
    key = kms.create_key(Description=w.name())["KeyMetadata"]
    arn = key["Arn"]
    w.ledger.holds(("key", arn), key_is(region, key, "Enabled", key["Description"]))
    blob = kms.encrypt(KeyId=arn, Plaintext=arn.encode())["CiphertextBlob"]
    w.ledger.holds(("blob", arn), opens(region, blob, arn.encode()))
    alias = f"alias/{w.name()}"
    kms.create_alias(AliasName=alias, TargetKeyId=arn)
    w.ledger.holds(("alias", region, alias), alias_is(region, alias, arn))
    kms.tag_resource(KeyId=arn, Tags=[{"TagKey": "a", "TagValue": alias}])
    w.ledger.holds(("tags", arn), tags_are(region, arn, {"a": alias}))
    w.ledger.uncertain(("key", arn))
    kms.update_key_description(KeyId=arn, Description="changed")
    w.ledger.holds(("key", arn), key_is(region, key, "Enabled", "changed"))
    if w.random.random() < 0.5:
        w.ledger.uncertain(("key", arn))
        w.ledger.uncertain(("blob", arn))
        kms.disable_key(KeyId=arn)
        w.ledger.holds(("key", arn), key_is(region, key, "Disabled", "changed"))


def related_keys(w):
    """A multi-Region key, its replica, rotation, and ciphertexts that open in both regions."""
    home, other = (REGIONS if w.random.random() < 0.5 else REGIONS[::-1])[:2]
    kms = w.aws.kms(home)
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    w.ledger.holds(("mrk", key), members_are(key, home, []))
    blob = kms.encrypt(KeyId=key, Plaintext=key.encode())["CiphertextBlob"]
    w.ledger.holds(("mrk-blob", key, home), opens(home, blob, key.encode()))
    w.ledger.uncertain(("mrk", key))
    kms.replicate_key(KeyId=key, ReplicaRegion=other, Description=f"replica of {key}")
    w.ledger.holds(("mrk", key), members_are(key, home, [other]))
    w.ledger.holds(("mrk-blob", key, other), opens(other, blob, key.encode()))
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=100)
    w.ledger.holds(("rotation", key), rotation_is(key, 100))
    if w.random.random() < 0.3:
        # The handover of the primary's role may be interrupted anywhere: it must end on one side or the other. It is refused
        # until the replica's report has reached the primary.
        w.ledger.uncertain(("mrk", key))
        w.ledger.holds(("one-primary", key), has_one_primary(key))
        eventually(lambda: kms.update_primary_region(KeyId=key, PrimaryRegion=other))


def secrets(w):
    """A secret with a replica and several versions."""
    home, other = (REGIONS if w.random.random() < 0.5 else REGIONS[::-1])[:2]
    sm, name = w.aws.secrets(home), w.name()
    replicated = w.random.random() < 0.5
    more = {"AddReplicaRegions": [{"Region": other}]} if replicated else {}
    where = [home, other] if replicated else [home]
    thing, value = ("secret", home, name), f"{name} 0"
    sm.create_secret(Name=name, SecretString=value, **more)
    w.ledger.holds(thing, secret_is(where, name, value, None))
    for number in range(1, 4):
        previous, value = value, f"{name} {number}"
        w.ledger.uncertain(thing)
        sm.put_secret_value(SecretId=name, SecretString=value)
        w.ledger.holds(thing, secret_is(where, name, value, previous))
    if w.random.random() < 0.2 and not replicated:
        w.ledger.uncertain(thing)
        sm.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        w.ledger.holds(thing, secret_is_gone(home, name))


def identities(w):
    """A user with a policy and a key that works, a role, a managed policy and its attachment."""
    iam, name = w.aws.iam(), w.name()
    iam.create_user(UserName=name)
    w.ledger.holds(("user", name), user_is_there(name))
    iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=allow("kms:ListKeys"))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    w.ledger.holds(("access key", name), key_signs(name, key))
    arn = iam.create_policy(PolicyName=name, PolicyDocument=allow("kms:Decrypt"))["Policy"]["Arn"]
    w.ledger.holds(("policy", arn), policy_is_there(arn))
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust())
    w.ledger.holds(("role", name), role_is(name, []))
    w.ledger.uncertain(("role", name))
    iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    w.ledger.holds(("role", name), role_is(name, [arn]))


# ---------------------------------------------------------------- the checks


def key_is(region, made, state, description):
    def check(aws):
        shown = aws.kms(region).describe_key(KeyId=made["KeyId"])["KeyMetadata"]
        assert (shown["KeyState"], shown["Description"]) == (state, description)
        assert (shown["CreationDate"], shown["CurrentKeyMaterialId"]) == (made["CreationDate"], made["CurrentKeyMaterialId"])

    return check


def opens(region, blob, plaintext):
    def check(aws):
        assert aws.kms(region).decrypt(CiphertextBlob=blob)["Plaintext"] == plaintext

    return check


def alias_is(region, alias, arn):
    def check(aws):
        assert aws.kms(region).describe_key(KeyId=alias)["KeyMetadata"]["Arn"] == arn

    return check


def tags_are(region, arn, expected):
    def check(aws):
        tags = aws.kms(region).list_resource_tags(KeyId=arn)["Tags"]
        assert {t["TagKey"]: t["TagValue"] for t in tags} == expected

    return check


def members_are(key, home, replicas):
    def check(aws):
        for region in [home, *replicas]:
            shown = aws.kms(region).describe_key(KeyId=key)["KeyMetadata"]
            members = shown["MultiRegionConfiguration"]
            assert shown["KeyState"] == "Enabled"
            assert members["MultiRegionKeyType"] == ("PRIMARY" if region == home else "REPLICA")
            assert members["PrimaryKey"]["Region"] == home
            assert [r["Region"] for r in members["ReplicaKeys"]] == replicas

    return check


def has_one_primary(key):
    def check(aws):
        seen = [aws.kms(r).describe_key(KeyId=key)["KeyMetadata"] for r in REGIONS]
        assert [s["KeyState"] for s in seen] == ["Enabled", "Enabled"]
        kinds = sorted(s["MultiRegionConfiguration"]["MultiRegionKeyType"] for s in seen)
        assert kinds == ["PRIMARY", "REPLICA"]
        assert len({s["MultiRegionConfiguration"]["PrimaryKey"]["Region"] for s in seen}) == 1

    return check


def rotation_is(key, days):
    def check(aws):
        for region in REGIONS:
            status = aws.kms(region).get_key_rotation_status(KeyId=key)
            assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, days)

    return check


def secret_is(regions, name, value, previous):
    def check(aws):
        for region in regions:
            read = aws.secrets(region).get_secret_value
            assert read(SecretId=name)["SecretString"] == value
            if previous is not None:
                assert read(SecretId=name, VersionStage="AWSPREVIOUS")["SecretString"] == previous

    return check


def secret_is_gone(region, name):
    def check(aws):
        with refused("ResourceNotFoundException", NOT_FOUND):
            aws.secrets(region).describe_secret(SecretId=name)

    return check


def user_is_there(name):
    def check(aws):
        assert aws.iam().get_user(UserName=name)["User"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/{name}"

    return check


def key_signs(name, key):
    def check(aws):
        user = Clients(aws.endpoint, key["AccessKeyId"], key["SecretAccessKey"])
        for region in REGIONS:
            assert user.sts(region).get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/{name}"
            assert "Keys" in user.kms(region).list_keys(Limit=1)

    return check


def policy_is_there(arn):
    def check(aws):
        assert aws.iam().get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["IsDefaultVersion"]

    return check


def role_is(name, attached):
    def check(aws):
        listed = aws.iam().list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        assert [p["PolicyArn"] for p in listed] == attached

    return check


# ---------------------------------------------------------------- the rounds

KINDS = (keys, related_keys, secrets, secrets, identities)


def check_facts(aws, facts):
    """Every fact holds in its regions within a bound, since replication may still be under way."""
    lost = []
    deadline = time.monotonic() + SETTLE_SECONDS
    for thing, check in facts.items():
        try:
            eventually(lambda check=check: check(aws), max(0.0, deadline - time.monotonic()))
        except (AssertionError, ClientError) as error:
            lost.append(f"{thing}: {error}")
    assert not lost, f"{len(lost)} of {len(facts)} acknowledged writes do not hold (seed {SEED}):\n" + "\n".join(lost[:20])


def audit_records(data):
    """The records of all regions. A kill can cut a line short: the call that it was to record was not answered, or its record
    follows."""
    for path in data.glob("*/audit*.jsonl"):
        for line in path.read_bytes().splitlines():
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue


def check_audit(data, acknowledged):
    """Each acknowledged call has exactly one record of its success, in the region that answered it, and no record is there
    twice."""
    successes, events = collections.Counter(), collections.Counter()
    for record in audit_records(data):
        events[record["eventID"]] += 1
        if "errorCode" not in record and "invokedBy" not in record["userIdentity"]:
            successes[record["requestID"], record["eventName"]] += 1
    wrong = {call: successes[call] for call in acknowledged.calls().items() if successes[call] != 1}
    assert not wrong, f"{len(wrong)} acknowledged calls without one record (seed {SEED}): {list(wrong.items())[:20]}"
    twice = [event for event, times in events.items() if times > 1]
    assert not twice, f"{len(twice)} records are there twice (seed {SEED}): {twice[:20]}"
    # The server is running and may be in the middle of a line.
    eventually(lambda: check_chain(data))


def check_chain(data):
    """The hash chain of each region goes on over kills and closed files."""
    command = [binary(), "audit", "verify", "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"seed {SEED}\n{done.stdout}{done.stderr}"


def test_nothing_acknowledged_is_lost(tmp_path):
    chance = random.Random(SEED)
    ledger, acknowledged, older, total = Ledger(), Acknowledged(), {}, 0
    data = tmp_path / "data"
    with Server(tmp_path, data=data, arguments=SMALL_AUDIT_FILES) as server:
        for _ in range(KILLS):
            total += write_until_killed(server, ledger, acknowledged, chance)
            facts = ledger.facts()
            known = sorted(older.keys() & facts.keys(), key=repr)
            looked_at = set(chance.sample(known, min(SAMPLE, len(known)))) | (facts.keys() - older.keys())
            server.start()
            check_audit(data, acknowledged)
            check_facts(Clients(server.endpoint), {thing: facts[thing] for thing in looked_at})
            older = facts
        assert total >= KILLS * ROUNDS[0]
        server.kill()
        server.start()
        check_audit(data, acknowledged)
        check_facts(Clients(server.endpoint), ledger.facts())
    assert len(acknowledged.calls()) >= total


def write_until_killed(server, ledger, acknowledged, chance):
    """Lets all writers make some rounds and kills the server during the next ones. Returns how many were made."""
    aws, stop = Clients(server.endpoint), threading.Event()
    # Creating boto3 clients is not thread-safe, so they are made here and the threads only use them.
    for region in REGIONS:
        for client in (aws.kms(region), aws.secrets(region)):
            acknowledged.listen(client)
    acknowledged.listen(aws.iam())
    writers = [Writer(kind, aws, ledger, stop, chance.getrandbits(64)) for kind in KINDS]
    for writer in writers:
        writer.start()
    wanted = chance.randint(*ROUNDS)
    deadline = time.monotonic() + ROUNDS_SECONDS
    while sum(writer.writes for writer in writers) < wanted and all(writer.is_alive() for writer in writers):
        assert time.monotonic() < deadline, f"fewer than {wanted} rounds of writes in {ROUNDS_SECONDS} s (seed {SEED})"
        time.sleep(0.005)
    stop.set()
    server.kill()
    for writer in writers:
        writer.join(60)
        assert not writer.is_alive()
        assert writer.failure is None, f"{writer.kind.__name__} failed (seed {SEED}): {writer.failure!r}"
    total = sum(writer.writes for writer in writers)
    assert total >= wanted, f"{total} of {wanted} rounds of writes (seed {SEED})"
    return total


def test_a_start_is_fast_after_a_kill(tmp_path):
    """The start does not read all that was written."""
    with Server(tmp_path, data=tmp_path / "data") as server:
        sm = Clients(server.endpoint).secrets()
        for number in range(200):
            sm.create_secret(Name=f"secret-{number}", SecretString="x" * 4096)
        server.kill()
        server.start()
        assert server.ready_ms < 2000
        read = Clients(server.endpoint).secrets().get_secret_value(SecretId="secret-199")
        assert read["SecretString"] == "x" * 4096


def test_memory_forgets(tmp_path):
    """Without a folder no data survives, and no file is written."""
    with Server(tmp_path) as server:
        Clients(server.endpoint).secrets().create_secret(Name="forgotten", SecretString="x")
        server.stop()
        server.start()
        with refused("ResourceNotFoundException", NOT_FOUND):
            Clients(server.endpoint).secrets().describe_secret(SecretId="forgotten")
    assert {p.suffix for p in tmp_path.rglob("*") if p.is_file()} == {".log"}


def test_no_secret_is_on_the_disk(tmp_path):
    """No secret's value, plaintext, data key or access key is in any file that the server wrote: as it is, in hexadecimal or
    in base64, at every offset in a longer text. Names are no secrets: the audit trail shows them."""
    with Server(tmp_path, data=tmp_path / "data") as server:
        aws = Clients(server.endpoint)
        canary = f"canary-{uuid.uuid4().hex}"
        aws.secrets().create_secret(Name="named", SecretString=canary, AddReplicaRegions=[{"Region": REPLICA}])
        eventually(lambda: aws.secrets(REPLICA).get_secret_value(SecretId="named"))
        key = aws.kms(PRIMARY).create_key()["KeyMetadata"]["KeyId"]
        aws.kms().encrypt(KeyId=key, Plaintext=canary.encode(), EncryptionContext={"a": "b"})
        made = aws.kms().generate_data_key(KeyId=key, KeySpec="AES_256")["Plaintext"]
        aws.iam().create_user(UserName="canary")
        access = aws.iam().create_access_key(UserName="canary")["AccessKey"]["SecretAccessKey"]
    for file in tmp_path.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for name, secret in (("value", canary.encode()), ("data key", made), ("access key", access.encode())):
                for form in forms(secret):
                    assert form not in content, f"the {name} is in {file}"


def forms(secret):
    """The bytes, their hexadecimal digits, and their base64 after 0, 1 or 2 other bytes."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for before in range(3):
        # The first and the last characters also hold bits of the bytes beside the secret.
        whole = base64.b64encode(b"\0" * before + secret).rstrip(b"=")[:-1]
        yield whole[4 if before else 0 :]
        yield whole[4 if before else 0 :].translate(bytes.maketrans(b"+/", b"-_"))
