"""Secrets Manager: values, versions and staging labels."""

import base64
import re
import uuid

import pytest

from support import wire
from support.clients import ACCOUNT, key_arn, unique
from support.expect import pages, plain, refused
from support.server import PRIMARY, REPLICA

NOT_FOUND = "Secrets Manager can't find the specified secret."
BAD_NAME = "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
MARKED = "You can't perform this operation on the secret because it was marked for deletion."


@pytest.fixture(scope="session")
def sm(aws):
    return aws.secrets()


@pytest.fixture
def secret(sm):
    return plain(sm.create_secret(Name=unique("secret"), SecretString="first"))


def token():
    return str(uuid.uuid4())


def stages(sm, name):
    """Labels by version id, without versions that have none."""
    return sm.describe_secret(SecretId=name).get("VersionIdsToStages", {})


def test_create_answers(sm):
    name, version = f"{unique('a')}/b_c+d=e.f@g!h", token()
    made = plain(sm.create_secret(Name=name, SecretString="v", ClientRequestToken=version))
    assert re.fullmatch(rf"arn:aws:secretsmanager:{PRIMARY}:{ACCOUNT}:secret:{re.escape(name)}-[A-Za-z0-9]{{6}}", made["ARN"])
    assert made == {"ARN": made["ARN"], "Name": name, "VersionId": version}


def test_a_secret_without_a_value(sm):
    # Seen against AWS: there is no VersionId, and DescribeSecret has no VersionIdsToStages.
    name = unique("empty")
    made = plain(sm.create_secret(Name=name, Description=""))
    assert set(made) == {"ARN", "Name"}
    shown = plain(sm.describe_secret(SecretId=name))
    assert set(shown) == {"ARN", "Name", "CreatedDate", "LastChangedDate"}
    with refused(
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    ):
        sm.get_secret_value(SecretId=name)
    put = sm.put_secret_value(SecretId=name, SecretString="v")
    assert put["VersionStages"] == ["AWSCURRENT"]
    assert stages(sm, name) == {put["VersionId"]: ["AWSCURRENT"]}


@pytest.mark.parametrize(
    "value",
    [
        {"SecretString": "smörgåsbord ✓ \U0001f511\0 end"},
        {"SecretString": "x" * 65536},
        {"SecretString": "ü" * 32768},
        {"SecretBinary": bytes(range(256))},
        {"SecretBinary": b"\0" * 65536},
        {"SecretString": '{"user":"u","password":"\\"p\\""}'},
    ],
    ids=["unicode", "64KiB", "64KiB of UTF-8", "bytes", "64KiB of bytes", "JSON"],
)
def test_values_survive(sm, value):
    name = unique("value")
    made = sm.create_secret(Name=name, **value)
    shown = plain(sm.get_secret_value(SecretId=made["ARN"]))
    created = shown.pop("CreatedDate")
    assert shown == {
        "ARN": made["ARN"],
        "Name": name,
        "VersionId": made["VersionId"],
        "VersionStages": ["AWSCURRENT"],
        **value,
    }
    assert created == sm.list_secret_version_ids(SecretId=name)["Versions"][0]["CreatedDate"]


def test_values_that_are_too_long(aws, sm, secret):
    long = "ü" * 32768 + "x"
    for call in (
        lambda: aws.secrets(checked=False).put_secret_value(SecretId=secret["ARN"], SecretString=long),
        lambda: aws.secrets(checked=False).put_secret_value(SecretId=secret["ARN"], SecretBinary=b"x" * 65537),
    ):
        with pytest.raises(sm.exceptions.ClientError) as caught:
            call()
        error = caught.value.response
        assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert error["Error"]["Code"] == "ValidationException"
        assert "xxxx" not in error["Error"]["Message"], "a secret value is echoed in an error"
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "first"


def test_no_value_and_two_values(sm, secret):
    # The texts are those of other implementations, such as moto. AWS's are not known.
    with refused("InvalidRequestException", "You must provide either SecretString or SecretBinary."):
        sm.put_secret_value(SecretId=secret["ARN"])
    both = "You can't specify both a binary secret value and a string secret value in the same secret."
    with refused("InvalidParameterException", both):
        sm.put_secret_value(SecretId=secret["ARN"], SecretString="a", SecretBinary=b"a")
    with refused("InvalidParameterException", both):
        sm.create_secret(Name=unique("both"), SecretString="a", SecretBinary=b"a")


@pytest.mark.parametrize("name", ["a b", "a*", "a?", "a\\b", "a]", "naïve", "a:b"])
def test_bad_names_everywhere(sm, name):
    # Seen against AWS: a ValidationException in every operation that takes a SecretId.
    for call in (
        lambda: sm.create_secret(Name=name, SecretString="x"),
        lambda: sm.delete_secret(SecretId=name),
        lambda: sm.describe_secret(SecretId=name),
        lambda: sm.get_secret_value(SecretId=name),
        lambda: sm.list_secret_version_ids(SecretId=name),
        lambda: sm.put_secret_value(SecretId=name, SecretString="x"),
        lambda: sm.tag_resource(SecretId=name, Tags=[{"Key": "a", "Value": "b"}]),
        lambda: sm.untag_resource(SecretId=name, TagKeys=["a"]),
        lambda: sm.update_secret(SecretId=name, Description="x"),
    ):
        with refused("ValidationException", BAD_NAME):
            call()


def test_a_secret_that_is_not_there(sm):
    name = unique("missing")
    for call in (
        lambda: sm.delete_secret(SecretId=name),
        lambda: sm.describe_secret(SecretId=name),
        lambda: sm.get_secret_value(SecretId=name),
        lambda: sm.list_secret_version_ids(SecretId=name),
        lambda: sm.put_secret_value(SecretId=name, SecretString="x"),
        lambda: sm.tag_resource(SecretId=name, Tags=[{"Key": "a", "Value": "b"}]),
        lambda: sm.update_secret(SecretId=name, Description="x"),
        lambda: sm.restore_secret(SecretId=name),
        lambda: sm.get_resource_policy(SecretId=name),
    ):
        with refused("ResourceNotFoundException", NOT_FOUND):
            call()


def test_every_form_of_a_secret_id(sm):
    # Source: Secrets Manager User Guide, "What's in a Secrets Manager secret?", ARN. Seen against AWS: the rules for partial
    # ARNs.
    name = unique("forms")
    arn = sm.create_secret(Name=name, SecretString="x")["ARN"]
    for form in (name, arn, arn[:-7]):
        assert sm.get_secret_value(SecretId=form)["ARN"] == arn
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.get_secret_value(SecretId=arn[:-1])
    tail = unique("tail") + "-a1b2c3"
    arn = sm.create_secret(Name=tail, SecretString="x")["ARN"]
    for form in (tail, arn):
        assert sm.describe_secret(SecretId=form)["ARN"] == arn
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.describe_secret(SecretId=arn[:-7])
    for tail in ("-1234", "-a1b2c3-"):
        odd = unique("odd") + tail
        arn = sm.create_secret(Name=odd, SecretString="x")["ARN"]
        assert sm.describe_secret(SecretId=arn[:-7])["ARN"] == arn


def test_an_arn_is_not_followed_to_another_region(aws, secret):
    # The region of an ARN does not route the request: the secret is not found here.
    with refused("ResourceNotFoundException", NOT_FOUND):
        aws.secrets(REPLICA).get_secret_value(SecretId=secret["ARN"])


def test_custom_labels_survive(sm):
    # Seen against AWS: every transition of the labels.
    name = unique("labels")
    v = [token() for _ in range(4)]
    put = lambda i, *labels: sm.put_secret_value(  # noqa: E731
        SecretId=name, SecretString=str(i), ClientRequestToken=v[i], VersionStages=list(labels)
    )
    move = lambda to, frm: sm.update_secret_version_stage(  # noqa: E731
        SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=v[to], RemoveFromVersionId=v[frm]
    )
    sm.create_secret(Name=name, SecretString="0", ClientRequestToken=v[0])
    assert put(1, "AWSCURRENT", "PUT0")["VersionStages"] == ["AWSCURRENT", "PUT0"]
    assert stages(sm, name) == {v[0]: ["AWSPREVIOUS"], v[1]: ["AWSCURRENT", "PUT0"]}
    put(2, "AWSPENDING", "PUT1")
    assert stages(sm, name) == {v[0]: ["AWSPREVIOUS"], v[1]: ["AWSCURRENT", "PUT0"], v[2]: ["AWSPENDING", "PUT1"]}
    answer = plain(move(2, 1))
    assert set(answer) == {"ARN", "Name"}
    assert stages(sm, name) == {v[1]: ["AWSPREVIOUS", "PUT0"], v[2]: ["AWSCURRENT", "AWSPENDING", "PUT1"]}
    put(3, "AWSPENDING", "PUT2")
    assert stages(sm, name) == {
        v[1]: ["AWSPREVIOUS", "PUT0"],
        v[2]: ["AWSCURRENT", "PUT1"],
        v[3]: ["AWSPENDING", "PUT2"],
    }
    move(3, 2)
    assert stages(sm, name) == {
        v[1]: ["PUT0"],
        v[2]: ["AWSPREVIOUS", "PUT1"],
        v[3]: ["AWSCURRENT", "AWSPENDING", "PUT2"],
    }
    # The first version has no label: hidden, and readable by its id.
    listed = lambda **more: [x["VersionId"] for x in sm.list_secret_version_ids(SecretId=name, **more)["Versions"]]  # noqa: E731
    assert listed() == v[1:]
    assert listed(IncludeDeprecated=True) == v
    assert sm.get_secret_value(SecretId=name, VersionId=v[0])["SecretString"] == "0"
    # A default Put while AWSPENDING sits on AWSCURRENT drops AWSPENDING.
    last = sm.put_secret_value(SecretId=name, SecretString="4")["VersionId"]
    assert stages(sm, name) == {
        v[1]: ["PUT0"],
        v[2]: ["PUT1"],
        v[3]: ["AWSPREVIOUS", "PUT2"],
        last: ["AWSCURRENT"],
    }


def test_labels_move_off_older_versions(sm):
    # Seen against AWS: every transition of the labels.
    name = unique("moves")
    v = [token() for _ in range(4)]
    sm.create_secret(Name=name, SecretString="0", ClientRequestToken=v[0])
    for i, labels in enumerate((["one", "two", "three"], ["one", "two", "four"], ["three"]), 1):
        sm.put_secret_value(SecretId=name, SecretString=str(i), ClientRequestToken=v[i], VersionStages=labels)
        if i == 2:
            assert stages(sm, name) == {v[0]: ["AWSCURRENT"], v[1]: ["three"], v[2]: ["four", "one", "two"]}
    assert stages(sm, name) == {v[0]: ["AWSCURRENT"], v[2]: ["four", "one", "two"], v[3]: ["three"]}


def test_update_secret_version_stage_refusals(sm):
    # Source: Secrets Manager API Reference, UpdateSecretVersionStage. Seen against AWS: the first text. The wording of the others
    # is not known.
    name = unique("stage")
    v = [token() for _ in range(3)]
    sm.create_secret(Name=name, SecretString="0", ClientRequestToken=v[0])
    sm.put_secret_value(SecretId=name, SecretString="1", ClientRequestToken=v[1])
    sm.put_secret_value(SecretId=name, SecretString="2", ClientRequestToken=v[2], VersionStages=["mine"])
    stage = sm.update_secret_version_stage
    with refused(
        "InvalidParameterException",
        "The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version "
        f"{v[1]}, so you must explicitly reference that version in RemoveFromVersionId.",
    ):
        stage(SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=v[0])
    with refused(
        "InvalidParameterException",
        "When you move staging label AWSCURRENT, if you specify RemoveFromVersionId, it must be set to the version that "
        "currently has the staging label AWSCURRENT.",
    ):
        stage(SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=v[0], RemoveFromVersionId=v[2])
    with refused(
        "InvalidParameterException",
        "You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.",
    ):
        stage(SecretId=name, VersionStage="AWSCURRENT", RemoveFromVersionId=v[1])
    unknown = token()
    with refused(
        "ResourceNotFoundException",
        f"Secrets Manager can't find the specified secret value for VersionId: {unknown}",
    ):
        stage(SecretId=name, VersionStage="another", MoveToVersionId=unknown)
    stage(SecretId=name, VersionStage="another", MoveToVersionId=v[0])
    stage(SecretId=name, VersionStage="mine", RemoveFromVersionId=v[2])
    assert stages(sm, name) == {v[0]: ["AWSPREVIOUS", "another"], v[1]: ["AWSCURRENT"]}


def test_selection(sm):
    # Source: Secrets Manager API Reference, GetSecretValue. Seen against AWS: the texts.
    name = unique("select")
    v = [token() for _ in range(2)]
    sm.create_secret(Name=name, SecretString="0", ClientRequestToken=v[0])
    sm.put_secret_value(SecretId=name, SecretString="1", ClientRequestToken=v[1])
    read = lambda **which: sm.get_secret_value(SecretId=name, **which)["SecretString"]  # noqa: E731
    assert read() == read(VersionStage="AWSCURRENT") == read(VersionId=v[1]) == "1"
    assert read(VersionStage="AWSPREVIOUS") == read(VersionId=v[0], VersionStage="AWSPREVIOUS") == "0"
    with refused(
        "InvalidRequestException", "You provided a VersionStage that is not associated to the provided VersionId."
    ):
        read(VersionId=v[0], VersionStage="AWSCURRENT")
    with refused(
        "ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: nope"
    ):
        read(VersionStage="nope")
    unknown = token()
    with refused(
        "ResourceNotFoundException", f"Secrets Manager can't find the specified secret value for VersionId: {unknown}"
    ):
        read(VersionId=unknown)


def test_tokens_are_idempotent(sm):
    # Source: Secrets Manager API Reference, CreateSecret, PutSecretValue and UpdateSecret, ClientRequestToken. Seen against AWS:
    # the texts, and that UpdateSecret with a known token and the same value succeeds.
    name, first = unique("tokens"), token()
    create = lambda value, which=first: plain(  # noqa: E731
        sm.create_secret(Name=name, SecretString=value, ClientRequestToken=which)
    )
    made = create("a")
    assert create("a") == made
    used = f"You can't use ClientRequestToken {first} because that value is already in use for a version of secret {made['ARN']}."
    with refused("ResourceExistsException", used):
        create("b")
    with refused("ResourceExistsException", f"The operation failed because the secret {name} already exists."):
        create("a", token())
    again = plain(sm.put_secret_value(SecretId=name, SecretString="a", ClientRequestToken=first))
    assert again == made | {"VersionStages": ["AWSCURRENT"]}
    with refused("ResourceExistsException", used):
        sm.put_secret_value(SecretId=name, SecretString="b", ClientRequestToken=first)
    with refused("ResourceExistsException", used):
        sm.update_secret(SecretId=name, SecretString="b", ClientRequestToken=first)
    assert sm.update_secret(SecretId=name, SecretString="a", ClientRequestToken=first)["VersionId"] == first
    assert stages(sm, name) == {first: ["AWSCURRENT"]}
    # An update makes a version even of the current value.
    second = sm.update_secret(SecretId=name, SecretString="a")["VersionId"]
    assert stages(sm, name) == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT"]}


def test_tokens_that_are_no_uuids(sm):
    # Terraform and External Secrets Operator send tokens of these forms.
    for given in ("terraform-20261123184516452100000002", "00000000-0000-0000-0000-000000000001"):
        name = unique("odd-token")
        assert sm.create_secret(Name=name, SecretString="x", ClientRequestToken=given)["VersionId"] == given
        assert sm.get_secret_value(SecretId=name, VersionId=given)["SecretString"] == "x"


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        # Seen against AWS: the token is checked before the secret is looked up.
        ("CreateSecret", {"Name": "no-token", "SecretString": "x"}, "InvalidRequestException"),
        ("PutSecretValue", {"SecretId": "no-token", "SecretString": "x"}, "InvalidRequestException"),
        ("UpdateSecret", {"SecretId": "no-token", "SecretString": "x"}, "InvalidRequestException"),
    ],
)
def test_missing_tokens(server, operation, body, code):
    answer = wire.json_call(server.endpoint, "secretsmanager", f"secretsmanager.{operation}", body)
    assert answer.status == 400
    # Seen against AWS: errors of the model spell the member with a capital.
    assert answer.json == {
        "__type": code,
        "Message": "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
    }


def test_list_secret_version_ids(sm):
    # Seen against AWS: KmsKeyIds is DefaultEncryptionKey without a customer key, and NextToken is absent at the end.
    name = unique("versions")
    v = [token() for _ in range(5)]
    arn = sm.create_secret(Name=name, SecretString="0", ClientRequestToken=v[0])["ARN"]
    for i in range(1, 5):
        sm.put_secret_value(SecretId=name, SecretString=str(i), ClientRequestToken=v[i], VersionStages=["AWSCURRENT", f"l{i}"])
    answer = plain(sm.list_secret_version_ids(SecretId=name))
    assert (answer["ARN"], answer["Name"]) == (arn, name)
    assert "NextToken" not in answer
    versions = answer["Versions"]
    assert [x["VersionId"] for x in versions] == v[1:]
    assert all(x["KmsKeyIds"] == ["DefaultEncryptionKey"] for x in versions)
    assert all("LastAccessedDate" not in x for x in versions)
    assert [x["CreatedDate"] for x in versions] == sorted(x["CreatedDate"] for x in versions)
    deprecated = sm.list_secret_version_ids(SecretId=name, IncludeDeprecated=True)["Versions"][0]
    assert deprecated["VersionId"] == v[0] and "VersionStages" not in deprecated
    sm.get_secret_value(SecretId=name, VersionId=v[2])
    read = sm.list_secret_version_ids(SecretId=name)["Versions"][1]["LastAccessedDate"]
    assert (read.hour, read.minute, read.second) == (0, 0, 0)
    found, count = pages(
        sm.list_secret_version_ids, "Versions", ("NextToken", "NextToken"), SecretId=name, MaxResults=2
    )
    assert [x["VersionId"] for x in found] == v[1:] and count == 2


def test_twenty_labels(sm, secret):
    for number in range(19):
        sm.put_secret_value(SecretId=secret["ARN"], SecretString="x", VersionStages=[f"label{number}"])
    # Source: Secrets Manager User Guide, "AWS Secrets Manager quotas". AWS's text is not known.
    with pytest.raises(sm.exceptions.LimitExceededException):
        sm.put_secret_value(SecretId=secret["ARN"], SecretString="x", VersionStages=["one-too-many"])


def test_update_secret(sm, secret):
    # Source: Secrets Manager API Reference, UpdateSecret.
    answer = plain(sm.update_secret(SecretId=secret["Name"], Description="d"))
    assert answer == {"ARN": secret["ARN"], "Name": secret["Name"]}
    assert sm.describe_secret(SecretId=secret["ARN"])["Description"] == "d"
    answer = sm.update_secret(SecretId=secret["ARN"], SecretBinary=b"\1")
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretBinary"] == b"\1"
    assert sm.get_secret_value(SecretId=secret["ARN"])["VersionId"] == answer["VersionId"]
    sm.update_secret(SecretId=secret["ARN"], Description="")
    assert "Description" not in sm.describe_secret(SecretId=secret["ARN"])


def test_reading_is_dated(sm, secret):
    # Seen against AWS: LastAccessedDate is absent until the first read and has the precision of a day.
    assert "LastAccessedDate" not in sm.describe_secret(SecretId=secret["ARN"])
    sm.get_secret_value(SecretId=secret["ARN"])
    read = sm.describe_secret(SecretId=secret["ARN"])["LastAccessedDate"]
    assert (read.hour, read.minute, read.second, read.microsecond) == (0, 0, 0, 0)


def test_keys(aws, sm, secret):
    # Source: Secrets Manager User Guide, "Secret encryption and decryption in AWS Secrets Manager".
    key = aws.kms().create_key()["KeyMetadata"]
    alias = f"alias/{unique('secret')}"
    aws.kms().create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    for given in (key["KeyId"], key["Arn"], alias):
        sm.update_secret(SecretId=secret["ARN"], KmsKeyId=given)
        assert sm.describe_secret(SecretId=secret["ARN"])["KmsKeyId"] == given
        assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "first"
    versions = sm.list_secret_version_ids(SecretId=secret["ARN"])["Versions"]
    assert versions[0]["KmsKeyIds"] == [key_arn(key["KeyId"])] and versions[0]["VersionId"] == secret["VersionId"]
    sm.update_secret(SecretId=secret["ARN"], KmsKeyId="")
    assert "KmsKeyId" not in sm.describe_secret(SecretId=secret["ARN"])
    aws.kms().disable_key(KeyId=key["KeyId"])
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "first"


def test_key_that_is_disabled(aws, sm):
    # Seen against AWS: the text for a disabled key on reading. The one for a key that is pending deletion is not known.
    key = aws.kms().create_key()["KeyMetadata"]
    name = unique("disabled")
    sm.create_secret(Name=name, KmsKeyId=key["KeyId"], SecretString="x")
    aws.kms().disable_key(KeyId=key["KeyId"])
    with refused("DecryptionFailure", framed("decrypt", f"{key['Arn']} is disabled.", "DisabledException")):
        sm.get_secret_value(SecretId=name)
    with refused("EncryptionFailure", framed("encrypt", f"{key['Arn']} is disabled.", "DisabledException")):
        sm.put_secret_value(SecretId=name, SecretString="y")
    aws.kms().enable_key(KeyId=key["KeyId"])
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "x"
    aws.kms().schedule_key_deletion(KeyId=key["KeyId"])
    with refused(
        "DecryptionFailure", framed("decrypt", f"{key['Arn']} is pending deletion.", "KMSInvalidStateException")
    ):
        sm.get_secret_value(SecretId=name)


def test_key_that_is_missing(sm):
    missing = "00000000-0000-4000-8000-000000000000"
    text = f"Key '{key_arn(missing)}' does not exist"
    name = unique("no-key")
    with refused("EncryptionFailure", framed("encrypt", text, "NotFoundException")):
        sm.create_secret(Name=name, KmsKeyId=missing, SecretString="x")
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.describe_secret(SecretId=name)


def framed(verb, text, code):
    """A KMS error as Secrets Manager relays it."""
    return re.compile(
        re.escape(f"Secrets Manager can't {verb} the secret value: {text} (Service: AWSKMS; Status Code: 400; Error Code: {code}; ")
        + r"Request ID: [0-9a-f-]{36}(; Proxy: null)?\)"
    )


def test_default_key_is_the_services_own(aws, sm, secret):
    # Source: AWS KMS Developer Guide, "AWS managed keys".
    shown = aws.kms().describe_key(KeyId="alias/aws/secretsmanager")["KeyMetadata"]
    assert (shown["KeyManager"], shown["MultiRegion"], shown["KeyState"]) == ("AWS", False, "Enabled")
    alias = [a for a in aws.kms().list_aliases(Limit=100)["Aliases"] if a["AliasName"] == "alias/aws/secretsmanager"]
    assert alias and alias[0]["TargetKeyId"] == shown["KeyId"]
    # Named by its alias it counts as the default key.
    sm.update_secret(SecretId=secret["ARN"], KmsKeyId="alias/aws/secretsmanager")
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "first"


def test_binary_on_the_wire(server, sm):
    name = unique("wire")
    body = {"Name": name, "SecretBinary": base64.b64encode(b"\0\xff").decode(), "ClientRequestToken": token()}
    made = wire.json_call(server.endpoint, "secretsmanager", "secretsmanager.CreateSecret", body)
    assert made.status == 200, made.body
    read = wire.json_call(server.endpoint, "secretsmanager", "secretsmanager.GetSecretValue", {"SecretId": name})
    assert read.json["SecretBinary"] == "AP8=" and "SecretString" not in read.json
    assert isinstance(read.json["CreatedDate"], float | int)


def test_a_deleted_secret_is_closed(sm, secret):
    # Source: Secrets Manager API Reference, DeleteSecret. Seen against AWS: the text.
    sm.delete_secret(SecretId=secret["ARN"])
    for call in (
        lambda: sm.get_secret_value(SecretId=secret["ARN"]),
        lambda: sm.put_secret_value(SecretId=secret["ARN"], SecretString="x"),
        lambda: sm.update_secret(SecretId=secret["ARN"], Description="x"),
        lambda: sm.tag_resource(SecretId=secret["ARN"], Tags=[{"Key": "a", "Value": "b"}]),
        lambda: sm.untag_resource(SecretId=secret["ARN"], TagKeys=["a"]),
        lambda: sm.get_resource_policy(SecretId=secret["ARN"]),
        lambda: sm.update_secret_version_stage(
            SecretId=secret["ARN"], VersionStage="x", MoveToVersionId=secret["VersionId"]
        ),
    ):
        with refused("InvalidRequestException", MARKED):
            call()
    assert "DeletedDate" in sm.describe_secret(SecretId=secret["ARN"])
    assert sm.list_secret_version_ids(SecretId=secret["ARN"])["Versions"]
