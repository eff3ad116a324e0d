"""Secrets Manager: ValidateResourcePolicy."""

import pytest

from support.clients import ACCOUNT, allow, policy, unique
from support.expect import plain, refused

ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
PASSED = {"PolicyValidationPassed": True, "ValidationErrors": []}


@pytest.fixture(scope="session")
def sm(aws):
    return aws.secrets()


@pytest.fixture
def secret(sm):
    return sm.create_secret(Name=unique("validated"), SecretString="x")["ARN"]


def grants(principal, effect="Allow", **more):
    return policy({"Effect": effect, "Principal": principal, "Action": "secretsmanager:*", "Resource": "*", **more})


def failed(answer):
    assert answer["PolicyValidationPassed"] is False
    return [(entry["CheckName"], entry["ErrorMessage"]) for entry in answer["ValidationErrors"]]


def test_a_policy_that_passes(sm, secret):
    assert plain(sm.validate_resource_policy(ResourcePolicy=grants(ROOT))) == PASSED
    assert plain(sm.validate_resource_policy(ResourcePolicy=grants(ROOT), SecretId=secret)) == PASSED
    assert "ResourcePolicy" not in sm.get_resource_policy(SecretId=secret)


def test_broad_access(sm, secret):
    (check,) = failed(sm.validate_resource_policy(ResourcePolicy=grants("*"), SecretId=secret))
    assert check == (
        "PUBLIC_ACCESS_CHECK",
        "The resource policy gives broad access to the secret in its statement number 1.",
    )
    inside = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
    assert plain(sm.validate_resource_policy(ResourcePolicy=grants("*", Condition=inside))) == PASSED


def test_a_deny_takes_broad_access_away(sm, secret):
    everyone = {"Sid": "Everyone", "Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue"}
    outside = {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}
    others = {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Condition": outside}
    both = policy({"Resource": "*", **everyone}, {"Resource": "*", **others})
    assert plain(sm.validate_resource_policy(ResourcePolicy=both, SecretId=secret)) == PASSED
    sm.put_resource_policy(SecretId=secret, ResourcePolicy=both, BlockPublicPolicy=True)
    # A caller chooses whether a request is encrypted, so this Deny keeps nobody out.
    insecure = {**others, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    with refused("PublicPolicyException", "The resource policy gives broad access to the secret in its statement Everyone."):
        broad = policy({"Resource": "*", **everyone}, {"Resource": "*", **insecure})
        sm.put_resource_policy(SecretId=secret, ResourcePolicy=broad, BlockPublicPolicy=True)


def test_a_policy_that_locks_out_its_writer(sm, secret):
    (check,) = failed(sm.validate_resource_policy(ResourcePolicy=grants("*", "Deny"), SecretId=secret))
    text = "The new resource policy will not allow you to update the resource policy in the future."
    assert check == ("LOCKOUT_CHECK", text)


def test_what_is_no_policy(sm, secret):
    with refused("MalformedPolicyDocumentException", "This resource policy contains a syntax error."):
        sm.validate_resource_policy(ResourcePolicy="{", SecretId=secret)
    nobody = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/nobody-at-all"}
    with refused("MalformedPolicyDocumentException", "This resource policy contains an unsupported principal"):
        sm.validate_resource_policy(ResourcePolicy=grants(nobody))
    with refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret."):
        sm.validate_resource_policy(ResourcePolicy=grants(ROOT), SecretId=unique("absent"))
    sm.delete_secret(SecretId=secret)
    text = "You can't perform this operation on the secret because it was marked for deletion."
    with refused("InvalidRequestException", text):
        sm.validate_resource_policy(ResourcePolicy=grants(ROOT), SecretId=secret)


def test_both_permissions_are_needed(sm, secret, make_user):
    for actions, missing in (
        (["secretsmanager:ValidateResourcePolicy"], "PutResourcePolicy"),
        (["secretsmanager:PutResourcePolicy"], "ValidateResourcePolicy"),
    ):
        user = make_user(allow(actions)).secrets()
        with pytest.raises(user.exceptions.ClientError) as refusal:
            user.validate_resource_policy(ResourcePolicy=grants(ROOT), SecretId=secret)
        assert f"secretsmanager:{missing} on resource: {secret}" in refusal.value.response["Error"]["Message"]
