"""Instance profiles, identity providers and account aliases: their life, their errors, and their copies in other regions."""

import re

import pytest

from support.clients import ACCOUNT, policy, trust, unique
from support.expect import eventually, pages, refused
from support.server import REPLICA

MARKERS = ("Marker", "Marker")
STILL = "Cannot delete entity, must remove roles from instance profile first."
THUMBPRINT = "ab" * 20


@pytest.fixture(scope="session")
def iam(aws):
    return aws.iam()


@pytest.fixture(scope="session")
def elsewhere(aws):
    return aws.iam(REPLICA)


def holds(condition):
    assert condition


def metadata(role="IDPSSODescriptor", comment=""):
    return f"<EntityDescriptor entityID='https://idp.example'><!-- {comment:x<1000} --><{role}/></EntityDescriptor>"


def test_instance_profile_life(iam, elsewhere):
    # Source: IAM API Reference, CreateInstanceProfile, AddRoleToInstanceProfile, DeleteInstanceProfile, DeleteRole.
    name, role = unique("profile"), unique("role")
    made = iam.create_instance_profile(InstanceProfileName=name, Path="/web/", Tags=[{"Key": "a", "Value": "b"}])["InstanceProfile"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:instance-profile/web/{name}"
    assert re.fullmatch(r"AIPA[A-Z2-7]{17}", made["InstanceProfileId"]) and made["Roles"] == []
    with refused("EntityAlreadyExists", f"Instance Profile {name.upper()} already exists.", 409):
        iam.create_instance_profile(InstanceProfileName=name.upper())
    with refused("NoSuchEntity", f"The role with name {role} cannot be found.", 404):
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    made_role = iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust())["Role"]
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    with refused("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1", 409):
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    shown = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    assert [held["Arn"] for held in shown["Roles"]] == [made_role["Arn"]]
    assert shown["Roles"][0]["AssumeRolePolicyDocument"] == made_role["AssumeRolePolicyDocument"]
    assert shown["Tags"] == [{"Key": "a", "Value": "b"}]
    listed = iam.list_instance_profiles_for_role(RoleName=role)["InstanceProfiles"]
    assert [profile["InstanceProfileName"] for profile in listed] == [name] and "Tags" not in listed[0]
    of_role = lambda: elsewhere.list_instance_profiles_for_role(RoleName=role)["InstanceProfiles"]  # noqa: E731
    eventually(lambda: holds([profile["Arn"] for profile in of_role()] == [made["Arn"]]))
    with refused("DeleteConflict", STILL, 409):
        iam.delete_instance_profile(InstanceProfileName=name)
    with refused("DeleteConflict", STILL, 409):
        iam.delete_role(RoleName=role)
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
    with refused("NoSuchEntity", f"Role {role} is not in instance profile {name}.", 404):
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
    iam.delete_role(RoleName=role)
    iam.delete_instance_profile(InstanceProfileName=name)
    with refused("NoSuchEntity", f"Instance Profile {name} cannot be found.", 404):
        iam.get_instance_profile(InstanceProfileName=name)
    eventually(lambda: holds(name not in [p["InstanceProfileName"] for p in elsewhere.list_instance_profiles()["InstanceProfiles"]]))


def test_instance_profile_pages_and_tags(iam):
    names = [unique("paged") for _ in range(3)]
    for name in names:
        iam.create_instance_profile(InstanceProfileName=name, Path="/paged/")
    listed, count = pages(iam.list_instance_profiles, "InstanceProfiles", MARKERS, PathPrefix="/paged/", MaxItems=2)
    assert count == 2
    assert sorted(p["InstanceProfileName"] for p in listed) == sorted(names)
    iam.tag_instance_profile(InstanceProfileName=names[0], Tags=[{"Key": "team", "Value": "blue"}])
    assert iam.list_instance_profile_tags(InstanceProfileName=names[0])["Tags"] == [{"Key": "team", "Value": "blue"}]
    iam.untag_instance_profile(InstanceProfileName=names[0], TagKeys=["TEAM"])
    assert iam.list_instance_profile_tags(InstanceProfileName=names[0])["Tags"] == []


def test_passing_a_role_needs_a_permission(iam, make_user):
    # Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
    name, role = unique("profile"), unique("role")
    iam.create_instance_profile(InstanceProfileName=name)
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    add = {"Effect": "Allow", "Action": "iam:AddRoleToInstanceProfile", "Resource": "*"}
    passing = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": arn}
    user = make_user(policy(add))
    text = f"User: {user.arn} is not authorized to perform: iam:PassRole on resource: {arn} because no identity-based policy allows the iam:PassRole action"
    with refused("AccessDenied", text, 403):
        user.iam().add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    only_to_machines = {**passing, "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}
    make_user(policy(add, only_to_machines)).iam().add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)


def test_oidc_provider_life(iam, elsewhere):
    # Source: IAM API Reference, CreateOpenIDConnectProvider and the operations on it.
    url = f"https://{unique('issuer')}.example/id/ABC"
    made = iam.create_open_id_connect_provider(
        Url=url, ClientIDList=["a", "a", "b"], ThumbprintList=[THUMBPRINT], Tags=[{"Key": "k", "Value": "v"}]
    )
    arn = made["OpenIDConnectProviderArn"]
    assert arn == f"arn:aws:iam::{ACCOUNT}:oidc-provider/{url.removeprefix('https://')}"
    with refused("EntityAlreadyExists", f"Provider with url {url} already exists.", 409):
        iam.create_open_id_connect_provider(Url=url)
    with refused("ValidationError", "Invalid Open ID Connect Provider URL"):
        iam.create_open_id_connect_provider(Url="http://plain.example")
    with refused("InvalidInput", "Thumbprint list must contain fewer than 5 entries."):
        iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=[THUMBPRINT] * 6)
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["cd" * 20])
    for _ in range(2):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="c")
        iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="a")
    shown = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert (shown["Url"], shown["ClientIDList"]) == (url.removeprefix("https://"), ["b", "c"])
    assert (shown["ThumbprintList"], shown["Tags"]) == (["cd" * 20], [{"Key": "k", "Value": "v"}])
    for n in range(98):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=f"client-{n}")
    with refused("LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100", 409):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="one-more")
    arns = lambda client: [p["Arn"] for p in client.list_open_id_connect_providers()["OpenIDConnectProviderList"]]  # noqa: E731
    assert arn in arns(iam)
    eventually(lambda: holds(arn in arns(elsewhere)))
    iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=["k"])
    assert iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn)["Tags"] == []
    for _ in range(2):
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    with refused("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}", 404):
        iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    eventually(lambda: holds(arn not in arns(elsewhere)))


def test_saml_provider_life(iam, elsewhere):
    # Source: IAM API Reference, CreateSAMLProvider and the operations on it.
    name = unique("corp")
    arn = iam.create_saml_provider(Name=name, SAMLMetadataDocument=metadata(), Tags=[{"Key": "k", "Value": "v"}])["SAMLProviderArn"]
    assert arn == f"arn:aws:iam::{ACCOUNT}:saml-provider/{name}"
    with refused("InvalidInput", "Could not parse metadata"):
        iam.create_saml_provider(Name=unique("corp"), SAMLMetadataDocument=metadata("SPSSODescriptor"))
    with refused("EntityAlreadyExists", f"SAMLProvider with name {name} already exists.", 409):
        iam.create_saml_provider(Name=name, SAMLMetadataDocument=metadata())
    iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=metadata(comment="second"))
    shown = iam.get_saml_provider(SAMLProviderArn=arn)
    assert "second" in shown["SAMLMetadataDocument"] and shown["ValidUntil"].year > shown["CreateDate"].year + 98
    names = lambda client: [provider["Arn"] for provider in client.list_saml_providers()["SAMLProviderList"]]  # noqa: E731
    assert arn in names(iam)
    eventually(lambda: holds(arn in names(elsewhere)))
    iam.tag_saml_provider(SAMLProviderArn=arn, Tags=[{"Key": "n", "Value": "m"}])
    assert len(iam.list_saml_provider_tags(SAMLProviderArn=arn)["Tags"]) == 2
    iam.delete_saml_provider(SAMLProviderArn=arn)
    with refused("NoSuchEntity", f"Manifest not found for arn {arn}", 404):
        iam.get_saml_provider(SAMLProviderArn=arn)


def test_an_alias_belongs_to_one_account(iam, other):
    alias = unique("alias").lower()
    other.iam().create_account_alias(AccountAlias=alias)
    with refused("EntityAlreadyExists", f"The account alias {alias} already exists.", 409):
        iam.create_account_alias(AccountAlias=alias)
    other.iam().delete_account_alias(AccountAlias=alias)
    iam.create_account_alias(AccountAlias=alias)
    iam.delete_account_alias(AccountAlias=alias)


def test_a_provider_of_another_account_is_not_deleted(iam, other):
    url = f"https://{unique('foreign')}.example"
    arn = other.iam().create_open_id_connect_provider(Url=url)["OpenIDConnectProviderArn"]
    with refused("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}", 404):
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert other.iam().get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["Url"] == url.removeprefix("https://")


def test_account_alias(iam, elsewhere):
    # Source: IAM User Guide, "Use an alias for your AWS account ID": an account has one alias, and a new one takes its place.
    first, second = unique("alias").lower(), unique("alias").lower()
    assert iam.list_account_aliases()["AccountAliases"] == []
    for alias in (first, second, second):
        iam.create_account_alias(AccountAlias=alias)
        assert iam.list_account_aliases()["AccountAliases"] == [alias]
    eventually(lambda: holds(elsewhere.list_account_aliases()["AccountAliases"] == [second]))
    with refused("NoSuchEntity", f"The account alias with name {first} cannot be found.", 404):
        iam.delete_account_alias(AccountAlias=first)
    iam.delete_account_alias(AccountAlias=second)
    assert iam.list_account_aliases()["AccountAliases"] == []


def test_service_linked_roles(iam):
    # Source: IAM User Guide, "Using service-linked roles"; KMS Developer Guide, "Using service-linked roles for AWS KMS".
    name = "AWSServiceRoleForKeyManagementServiceMultiRegionKeys"
    profile = unique("profile")
    iam.create_instance_profile(InstanceProfileName=profile)
    role = iam.create_service_linked_role(AWSServiceName="mrk.kms.amazonaws.com", Description="keys")["Role"]
    assert role["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/mrk.kms.amazonaws.com/{name}"
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": ["mrk.kms.amazonaws.com"]}
    with refused("InvalidInput", f"Service role name {name} has been taken in this account, please try a different suffix."):
        iam.create_service_linked_role(AWSServiceName="mrk.kms.amazonaws.com")
    protected = f"Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    for change in (
        lambda: iam.delete_role(RoleName=name),
        lambda: iam.attach_role_policy(RoleName=name, PolicyArn=boundary),
        lambda: iam.detach_role_policy(RoleName=name, PolicyArn=boundary),
        lambda: iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy({"Effect": "Allow", "Action": "*", "Resource": "*"})),
        lambda: iam.delete_role_policy(RoleName=name, PolicyName="p"),
        lambda: iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary),
        lambda: iam.delete_role_permissions_boundary(RoleName=name),
        lambda: iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust()),
        lambda: iam.update_role(RoleName=name, MaxSessionDuration=7200),
        lambda: iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=name),
    ):
        with refused("UnmodifiableEntity", protected):
            change()
    iam.update_role_description(RoleName=name, Description="changed")
    assert iam.get_role(RoleName=name)["Role"]["Description"] == "changed"
    with refused("InvalidInput", "The path /aws-service-role/ is reserved for service-linked roles."):
        iam.create_role(RoleName=unique("role"), Path="/aws-service-role/x.amazonaws.com/", AssumeRolePolicyDocument=trust())
    task = iam.delete_service_linked_role(RoleName=name)["DeletionTaskId"]
    assert task.startswith(f"task/aws-service-role/mrk.kms.amazonaws.com/{name}/")
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    with refused("NoSuchEntity", f"Deletion task {task}x cannot be found.", 404):
        iam.get_service_linked_role_deletion_status(DeletionTaskId=task + "x")
    with refused("NoSuchEntity", f"The role with name {name} cannot be found.", 404):
        iam.get_role(RoleName=name)
