"""Packages that tests download once for each version of their list, and keep between runs."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

INSTALL_SECONDS = 300


@contextlib.contextmanager
def folder(name):
    """A folder of the cache that one process at a time fills. `.installed` in it says that it is complete."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "claviger"
    made = cache / name
    made.mkdir(parents=True, exist_ok=True)
    with open(made / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield made


def run(command, what, cwd=None):
    """Runs an installer. Skips the tests, with the reason, if it fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    if done.returncode != 0:
        pytest.skip(f"{command[0]} cannot install {what}, so its tests did NOT run: {done.stderr[-500:]}")


def node_packages(source, name, what):
    """A folder with the packages that the lock file in `source` names."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip(f"node and npm are not on the PATH: the tests of {what} did NOT run")
    lock = (source / "package-lock.json").read_bytes()
    with folder(f"{name}-{hashlib.sha256(lock).hexdigest()[:16]}") as made:
        if not (made / ".installed").exists():
            for file in ("package.json", "package-lock.json"):
                shutil.copy(source / file, made)
            run(["npm", "ci", "--no-audit", "--no-fund"], what, cwd=made)
            (made / ".installed").touch()
    return made
