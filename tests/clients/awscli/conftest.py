"""The AWS CLI, run as a program."""

import json
import os
import shutil
import subprocess

import pytest

from support.server import PRIMARY

SECONDS = 120


@pytest.fixture(scope="session")
def cli(server):
    """Runs `aws ...`. Returns its output, read as JSON; with `fails` the error text instead."""
    program = shutil.which("aws")
    if program is None:
        pytest.skip("the AWS CLI (`aws`) is not on the PATH: these tests did NOT run")
    base = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    base |= {
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_PAGER": "",
    }

    def run(*arguments, region=PRIMARY, fails=False, **environment):
        done = subprocess.run(
            [program, *arguments, "--region", region, "--output", "json"],
            env=base | environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        if fails:
            return done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    return run
