"""The policy simulator, the account summary, and the lists of credentials that no user has."""

import pytest

from support.clients import ACCOUNT, allow, policy, trust, unique
from support.expect import refused

KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture(scope="session")
def iam(aws):
    return aws.iam()


def decisions(answer):
    return [(result["EvalActionName"], result["EvalDecision"]) for result in answer["EvaluationResults"]]


def test_custom_policies(iam):
    # Source: IAM API Reference, SimulateCustomPolicy; IAM User Guide, "Policy evaluation logic".
    document = '{"Version": "2012-10-17", "Statement": [\n  {"Effect": "Allow", "Action": "kms:*", "Resource": "*"},\n  {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}]}'
    answer = iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=["kms:Encrypt", "kms:decrypt", "s3:GetObject"], ResourceArns=[KEY])
    assert decisions(answer) == [("kms:Encrypt", "allowed"), ("kms:decrypt", "explicitDeny"), ("s3:GetObject", "implicitDeny")]
    allowed, denied, nothing = answer["EvaluationResults"]
    assert allowed["EvalResourceName"] == KEY and nothing["MatchedStatements"] == []
    (statement,) = denied["MatchedStatements"]
    assert (statement["SourcePolicyId"], statement["SourcePolicyType"]) == ("PolicyInputList.1", "IAM Policy")
    assert (statement["StartPosition"], statement["EndPosition"]) == ({"Line": 3, "Column": 3}, {"Line": 3, "Column": 63})
    assert allowed["MatchedStatements"][0]["StartPosition"] == {"Line": 2, "Column": 3}
    with refused("InvalidInput", "Invalid action name: Decrypt"):
        iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=["Decrypt"])


def test_boundaries_and_conditions(iam):
    within = policy({"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"}}})
    ask = lambda **more: iam.simulate_custom_policy(PolicyInputList=[within], ActionNames=["kms:Decrypt"], **more)["EvaluationResults"][0]  # noqa: E731
    without = ask()
    assert (without["EvalDecision"], without["MissingContextValues"]) == ("implicitDeny", ["kms:ViaService"])
    via = {"ContextKeyName": "kms:viaservice", "ContextKeyType": "string", "ContextKeyValues": ["secretsmanager.eu-central-1.amazonaws.com"]}
    given = ask(ContextEntries=[via])
    assert (given["EvalDecision"], given["MissingContextValues"]) == ("allowed", [])
    bounded = ask(ContextEntries=[via], PermissionsBoundaryPolicyInputList=[allow("s3:*")])
    assert bounded["EvalDecision"] == "implicitDeny"
    assert bounded["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


def test_key_policies_decide_on_keys(iam):
    # Source: KMS Developer Guide, "Key policies": without a statement for the account no identity policy counts.
    ask = lambda principal: iam.simulate_custom_policy(  # noqa: E731
        PolicyInputList=[allow("kms:*")],
        ActionNames=["kms:Decrypt"],
        ResourceArns=[KEY],
        ResourcePolicy=policy({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"}),
        CallerArn=f"arn:aws:iam::{ACCOUNT}:user/ana",
    )["EvaluationResults"][0]["EvalDecision"]
    assert ask(f"arn:aws:iam::{ACCOUNT}:root") == "allowed"
    assert ask(f"arn:aws:iam::{ACCOUNT}:user/ana") == "allowed"
    assert ask("111122223333") == "implicitDeny"
    with refused("InvalidInput", "A resource policy can be simulated only for the user that CallerArn names."):
        iam.simulate_custom_policy(PolicyInputList=[allow("kms:*")], ActionNames=["kms:Decrypt"], ResourcePolicy=allow("kms:*", Principal="*"))


def test_other_resources_and_their_owners(iam):
    # Source: IAM User Guide, "Policy evaluation logic": across accounts both sides have to allow.
    secret = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:db-AbCdEf"
    for_ana = policy({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/ana"}, "Action": "secretsmanager:*", "Resource": "*"})

    def ask(identity, **more):
        answer = iam.simulate_custom_policy(
            PolicyInputList=[identity], ActionNames=["secretsmanager:GetSecretValue"], ResourceArns=[secret], ResourcePolicy=for_ana, CallerArn=f"arn:aws:iam::{ACCOUNT}:user/ana", **more
        )
        return answer["EvaluationResults"][0]["EvalDecision"]

    assert ask(allow("s3:*")) == "allowed"
    assert ask(allow("s3:*"), ResourceOwner="111122223333") == "implicitDeny"
    assert ask(allow("secretsmanager:*"), ResourceOwner="arn:aws:iam::111122223333:root") == "allowed"
    with refused("InvalidInput", "Invalid resource owner: nobody"):
        ask(allow("s3:*"), ResourceOwner="nobody")


def test_large_simulations_are_paged(iam):
    # A page costs as much as its results, however many the request asks for.
    actions, resources = [f"kms:Action{n}" for n in range(400)], [f"{KEY[:-4]}{n:04}" for n in range(1000)]
    ask = lambda **more: iam.simulate_custom_policy(PolicyInputList=[allow("kms:*")], ActionNames=actions, ResourceArns=resources, MaxItems=3, **more)  # noqa: E731
    first = ask()
    second = ask(Marker=first["Marker"])
    names = [result["EvalResourceName"] for page in (first, second) for result in page["EvaluationResults"]]
    assert names == resources[:6] and second["IsTruncated"]
    with refused("ValidationError", "Invalid Marker."):
        iam.simulate_custom_policy(PolicyInputList=[allow("kms:*")], ActionNames=actions[:3], Marker=first["Marker"])


def test_policies_of_principals(iam, make_user):
    user, group, role = make_user(allow("kms:Decrypt")), unique("group"), unique("role")
    iam.create_group(GroupName=group)
    iam.put_group_policy(GroupName=group, PolicyName="team", PolicyDocument=allow("kms:Encrypt", Condition={"StringEquals": {"aws:username": user.name}}))
    iam.add_user_to_group(GroupName=group, UserName=user.name)
    answer = iam.simulate_principal_policy(PolicySourceArn=user.arn, ActionNames=["kms:Decrypt", "kms:Encrypt", "kms:Sign"], MaxItems=2)
    assert decisions(answer) == [("kms:Decrypt", "allowed"), ("kms:Encrypt", "allowed")] and answer["IsTruncated"]
    rest = iam.simulate_principal_policy(
        PolicySourceArn=user.arn, ActionNames=["kms:Decrypt", "kms:Encrypt", "kms:Sign"], MaxItems=2, Marker=answer["Marker"]
    )
    assert decisions(rest) == [("kms:Sign", "implicitDeny")]
    sources = [result["MatchedStatements"][0]["SourcePolicyId"] for result in answer["EvaluationResults"]]
    assert sources == [f"user_{user.name}_inline", f"group_{group}_team"]
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    answer = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["kms:Sign"])
    assert answer["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyId"] == "AdministratorAccess"
    with refused("NoSuchEntity", f"The user with name {user.name} cannot be found.", 404):
        iam.simulate_principal_policy(PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:user/other/{user.name}", ActionNames=["kms:Sign"])
    with refused("NoSuchEntity", "The user with name nobody cannot be found.", 404):
        iam.simulate_principal_policy(PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:user/nobody", ActionNames=["kms:Sign"])
    assert iam.get_context_keys_for_principal_policy(PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:group/{group}")["ContextKeyNames"] == ["aws:username"]


def test_account_summary(iam):
    before = iam.get_account_summary()["SummaryMap"]
    iam.create_user(UserName=unique("counted"))
    iam.create_instance_profile(InstanceProfileName=unique("counted"))
    after = iam.get_account_summary()["SummaryMap"]
    assert (after["Users"], after["InstanceProfiles"]) == (before["Users"] + 1, before["InstanceProfiles"] + 1)
    assert (after["AttachedPoliciesPerRoleQuota"], after["RolePolicySizeQuota"], after["AccountMFAEnabled"]) == (10, 10240, 0)


def test_credentials_that_no_user_has(iam):
    name = unique("user")
    iam.create_user(UserName=name)
    assert iam.list_mfa_devices(UserName=name)["MFADevices"] == []
    assert iam.list_ssh_public_keys(UserName=name)["SSHPublicKeys"] == []
    assert iam.list_signing_certificates(UserName=name)["Certificates"] == []
    assert iam.list_service_specific_credentials(UserName=name)["ServiceSpecificCredentials"] == []
    for call in (iam.get_login_profile, iam.delete_login_profile):
        with refused("NoSuchEntity", f"Login Profile for User {name} cannot be found.", 404):
            call(UserName=name)


def test_account_authorization_details(iam):
    # Source: IAM API Reference, GetAccountAuthorizationDetails.
    user, group, role, name, profile = (unique(kind) for kind in ("user", "group", "role", "policy", "profile"))
    arn = iam.create_policy(PolicyName=name, PolicyDocument=allow("kms:Decrypt"), Description="read")["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow("kms:Encrypt"), SetAsDefault=True)
    iam.create_user(UserName=user, Tags=[{"Key": "a", "Value": "b"}], PermissionsBoundary=arn)
    iam.put_user_policy(UserName=user, PolicyName="inline", PolicyDocument=allow("kms:Sign"))
    iam.create_group(GroupName=group)
    iam.add_user_to_group(GroupName=group, UserName=user)
    iam.attach_group_policy(GroupName=group, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust())
    iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    iam.create_instance_profile(InstanceProfileName=profile)
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role)
    found = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    for page in iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 3}):
        assert sum(len(page[kind]) for kind in found) <= 3
        for kind, items in found.items():
            items += page[kind]
    (shown,) = [u for u in found["UserDetailList"] if u["UserName"] == user]
    assert (shown["GroupList"], shown["UserPolicyList"][0]["PolicyName"]) == ([group], "inline")
    assert shown["UserPolicyList"][0]["PolicyDocument"]["Statement"][0]["Action"] == "kms:Sign"
    assert shown["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn and shown["Tags"] == [{"Key": "a", "Value": "b"}]
    (shown,) = [g for g in found["GroupDetailList"] if g["GroupName"] == group]
    assert shown["AttachedManagedPolicies"] == [{"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]
    (shown,) = [r for r in found["RoleDetailList"] if r["RoleName"] == role]
    assert [p["InstanceProfileName"] for p in shown["InstanceProfileList"]] == [profile] and shown["AssumeRolePolicyDocument"]
    policies = {p["Arn"]: p for p in found["Policies"]}
    assert len(policies) == len(found["Policies"]) and "arn:aws:iam::aws:policy/ReadOnlyAccess" in policies
    own = policies[arn]
    assert (own["DefaultVersionId"], own["AttachmentCount"], own["PermissionsBoundaryUsageCount"], own["Description"]) == ("v2", 1, 1, "read")
    assert [(v["VersionId"], v["IsDefaultVersion"]) for v in own["PolicyVersionList"]] == [("v2", True), ("v1", False)]
    only = iam.get_account_authorization_details(Filter=["Group"])
    assert only["GroupDetailList"] and not (only["UserDetailList"] or only["RoleDetailList"] or only["Policies"])
