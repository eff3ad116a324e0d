"""Secrets Manager: deletion, lists, tags, resource policies and permissions."""

import datetime
import json
import uuid

import pytest

from support.clients import ACCOUNT, OTHER_ACCOUNT, allow, policy, unique
from support.expect import constraint, pages, plain, refused

NOT_FOUND = "Secrets Manager can't find the specified secret."
TOKENS = ("NextToken", "NextToken")
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


@pytest.fixture(scope="session")
def sm(aws):
    return aws.secrets()


@pytest.fixture
def secret(sm):
    return plain(sm.create_secret(Name=unique("secret"), SecretString="first"))


def days_from_now(moment):
    return (moment - datetime.datetime.now(datetime.UTC)).total_seconds() / 86400


def test_deletion_with_a_window(sm, secret):
    answer = plain(sm.delete_secret(SecretId=secret["Name"], RecoveryWindowInDays=7))
    assert abs(days_from_now(answer.pop("DeletionDate")) - 7) < 0.01
    assert answer == {"ARN": secret["ARN"], "Name": secret["Name"]}
    # The moment of scheduling, not that of the end.
    assert abs(days_from_now(sm.describe_secret(SecretId=secret["ARN"])["DeletedDate"])) < 0.01
    with refused(
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
    ):
        sm.create_secret(Name=secret["Name"], SecretString="x")
    answer = plain(sm.restore_secret(SecretId=secret["Name"]))
    assert answer == {"ARN": secret["ARN"], "Name": secret["Name"]}
    assert "DeletedDate" not in sm.describe_secret(SecretId=secret["ARN"])
    assert sm.get_secret_value(SecretId=secret["ARN"])["SecretString"] == "first"


def test_deletion_windows(aws, secret):
    # Source: Secrets Manager API Reference, DeleteSecret.
    unchecked = aws.secrets(checked=False)
    for days in (0, 6, 31):
        with refused(
            "InvalidParameterException", "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."
        ):
            unchecked.delete_secret(SecretId=secret["ARN"], RecoveryWindowInDays=days)
    with refused(
        "InvalidParameterException",
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    ):
        unchecked.delete_secret(SecretId=secret["ARN"], RecoveryWindowInDays=7, ForceDeleteWithoutRecovery=True)
    assert abs(days_from_now(unchecked.delete_secret(SecretId=secret["ARN"])["DeletionDate"]) - 30) < 0.01


def test_forced_deletion(sm, secret):
    # Seen against AWS. Terraform relies on it: the name is free at once, and a new secret has another suffix.
    sm.delete_secret(SecretId=secret["ARN"])
    sm.delete_secret(SecretId=secret["ARN"], ForceDeleteWithoutRecovery=True)
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.describe_secret(SecretId=secret["ARN"])
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.restore_secret(SecretId=secret["ARN"])
    again = sm.create_secret(Name=secret["Name"], SecretString="second")
    assert again["ARN"] != secret["ARN"]
    with refused("ResourceNotFoundException", NOT_FOUND):
        sm.get_secret_value(SecretId=secret["ARN"])
    missing = unique("missing")
    gone = sm.delete_secret(SecretId=missing, ForceDeleteWithoutRecovery=True)
    assert gone["Name"] == missing and gone["ARN"].startswith(f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:{missing}-")


def test_list_secrets(sm):
    prefix = unique("list")
    names = [f"{prefix}/{n}" for n in range(7)]
    for name in names:
        sm.create_secret(Name=name, SecretString="x", Description="of seven", Tags=[{"Key": "n", "Value": name[-1]}])
    mine = [{"Key": "name", "Values": [prefix]}]
    found, count = pages(sm.list_secrets, "SecretList", TOKENS, Filters=mine, MaxResults=3, SortBy="name", SortOrder="asc")
    assert [s["Name"] for s in found] == names and count >= 3
    entry = found[0]
    assert set(entry) == {
        "ARN",
        "Name",
        "Description",
        "CreatedDate",
        "LastChangedDate",
        "Tags",
        "SecretVersionsToStages",
    }
    assert list(entry["SecretVersionsToStages"].values()) == [["AWSCURRENT"]]
    sm.delete_secret(SecretId=names[0])
    assert [s["Name"] for s in sm.list_secrets(Filters=mine, SortBy="name", SortOrder="asc")["SecretList"]] == names[1:]
    planned = sm.list_secrets(Filters=mine, IncludePlannedDeletion=True)["SecretList"]
    assert {s["Name"] for s in planned} == set(names)
    assert [s["Name"] for s in planned if "DeletedDate" in s] == names[:1]


@pytest.fixture(scope="module")
def filtered(aws):
    """Secrets for the filters, and a function that returns those that a list of filters selects."""
    sm = aws.secrets()
    mark = unique("filters")
    made = {
        "alpha": {"Description": "an secret of one and two", "Tags": [{"Key": "team", "Value": "blue"}]},
        "Beta": {"Description": "Something ELSE", "Tags": [{"Key": "Team", "Value": "Blue"}, {"Key": "team", "Value": "red"}]},
        "gamma": {"Description": "COMPANYthings"},
    }
    for name, more in made.items():
        sm.create_secret(Name=f"{mark}-{name}", SecretString="x", **more)

    def select(*filters):
        mine = {"Key": "name", "Values": [mark]}
        rest = [{"Key": key, "Values": list(values)} for key, *values in filters]
        listed = sm.list_secrets(Filters=[mine, *rest])["SecretList"]
        return {s["Name"].removeprefix(f"{mark}-") for s in listed}

    select.mark = mark
    return select


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        # Source: Secrets Manager User Guide, "Find secrets in AWS Secrets Manager".
        ((), {"alpha", "Beta", "gamma"}),
        ((("tag-key", "team"),), {"alpha", "Beta"}),
        ((("tag-key", "tea"),), {"alpha", "Beta"}),
        ((("tag-key", "Team"),), {"Beta"}),
        ((("tag-value", "blue"),), {"alpha"}),
        ((("tag-value", "blue", "red"),), {"alpha", "Beta"}),
        ((("tag-key", "team"), ("tag-value", "red")), {"Beta"}),
        ((("tag-value", "!blue"),), {"Beta", "gamma"}),
        ((("description", "a secret"),), {"alpha"}),
        ((("description", "one two"),), {"alpha"}),
        ((("description", "ONE"),), {"alpha"}),
        ((("description", "else"),), {"Beta"}),
        ((("description", "econd"),), set()),
        ((("all", "blue"),), {"alpha", "Beta"}),
        ((("all", "some"),), {"Beta"}),
    ],
)
def test_filters(filtered, filters, expected):
    assert filtered(*filters) == expected


def test_name_filters(aws, filtered):
    sm = aws.secrets()
    names = lambda value: {s["Name"] for s in sm.list_secrets(Filters=[{"Key": "name", "Values": [value]}])["SecretList"]}  # noqa: E731
    assert names(filtered.mark + "-al") == {filtered.mark + "-alpha"}
    assert names(filtered.mark + "-AL") == set()
    assert names("nothing-" + filtered.mark) == set()


def test_filter_refusals(aws):
    unchecked = aws.secrets(checked=False)
    with pytest.raises(unchecked.exceptions.ClientError) as caught:
        unchecked.list_secrets(Filters=[{"Key": "x", "Values": ["y"]}])
    error = caught.value.response["Error"]
    start = constraint("filters.1.member.key", "Member must satisfy enum value set: [", "x")
    assert error["Code"] == "ValidationException" and error["Message"].startswith(start)
    with pytest.raises(unchecked.exceptions.InvalidNextTokenException):
        unchecked.list_secrets(NextToken="garbage")
    with pytest.raises(unchecked.exceptions.ClientError) as caught:
        unchecked.list_secrets(MaxResults=101)
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_tags(sm, secret):
    # Seen against AWS: Tags is absent until the first tag, then an empty list.
    assert "Tags" not in sm.describe_secret(SecretId=secret["ARN"])
    sm.tag_resource(SecretId=secret["ARN"], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    sm.tag_resource(SecretId=secret["ARN"], Tags=[{"Key": "a", "Value": "3"}])
    assert sm.describe_secret(SecretId=secret["ARN"])["Tags"] == [{"Key": "a", "Value": "3"}, {"Key": "b", "Value": "2"}]
    sm.untag_resource(SecretId=secret["ARN"], TagKeys=["a", "b", "c"])
    assert sm.describe_secret(SecretId=secret["ARN"])["Tags"] == []
    with pytest.raises(sm.exceptions.ClientError):
        sm.tag_resource(SecretId=secret["ARN"], Tags=[{"Key": "aws:x", "Value": ""}])


def test_resource_policy(sm, secret):
    # Source: Secrets Manager API Reference, PutResourcePolicy and GetResourcePolicy. ResourcePolicy is absent if there is none.
    assert plain(sm.get_resource_policy(SecretId=secret["Name"])) == {"ARN": secret["ARN"], "Name": secret["Name"]}
    document = policy({"Effect": "Allow", "Principal": ROOT, "Action": "secretsmanager:GetSecretValue", "Resource": "*"})
    answer = plain(sm.put_resource_policy(SecretId=secret["ARN"], ResourcePolicy=document))
    assert answer == {"ARN": secret["ARN"], "Name": secret["Name"]}
    stored = sm.get_resource_policy(SecretId=secret["ARN"])["ResourcePolicy"]
    assert json.loads(stored) == json.loads(document)
    assert plain(sm.delete_resource_policy(SecretId=secret["ARN"])) == answer
    assert "ResourcePolicy" not in sm.get_resource_policy(SecretId=secret["ARN"])
    sm.delete_resource_policy(SecretId=secret["ARN"])


@pytest.mark.parametrize("document", ["{", "[]", '{"Version":"2012-10-17"}', "[" * 10000], ids=lambda text: f"{text[:20]}-{len(text)}")
def test_documents_that_are_no_policies(sm, secret, document):
    with pytest.raises(sm.exceptions.MalformedPolicyDocumentException):
        sm.put_resource_policy(SecretId=secret["ARN"], ResourcePolicy=document)


def test_policy_principals_must_exist(sm, secret):
    nobody = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/{unique('nobody')}"}
    document = policy({"Effect": "Allow", "Principal": nobody, "Action": "secretsmanager:*", "Resource": "*"})
    with refused("MalformedPolicyDocumentException", "This resource policy contains an unsupported principal"):
        sm.put_resource_policy(SecretId=secret["ARN"], ResourcePolicy=document)


def test_public_policies(sm, secret):
    document = policy({"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"})
    with pytest.raises(sm.exceptions.PublicPolicyException):
        sm.put_resource_policy(SecretId=secret["ARN"], ResourcePolicy=document, BlockPublicPolicy=True)
    sm.put_resource_policy(SecretId=secret["ARN"], ResourcePolicy=document)


def denied(caller, action, resource=None, reason="because no identity-based policy allows the {} action"):
    on = f" on resource: {resource}" if resource else ""
    return f"User: {caller.arn} is not authorized to perform: {action}{on} {reason.format(action)}"


def test_who_may_read(sm, secret, make_user):
    # Source: Secrets Manager User Guide, "Authentication and access control for AWS Secrets Manager". Seen against AWS:
    # the texts.
    reader = make_user(allow("secretsmanager:GetSecretValue", secret["ARN"]))
    assert reader.secrets().get_secret_value(SecretId=secret["ARN"])["SecretString"] == "first"
    assert reader.secrets().get_secret_value(SecretId=secret["Name"])["SecretString"] == "first"
    with refused("AccessDeniedException", denied(reader, "secretsmanager:DescribeSecret", secret["ARN"])):
        reader.secrets().describe_secret(SecretId=secret["Name"])
    with refused("AccessDeniedException", denied(reader, "secretsmanager:ListSecrets")):
        reader.secrets().list_secrets()
    # Without permission the answer does not show whether the secret exists.
    missing = unique("missing")
    with refused("AccessDeniedException", denied(reader, "secretsmanager:GetSecretValue", missing)):
        reader.secrets().get_secret_value(SecretId=missing)


def test_resource_policies_count(sm, secret, make_user):
    user = make_user()
    with refused("AccessDeniedException", denied(user, "secretsmanager:GetSecretValue", secret["ARN"])):
        user.secrets().get_secret_value(SecretId=secret["ARN"])
    lets = {"Effect": "Allow", "Principal": {"AWS": user.arn}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    sm.put_resource_policy(SecretId=secret["ARN"], ResourcePolicy=policy(lets))
    assert user.secrets().get_secret_value(SecretId=secret["ARN"])["SecretString"] == "first"
    denies = lets | {"Effect": "Deny"}
    sm.put_resource_policy(SecretId=secret["ARN"], ResourcePolicy=policy(lets, denies))
    with refused(
        "AccessDeniedException",
        denied(user, "secretsmanager:GetSecretValue", secret["ARN"], "with an explicit deny in a resource-based policy"),
    ):
        user.secrets().get_secret_value(SecretId=secret["ARN"])


def test_reading_needs_the_key(aws, sm, make_user):
    # Source: Secrets Manager User Guide, "Secret encryption and decryption in AWS Secrets Manager": the caller needs
    # kms:Decrypt on a customer key. Seen against AWS: the text.
    key = aws.kms().create_key()["KeyMetadata"]
    made = sm.create_secret(Name=unique("keyed"), SecretString="x", KmsKeyId=key["Arn"])
    without = make_user(allow("secretsmanager:*"))
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        without.secrets().get_secret_value(SecretId=made["ARN"])
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        without.secrets().put_secret_value(SecretId=made["ARN"], SecretString="y")
    # Only through Secrets Manager, and only for this secret.
    via = make_user(
        policy(
            {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": "kms:*",
                "Resource": key["Arn"],
                "Condition": {
                    "StringEquals": {
                        "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com",
                        "kms:EncryptionContext:SecretARN": made["ARN"],
                    }
                },
            },
        )
    )
    assert via.secrets().get_secret_value(SecretId=made["ARN"])["SecretString"] == "x"
    via.secrets().put_secret_value(SecretId=made["ARN"], SecretString="y")
    assert via.secrets().get_secret_value(SecretId=made["ARN"])["SecretString"] == "y"
    with pytest.raises(sm.exceptions.ClientError) as caught:
        via.kms().encrypt(KeyId=key["Arn"], Plaintext=b"x", EncryptionContext={"SecretARN": made["ARN"]})
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


def test_creating_needs_tag_and_replicate(make_user):
    # Source: Service Authorization Reference, "AWS Secrets Manager": dependent actions are decided one by one.
    user = make_user(allow("secretsmanager:CreateSecret"))
    name = unique("dependent")
    assert user.secrets().create_secret(Name=name, SecretString="x")
    for more in ({"Tags": [{"Key": "a", "Value": "b"}]}, {"AddReplicaRegions": [{"Region": "eu-west-1"}]}):
        with pytest.raises(user.secrets().exceptions.ClientError) as caught:
            user.secrets().create_secret(Name=unique("dependent"), SecretString="x", **more)
        assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


def test_across_accounts(aws, other, sm, make_user):
    # Source: Secrets Manager User Guide, "Access AWS Secrets Manager secrets from a different account".
    key = aws.kms().create_key()["KeyMetadata"]
    root = {"Effect": "Allow", "Principal": ROOT, "Action": "kms:*", "Resource": "*"}
    shares_key = {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": "kms:Decrypt", "Resource": "*"}
    aws.kms().put_key_policy(KeyId=key["KeyId"], Policy=policy(root, shares_key))
    arns = {}
    for name, more in (("keyed", {"KmsKeyId": key["Arn"]}), ("default", {})):
        made = sm.create_secret(Name=unique(name), SecretString="shared", **more)
        arns[name] = made["ARN"]
        shares = {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": "secretsmanager:*", "Resource": "*"}
        sm.put_resource_policy(SecretId=made["ARN"], ResourcePolicy=policy(shares))
    theirs = make_user(allow("*"), owner=other)
    assert theirs.secrets().get_secret_value(SecretId=arns["keyed"])["SecretString"] == "shared"
    with refused(
        "InvalidRequestException",
        "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.",
    ):
        theirs.secrets().get_secret_value(SecretId=arns["default"])
    nobody = make_user(owner=other)
    with pytest.raises(sm.exceptions.ClientError) as caught:
        nobody.secrets().get_secret_value(SecretId=arns["keyed"])
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    sm.delete_resource_policy(SecretId=arns["keyed"])
    with refused(
        "AccessDeniedException",
        denied(
            theirs,
            "secretsmanager:GetSecretValue",
            arns["keyed"],
            "because no resource-based policy allows the {} action",
        ),
    ):
        theirs.secrets().get_secret_value(SecretId=arns["keyed"])


def test_version_conditions(sm, secret, make_user):
    sm.put_secret_value(SecretId=secret["ARN"], SecretString="second")
    user = make_user(
        allow("secretsmanager:GetSecretValue", Condition={"StringEquals": {"secretsmanager:VersionStage": "AWSPREVIOUS"}})
    )
    assert user.secrets().get_secret_value(SecretId=secret["ARN"], VersionStage="AWSPREVIOUS")["SecretString"] == "first"
    with pytest.raises(sm.exceptions.ClientError) as caught:
        user.secrets().get_secret_value(SecretId=secret["ARN"])
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"


def test_tag_conditions(sm, make_user):
    mine = sm.create_secret(Name=unique("tagged"), SecretString="x", Tags=[{"Key": "team", "Value": "blue"}])
    theirs = sm.create_secret(Name=unique("tagged"), SecretString="x", Tags=[{"Key": "team", "Value": "red"}])
    user = make_user(allow("secretsmanager:*", Condition={"StringEquals": {"aws:ResourceTag/team": "blue"}}))
    assert user.secrets().get_secret_value(SecretId=mine["ARN"])["SecretString"] == "x"
    with refused("AccessDeniedException", denied(user, "secretsmanager:GetSecretValue", theirs["ARN"])):
        user.secrets().get_secret_value(SecretId=theirs["ARN"])


def test_names_of_one_account_are_not_anothers(aws, other):
    name = unique("both")
    for clients in (aws, other):
        clients.secrets().create_secret(Name=name, SecretString=clients.key, ClientRequestToken=str(uuid.uuid4()))
    for clients in (aws, other):
        assert clients.secrets().get_secret_value(SecretId=name)["SecretString"] == clients.key
