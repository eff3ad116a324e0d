"""Ansible with the collections of AWS."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from support import installed
from support.clients import ACCOUNT
from support.server import PRIMARY

# The package from PyPI that holds the collections.
PACKAGE = "ansible==12.3.0"
COLLECTIONS = ("amazon/aws", "community/aws")

OTHER_REPLICA = "eu-north-1"
ROTATION_FUNCTION = f"arn:aws:lambda:{PRIMARY}:{ACCOUNT}:function:new-password"


def secret_task(**arguments):
    """A task for a secret."""
    return {"name": "a secret", "community.aws.secretsmanager_secret": arguments}


def collections():
    """The folder with the collections, installed once for each version of their package."""
    wanted = " ".join(COLLECTIONS)
    with installed.folder(PACKAGE.replace("==", "-")) as folder:
        mark = folder / ".installed"
        if not mark.exists() or mark.read_text() != wanted:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
            installed.run(command, PACKAGE)
            (wheel,) = folder.glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                parts = tuple(f"ansible_collections/{name}/" for name in COLLECTIONS)
                archive.extractall(folder, [name for name in archive.namelist() if name.startswith(parts)])
            wheel.unlink()
            mark.write_text(wanted)
    return folder


def play(collections, folder, endpoint, tasks, *, key="test", secret="test", **variables):
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
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "LC_ALL": "C.UTF-8",
    }
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", "localhost,", "play.json"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return [line.split(":")[0] for line in done.stdout.splitlines() if line.startswith(("changed:", "ok:"))]
