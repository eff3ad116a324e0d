"""Ansible's `community.aws.secretsmanager_secret`: keys, and values of bytes."""

from support.ansible import secret_task
from support.clients import unique


def test_keys_and_bytes(play, secrets_server):
    kms, name = secrets_server.kms(), unique("ansible")
    first, second = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    given = {"name": name, "secret": "bytes as text", "secret_type": "binary", "kms_key_id": first}
    run = lambda: play(secrets_server.endpoint, [secret_task(**given)])  # noqa: E731
    assert [run(), run()] == [["changed"], ["ok"]]
    given["kms_key_id"] = second
    assert [run(), run()] == [["changed"], ["ok"]]
    assert secrets_server.secrets().describe_secret(SecretId=name)["KmsKeyId"] == second
    assert secrets_server.secrets().get_secret_value(SecretId=name)["SecretBinary"] == b"bytes as text"
