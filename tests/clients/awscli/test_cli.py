"""Commands of the AWS CLI against the server."""

import base64

from support.clients import ACCOUNT, trust, unique
from support.expect import eventually
from support.server import PRIMARY, REPLICA


def test_identity(cli):
    assert cli("sts", "get-caller-identity")["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"


def test_keys_and_files(cli, tmp_path):
    key = cli("kms", "create-key", "--multi-region", "--tags", "TagKey=a,TagValue=b")["KeyMetadata"]
    cli("kms", "replicate-key", "--key-id", key["KeyId"], "--replica-region", REPLICA)
    plaintext, blob = tmp_path / "plaintext", tmp_path / "blob"
    plaintext.write_bytes(b"\0\xff from a file")
    context = ("--encryption-context", "app=cli")
    sealed = cli("kms", "encrypt", "--key-id", key["KeyId"], "--plaintext", f"fileb://{plaintext}", *context)
    blob.write_bytes(base64.b64decode(sealed["CiphertextBlob"]))
    for region in (PRIMARY, REPLICA):
        opened = eventually(
            lambda region=region: cli("kms", "decrypt", "--ciphertext-blob", f"fileb://{blob}", *context, region=region)
        )
        assert base64.b64decode(opened["Plaintext"]) == b"\0\xff from a file"
        assert opened["KeyId"].split(":")[3] == region
    text = cli("kms", "decrypt", "--ciphertext-blob", f"fileb://{blob}", fails=True)
    assert "An error occurred (InvalidCiphertextException) when calling the Decrypt operation" in text


def test_secret(cli):
    name = unique("cli")
    made = cli("secretsmanager", "create-secret", "--name", name, "--secret-string", '{"a":"b"}')
    assert cli("secretsmanager", "get-secret-value", "--secret-id", name)["SecretString"] == '{"a":"b"}'
    assert cli("secretsmanager", "describe-secret", "--secret-id", name)["ARN"] == made["ARN"]
    cli("secretsmanager", "delete-secret", "--secret-id", name, "--force-delete-without-recovery")
    text = cli("secretsmanager", "get-secret-value", "--secret-id", name, fails=True)
    assert (
        "An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: "
        "Secrets Manager can't find the specified secret." in text
    )


def test_passwords_and_several_secrets(cli):
    made = cli("secretsmanager", "get-random-password", "--password-length", "20", "--exclude-punctuation")["RandomPassword"]
    assert len(made) == 20 and made.isalnum()
    names = [unique("several") for _ in range(2)]
    for name in names:
        cli("secretsmanager", "create-secret", "--name", name, "--secret-string", made)
    answer = cli("secretsmanager", "batch-get-secret-value", "--secret-id-list", *names, "none-such")
    assert [value["Name"] for value in answer["SecretValues"]] == names
    assert [error["ErrorCode"] for error in answer["Errors"]] == ["ResourceNotFoundException"]


def test_role(cli):
    name = unique("cli")
    arn = cli("iam", "create-role", "--role-name", name, "--assume-role-policy-document", trust())["Role"]["Arn"]
    assert cli("iam", "get-role", "--role-name", name)["Role"]["Arn"] == arn
    got = cli("sts", "assume-role", "--role-arn", arn, "--role-session-name", "cli")["Credentials"]
    session = {
        "AWS_ACCESS_KEY_ID": got["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": got["SecretAccessKey"],
        "AWS_SESSION_TOKEN": got["SessionToken"],
    }
    assert cli("sts", "get-caller-identity", **session)["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/cli"
    text = cli("kms", "list-keys", fails=True, **session)
    assert "An error occurred (AccessDeniedException) when calling the ListKeys operation: User: " in text


def test_wrong_secret(cli):
    # The CLI reads errors of KMS as JSON. Of an error in XML it would print "(403)" only.
    text = cli("kms", "list-keys", fails=True, AWS_SECRET_ACCESS_KEY="wrong")
    assert "An error occurred (InvalidSignatureException) when calling the ListKeys operation: The request signature" in text


def test_pages(cli):
    for _ in range(3):
        cli("kms", "create-key")
    whole = {k["KeyId"] for k in cli("kms", "list-keys")["Keys"]}
    assert {k["KeyId"] for k in cli("kms", "list-keys", "--page-size", "2")["Keys"]} == whole
