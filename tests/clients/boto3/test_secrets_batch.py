"""Secrets Manager: the values of several secrets at once."""

import pytest

from support.clients import allow, policy, unique
from support.expect import pages, plain, refused

BOTH = "Either 'SecretIdList' or 'Filters' must be provided, but not both."


@pytest.fixture(scope="session")
def sm(aws):
    return aws.secrets()


def make(sm, name=None, **arguments):
    arguments.setdefault("SecretString", "x")
    return sm.create_secret(Name=name or unique("batch"), **arguments)


def test_values_by_name_and_arn(sm):
    text, other = make(sm, SecretString="one"), make(sm, SecretString="two")
    answer = plain(sm.batch_get_secret_value(SecretIdList=[text["Name"], other["ARN"]]))
    assert answer["Errors"] == []
    for value, secret in zip(answer["SecretValues"], (text, other)):
        single = plain(sm.get_secret_value(SecretId=secret["ARN"]))
        assert value == single


def test_a_refused_secret_refuses_no_other(sm):
    whole, deleted, empty = make(sm), make(sm), sm.create_secret(Name=unique("empty"))
    sm.delete_secret(SecretId=deleted["ARN"])
    absent = unique("absent")
    answer = sm.batch_get_secret_value(SecretIdList=[absent, whole["Name"], deleted["Name"], empty["Name"], "a b"])
    assert [value["ARN"] for value in answer["SecretValues"]] == [whole["ARN"]]
    assert answer["Errors"] == [
        {"SecretId": absent, "ErrorCode": "ResourceNotFoundException", "Message": "Secrets Manager can't find the specified secret."},
        {
            "SecretId": deleted["Name"],
            "ErrorCode": "InvalidRequestException",
            "Message": "You can't perform this operation on the secret because it was marked for deletion.",
        },
        {
            "SecretId": empty["Name"],
            "ErrorCode": "ResourceNotFoundException",
            "Message": "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
        },
        {
            "SecretId": "a b",
            "ErrorCode": "ValidationException",
            "Message": "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
        },
    ]


def test_each_secret_needs_its_own_permission(sm, make_user):
    allowed, denied = make(sm), make(sm)
    batch = {"Effect": "Allow", "Action": "secretsmanager:BatchGetSecretValue", "Resource": "*"}
    one = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": allowed["ARN"]}
    user = make_user(policy(batch, one))
    answer = user.secrets().batch_get_secret_value(SecretIdList=[allowed["ARN"], denied["ARN"]])
    assert [value["ARN"] for value in answer["SecretValues"]] == [allowed["ARN"]]
    (error,) = answer["Errors"]
    assert (error["SecretId"], error["ErrorCode"]) == (denied["ARN"], "AccessDeniedException")
    assert f"is not authorized to perform: secretsmanager:GetSecretValue on resource: {denied['ARN']}" in error["Message"]
    # The permission of a single read is not that of a batch.
    with pytest.raises(user.secrets().exceptions.ClientError) as refusal:
        make_user(policy(one)).secrets().batch_get_secret_value(SecretIdList=[allowed["ARN"]])
    assert refusal.value.response["Error"]["Code"] == "AccessDeniedException"


def test_filters_come_in_pages(sm, make_user):
    prefix = unique("paged")
    made = {make(sm, f"{prefix}-{number}")["ARN"] for number in range(5)}
    filters = [{"Key": "name", "Values": [prefix]}]
    values, count = pages(sm.batch_get_secret_value, "SecretValues", ("NextToken", "NextToken"), Filters=filters, MaxResults=2)
    assert {value["ARN"] for value in values} == made and count >= 3
    assert len(sm.batch_get_secret_value(Filters=filters)["SecretValues"]) == 5
    # Filters list secrets, which is a permission of its own.
    reader = make_user(allow(["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"])).secrets()
    with pytest.raises(reader.exceptions.ClientError) as refusal:
        reader.batch_get_secret_value(Filters=filters)
    assert "secretsmanager:ListSecrets" in refusal.value.response["Error"]["Message"]


def test_what_is_selected_is_said_once(sm):
    name = make(sm)["Name"]
    filters = [{"Key": "name", "Values": [name]}]
    for arguments in ({}, {"SecretIdList": [name], "Filters": filters}):
        with refused("InvalidParameterException", BOTH):
            sm.batch_get_secret_value(**arguments)
    text = "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided."
    with refused("InvalidParameterException", text):
        sm.batch_get_secret_value(SecretIdList=[name], MaxResults=1)
    with refused("InvalidNextTokenException", "The NextToken value is invalid."):
        sm.batch_get_secret_value(Filters=filters, NextToken="AAAA")


def test_a_disabled_key(aws, sm):
    key = aws.kms().create_key()["KeyMetadata"]["KeyId"]
    whole, sealed = make(sm), make(sm, KmsKeyId=key)
    aws.kms().disable_key(KeyId=key)
    answer = sm.batch_get_secret_value(SecretIdList=[sealed["ARN"], whole["ARN"]])
    assert [value["ARN"] for value in answer["SecretValues"]] == [whole["ARN"]]
    assert answer["Errors"][0]["ErrorCode"] == "DecryptionFailure"
