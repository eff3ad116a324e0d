"""IAM: users, access keys, roles and policies, as Terraform and the CLI use them."""

import json
import re

import pytest

from support.clients import ACCOUNT, allow, policy, trust, unique
from support.expect import eventually, pages, plain, refused
from support.server import REPLICA

MARKERS = ("Marker", "Marker")


@pytest.fixture(scope="session")
def iam(aws):
    return aws.iam()


def test_user_life(iam):
    # Source: IAM User Guide, "IAM identifiers". Seen against AWS: the texts.
    name = unique("user")
    made = iam.create_user(UserName=name, Path="/team/blue/", Tags=[{"Key": "a", "Value": "b"}])["User"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/team/blue/{name}"
    assert re.fullmatch(r"AIDA[A-Z2-7]{17}", made["UserId"])
    shown = iam.get_user(UserName=name)["User"]
    assert shown["UserId"] == made["UserId"] and shown["Tags"] == [{"Key": "a", "Value": "b"}]
    with refused("EntityAlreadyExists", f"User with name {name} already exists.", 409):
        iam.create_user(UserName=name)
    # Names are unique whatever the case and the path.
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
        iam.create_user(UserName=name.upper(), Path="/other/")
    renamed = unique("renamed")
    iam.update_user(UserName=name, NewUserName=renamed, NewPath="/")
    with refused("NoSuchEntity", f"The user with name {name} cannot be found.", 404):
        iam.get_user(UserName=name)
    shown = iam.get_user(UserName=renamed)["User"]
    assert (shown["Arn"], shown["UserId"]) == (f"arn:aws:iam::{ACCOUNT}:user/{renamed}", made["UserId"])
    iam.delete_user(UserName=renamed)
    with refused("NoSuchEntity", f"The user with name {renamed} cannot be found.", 404):
        iam.delete_user(UserName=renamed)


def test_access_keys(iam):
    # Source: IAM API Reference, CreateAccessKey, DeleteAccessKey and DeleteUser.
    name = unique("keys")
    iam.create_user(UserName=name)
    made = [iam.create_access_key(UserName=name)["AccessKey"] for _ in range(2)]
    for key in made:
        assert re.fullmatch(r"AKIA[A-Z2-7]{16}", key["AccessKeyId"])
        assert re.fullmatch(r"[A-Za-z0-9+/]{40}", key["SecretAccessKey"])
        assert (key["Status"], key["UserName"]) == ("Active", name)
    with refused("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", 409):
        iam.create_access_key(UserName=name)
    with refused("DeleteConflict", "Cannot delete entity, must delete access keys first.", 409):
        iam.delete_user(UserName=name)
    iam.update_access_key(UserName=name, AccessKeyId=made[0]["AccessKeyId"], Status="Inactive")
    listed = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    assert {k["AccessKeyId"]: k["Status"] for k in listed} == {
        made[0]["AccessKeyId"]: "Inactive",
        made[1]["AccessKeyId"]: "Active",
    }
    assert all("SecretAccessKey" not in k for k in listed)
    for key in made:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    with refused("NoSuchEntity", f"The Access Key with id {made[0]['AccessKeyId']} cannot be found.", 404):
        iam.delete_access_key(UserName=name, AccessKeyId=made[0]["AccessKeyId"])
    iam.delete_user(UserName=name)


def test_role_life(iam):
    # Source: IAM API Reference, CreateRole and GetRole. Seen against AWS: only GetRole has MaxSessionDuration.
    name = unique("role")
    document = trust()
    made = iam.create_role(RoleName=name, Path="/app/", AssumeRolePolicyDocument=document, Description="d")["Role"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/app/{name}"
    assert re.fullmatch(r"AROA[A-Z2-7]{17}", made["RoleId"])
    assert made["AssumeRolePolicyDocument"] == json.loads(document)
    assert "MaxSessionDuration" not in made and "Tags" not in made
    shown = iam.get_role(RoleName=name)["Role"]
    assert shown["MaxSessionDuration"] == 3600
    assert shown["Description"] == "d" and "Tags" not in shown
    with refused("EntityAlreadyExists", f"Role with name {name} already exists.", 409):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    iam.update_role(RoleName=name, Description="e", MaxSessionDuration=7200)
    iam.tag_role(RoleName=name, Tags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}])
    iam.untag_role(RoleName=name, TagKeys=["c"])
    other = trust({"AWS": ACCOUNT}, Condition={"StringEquals": {"sts:ExternalId": "x"}})
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=other)
    shown = iam.get_role(RoleName=name)["Role"]
    assert (shown["Description"], shown["MaxSessionDuration"]) == ("e", 7200)
    assert shown["Tags"] == [{"Key": "a", "Value": "b"}]
    assert shown["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"] == []
    listed, _ = pages(iam.list_roles, "Roles", MARKERS, PathPrefix="/app/", MaxItems=5)
    assert name in [r["RoleName"] for r in listed]
    assert all("Tags" not in r and "RoleLastUsed" not in r for r in listed)
    iam.delete_role(RoleName=name)
    with refused("NoSuchEntity", f"The role with name {name} cannot be found.", 404):
        iam.get_role(RoleName=name)


def test_documents_are_url_encoded_on_the_wire(server, iam):
    # Source: IAM API Reference, GetRole: policies are URL-encoded by RFC 3986, so a space is %20.
    from support import wire

    name = unique("encoded")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust().replace(" ", ""), Description="d")
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=allow("kms:*", Sid="s"))
    answer = wire.query_call(
        server.endpoint, "iam", {"Action": "GetRolePolicy", "Version": "2010-05-08", "RoleName": name, "PolicyName": "p"}
    )
    text = answer.text("PolicyDocument")
    assert text.startswith("%7B%22Version%22%3A%20%222012-10-17%22%2C%20%22Statement%22")
    iam.delete_role_policy(RoleName=name, PolicyName="p")
    iam.delete_role(RoleName=name)


def test_inline_policies(iam):
    name = unique("inline")
    document = allow("secretsmanager:GetSecretValue")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust())
    iam.create_user(UserName=name)
    iam.put_role_policy(RoleName=name, PolicyName="one", PolicyDocument=document)
    iam.put_user_policy(UserName=name, PolicyName="one", PolicyDocument=document)
    assert iam.get_role_policy(RoleName=name, PolicyName="one")["PolicyDocument"] == json.loads(document)
    assert iam.get_user_policy(UserName=name, PolicyName="one")["PolicyDocument"] == json.loads(document)
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == ["one"]
    assert iam.list_user_policies(UserName=name)["PolicyNames"] == ["one"]
    with refused("DeleteConflict", "Cannot delete entity, must delete policies first.", 409):
        iam.delete_role(RoleName=name)
    with refused("DeleteConflict", "Cannot delete entity, must delete policies first.", 409):
        iam.delete_user(UserName=name)
    with refused("NoSuchEntity", "The role policy with name two cannot be found.", 404):
        iam.get_role_policy(RoleName=name, PolicyName="two")
    with refused("NoSuchEntity", "The user policy with name two cannot be found.", 404):
        iam.get_user_policy(UserName=name, PolicyName="two")
    iam.delete_role_policy(RoleName=name, PolicyName="one")
    iam.delete_user_policy(UserName=name, PolicyName="one")
    iam.delete_role(RoleName=name)
    iam.delete_user(UserName=name)


def test_managed_policy_life(iam):
    # Source: IAM API Reference, CreatePolicy, CreatePolicyVersion and DeletePolicyVersion. Seen against AWS: the text for a
    # policy that does not exist.
    name = unique("policy")
    made = iam.create_policy(PolicyName=name, Path="/p/", PolicyDocument=allow("kms:*"), Description="d")["Policy"]
    arn = f"arn:aws:iam::{ACCOUNT}:policy/p/{name}"
    assert re.fullmatch(r"ANPA[A-Z2-7]{17}", made.pop("PolicyId"))
    dates = made.pop("CreateDate"), made.pop("UpdateDate")
    assert dates[0] == dates[1]
    made.pop("Description", None)
    assert made == {
        "Arn": arn,
        "PolicyName": name,
        "Path": "/p/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 0,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
    }
    with refused(
        "EntityAlreadyExists", f"A policy called {name} already exists. Duplicate names are not allowed.", 409
    ):
        iam.create_policy(PolicyName=name, PolicyDocument=allow("kms:*"))
    for number in range(2, 6):
        version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow(f"kms:Describe{number}*"), SetAsDefault=number == 3)
        assert version["PolicyVersion"]["VersionId"] == f"v{number}"
    with refused(
        "LimitExceeded",
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
        409,
    ):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow("kms:*"))
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v3"
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v3")["PolicyVersion"]["Document"] == json.loads(allow("kms:Describe3*"))
    with refused("DeleteConflict", "Cannot delete the default version of a policy.", 409):
        iam.delete_policy_version(PolicyArn=arn, VersionId="v3")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v5")
    # Numbers are never used again.
    assert iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow("kms:*"))["PolicyVersion"]["VersionId"] == "v6"
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    assert {v["VersionId"]: v["IsDefaultVersion"] for v in versions} == {
        "v1": False,
        "v2": False,
        "v3": True,
        "v4": False,
        "v6": False,
    }
    for version in ("v1", "v2", "v4", "v6"):
        iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    iam.delete_policy(PolicyArn=arn)
    for call in (iam.get_policy, iam.delete_policy):
        with refused("NoSuchEntity", f"Policy {arn} was not found.", 404):
            call(PolicyArn=arn)


def test_attachments(iam):
    # Source: IAM API Reference, AttachRolePolicy, DeletePolicy, DeleteRole and DeleteUser. Seen against AWS: the text for a
    # policy that does not exist.
    name = unique("attach")
    arn = iam.create_policy(PolicyName=name, PolicyDocument=allow("kms:*"))["Policy"]["Arn"]
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust())
    iam.create_user(UserName=name)
    for _ in range(2):  # attaching again changes nothing
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        iam.attach_user_policy(UserName=name, PolicyArn=arn)
    attached = [{"PolicyName": name, "PolicyArn": arn}]
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == attached
    assert iam.list_attached_user_policies(UserName=name)["AttachedPolicies"] == attached
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 2
    with refused("DeleteConflict", "Cannot delete a policy attached to entities.", 409):
        iam.delete_policy(PolicyArn=arn)
    with refused("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409):
        iam.delete_role(RoleName=name)
    with refused("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409):
        iam.delete_user(UserName=name)
    missing = f"arn:aws:iam::{ACCOUNT}:policy/{unique('missing')}"
    with refused("NoSuchEntity", f"Policy {missing} does not exist or is not attachable.", 404):
        iam.attach_role_policy(RoleName=name, PolicyArn=missing)
    iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    iam.detach_user_policy(UserName=name, PolicyArn=arn)
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []
    iam.delete_role(RoleName=name)
    iam.delete_user(UserName=name)
    iam.delete_policy(PolicyArn=arn)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        # Source: IAM User Guide, "Grammar of the IAM JSON policy language". The texts are those of moto, which collected them
        # from AWS (github.com/getmoto/moto, moto/iam/policy_validation.py).
        ("{", "Syntax errors in policy."),
        ("[" * 5000, "Syntax errors in policy."),
        (json.dumps({"Version": "2012-10-17", "Statement": []}), re.compile(".+")),
        (json.dumps({"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}), "Policy document must be version 2012-10-17 or greater."),
        (policy({"Effect": "Allow", "Resource": "*"}), "Policy statement must contain actions."),
        (policy({"Effect": "Allow", "Action": "kms:*"}), "Policy statement must contain resources."),
        (allow("nonsense"), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        (allow("a:b:c"), "Actions/Condition can contain only one colon."),
        (allow("kms:*", "nonsense"), 'Resource nonsense must be in ARN format or "*".'),
        (allow("kms:*", Principal="*"), "Policy document should not specify a principal."),
        (
            policy(*({"Sid": "a", "Effect": "Allow", "Action": "kms:*", "Resource": "*"} for _ in range(2))),
            "Statement IDs (SID) in a single policy must be unique.",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_documents_that_are_no_policies(iam, document, text):
    with refused("MalformedPolicyDocument", text):
        iam.create_policy(PolicyName=unique("bad"), PolicyDocument=document)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ("{", "This policy contains invalid Json"),
        (trust(Resource="*"), "Has prohibited field Resource"),
        (
            trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/nobody-at-all"}),
            f'Invalid principal in policy: "AWS":"arn:aws:iam::{ACCOUNT}:user/nobody-at-all"',
        ),
    ],
)
def test_documents_that_are_no_trust_policies(iam, document, text):
    with refused("MalformedPolicyDocument", text):
        iam.create_role(RoleName=unique("bad"), AssumeRolePolicyDocument=document)


def test_validation(aws):
    # Seen against AWS: the text for a broken constraint, with and without the value.
    unchecked = aws.iam(checked=False)
    with refused("ValidationError", re.compile(r"1 validation error detected: Value at 'userName' .*|1 validation error detected: Value 'a b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: .*")):
        unchecked.create_user(UserName="a b")
    with refused(
        "ValidationError",
        "1 validation error detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null",
    ):
        unchecked.get_role()
    with refused("ValidationError", re.compile(".*'userName' failed to satisfy constraint: Member must have length less than or equal to (64|128)")):
        unchecked.create_user(UserName="u" * 200)


def test_list_users(iam):
    names = [unique("listed") for _ in range(5)]
    for name in names:
        iam.create_user(UserName=name, Path="/listed/", Tags=[{"Key": "a", "Value": "b"}])
    found, count = pages(iam.list_users, "Users", MARKERS, PathPrefix="/listed/", MaxItems=2)
    assert set(names) <= {u["UserName"] for u in found} and count >= 3
    assert all("Tags" not in u for u in found)
    policies, _ = pages(iam.list_policies, "Policies", MARKERS, Scope="Local", MaxItems=10)
    assert all(p["Arn"].startswith(f"arn:aws:iam::{ACCOUNT}:policy/") for p in policies)


def test_user_tags(iam):
    name = unique("tags")
    iam.create_user(UserName=name)
    iam.tag_user(UserName=name, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iam.untag_user(UserName=name, TagKeys=["b"])
    assert iam.get_user(UserName=name)["User"]["Tags"] == [{"Key": "a", "Value": "1"}]
    assert iam.list_user_tags(UserName=name)["Tags"] == [{"Key": "a", "Value": "1"}]


def test_one_state_behind_all_regions(aws):
    # Terraform calls IAM under its provider's region. A write under one region's scope is readable at once under every other.
    name = unique("everywhere")
    aws.iam(REPLICA).create_role(RoleName=name, AssumeRolePolicyDocument=trust())
    assert aws.iam().get_role(RoleName=name)["Role"]["RoleName"] == name
    aws.iam("us-east-1").delete_role(RoleName=name)
    with refused("NoSuchEntity", f"The role with name {name} cannot be found.", 404):
        aws.iam(REPLICA).get_role(RoleName=name)


def test_iam_itself_is_authorized(iam, make_user):
    # Source: IAM User Guide, "Troubleshoot access denied error messages". Services of the query protocol answer AccessDenied
    # with 403.
    user = make_user(allow("iam:Get*"))
    name = unique("denied")
    with refused(
        "AccessDenied",
        f"User: {user.arn} is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::{ACCOUNT}:user/{name} "
        "because no identity-based policy allows the iam:CreateUser action",
        403,
    ):
        user.iam().create_user(UserName=name)
    assert user.iam().get_user(UserName=user.name)["User"]["Arn"] == user.arn
    assert plain(user.iam().get_user())["User"]["Arn"] == user.arn  # the caller itself


def test_boundaries(iam, aws, make_user):
    # Source: IAM User Guide, "Permissions boundaries for IAM entities": both the policies and the boundary must allow.
    boundary = iam.create_policy(PolicyName=unique("boundary"), PolicyDocument=allow("kms:Encrypt"))["Policy"]["Arn"]
    user = make_user(allow("kms:*"))
    key = aws.kms().create_key()["KeyMetadata"]
    assert user.kms().describe_key(KeyId=key["KeyId"])
    iam.put_user_permissions_boundary(UserName=user.name, PermissionsBoundary=boundary)
    assert iam.get_user(UserName=user.name)["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    assert user.kms().encrypt(KeyId=key["KeyId"], Plaintext=b"x")
    with refused(
        "AccessDeniedException",
        f"User: {user.arn} is not authorized to perform: kms:DescribeKey on resource: {key['Arn']} because no permissions "
        "boundary allows the kms:DescribeKey action",
    ):
        user.kms().describe_key(KeyId=key["KeyId"])
    iam.delete_user_permissions_boundary(UserName=user.name)
    assert user.kms().describe_key(KeyId=key["KeyId"])


def test_changes_reach_the_other_region(iam, aws, make_user):
    key = aws.kms(REPLICA).create_key()["KeyMetadata"]
    user = make_user()
    iam.put_user_policy(UserName=user.name, PolicyName="inline", PolicyDocument=allow("kms:DescribeKey"))
    eventually(lambda: user.kms(REPLICA).describe_key(KeyId=key["KeyId"]))
    iam.delete_user_policy(UserName=user.name, PolicyName="inline")

    def refused_again():
        with pytest.raises(user.kms(REPLICA).exceptions.ClientError):
            user.kms(REPLICA).describe_key(KeyId=key["KeyId"])

    def check():
        try:
            user.kms(REPLICA).describe_key(KeyId=key["KeyId"])
        except user.kms(REPLICA).exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDeniedException"
            return
        raise AssertionError("still allowed")

    eventually(check)
    refused_again()


def test_names_that_are_patterns(iam, aws, make_user):
    # The inserted value of a policy variable is literal, also if it is `*` or `?`.
    secret = aws.secrets().create_secret(Name=unique("victim"), SecretString="x")["ARN"]
    user = make_user(
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "secretsmanager:GetSecretValue",
                        "Resource": "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/team}*",
                    }
                ],
            }
        )
    )
    iam.tag_user(UserName=user.name, Tags=[{"Key": "team", "Value": "+=@"}])
    with pytest.raises(user.secrets().exceptions.ClientError) as caught:
        user.secrets().get_secret_value(SecretId=secret)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
