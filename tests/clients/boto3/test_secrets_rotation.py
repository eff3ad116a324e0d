"""Rotation by a plain Lambda function behind the server, with the server, the function or the database killed at each step."""

import json
import os
import shutil
import signal
import sys
import uuid
from pathlib import Path

import pytest

from support import rotation_function
from support.clients import Clients
from support.expect import eventually, refused
from support.postgres import Postgres, binaries
from support.server import Server

FUNCTION = "arn:aws:lambda:eu-central-1:000000000000:function:rotate"
STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"]
UNFINISHED = "A previous rotation isn't complete. That rotation will be reattempted."


class Bench:
    """A server with one Python function, and the file that stands for the system whose password is rotated."""

    def __init__(self, folder):
        self.folder = folder
        self.code = folder / "function"
        self.code.mkdir()
        shutil.copy(rotation_function.__file__, self.code / "rotate.py")
        # The server gives its functions its own PATH, and in it the Python that has boto3.
        os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        target = f"python:{self.code}/rotate.py"
        arguments = ["--rotation-function", f"arn:aws:lambda:*:*:function:rot*={target}"]
        self.server = Server(folder, data=folder / "data", arguments=arguments).start()

    @property
    def sm(self):
        return Clients(self.server.endpoint).secrets()

    def secret(self, value=None):
        value = value or {"password": "old"}
        (self.code / "system.json").write_text(json.dumps(value["password"]))
        return self.sm.create_secret(Name=f"db-{uuid.uuid4()}", SecretString=json.dumps(value))["ARN"]

    def rotate(self, secret, **more):
        return self.sm.rotate_secret(SecretId=secret, RotationLambdaARN=FUNCTION, **more)["VersionId"]

    def value(self, secret):
        return json.loads(self.sm.get_secret_value(SecretId=secret)["SecretString"])

    def system(self):
        return json.loads((self.code / "system.json").read_text())

    def stop_in(self, step, when):
        (self.code / f"stop-{step}-{when}").touch()

    def stopped(self):
        """Waits until the function waits. Returns its process."""

        def process():
            file = self.code / "stopped"
            assert file.exists() and file.read_text()
            return int(file.read_text())

        return eventually(process, seconds=30)

    def go_on(self):
        for file in [*self.code.glob("stop-*"), *self.code.glob("fail-*"), self.code / "stopped"]:
            file.unlink(missing_ok=True)

    def has_rotated(self, secret, version):
        """Waits until the version is current and the rotation is recorded."""

        def check():
            shown = self.sm.describe_secret(SecretId=secret)
            assert "AWSCURRENT" in shown["VersionIdsToStages"].get(version, []), shown["VersionIdsToStages"]
            assert shown["LastRotatedDate"]
            return shown

        return eventually(check, seconds=60)


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    yield made
    made.go_on()
    made.server.stop()


def test_an_unmodified_function_rotates(bench):
    secret = bench.secret()
    version = bench.rotate(secret, RotationRules={"ScheduleExpression": "cron(0 16 1,15 * ? *)", "Duration": "2h"})
    shown = bench.has_rotated(secret, version)
    assert shown["RotationEnabled"] is True and shown["RotationLambdaARN"] == FUNCTION
    assert shown["RotationRules"]["ScheduleExpression"] == "cron(0 16 1,15 * ? *)"
    assert shown["NextRotationDate"] > shown["LastRotatedDate"]
    assert bench.value(secret)["password"] == bench.system() != "old"
    assert sorted(label for labels in shown["VersionIdsToStages"].values() for label in labels if label != "AWSPENDING") == [
        "AWSCURRENT",
        "AWSPREVIOUS",
    ]


def test_a_function_that_is_not_bound(bench):
    secret = bench.secret()
    text = (
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the "
        "principal secretsmanager.amazonaws.com."
    )
    with refused("AccessDeniedException", text):
        bench.sm.rotate_secret(SecretId=secret, RotationLambdaARN=FUNCTION.replace("rotate", "other"))
    assert "RotationEnabled" not in bench.sm.describe_secret(SecretId=secret)


def test_the_test_step_alone(bench):
    secret = bench.secret()
    bench.stop_in("testSecret", "after")
    answer = bench.sm.rotate_secret(
        SecretId=secret, RotationLambdaARN=FUNCTION, RotationRules={"AutomaticallyAfterDays": 1}, RotateImmediately=False
    )
    assert "VersionId" not in answer
    bench.stopped()
    labels = bench.sm.describe_secret(SecretId=secret)["VersionIdsToStages"]
    assert sorted(labels.values()) == [["AWSCURRENT"], ["AWSPENDING"]]
    bench.go_on()

    def gone():
        assert list(bench.sm.describe_secret(SecretId=secret)["VersionIdsToStages"].values()) == [["AWSCURRENT"]]

    eventually(gone, seconds=30)
    assert bench.value(secret)["password"] == "old"


def ended(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return
    raise AssertionError("the function still runs")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_the_server_is_killed(bench, step, when):
    secret = bench.secret()
    bench.stop_in(step, when)
    version = bench.rotate(secret)
    process = bench.stopped()
    bench.server.kill()
    # The function goes on without the server, as a Lambda function would, and fails at its next call.
    bench.go_on()
    eventually(lambda: ended(process), seconds=30)
    bench.server.start()
    # The secret's current or, if the function had changed the system already, its pending value opens the system.
    labels = bench.sm.describe_secret(SecretId=secret)["VersionIdsToStages"]
    assert any("AWSCURRENT" in of for of in labels.values())
    bench.has_rotated(secret, version)
    assert bench.value(secret)["password"] == bench.system() != "old"
    assert len(bench.sm.list_secret_version_ids(SecretId=secret)["Versions"]) == 2


@pytest.mark.parametrize("step", STEPS)
def test_the_function_is_killed(bench, step):
    secret = bench.secret()
    bench.stop_in(step, "before")
    version = bench.rotate(secret)
    os.kill(bench.stopped(), signal.SIGKILL)
    if step in ("createSecret", "setSecret"):
        assert bench.value(secret)["password"] == bench.system() == "old"
    with refused("InvalidRequestException", UNFINISHED):
        bench.sm.rotate_secret(SecretId=secret)
    bench.go_on()
    bench.has_rotated(secret, version)
    assert bench.value(secret)["password"] == bench.system() != "old"


def test_a_function_that_fails_is_tried_again(bench):
    secret = bench.secret()
    (bench.code / "fail-setSecret").touch()
    version = bench.rotate(secret)

    def reported():
        assert "told to fail in setSecret" in bench.server.stderr.read_text()

    eventually(reported, seconds=30)
    assert bench.value(secret)["password"] == "old"
    bench.go_on()
    bench.has_rotated(secret, version)


@pytest.fixture
def database(tmp_path):
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed: its rotation is not tested")
    running = Postgres(tmp_path)
    yield running
    running.kill()


@pytest.mark.parametrize("step", STEPS)
def test_the_database_is_killed(bench, database, step):
    database.sql("CREATE ROLE app LOGIN PASSWORD 'old'")
    secret = bench.secret(database.secret("app", "old"))
    bench.stop_in(step, "before")
    version = bench.rotate(secret)
    bench.stopped()
    database.kill()
    bench.go_on()
    if step in ("setSecret", "testSecret"):

        def failed():
            assert "a rotation failed" in bench.server.stderr.read_text()

        eventually(failed, seconds=30)
    database.start()
    bench.has_rotated(secret, version)
    password = bench.value(secret)["password"]
    assert password != "old" and database.sql("SELECT 1", "app", password).returncode == 0
