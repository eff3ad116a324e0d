"""What deploy/ ships: the unit of systemd, and what the server tells systemd."""

import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from support.production import Production
from support.server import PRIMARY

DEPLOY = Path(__file__).parents[3] / "deploy"
EXPOSURE_MAX = 1.5


def test_the_unit_s_exposure_is_low():
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not on the PATH: this test did NOT run")
    command = [program, "security", "--offline=true", "--no-pager", str(DEPLOY / "claviger.service")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={"LC_ALL": "C.UTF-8"})
    exposure = re.search(r"Overall exposure level for claviger\.service: (\d+\.\d+)", done.stdout)
    assert exposure, done.stdout[-2000:] + done.stderr
    assert float(exposure[1]) <= EXPOSURE_MAX


def test_systemd_is_told_when_the_server_is_ready_and_when_it_stops(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(str(tmp_path / "notify"))
        notify.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with Production(tmp_path, regions=[PRIMARY]) as server:
            assert notify.recv(256) == b"READY=1"
            # It is said only once the server answers.
            server.client("kms").list_keys()
        assert notify.recv(256) == b"STOPPING=1"
