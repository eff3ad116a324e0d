"""Secrets Manager: every error that the model documents for an operation is provoked, or it is said why nothing here can."""

import re
import string

import pytest
from botocore import xform_name

from support.clients import ACCOUNT, key_arn, policy, unique
from support.documented import DocumentedErrors
from support.expect import refused
from support.server import REPLICA

NOT_FOUND = "Secrets Manager can't find the specified secret."
DELETED = "You can't perform this operation on the secret because it was marked for deletion."

# Why an error cannot be provoked: for all operations, or for one.
NO_PARAMETER = "AWS answers a wrong SecretId with ValidationException, and there is no other parameter"
ANY_STATE = "the operation reads or changes secrets in every state"
NO_NAME = "no secret is looked up"
NEVER = {
    "InternalServiceError": "a fault inside the service, which no request provokes",
    **{
        (operation, "InvalidParameter"): NO_PARAMETER
        for operation in ("CancelRotateSecret", "DeleteResourcePolicy", "DescribeSecret", "GetResourcePolicy", "RestoreSecret")
    },
    ("BatchGetSecretValue", "ResourceNotFound"): "an entry in Errors",
    ("BatchGetSecretValue", "InvalidRequest"): "an entry in Errors",
    ("BatchGetSecretValue", "DecryptionFailure"): "an entry in Errors",
    ("CreateSecret", "DecryptionFailure"): "nothing is decrypted",
    ("PutSecretValue", "DecryptionFailure"): "no value is decrypted before it is replaced",
    ("UpdateSecret", "DecryptionFailure"): "AWS leaves the old values under their keys",
    ("CreateSecret", "ResourceNotFound"): "no secret is looked up, and a key that does not exist is an EncryptionFailure",
    ("RemoveRegionsFromReplication", "InvalidParameter"): "a region without a replica is ignored",
    ("UntagResource", "InvalidParameter"): "the keys of absent tags are ignored, and reserved tags are always absent",
    ("StopReplicationToReplica", "InvalidRequest"): "AWS answers a secret that is no replica with InvalidParameterException",
    ("CreateSecret", "MalformedPolicyDocument"): "no member is a policy",
    ("UpdateSecret", "MalformedPolicyDocument"): "no member is a policy",
    ("CreateSecret", "LimitExceeded"): "AWS's quota of 500,000 secrets is not set",
    ("CreateSecret", "PreconditionNotMet"): "AWS does not say which precondition",
    ("UpdateSecret", "PreconditionNotMet"): "AWS does not say which precondition",
    ("GetRandomPassword", "InvalidRequest"): NO_NAME,
    ("ListSecrets", "InvalidRequest"): NO_NAME,
    ("GetSecretValue", "InvalidParameter"): NO_PARAMETER,
    ("ValidateResourcePolicy", "InvalidParameter"): NO_PARAMETER,
    ("PutResourcePolicy", "InvalidParameter"): NO_PARAMETER,
    ("ListSecretVersionIds", "InvalidParameter"): NO_PARAMETER,
    ("RestoreSecret", "InvalidRequest"): ANY_STATE,
}

DOCUMENTED = DocumentedErrors("secretsmanager", NEVER)
case = DOCUMENTED.case


def expect(error, text):
    return refused(error if error in ("EncryptionFailure", "DecryptionFailure") else f"{error}Exception", text)


class Setting:
    """A secret of its own for each case, and calls on it that would succeed."""

    def __init__(self, aws):
        self.aws, self.sm = aws, aws.secrets()

    def secret(self, **arguments):
        return self.sm.create_secret(Name=unique("documented"), **({"SecretString": "x"} | arguments))

    def send(self, operation, secret, **changes):
        """Sends a call. A change to `None` leaves the member out."""
        given = {
            "CreateSecret": {"Name": unique("made"), "SecretString": "x"},
            "GetRandomPassword": {},
            "ListSecrets": {},
            "PutResourcePolicy": {"ResourcePolicy": policy_of("Allow")},
            "ValidateResourcePolicy": {"ResourcePolicy": policy_of("Allow")},
            "PutSecretValue": {"SecretString": "y"},
            "RemoveRegionsFromReplication": {"RemoveReplicaRegions": [REPLICA]},
            "ReplicateSecretToRegions": {"AddReplicaRegions": [{"Region": REPLICA}]},
            "TagResource": {"Tags": [{"Key": "a", "Value": "b"}]},
            "UntagResource": {"TagKeys": ["a"]},
            "UpdateSecret": {"SecretString": "y"},
            "UpdateSecretVersionStage": {"VersionStage": "mine"},
        }.get(operation, {})
        if "SecretId" in DOCUMENTED.model.operation_model(operation).input_shape.members:
            given = {"SecretId": secret} | given
        given = {name: value for name, value in (given | changes).items() if value is not None}
        return getattr(self.sm, xform_name(operation))(**given)


def policy_of(effect, principal=f"arn:aws:iam::{ACCOUNT}:root"):
    principal = "*" if principal == "*" else {"AWS": principal}
    return policy({"Effect": effect, "Principal": principal, "Action": "secretsmanager:*", "Resource": "*"})


@pytest.fixture(scope="session")
def here(aws):
    return Setting(aws)


@case("ResourceNotFound")
def not_found(here, operation):
    with expect("ResourceNotFound", NOT_FOUND):
        here.send(operation, unique("absent"))


@case("InvalidRequest")
def marked_for_deletion(here, operation):
    secret = here.secret()["ARN"]
    here.sm.delete_secret(SecretId=secret)
    with expect("InvalidRequest", DELETED):
        here.send(operation, secret)


@case("RotateSecret/InvalidParameter")
def two_schedules(here, operation):
    text = "You cannot specify both rotation frequency and schedule expression together."
    rules = {"AutomaticallyAfterDays": 1, "ScheduleExpression": "rate(1 day)"}
    arn = "arn:aws:lambda:eu-central-1:000000000000:function:f"
    with expect("InvalidParameter", text):
        here.send(operation, here.secret()["ARN"], RotationLambdaARN=arn, RotationRules=rules)


@case("CreateSecret/InvalidRequest")
def name_of_a_secret_that_is_deleted(here, operation):
    secret = here.secret()
    here.sm.delete_secret(SecretId=secret["ARN"])
    text = "You can't create this secret because a secret with this name is already scheduled for deletion."
    with expect("InvalidRequest", text):
        here.send(operation, None, Name=secret["Name"])


@case("DeleteSecret/InvalidRequest")
def deleted_twice(here, operation):
    secret = here.secret()["ARN"]
    here.send(operation, secret)
    text = "You can't perform this operation on the secret because it was already scheduled for deletion."
    with expect("InvalidRequest", text):
        here.send(operation, secret)


@case("StopReplicationToReplica/InvalidParameter")
def no_replica(here, operation):
    text = "You can only stop the replication of a replica secret. The specified secret is not a replica."
    with expect("InvalidParameter", text):
        here.send(operation, here.secret()["ARN"])


@case("InvalidNextToken")
def invalid_token(here, operation):
    change = {"Filters": [{"Key": "name", "Values": ["a"]}]} if operation == "BatchGetSecretValue" else {}
    with expect("InvalidNextToken", "The NextToken value is invalid."):
        here.send(operation, here.secret()["ARN"], NextToken="AAAA", **change)


@case("MalformedPolicyDocument")
def malformed_policy(here, operation):
    with expect("MalformedPolicyDocument", "This resource policy contains a syntax error."):
        here.send(operation, here.secret()["ARN"], ResourcePolicy="{")


@case("PublicPolicy")
def public_policy(here, operation):
    text = "The resource policy gives broad access to the secret in its statement number 1."
    with expect("PublicPolicy", text):
        here.send(operation, here.secret()["ARN"], ResourcePolicy=policy_of("Allow", "*"), BlockPublicPolicy=True)


@case("CreateSecret/ResourceExists")
def secret_exists(here, operation):
    name = here.secret()["Name"]
    with expect("ResourceExists", f"The operation failed because the secret {name} already exists."):
        here.send(operation, None, Name=name)


@case("PutSecretValue/ResourceExists", "UpdateSecret/ResourceExists")
def version_exists(here, operation):
    secret, token = here.secret()["ARN"], unique("token-of-32-characters-or-more")
    here.send(operation, secret, ClientRequestToken=token)
    text = f"You can't use ClientRequestToken {token} because that value is already in use for a version of secret {secret}."
    with expect("ResourceExists", text):
        here.send(operation, secret, ClientRequestToken=token, SecretString="another value")


@case("CreateSecret/InvalidParameter", "PutSecretValue/InvalidParameter", "UpdateSecret/InvalidParameter")
def two_values(here, operation):
    text = "You can't specify both a binary secret value and a string secret value in the same secret."
    with expect("InvalidParameter", text):
        here.send(operation, here.secret()["ARN"], SecretBinary=b"y")


@case("DeleteSecret/InvalidParameter")
def recovery_window(here, operation):
    with expect("InvalidParameter", "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."):
        here.send(operation, here.secret()["ARN"], RecoveryWindowInDays=6)


@case("GetRandomPassword/InvalidParameter")
def no_characters(here, operation):
    with expect("InvalidParameter", "All characters of the desired type have been excluded."):
        here.send(operation, None, ExcludeCharacters=string.digits)


@case("BatchGetSecretValue/InvalidParameter")
def no_selection(here, operation):
    with expect("InvalidParameter", "Either 'SecretIdList' or 'Filters' must be provided, but not both."):
        here.send(operation, None)


@case("ListSecrets/InvalidParameter")
def filter_without_values(here, operation):
    with expect("InvalidParameter", "Invalid filter values for key: name"):
        here.send(operation, None, Filters=[{"Key": "name"}])


@case("ReplicateSecretToRegions/InvalidParameter")
def unknown_region(here, operation):
    with expect("InvalidParameter", "Invalid replica region."):
        here.send(operation, here.secret()["ARN"], AddReplicaRegions=[{"Region": "us-west-2"}])


@case("TagResource/InvalidParameter")
def reserved_tag(here, operation):
    with expect("InvalidParameter", "You can't use a tag key that begins with aws:, which is reserved."):
        here.send(operation, here.secret()["ARN"], Tags=[{"Key": "aws:a", "Value": ""}])


@case("UpdateSecretVersionStage/InvalidParameter")
def label_without_a_version(here, operation):
    with expect("InvalidParameter", "You must provide either RemoveFromVersionId or MoveToVersionId."):
        here.send(operation, here.secret()["ARN"])


@case("PutSecretValue/LimitExceeded", "UpdateSecretVersionStage/LimitExceeded")
def too_many_labels(here, operation):
    secret = here.secret()["ARN"]
    # With AWSCURRENT they are 20.
    stages = [f"label-{number}" for number in range(19)]
    version = here.sm.put_secret_value(SecretId=secret, SecretString="y", VersionStages=stages)["VersionId"]
    more = {"VersionStage": "more", "MoveToVersionId": version}
    with expect("LimitExceeded", "A secret can't have more than 20 staging labels."):
        here.send(operation, secret, **({"VersionStages": ["more"]} if operation == "PutSecretValue" else more))


@case("UpdateSecret/LimitExceeded")
def too_many_versions(here, operation):
    secret = here.secret()["ARN"]
    text = "The secret has 100 versions, and none of them can be removed: each has a staging label or is younger than 24 hours."
    with expect("LimitExceeded", text):
        for number in range(120):
            here.send(operation, secret, SecretString=str(number))


def kms_refused(verb, key):
    """The text of a refusal of KMS, which ends with the id of the request."""
    reason = re.escape(f"Secrets Manager can't {verb} the secret value: {key_arn(key)} is disabled. ")
    source = re.escape("(Service: AWSKMS; Status Code: 400; Error Code: DisabledException; Request ID: ")
    return re.compile(reason + source + r"[0-9a-f-]{36}(; Proxy: null)?\)")


@case("EncryptionFailure")
def disabled_key(here, operation):
    key = here.aws.kms().create_key()["KeyMetadata"]["KeyId"]
    secret = here.secret(KmsKeyId=key)["ARN"]
    here.aws.kms().disable_key(KeyId=key)
    change = {"KmsKeyId": key} if operation == "CreateSecret" else {}
    with expect("EncryptionFailure", kms_refused("encrypt", key)):
        here.send(operation, secret, **change)


@case("GetSecretValue/DecryptionFailure")
def value_under_a_disabled_key(here, operation):
    key = here.aws.kms().create_key()["KeyMetadata"]["KeyId"]
    secret = here.secret(KmsKeyId=key)["ARN"]
    here.aws.kms().disable_key(KeyId=key)
    with expect("DecryptionFailure", kms_refused("decrypt", key)):
        here.send(operation, secret)


@pytest.mark.parametrize(("provoke", "operation"), DOCUMENTED.provoked())
def test_documented_errors(here, provoke, operation):
    provoke(here, operation)


def test_every_pair_of_the_model_is_accounted_for():
    DOCUMENTED.check_complete()
