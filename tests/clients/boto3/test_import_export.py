"""`claviger import` and `claviger export`: secrets from other servers and files into a running server, and out of it."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from support.clients import ACCOUNT, Clients, allow, policy, unique
from support.expect import eventually
from support.server import PRIMARY, REPLICA, Server, binary
from support.vault import TOKEN, Vault

PARTIAL = 6
READERS = policy(
    {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
    }
)


def claviger(folder, *arguments, status=0, **environment):
    """Runs the command without a terminal, and checks its exit code. Returns its standard output."""
    done = subprocess.run(command(arguments), **in_folder(folder, environment), timeout=240)
    assert done.returncode == status, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    claviger.stderr = done.stderr
    return done.stdout


def command(arguments):
    return [binary(), *map(str, arguments)]


def in_folder(folder, environment=()):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "FROM_AWS_", "VAULT_"))}
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return {"cwd": folder, "env": {**clean, **dict(environment)}, "text": True, **pipes}


def to(server, region=PRIMARY):
    return ["--endpoint", server.endpoint, "--region", region]


def from_aws(endpoint, region=PRIMARY):
    return ["import", "aws", "--from-endpoint", endpoint, "--from-region", region]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    with Server(tmp_path_factory.mktemp("source")) as running:
        yield running


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "target"
    folder.mkdir()
    with Server(folder) as running:
        yield running


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    program = Path(sys.executable).parent / "moto_server"
    if not program.exists():
        pytest.skip("moto_server is not installed: the import from moto did NOT run")
    log = tmp_path_factory.mktemp("moto") / "log"
    with open(log, "wb") as out:
        process = subprocess.Popen([program, "-H", "127.0.0.1", "-p", "0"], stdout=out, stderr=out)
    try:

        def address():
            lines = [line for line in log.read_text().splitlines() if "Running on" in line]
            return "http://" + lines[0].split("http://")[1].strip()

        yield eventually(address, seconds=60)
    finally:
        process.kill()
        process.wait()


def secrets_of(endpoint, region=PRIMARY):
    return Clients(endpoint).secrets(region)


def value_of(answer):
    return answer.get("SecretString", answer.get("SecretBinary"))


def contents(sm):
    """Everything of every secret, without dates and ARNs. The versions are in their order."""
    found = {}
    for page in sm.get_paginator("list_secrets").paginate():
        for listed in page["SecretList"]:
            name = listed["Name"]
            described = sm.describe_secret(SecretId=name)
            versions = sm.list_secret_version_ids(SecretId=name, IncludeDeprecated=True, MaxResults=100)["Versions"]
            versions.sort(key=lambda version: version["CreatedDate"])
            found[name] = {
                "description": described.get("Description", ""),
                "tags": sorted((tag["Key"], tag["Value"]) for tag in described.get("Tags", [])),
                "policy": json.loads(sm.get_resource_policy(SecretId=name).get("ResourcePolicy", "null")),
                "replicas": sorted(r["Region"] for r in described.get("ReplicationStatus", [])),
                "versions": [
                    (
                        version["VersionId"],
                        sorted(version.get("VersionStages", [])),
                        value_of(sm.get_secret_value(SecretId=name, VersionId=version["VersionId"])),
                    )
                    for version in versions
                ],
            }
    return found


def make_every_kind(sm, prefix):
    """Secrets with everything that an import carries. Returns their names."""
    plain, binary_one, many, shared = (f"{prefix}/{kind}" for kind in ("plain", "binary", "many", "shared"))
    sm.create_secret(Name=plain, SecretString='{"user":"ä","quote":"\\"\\n"}', Description="a plain one")
    sm.create_secret(Name=binary_one, SecretBinary=bytes(range(256)), Tags=[{"Key": "team", "Value": "cellar"}])
    sm.create_secret(Name=many, SecretString="one", Tags=[{"Key": "a", "Value": "b"}, {"Key": "empty", "Value": ""}])
    sm.put_secret_value(SecretId=many, SecretString="two")
    sm.put_secret_value(SecretId=many, SecretString="three", VersionStages=["green", "blue"])
    sm.put_secret_value(SecretId=many, SecretString="four")
    sm.put_secret_value(SecretId=many, SecretBinary=b"\x00five")
    sm.put_resource_policy(SecretId=many, ResourcePolicy=READERS)
    sm.create_secret(Name=shared, SecretString="everywhere", AddReplicaRegions=[{"Region": REPLICA}])
    return [plain, binary_one, many, shared]


def test_everything_comes_over_and_a_second_run_changes_nothing(source, target, tmp_path):
    here, there = secrets_of(source.endpoint), secrets_of(target.endpoint)
    prefix = unique("whole")
    names = make_every_kind(here, prefix)
    deleted = f"{prefix}/deleted"
    here.create_secret(Name=deleted, SecretString="x")
    here.delete_secret(SecretId=deleted, RecoveryWindowInDays=7)
    command = [*from_aws(source.endpoint), *to(target), "--filter", prefix, "--all-versions"]

    dry = claviger(tmp_path, *command, "--dry-run")
    assert contents(there) == {} and list(tmp_path.glob("*.state")) == []
    assert f"skip       {deleted}  (it is scheduled for deletion)" in dry
    wet = claviger(tmp_path, *command)
    assert dry.splitlines()[:-1] == wet.splitlines()[:-1]
    assert wet.splitlines()[-1] == "Wrote 4 of 4 secrets." and "Plan: 4 create, 1 skip" in wet

    expected = {name: found for name, found in contents(here).items() if name.startswith(prefix)}
    assert set(expected) == set(names) and contents(there) == expected
    versions = expected[f"{prefix}/many"]["versions"]
    assert [labels for _, labels, _ in versions] == [[], [], ["blue", "green"], ["AWSPREVIOUS"], ["AWSCURRENT"]]
    eventually(lambda: secrets_of(target.endpoint, REPLICA).get_secret_value(SecretId=f"{prefix}/shared"))

    again = claviger(tmp_path, *command)
    assert "Plan: 4 identical, 1 skip" in again and "Wrote 0 of 0" in again
    assert contents(there) == expected and list(tmp_path.glob("*.state")) == []


def test_other_contents_are_refused_unless_told(source, target, tmp_path):
    here, there = secrets_of(source.endpoint), secrets_of(target.endpoint)
    prefix = unique("conflict")
    make_every_kind(here, prefix)
    there.create_secret(Name=f"{prefix}/plain", SecretString="mine", Tags=[{"Key": "mine", "Value": "x"}])
    there.create_secret(Name=f"{prefix}/many", SecretString="mine", Description="mine")
    before = contents(there)
    command = [*from_aws(source.endpoint), *to(target), "--filter", prefix]

    out = claviger(tmp_path, *command, status=PARTIAL)
    assert "Plan: 2 create, 2 conflict" in out and "the version labelled AWSCURRENT" in out
    assert "mine" not in out.replace(prefix, "") and "--overwrite" in claviger.stderr
    after = contents(there)
    assert {name: after[name] for name in before} == before and len(after) == 4

    out = claviger(tmp_path, *command, "--overwrite")
    assert "Plan: 2 identical, 2 overwrite" in out or "Plan: 2 overwrite, 2 identical" in out
    expected = {name: found for name, found in contents(here).items() if name.startswith(prefix)}
    for name, found in contents(there).items():
        labelled = [version for version in found["versions"] if version[1]]
        wanted = [version for version in expected[name]["versions"] if version[1]]
        assert sorted(labelled) == sorted(wanted)
        for part in ("description", "tags", "policy", "replicas"):
            assert found[part] == expected[name][part], (name, part)


def test_an_import_that_is_killed_is_continued(source, target, tmp_path):
    here, there = secrets_of(source.endpoint), secrets_of(target.endpoint)
    prefix = unique("killed")
    for n in range(60):
        name = f"{prefix}/{n:03}"
        here.create_secret(Name=name, SecretString="first")
        here.put_secret_value(SecretId=name, SecretString="other", VersionStages=["blue"])
        here.put_secret_value(SecretId=name, SecretString=f"last {n}")
    file = tmp_path / "dotenv"
    file.write_text("".join(f"K{n}=value {n}\n" for n in range(200)))
    commands = [
        [*from_aws(source.endpoint), *to(target), "--filter", prefix, "--prefix", "aws/"],
        ["import", "dotenv", file, *to(target), "--prefix", "env/"],
    ]
    for arguments in commands:
        kills = 0
        for after_lines in (1, 7, 20):
            process = subprocess.Popen(command([*arguments, "--progress", "jsonl"]), **in_folder(tmp_path))
            lines = 0
            for line in process.stderr:
                lines += json.loads(line)["phase"] == "write"
                if lines == after_lines:
                    process.send_signal(signal.SIGKILL)
                    break
            kills += process.wait() == -signal.SIGKILL
            process.stdout.close()
            process.stderr.close()
        assert kills == 3
        state = tmp_path / "claviger-import.state"
        assert stat.S_IMODE(state.stat().st_mode) == 0o600
        assert "value" not in state.read_text() and "last" not in state.read_text()
        claviger(tmp_path, *arguments)
        assert not state.exists()
        assert "conflict" not in claviger(tmp_path, *arguments)
    found = contents(there)
    expected = {f"aws/{name}": one for name, one in contents(here).items() if name.startswith(prefix)}
    assert {name: one for name, one in found.items() if name.startswith("aws/")} == expected
    values = {name: [value for _, _, value in one["versions"]] for name, one in found.items() if name.startswith("env/")}
    assert values == {f"env/K{n}": [f"value {n}"] for n in range(200)}


def test_from_moto(moto, target, tmp_path):
    keys = {"aws_access_key_id": "AKIAMOTO", "aws_secret_access_key": "moto"}
    here = boto3.client("secretsmanager", region_name="us-west-2", endpoint_url=moto, **keys)
    for n in range(120):
        here.create_secret(Name=f"moto/{n:03}", SecretString=f"value {n}", Tags=[{"Key": "n", "Value": str(n % 2)}])
    here.create_secret(Name="moto/binary", SecretBinary=b"\x00\xff")
    here.put_secret_value(SecretId="moto/000", SecretString="newer")
    here.put_resource_policy(SecretId="moto/001", ResourcePolicy=READERS)
    (tmp_path / ".aws").mkdir()
    profile = "[moto]\naws_access_key_id = AKIAMOTO\naws_secret_access_key = moto\n"
    (tmp_path / ".aws" / "credentials").write_text(profile)
    command = [*from_aws(moto, "us-west-2"), *to(target), "--from-profile", "moto"]
    out = claviger(tmp_path, *command, "--tag", "n=1", HOME=str(tmp_path))
    assert "Plan: 60 create" in out
    out = claviger(tmp_path, *command, HOME=str(tmp_path))
    assert "61 create" in out and "60 identical" in out
    there = secrets_of(target.endpoint)
    assert there.get_secret_value(SecretId="moto/000")["SecretString"] == "newer"
    before = there.get_secret_value(SecretId="moto/000", VersionStage="AWSPREVIOUS")
    assert before["SecretString"] == "value 0"
    for name in ("moto/000", "moto/119", "moto/binary"):
        wanted, got = here.get_secret_value(SecretId=name), there.get_secret_value(SecretId=name)
        assert value_of(got) == value_of(wanted) and got["VersionId"] == wanted["VersionId"]
    assert "ResourcePolicy" in there.get_resource_policy(SecretId="moto/001")


def test_from_vault(target, tmp_path):
    kv = {
        "app/db": {
            "versions": {1: {"p": "one"}, 2: "destroyed", 3: {"p": "three"}, 4: {"p": "four"}},
            "custom_metadata": {"owner": "team a", "why?": "x"},
        },
        "app": {"versions": {1: {"both": "a secret and a folder"}}},
        "app/deep/er": {"versions": {1: {"n": 1.50}, 2: "deleted"}},
        "gone": {"versions": {1: "deleted"}},
        "white space": {"versions": {1: {"p": "x"}}},
    }
    mounts = {"kv": {"version": 2, "secrets": kv}, "old": {"version": 1, "secrets": {"a/b": {"p": "q"}}}}
    there = secrets_of(target.endpoint)
    with Vault(mounts) as vault:
        environment = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": TOKEN}
        out = claviger(tmp_path, "import", "vault", "--mount", "kv", *to(target), status=PARTIAL, **environment)
        assert "conflict   white space  (the name has characters" in out
        assert "skip       gone  (every version is deleted or destroyed)" in out
        assert "version 2 is left out: it is destroyed" in out and "the metadata why? becomes a tag" in out
        claviger(tmp_path, "import", "vault", "--mount", "old", "--prefix", "v1/", *to(target), **environment)
        only = claviger(tmp_path, "import", "vault", "--mount", "kv", "--path", "app/deep", *to(target), **environment)
        assert "Plan: 1 identical" in only
        claviger(tmp_path, "import", "vault", *to(target), status=1, **{**environment, "VAULT_TOKEN": "hvs.other"})
        assert "permission denied" in claviger.stderr and "hvs." not in claviger.stderr
    found = contents(there)
    assert set(found) == {"app/db", "app", "app/deep/er", "v1/a/b"}
    versions = [(labels, json.loads(value)) for _, labels, value in found["app/db"]["versions"]]
    assert versions == [([], {"p": "one"}), (["AWSPREVIOUS"], {"p": "three"}), (["AWSCURRENT"], {"p": "four"})]
    assert found["app/db"]["tags"] == [("owner", "team a"), ("why_", "x")]
    assert json.loads(found["v1/a/b"]["versions"][0][2]) == {"p": "q"}


def test_from_files(target, tmp_path):
    there = secrets_of(target.endpoint)
    (tmp_path / "env").write_text("# settings\nexport A='x y'\nB=\"line\\nbreak\"  # why\nC=\"two\nlines\"\n")
    claviger(tmp_path, "import", "dotenv", "env", "--prefix", "app/", *to(target))
    claviger(tmp_path, "import", "dotenv", "env", "--as", "one", *to(target))
    (tmp_path / "plain.json").write_text(json.dumps({"p/a": "text", "p/b": {"user": "u"}}))
    claviger(tmp_path, "import", "json", "plain.json", *to(target))
    values = {name: one["versions"][0][2] for name, one in contents(there).items()}
    assert (values["app/A"], values["app/B"], values["app/C"]) == ("x y", "line\nbreak", "two\nlines")
    assert json.loads(values["one"]) == {"A": "x y", "B": "line\nbreak", "C": "two\nlines"}
    assert values["p/a"] == "text" and json.loads(values["p/b"]) == {"user": "u"}
    (tmp_path / "bad").write_text("A=1\nhunter2 here\n")
    claviger(tmp_path, "import", "dotenv", "bad", *to(target), status=1)
    assert "line 2" in claviger.stderr and "hunter2" not in claviger.stderr


def test_a_sealed_export_comes_back_whole(source, target, tmp_path):
    here, there = secrets_of(source.endpoint), secrets_of(target.endpoint)
    prefix = unique("sealed")
    make_every_kind(here, prefix)
    (tmp_path / "right").write_text("correct horse\n")
    (tmp_path / "wrong").write_text("battery staple\n")
    only = ["--filter", prefix]
    claviger(tmp_path, "export", "s.age", *only, "--passphrase-file", "right", *to(source))
    claviger(tmp_path, "export", "p.json", *only, "--plaintext-without-encryption", *to(source))
    sealed, plain = (tmp_path / "s.age").read_bytes(), (tmp_path / "p.json").read_bytes()
    assert sealed.startswith(b"age-encryption.org/v1") and b"everywhere" in plain and b"everywhere" not in sealed
    assert all(stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600 for name in ("s.age", "p.json"))

    claviger(tmp_path, "import", "json", "s.age", "--passphrase-file", "wrong", *to(target), status=1)
    assert "does not open the file" in claviger.stderr and contents(there) == {}
    claviger(tmp_path, "import", "json", "s.age", *to(target), status=2)
    claviger(tmp_path, "import", "json", "s.age", "--passphrase-file", "right", *to(target))
    assert contents(there) == {name: one for name, one in contents(here).items() if name.startswith(prefix)}
    claviger(tmp_path, "export", "back.json", "--plaintext-without-encryption", *to(target))
    assert (tmp_path / "back.json").read_bytes() == plain

    claviger(tmp_path, "export", "s.age", "--passphrase-file", "right", *to(source), status=2)
    claviger(tmp_path, "export", "t.age", *to(source), status=2)
    claviger(tmp_path, "export", "t.age", "--recipient", "age1x", *to(source), status=1)
    assert (tmp_path / "s.age").read_bytes() == sealed and not (tmp_path / "t.age").exists()


def test_an_export_leaves_out_no_secret_silently(source, make_client_without_values, tmp_path):
    secrets_of(source.endpoint).create_secret(Name=unique("unreadable"), SecretString="x")
    key = make_client_without_values(source)
    arguments = ["export", "x.json", "--plaintext-without-encryption", *to(source)]
    claviger(tmp_path, *arguments, status=1, AWS_ACCESS_KEY_ID=key[0], AWS_SECRET_ACCESS_KEY=key[1])
    assert "AccessDeniedException" in claviger.stderr and not (tmp_path / "x.json").exists()


@pytest.fixture
def make_client_without_values():
    def make(server):
        iam = Clients(server.endpoint).iam()
        name = unique("lister")
        iam.create_user(UserName=name)
        document = allow([f"secretsmanager:{name}" for name in ("ListSecrets", "DescribeSecret", "GetResourcePolicy")])
        iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    return make


def test_wrong_uses(target, tmp_path):
    (tmp_path / "env").write_text("A=1\n")
    claviger(tmp_path, "import", "dotenv", "env", "--endpoint", "http://192.0.2.1:1", status=2)
    assert "without TLS" in claviger.stderr
    claviger(tmp_path, "import", "dotenv", "env", "--endpoint", "https://192.0.2.1:1", status=2)
    assert "AWS_ACCESS_KEY_ID" in claviger.stderr
    claviger(tmp_path, "import", "aws", *to(target), status=2)
    assert "--from-region" in claviger.stderr
    claviger(tmp_path, "import", "dotenv", "none", *to(target), status=1)
    started = time.monotonic()
    claviger(tmp_path, "import", "dotenv", "env", "--endpoint", "http://127.0.0.1:1", status=1)
    assert "cannot be read" in claviger.stderr and time.monotonic() - started < 30
