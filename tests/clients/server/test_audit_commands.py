"""The commands that read the audit trail, on the files of a real server and on copies that were tampered with."""

import hashlib
import json
import shutil
import subprocess
import threading

import pytest
from botocore.exceptions import ClientError
from support.clients import Clients, allow, trust
from support.expect import eventually
from support.server import PRIMARY, REGIONS, Server, binary

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"


class Trail:
    """What the calls of the fixture were about."""


def run(*words, status=0):
    """Runs the command and returns its standard output."""
    done = subprocess.run([binary(), *map(str, words)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == status, f"status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout if status == 0 else done.stdout + done.stderr


def denied(call, **parameters):
    """The call must be refused for lack of a permission."""
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    assert refused.value.response["Error"]["Code"].startswith("AccessDenied")


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def trail(tmp_path_factory):
    """The data folder of a server that was started three times, and stopped."""
    folder = tmp_path_factory.mktemp("audit")
    made = Trail()
    made.data = folder / "data"
    # One region, so that every record of the user is in one place.
    server = Server(folder, data=made.data, regions=[PRIMARY])
    with server:
        root = Clients(server.endpoint)
        made.key = root.kms().create_key(Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]
        made.secret = root.secrets().create_secret(Name="db", SecretString="s", KmsKeyId=made.key["KeyId"])["ARN"]
        root.iam().create_user(UserName="alice")
        root.iam().put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=allow(["kms:*", "secretsmanager:*", "sts:*"]))
        access = root.iam().create_access_key(UserName="alice")["AccessKey"]
        made.alice = f"arn:aws:iam::{ACCOUNT}:user/alice"
        root.iam().create_role(RoleName="app", AssumeRolePolicyDocument=trust({"AWS": made.alice}))
        alice = Clients(server.endpoint, access["AccessKeyId"], access["SecretAccessKey"])
        blob = alice.kms().encrypt(KeyId=made.key["KeyId"], Plaintext=b"x")["CiphertextBlob"]
        answer = alice.kms().decrypt(CiphertextBlob=blob)
        made.request = answer["ResponseMetadata"]["RequestId"]
        alice.secrets().get_secret_value(SecretId="db")
        alice.sts().get_caller_identity()
        alice.sts().assume_role(RoleArn=ROLE, RoleSessionName="session")
        denied(alice.iam().list_users)
    for _ in range(2):
        with server:
            Clients(server.endpoint).kms().list_keys()
    made.file = made.data / PRIMARY / "audit.jsonl"
    return made


def test_a_trail_that_nobody_touched_is_whole(trail):
    text = run("audit", "verify", "--data", trail.data)
    assert f"{PRIMARY}: " in text and "verified, in 1 file\n" in text and "not signed  0 lines" in text, text
    report = json.loads(run("audit", "verify", trail.file, "-o", "json"))
    records = trail.file.read_text().splitlines()
    found = report["trails"][0]
    assert report["whole"] and found["records"] + found["checkpoints"] == len(records) == found["lastLine"]
    assert found["checkpoints"] == 3, "each stop signs the trail"
    assert found["signedUpToLine"] == found["lastLine"] and len(found["identities"]) == 1
    assert found["from"] <= found["to"]
    # The last line and the fingerprint are what a later verification checks.
    anchor = f"{found['lastLine']}:{found['lastHash']}"
    run("audit", "verify", "--data", trail.data, "--expect", anchor, "--identity", found["identities"][0])
    assert "signed by the key" in run("audit", "verify", trail.file, "--identity", "AAAA-BBBB", status=1)


def test_every_line_has_the_documented_hash(trail):
    before, expected = "0" * 64, 1
    for line in trail.file.read_bytes().splitlines(keepends=True):
        link = json.loads(line)["claviger"]
        assert (link["seq"], link["prev"]) == (expected, before)
        before, expected = hashlib.sha256(line[:-68]).hexdigest(), expected + 1
        assert link["hash"] == before


def changed(line):
    return line.replace('"eventName":"', '"eventName":"X', 1)


@pytest.mark.parametrize(
    ("tamper", "place"),
    [
        (lambda all: [*all[:3], changed(all[3]), *all[4:]], 4),
        (lambda all: [*all[:3], *all[4:]], 4),
        (lambda all: [*all[:3], all[4], all[3], *all[5:]], 4),
        (lambda all: [*all[:3], all[1], *all[3:]], 4),
        (lambda all: [*all[:3], '{"eventName":"Decrypt"}\n', *all[3:]], 4),
        (lambda all: all[1:], None),
        (lambda all: [*all[:-1], all[-1][:-9]], None),
    ],
    ids=["byte", "removed", "swapped", "copied", "inserted", "beginning", "torn"],
)
def test_tampering_is_found(trail, tmp_path, tamper, place):
    copy = tmp_path / "audit.jsonl"
    whole = trail.file.read_text().splitlines(keepends=True)
    copy.write_text("".join(tamper(whole)))
    text = run("audit", "verify", copy, status=1)
    assert "is not whole" in text and str(copy) in text
    if place:
        assert f"{copy}, line {place}: " in text, text
    report = subprocess.run([binary(), "audit", "verify", copy, "-o", "json"], capture_output=True, text=True, timeout=60, check=False)
    fault = json.loads(report.stdout)["trails"][0]["fault"]
    assert report.returncode == 1 and fault["file"] == str(copy) and (place is None or fault["line"] == place)


def test_a_cut_end_is_found_by_the_last_line_that_was_kept(trail, tmp_path):
    found = json.loads(run("audit", "verify", trail.file, "-o", "json"))["trails"][0]
    copy = tmp_path / "audit.jsonl"
    copy.write_text("".join(trail.file.read_text().splitlines(keepends=True)[:-2]))
    run("audit", "verify", copy)
    text = run("audit", "verify", copy, "--expect", f"{found['lastLine']}:{found['lastHash']}", status=1)
    assert "the end of the trail was cut off" in text


def test_a_missing_file_is_found(trail, tmp_path):
    # A file that was closed ends with a checkpoint.
    whole = trail.file.read_text().splitlines(keepends=True)
    ends = [at + 1 for at, line in enumerate(whole) if '"AuditCheckpoint"' in line]
    parts = [tmp_path / name for name in ("a.jsonl", "b.jsonl", "c.jsonl")]
    for part, begin, end in zip(parts, [0, *ends], ends, strict=False):
        part.write_text("".join(whole[begin:end]))
    run("audit", "verify", *parts)
    assert f"lines {ends[0] + 1} to {ends[1]} of the trail are missing here" in run("audit", "verify", parts[0], parts[2], status=1)
    assert "wrong order" in run("audit", "verify", parts[0], parts[1], parts[0], status=1)


def test_query_finds_records(trail):
    def query(*conditions):
        return lines(run("audit", "query", "--data", trail.data, "-o", "json", *conditions))

    everything = query()
    assert all(record["eventName"] != "AuditCheckpoint" for record in everything)
    assert everything == [r for r in lines(trail.file.read_text()) if r["eventName"] != "AuditCheckpoint"]
    assert len(query("--event", "AuditCheckpoint")) == 3
    names = [record["eventName"] for record in query("--principal", "alice")]
    assert names == ["Encrypt", "Decrypt", "Decrypt", "GetSecretValue", "GetCallerIdentity", "AssumeRole", "ListUsers"]
    assert query("--principal", trail.alice) == query("--principal", "alice")
    assert [r["requestID"] for r in query("--request", trail.request)] == [trail.request]
    assert {r["eventName"] for r in query("--resource", "db")} >= {"CreateSecret", "GetSecretValue"}
    assert {r["eventName"] for r in query("--resource", trail.key["Arn"], "--event", "kms:decrypt")} == {"Decrypt"}
    assert [r["eventName"] for r in query("--denied")] == ["ListUsers"]
    assert [r["eventName"] for r in query("--error", query("--denied")[0]["errorCode"])] == ["ListUsers"]
    # Records of IAM name no resource, and their requests do.
    assert {r["eventName"] for r in query("--resource", "alice")} == {"CreateUser", "PutUserPolicy", "CreateAccessKey"}
    assert query("--resource", trail.alice) == query("--resource", "alice")
    assert [r["eventName"] for r in query("--resource", ROLE, "--principal", "root")] == ["CreateRole"]
    assert {r["eventName"] for r in query("--resource", trail.secret)} >= {"CreateSecret", "GetSecretValue"}
    assert query("--since", "1h") == everything and query("--until", "1h") == []
    assert query("--limit", "3") == everything[-3:]
    table = run("audit", "query", trail.file, "--principal", "alice", "--denied")
    assert "TIME" in table and "iam:ListUsers" in table and "user/alice" in table


def test_tail_shows_the_last_records(trail):
    shown = lines(run("audit", "tail", "--data", trail.data, "-n", "2", "-o", "json"))
    assert shown == lines(run("audit", "query", trail.file, "--limit", "2", "-o", "json"))


def test_the_least_policy_of_a_user(trail):
    policy = json.loads(run("iam", "least-privilege", "alice", "--data", trail.data))
    assert policy["Version"] == "2012-10-17"
    statements = {tuple(s["Action"]): (s["Resource"], s.get("Condition")) for s in policy["Statement"]}
    assert statements == {
        ("kms:Decrypt", "kms:Encrypt"): ([trail.key["Arn"]], None),
        ("secretsmanager:GetSecretValue",): ([trail.secret], None),
        ("sts:AssumeRole",): ([ROLE], None),
    }
    text = run("iam", "least-privilege", "nobody", "--data", trail.data, status=1)
    assert "no successful call" in text


def test_the_least_policy_is_enough(tmp_path):
    """A user with the policy that its calls justified can make the same calls, and no other."""
    with Server(tmp_path, data=tmp_path / "data") as server:
        root = Clients(server.endpoint)
        key = root.kms().create_key()["KeyMetadata"]["Arn"]
        root.iam().create_user(UserName="worker")
        root.iam().put_user_policy(UserName="worker", PolicyName="p", PolicyDocument=allow(["kms:*", "secretsmanager:*"]))
        access = root.iam().create_access_key(UserName="worker")["AccessKey"]
        worker = Clients(server.endpoint, access["AccessKeyId"], access["SecretAccessKey"])

        def work(name):
            worker.secrets().create_secret(Name=name, SecretString="a", KmsKeyId=key, Tags=[{"Key": "k", "Value": "v"}])
            worker.secrets().put_secret_value(SecretId=name, SecretString="b")
            worker.secrets().get_secret_value(SecretId=name)
            worker.secrets().delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)

        work("s")

        def written():
            text = run("iam", "least-privilege", "worker", "--data", server.data)
            assert "DeleteSecret" in text
            return text

        policy = json.loads(eventually(written))
        via = [s for s in policy["Statement"] if "Condition" in s]
        assert [s["Action"] for s in via] == [["kms:Decrypt", "kms:GenerateDataKey"]]
        assert via[0]["Condition"] == {"StringEquals": {"kms:ViaService": f"secretsmanager.{PRIMARY}.amazonaws.com"}}
        root.iam().put_user_policy(UserName="worker", PolicyName="p", PolicyDocument=json.dumps(policy))
        create = [s for s in policy["Statement"] if "secretsmanager:CreateSecret" in s["Action"]]
        assert create[0]["Resource"][0].endswith(":secret:s-??????")
        worker.secrets().create_secret(Name="s", SecretString="a", KmsKeyId=key, Tags=[{"Key": "k", "Value": "v"}])
        denied(worker.kms().encrypt, KeyId=key, Plaintext=b"x")
        denied(worker.secrets().create_secret, Name="other", SecretString="a", KmsKeyId=key)


def test_tail_follows_over_the_closing_of_files(tmp_path):
    data = tmp_path / "data"
    with Server(tmp_path, data=data, arguments=["--audit-file-mib", "1"]) as server:
        kms = Clients(server.endpoint).kms()
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        words = [binary(), "audit", "tail", "-f", "-n", "0", "--data", str(data), "--region", PRIMARY, "-o", "json"]
        words += ["--event", "DescribeKey"]
        with subprocess.Popen([*words], stdout=subprocess.PIPE, text=True) as tail:
            seen = []
            reader = threading.Thread(target=lambda: seen.extend(json.loads(line) for line in tail.stdout))
            reader.start()

            def describe():
                return kms.describe_key(KeyId=key)["ResponseMetadata"]["RequestId"]

            def following():
                describe()
                assert seen

            eventually(following)
            made = [describe() for _ in range(1200)]
            eventually(lambda: list((data / PRIMARY).glob("audit-*.jsonl"))[0])
            made += [describe() for _ in range(10)]

            def complete():
                assert [r["requestID"] for r in seen][-len(made) :] == made

            eventually(complete)
            tail.terminate()
            reader.join()
        run("audit", "verify", "--data", data)
        # A region's files are verified in its own order, from the oldest on.
        for region in REGIONS:
            assert json.loads(run("audit", "verify", "--data", data, "--region", region, "-o", "json"))["whole"]


def test_a_killed_server_leaves_a_trail_that_goes_on(tmp_path):
    data = tmp_path / "data"
    server = Server(tmp_path, data=data, regions=[PRIMARY])
    for _ in range(2):
        server.start()
        Clients(server.endpoint).kms().create_key()
        server.kill()
    file = data / PRIMARY / "audit.jsonl"
    with file.open("a") as end:
        end.write('{"eventVersion":"1.1')
    assert "without a hash" in run("audit", "verify", file, status=1)
    with server:
        Clients(server.endpoint).kms().list_keys()
    report = json.loads(run("audit", "verify", file, "-o", "json"))["trails"][0]
    assert report["whole"] and report["linesNotSigned"] == 0
    copy = shutil.copy(file, tmp_path / "copy.jsonl")
    text = file.read_text().replace('{"eventVersion":"1.1\n', '{"eventVersion":"1.2\n')
    (tmp_path / "copy.jsonl").write_text(text)
    run("audit", "verify", copy, status=1)


@pytest.mark.parametrize("tamper", ["cut", "remade", "moved"])
def test_a_start_records_that_its_files_were_tampered_with(tmp_path, tamper):
    data = tmp_path / "data"
    server = Server(tmp_path, data=data, regions=[PRIMARY])

    def work():
        with server:
            Clients(server.endpoint).kms().create_key()

    work()
    work()
    file = data / PRIMARY / "audit.jsonl"
    run("audit", "verify", "--data", data)
    before = json.loads(run("audit", "verify", file, "-o", "json"))["trails"][0]
    last = (before["lastLine"], before["lastHash"])
    whole = file.read_bytes().splitlines(keepends=True)
    found = None
    if tamper == "cut":
        # A checkpoint is the last line, so a verification of the files alone finds nothing.
        end = [at for at, line in enumerate(whole) if b'"AuditCheckpoint"' in line][0] + 1
        file.write_bytes(b"".join(whole[:end]))
        found = end
    elif tamper == "remade":
        made, hash_before = [], "0" * 64
        for seq, line in enumerate([line for line in whole if b'"AuditCheckpoint"' not in line], 1):
            text = line.decode().rsplit(',"claviger":', 1)[0].replace('"CreateKey"', '"ListKeys"')
            text += f',"claviger":{{"seq":{seq},"prev":"{hash_before}","hash":"'
            hash_before = hashlib.sha256(text.encode()).hexdigest()
            made.append(f'{text}{hash_before}"}}}}\n')
        file.write_text("".join(made))
        found = len(made)
    else:
        file.rename(tmp_path / "moved.jsonl")
    if tamper != "moved":
        run("audit", "verify", file)
    error = "the audit files do not go on from the last checkpoint"
    server.expects = lambda line: error in line
    work()
    assert (server.stdout.read_text() + server.stderr.read_text()).count(error) == 1
    server.expects = lambda line: False
    [record] = lines(run("audit", "query", "--data", data, "--event", "AuditTrailDiscontinued", "-o", "json"))
    data_of = record["additionalEventData"]
    assert (int(data_of["expectedSeq"]), data_of["expectedHash"]) == last
    assert data_of["foundSeq"] == (None if found is None else str(found))
    assert record["eventType"] == "AwsServiceEvent" and record["claviger"]["seq"] == (found or 0) + 1
    assert "claviger:AuditTrailDiscontinued" in run("audit", "query", "--data", data)
    text = run("audit", "verify", "--data", data, status=1)
    assert "was discontinued" in text and f"the line {last[0]}:{last[1]} that it had signed" in text, text
    # The rest of the trail is verified, and signed.
    place = f"{record['claviger']['seq']}:{record['claviger']['hash']}"
    report = json.loads(run("audit", "verify", "--data", data, "--known-break", place, "-o", "json"))
    assert report["whole"] and report["trails"][0]["linesNotSigned"] == 0
    assert [(b["line"], b["foundLine"], b["known"]) for b in report["trails"][0]["breaks"]] == [((found or 0) + 1, found, True)]
    assert "known break" in run("audit", "verify", "--data", data, "--known-break", place)
    run("audit", "verify", "--data", data, "--known-break", f"{record['claviger']['seq']}:{'0' * 64}", status=1)
    # It is recorded once, and the line that was kept still shows what is missing.
    work()
    assert len(lines(run("audit", "query", "--data", data, "--event", "AuditTrailDiscontinued", "-o", "json"))) == 1
    run("audit", "verify", "--data", data, "--known-break", place, "--expect", f"{last[0]}:{last[1]}", status=1)


def test_a_killed_server_does_not_look_tampered_with(tmp_path):
    data = tmp_path / "data"
    server = Server(tmp_path, data=data, regions=[PRIMARY], arguments=["--audit-file-mib", "1"])
    with server:
        Clients(server.endpoint).kms().create_key()
    for _ in range(2):
        server.start()
        kms = Clients(server.endpoint).kms()
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        for _ in range(500):
            kms.describe_key(KeyId=key)
        server.kill()
    with server:
        Clients(server.endpoint).kms().list_keys()
    assert len(list((data / PRIMARY).glob("audit-*.jsonl"))) >= 1
    assert json.loads(run("audit", "verify", "--data", data, "-o", "json"))["trails"][0]["breakCount"] == 0


def test_the_records_of_several_regions_are_merged(tmp_path):
    data = tmp_path / "data"
    with Server(tmp_path, data=data) as server:
        for _ in range(2):
            for region in REGIONS:
                Clients(server.endpoint).kms(region).create_key()
    made = lines(run("audit", "query", "--data", data, "--event", "CreateKey", "-o", "json"))
    assert len(made) == 4 and {r["awsRegion"] for r in made} == set(REGIONS)
    everything = lines(run("audit", "query", "--data", data, "-o", "json"))
    assert {r["awsRegion"] for r in everything} == set(REGIONS)
    for region in REGIONS:
        own = lines(run("audit", "query", "--data", data, "--region", region, "-o", "json"))
        assert [r for r in everything if r["awsRegion"] == region] == own, "each keeps its order"
    times = [r["eventTime"] for r in made]
    assert times == sorted(times)
    assert lines(run("audit", "query", "--data", data, "--limit", "3", "-o", "json")) == everything[-3:]
    head, *rows = run("audit", "query", "--data", data, "--event", "CreateKey").splitlines()
    assert head.split()[:3] == ["TIME", "REGION", "EVENT"]
    assert [row.split()[1] for row in rows] == [r["awsRegion"] for r in made]
    assert "REGION" not in run("audit", "query", "--data", data, "--region", PRIMARY).splitlines()[0]


def test_files_of_a_release_without_hashes_are_counted(trail, tmp_path):
    whole = trail.file.read_text().splitlines(keepends=True)
    old, current, rest = (tmp_path / name for name in ("old.jsonl", "audit.jsonl", "rest.jsonl"))
    old.write_text('{"eventName":"Encrypt"}\n{"eventName":"Decrypt"}\n')
    current.write_text("".join(whole))
    assert "2 lines of earlier releases are not linked" in run("audit", "verify", old, current)
    report = json.loads(run("audit", "verify", old, current, "-o", "json"))["trails"][0]
    assert report["linesNotLinked"] == 2 and report["firstLine"] == 1
    rest.write_text("".join(whole[1:]))
    assert "2 lines without a hash" in run("audit", "verify", old, rest, status=1)
    assert "none of the 2 lines has a hash" in run("audit", "verify", old, status=1)
    assert "without a hash" in run("audit", "verify", current, old, status=1)
