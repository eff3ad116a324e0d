"""A rotation function for AWS Lambda, written from the documented contract of Secrets Manager. It knows nothing of the server under test.

The system that the secret is for is a PostgreSQL server, if the secret names one, or else a file beside this module. A file `stop-STEP`
beside this module makes the function wait within that step, and a file `fail-STEP` makes it fail there.
"""

import json
import os
import subprocess
import time
from pathlib import Path

import boto3

HERE = Path(__file__).parent


def lambda_handler(event, context):
    rotate(boto3.client("secretsmanager", endpoint_url=os.environ["SECRETS_MANAGER_ENDPOINT"]), event)
    assert context.get_remaining_time_in_millis() > 0


def rotate(client, event):
    arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    metadata = client.describe_secret(SecretId=arn)
    if not metadata.get("RotationEnabled"):
        raise ValueError(f"Secret {arn} is not enabled for rotation")
    versions = metadata["VersionIdsToStages"]
    if token not in versions:
        raise ValueError(f"Secret version {token} has no stage for rotation of secret {arn}")
    if "AWSCURRENT" in versions[token]:
        return
    if "AWSPENDING" not in versions[token]:
        raise ValueError(f"Secret version {token} not set as AWSPENDING for rotation of secret {arn}")
    steps = {"createSecret": create, "setSecret": set_in_system, "testSecret": try_out, "finishSecret": finish}
    interrupt(step, "before")
    steps[step](client, arn, token)
    interrupt(step, "after")


def interrupt(step, when):
    """Stops or fails where a test wants it."""
    if (HERE / f"fail-{step}").exists():
        raise RuntimeError(f"asked to fail in {step}")
    stop = HERE / f"stop-{step}-{when}"
    if stop.exists():
        (HERE / "stopped").write_text(str(os.getpid()))
        end = time.monotonic() + 60
        while stop.exists() and time.monotonic() < end:
            time.sleep(0.01)


def read(client, arn, **version):
    return json.loads(client.get_secret_value(SecretId=arn, **version)["SecretString"])


def create(client, arn, token):
    current = read(client, arn, VersionStage="AWSCURRENT")
    try:
        read(client, arn, VersionId=token, VersionStage="AWSPENDING")
    except client.exceptions.ResourceNotFoundException:
        password = client.get_random_password(ExcludeCharacters="/@\"'\\")["RandomPassword"]
        new = json.dumps(current | {"password": password})
        client.put_secret_value(SecretId=arn, ClientRequestToken=token, SecretString=new, VersionStages=["AWSPENDING"])


def set_in_system(client, arn, token):
    pending = read(client, arn, VersionId=token, VersionStage="AWSPENDING")
    if logs_in(pending):
        return
    current = read(client, arn, VersionStage="AWSCURRENT")
    if not logs_in(current):
        raise ValueError("Unable to log in with the current secret")
    change_password(current, pending)


def try_out(client, arn, token):
    if not logs_in(read(client, arn, VersionId=token, VersionStage="AWSPENDING")):
        raise ValueError("Unable to log in with the pending secret")


def finish(client, arn, token):
    versions = client.describe_secret(SecretId=arn)["VersionIdsToStages"]
    current = next(version for version, stages in versions.items() if "AWSCURRENT" in stages)
    client.update_secret_version_stage(
        SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current
    )


def psql(secret, statement):
    command = ["psql", "-h", secret["host"], "-p", str(secret["port"]), "-U", secret["username"], "-d", secret["dbname"]]
    environment = os.environ | {"PGPASSWORD": secret["password"], "PGCONNECT_TIMEOUT": "5"}
    return subprocess.run(
        [*command, "-v", "ON_ERROR_STOP=1", "-qAt"], input=statement, env=environment, capture_output=True, text=True
    ).returncode


def logs_in(secret):
    if "host" in secret:
        return psql(secret, "SELECT 1") == 0
    return json.loads((HERE / "system.json").read_text()) == secret["password"]


def change_password(current, pending):
    if "host" in current:
        password = pending["password"].replace("'", "''")
        assert psql(current, f"ALTER ROLE \"{current['username']}\" PASSWORD '{password}'") == 0
    else:
        new = HERE / "system.new"
        new.write_text(json.dumps(pending["password"]))
        new.replace(HERE / "system.json")
