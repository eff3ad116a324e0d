"""Rotation by a plain Lambda function behind the server, with the server, the function or the database killed at each step."""

import os
import signal

import pytest

from support.expect import eventually, refused
from support.postgres import Postgres, binaries
from support.rotation import FUNCTION, STEPS, UNFINISHED, Bench


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    yield made
    made.close()


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
    # The function does not go on without the server.
    eventually(lambda: ended(process), seconds=10)
    bench.go_on()
    bench.server.start()
    # The secret's current or, if the function had changed the system already, its pending value opens the system.
    labels = bench.sm.describe_secret(SecretId=secret)["VersionIdsToStages"]
    assert any("AWSCURRENT" in of for of in labels.values())
    bench.has_rotated(secret, version)
    assert bench.value(secret)["password"] == bench.system() != "old"
    assert len(bench.sm.list_secret_version_ids(SecretId=secret)["Versions"]) == 2


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_programs_end_with_the_server(tmp_path, end):
    """Also a program that does not know that it has a server, and what it has started."""
    script = tmp_path / "rotate.sh"
    script.write_text(f"trap '' TERM INT HUP\nsleep 1000 &\necho $! $$ > {tmp_path}/started.new\nmv {tmp_path}/started.new {tmp_path}/started\nsleep 1000\n")
    bench = Bench(tmp_path, {"script": f"command:/bin/sh {script}"})
    bench.rotate(bench.secret(), "script")

    def started():
        assert (tmp_path / "started").exists()
        return [int(process) for process in (tmp_path / "started").read_text().split()]

    processes = eventually(started, seconds=30)
    assert len(processes) == 2
    getattr(bench.server, end)()
    for process in processes:
        eventually(lambda: ended(process), seconds=10)


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
    bench.has_said("asked to fail in setSecret")
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
        bench.has_said("a rotation failed")
    database.start()
    bench.has_rotated(secret, version)
    password = bench.value(secret)["password"]
    assert password != "old" and database.sql("SELECT 1", "app", password).returncode == 0


def test_two_roles_take_turns(tmp_path, database):
    database.sql("CREATE ROLE app LOGIN PASSWORD 'old'; CREATE TABLE t (a int); INSERT INTO t VALUES (7); GRANT SELECT ON t TO app")
    bench = Bench(tmp_path, {"turns": "postgres-alternating-users"})
    master = bench.secret(database.secret("admin", "superuser"))
    secret = bench.secret(database.secret("app", "old") | {"masterarn": master})
    for user in ["app_clone", "app", "app_clone"]:
        bench.has_rotated(secret, bench.rotate(secret, "turns"))
        assert bench.value(secret)["username"] == user
        for label in ["AWSCURRENT", "AWSPREVIOUS"]:
            value = bench.value(secret, label)
            answer = database.sql("SELECT a FROM t", value["username"], value["password"])
            assert answer.stdout.strip() == "7", (label, answer.stderr)
    assert database.sql("SELECT 1", "app", "old").returncode != 0
    bench.close()
