"""IAM groups: their life, their members and policies, and what the members may do."""

import json
import re

import pytest

from support.clients import ACCOUNT, allow, policy, trust, unique
from support.expect import eventually, pages, refused
from support.server import REPLICA

MARKERS = ("Marker", "Marker")
MEMBERS = "Cannot delete entity, must remove users from group first."


@pytest.fixture(scope="session")
def iam(aws):
    return aws.iam()


@pytest.fixture
def make_group(iam):
    """Makes a group with this inline policy and these members. Returns its name."""

    def make(document=None, *users):
        name = unique("group")
        iam.create_group(GroupName=name)
        if document is not None:
            iam.put_group_policy(GroupName=name, PolicyName="inline", PolicyDocument=document)
        for user in users:
            iam.add_user_to_group(GroupName=name, UserName=user)
        return name

    return make


def groups_of(iam, user):
    return [group["GroupName"] for group in iam.list_groups_for_user(UserName=user)["Groups"]]


def members_of(iam, group):
    return {user["UserName"] for user in iam.get_group(GroupName=group)["Users"]}


def test_group_life(iam):
    # Source: IAM API Reference, CreateGroup, UpdateGroup, DeleteGroup; IAM User Guide, "IAM identifiers".
    name = unique("group")
    made = iam.create_group(GroupName=name, Path="/team/blue/")["Group"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/team/blue/{name}"
    assert re.fullmatch(r"AGPA[A-Z2-7]{17}", made["GroupId"])
    assert (made["GroupName"], made["Path"]) == (name, "/team/blue/") and made["CreateDate"]
    shown = iam.get_group(GroupName=name)
    assert (shown["Group"], shown["Users"], shown["IsTruncated"]) == (made, [], False)
    # The name is found in any case, as a user's is, and shown in its own.
    assert iam.get_group(GroupName=name.upper())["Group"] == made
    with refused("EntityAlreadyExists", f"Group with name {name} already exists.", 409):
        iam.create_group(GroupName=name)
    with refused("EntityAlreadyExists", f"Group with name {name.upper()} already exists.", 409):
        iam.create_group(GroupName=name.upper(), Path="/other/")
    # A user and a role may have the name too.
    iam.create_user(UserName=name)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust())
    renamed, other = unique("renamed"), unique("other")
    iam.create_group(GroupName=other)
    with refused("EntityAlreadyExists", f"Group with name {other} already exists.", 409):
        iam.update_group(GroupName=name, NewGroupName=other)
    iam.update_group(GroupName=name, NewGroupName=renamed, NewPath="/")
    with refused("NoSuchEntity", f"The group with name {name} cannot be found.", 404):
        iam.get_group(GroupName=name)
    shown = iam.get_group(GroupName=renamed)["Group"]
    assert (shown["Arn"], shown["GroupId"]) == (f"arn:aws:iam::{ACCOUNT}:group/{renamed}", made["GroupId"])
    # The same name in another case is no other group's.
    iam.update_group(GroupName=renamed, NewGroupName=renamed.upper())
    assert iam.get_group(GroupName=renamed)["Group"]["GroupName"] == renamed.upper()
    # The old name is free, and its group is another one.
    again = iam.create_group(GroupName=name)["Group"]
    assert again["GroupId"] != made["GroupId"]
    for group in (name, renamed, other):
        iam.delete_group(GroupName=group)
    with refused("NoSuchEntity", f"The group with name {renamed} cannot be found.", 404):
        iam.delete_group(GroupName=renamed)
    iam.delete_user(UserName=name)
    iam.delete_role(RoleName=name)


def test_names(iam, aws):
    # Source: IAM User Guide, "IAM and AWS STS quotas": 128 characters, where a user's name has 64.
    longest = unique("g").ljust(128, "g")
    iam.create_group(GroupName=longest)
    iam.delete_group(GroupName=longest)
    unchecked = aws.iam(checked=False)
    with refused(
        "ValidationError",
        f"1 validation error detected: Value '{longest}g' at 'groupName' failed to satisfy constraint: "
        "Member must have length less than or equal to 128",
    ):
        unchecked.create_group(GroupName=longest + "g")
    with refused(
        "ValidationError",
        "1 validation error detected: Value null at 'groupName' failed to satisfy constraint: Member must not be null",
    ):
        unchecked.add_user_to_group(UserName="u")


def test_members(iam, make_group):
    # Source: IAM API Reference, AddUserToGroup, RemoveUserFromGroup, DeleteGroup and DeleteUser. Seen against AWS: the texts of
    # both conflicts, and that a second addition and a second removal are no errors.
    user, group = unique("member"), make_group()
    made = iam.create_user(UserName=user, Path="/team/", Tags=[{"Key": "a", "Value": "b"}])["User"]
    for _ in range(2):
        iam.add_user_to_group(GroupName=group, UserName=user)
    (shown,) = iam.get_group(GroupName=group)["Users"]
    assert (shown["Arn"], shown["UserId"], shown["Path"]) == (made["Arn"], made["UserId"], "/team/")
    assert "Tags" not in shown
    (listed,) = iam.list_groups_for_user(UserName=user)["Groups"]
    assert listed == iam.get_group(GroupName=group)["Group"]
    with refused("DeleteConflict", MEMBERS, 409):
        iam.delete_group(GroupName=group)
    with refused("DeleteConflict", MEMBERS, 409):
        iam.delete_user(UserName=user)
    for call in (iam.add_user_to_group, iam.remove_user_from_group):
        with refused("NoSuchEntity", "The group with name no-such cannot be found.", 404):
            call(GroupName="no-such", UserName=user)
        with refused("NoSuchEntity", "The user with name no-such cannot be found.", 404):
            call(GroupName=group, UserName="no-such")
    with refused("NoSuchEntity", "The user with name no-such cannot be found.", 404):
        iam.list_groups_for_user(UserName="no-such")
    for _ in range(2):
        iam.remove_user_from_group(GroupName=group, UserName=user)
    assert (groups_of(iam, user), members_of(iam, group)) == ([], set())
    iam.delete_group(GroupName=group)
    iam.delete_user(UserName=user)


def test_ten_groups(iam, make_group):
    # Source: IAM User Guide, "IAM and AWS STS quotas".
    user = unique("busy")
    iam.create_user(UserName=user)
    groups = [make_group(None, user) for _ in range(10)]
    assert groups_of(iam, user) == groups
    eleventh = make_group()
    with refused("LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10", 409):
        iam.add_user_to_group(GroupName=eleventh, UserName=user)
    iam.add_user_to_group(GroupName=groups[3], UserName=user)  # already a member
    listed, count = pages(iam.list_groups_for_user, "Groups", MARKERS, UserName=user, MaxItems=3)
    assert [group["GroupName"] for group in listed] == groups and count == 4
    iam.remove_user_from_group(GroupName=groups[0], UserName=user)
    iam.add_user_to_group(GroupName=eleventh, UserName=user)
    assert groups_of(iam, user) == groups[1:] + [eleventh]


def test_renaming_keeps_members(iam, make_group):
    user, group = unique("user"), make_group()
    iam.create_user(UserName=user)
    iam.add_user_to_group(GroupName=group, UserName=user)
    new_group, new_user = unique("new-group"), unique("new-user")
    iam.update_group(GroupName=group, NewGroupName=new_group, NewPath="/p/")
    assert (groups_of(iam, user), members_of(iam, new_group)) == ([new_group], {user})
    iam.update_user(UserName=user, NewUserName=new_user)
    assert (groups_of(iam, new_user), members_of(iam, new_group)) == ([new_group], {new_user})
    # A group that takes the old name has none of the members, and a user that takes the old name is in no group.
    iam.create_group(GroupName=group)
    iam.create_user(UserName=user)
    assert (members_of(iam, group), groups_of(iam, user)) == (set(), [])
    iam.remove_user_from_group(GroupName=new_group, UserName=new_user)
    iam.delete_group(GroupName=new_group)


def test_lists(iam, make_group):
    names = [unique("listed") for _ in range(5)]
    for name in names:
        iam.create_group(GroupName=name, Path="/listed-groups/")
    found, count = pages(iam.list_groups, "Groups", MARKERS, PathPrefix="/listed-groups/", MaxItems=2)
    assert sorted(group["GroupName"] for group in found) == sorted(names) and count >= 3
    assert set(names) <= {group["GroupName"] for group in pages(iam.list_groups, "Groups", MARKERS)[0]}
    group = make_group()
    users = [unique("member") for _ in range(5)]
    for user in users:
        iam.create_user(UserName=user)
        iam.add_user_to_group(GroupName=group, UserName=user)
    found, count = pages(iam.get_group, "Users", MARKERS, GroupName=group, MaxItems=2)
    assert sorted(user["UserName"] for user in found) == sorted(users) and count == 3
    marker = iam.get_group(GroupName=group, MaxItems=2)["Marker"]
    with refused("ValidationError", "Invalid Marker."):  # of another group's list
        iam.get_group(GroupName=make_group(), MaxItems=2, Marker=marker)


def test_inline_policies(iam, make_group):
    document = allow("kms:DescribeKey")
    group = make_group(document)
    assert iam.get_group_policy(GroupName=group, PolicyName="inline")["PolicyDocument"] == json.loads(document)
    assert iam.list_group_policies(GroupName=group)["PolicyNames"] == ["inline"]
    with refused("DeleteConflict", "Cannot delete entity, must delete policies first.", 409):
        iam.delete_group(GroupName=group)
    for call in (iam.get_group_policy, iam.delete_group_policy):
        with refused("NoSuchEntity", "The group policy with name two cannot be found.", 404):
            call(GroupName=group, PolicyName="two")
    with refused("MalformedPolicyDocument", "Syntax errors in policy."):
        iam.put_group_policy(GroupName=group, PolicyName="two", PolicyDocument="{")
    # 5120 characters together, white space apart, where a user has 2048.
    room = 5120 - len(document.replace(" ", ""))
    empty = len(allow("kms:*", "arn:aws:kms:*:*:key/").replace(" ", ""))
    filling = [allow("kms:*", "arn:aws:kms:*:*:key/" + "k" * (room - empty + more)) for more in (0, 1)]
    iam.put_group_policy(GroupName=group, PolicyName="two", PolicyDocument=filling[0])
    with refused("LimitExceeded", f"Maximum policy size of 5120 bytes exceeded for group {group}", 409):
        iam.put_group_policy(GroupName=group, PolicyName="two", PolicyDocument=filling[1])
    assert sorted(iam.list_group_policies(GroupName=group)["PolicyNames"]) == ["inline", "two"]
    for name in ("inline", "two"):
        iam.delete_group_policy(GroupName=group, PolicyName=name)
    iam.delete_group(GroupName=group)


def test_attached_policies(iam, make_group):
    group, name = make_group(), unique("attached")
    arn = iam.create_policy(PolicyName=name, Path="/p/", PolicyDocument=allow("kms:*"))["Policy"]["Arn"]
    for _ in range(2):  # attaching again changes nothing
        iam.attach_group_policy(GroupName=group, PolicyArn=arn)
    attached = [{"PolicyName": name, "PolicyArn": arn}]
    assert iam.list_attached_group_policies(GroupName=group)["AttachedPolicies"] == attached
    assert iam.list_attached_group_policies(GroupName=group, PathPrefix="/q/")["AttachedPolicies"] == []
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    with refused("DeleteConflict", "Cannot delete a policy attached to entities.", 409):
        iam.delete_policy(PolicyArn=arn)
    with refused("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409):
        iam.delete_group(GroupName=group)
    missing = f"arn:aws:iam::{ACCOUNT}:policy/{unique('missing')}"
    with refused("NoSuchEntity", f"Policy {missing} does not exist or is not attachable.", 404):
        iam.attach_group_policy(GroupName=group, PolicyArn=missing)
    with refused("NoSuchEntity", f"Policy {missing} was not found.", 404):
        iam.detach_group_policy(GroupName=group, PolicyArn=missing)
    # The group is an entity of the policy, also under a new name.
    renamed = unique("renamed")
    iam.update_group(GroupName=group, NewGroupName=renamed, NewPath="/g/")
    identity = iam.get_group(GroupName=renamed)["Group"]["GroupId"]
    user = unique("user")
    iam.create_user(UserName=user)
    iam.attach_user_policy(UserName=user, PolicyArn=arn)
    of_group = [{"GroupName": renamed, "GroupId": identity}]
    shown = iam.list_entities_for_policy(PolicyArn=arn)
    assert shown["PolicyGroups"] == of_group and [u["UserName"] for u in shown["PolicyUsers"]] == [user]
    for filters in ({"EntityFilter": "Group"}, {"PathPrefix": "/g/"}):
        shown = iam.list_entities_for_policy(PolicyArn=arn, **filters)
        assert (shown["PolicyGroups"], shown["PolicyUsers"], shown["PolicyRoles"]) == (of_group, [], [])
    assert iam.list_entities_for_policy(PolicyArn=arn, EntityFilter="User")["PolicyGroups"] == []
    iam.detach_user_policy(UserName=user, PolicyArn=arn)
    iam.detach_group_policy(GroupName=renamed, PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 0
    iam.delete_policy(PolicyArn=arn)
    iam.delete_group(GroupName=renamed)


def test_ten_attached_policies(iam, make_group):
    group = make_group()
    made = [
        iam.create_policy(PolicyName=unique("many"), PolicyDocument=allow("kms:*"))["Policy"]["Arn"] for _ in range(11)
    ]
    for arn in made[:10]:
        iam.attach_group_policy(GroupName=group, PolicyArn=arn)
    with refused("LimitExceeded", "Cannot exceed quota for PoliciesPerGroup: 10", 409):
        iam.attach_group_policy(GroupName=group, PolicyArn=made[10])
    listed, count = pages(iam.list_attached_group_policies, "AttachedPolicies", MARKERS, GroupName=group, MaxItems=4)
    assert [policy["PolicyArn"] for policy in listed] == made[:10] and count == 3


@pytest.fixture(scope="module")
def key(aws):
    return aws.kms().create_key()["KeyMetadata"]


def denied(user, key, action, reason):
    return refused(
        "AccessDeniedException",
        f"User: {user.arn} is not authorized to perform: kms:{action} on resource: {key['Arn']} {reason}",
    )


IMPLICIT = "because no identity-based policy allows the kms:{} action"


def test_members_have_the_permissions_of_their_groups(iam, make_user, make_group, key):
    # Source: IAM User Guide, "Policy evaluation logic": the policies of a user's groups are identity-based policies. Each change
    # counts for the next request.
    user = make_user()
    kms, key_id = user.kms(), key["KeyId"]

    def is_denied():
        with denied(user, key, "DescribeKey", IMPLICIT.format("DescribeKey")):
            kms.describe_key(KeyId=key_id)

    is_denied()
    group = make_group(allow("kms:DescribeKey"))
    is_denied()
    iam.add_user_to_group(GroupName=group, UserName=user.name)
    kms.describe_key(KeyId=key_id)
    iam.update_group(GroupName=group, NewGroupName=group + "-renamed")
    group += "-renamed"
    kms.describe_key(KeyId=key_id)
    iam.put_group_policy(GroupName=group, PolicyName="inline", PolicyDocument=allow("kms:ListAliases"))
    is_denied()
    managed = iam.create_policy(PolicyName=unique("p"), PolicyDocument=allow("kms:DescribeKey"))["Policy"]["Arn"]
    iam.attach_group_policy(GroupName=group, PolicyArn=managed)
    kms.describe_key(KeyId=key_id)
    iam.create_policy_version(PolicyArn=managed, PolicyDocument=allow("kms:Encrypt"), SetAsDefault=True)
    is_denied()
    kms.encrypt(KeyId=key_id, Plaintext=b"x")
    iam.set_default_policy_version(PolicyArn=managed, VersionId="v1")
    kms.describe_key(KeyId=key_id)
    iam.detach_group_policy(GroupName=group, PolicyArn=managed)
    is_denied()
    iam.attach_group_policy(GroupName=group, PolicyArn=managed)
    kms.describe_key(KeyId=key_id)
    iam.remove_user_from_group(GroupName=group, UserName=user.name)
    is_denied()


def test_every_group_counts(iam, make_user, make_group, key):
    user = make_user()
    for action in ("kms:DescribeKey", "kms:Encrypt"):
        make_group(allow(action), user.name)
    user.kms().describe_key(KeyId=key["KeyId"])
    user.kms().encrypt(KeyId=key["KeyId"], Plaintext=b"x")
    # Another user is in none of them.
    other = make_user()
    with denied(other, key, "DescribeKey", IMPLICIT.format("DescribeKey")):
        other.kms().describe_key(KeyId=key["KeyId"])


def test_a_deny_of_a_group(iam, make_user, make_group, key):
    user = make_user(allow("kms:*"))
    user.kms().describe_key(KeyId=key["KeyId"])
    deny = policy({"Effect": "Deny", "Action": "kms:DescribeKey", "Resource": "*"})
    group = make_group(deny, user.name)
    with denied(user, key, "DescribeKey", "with an explicit deny in an identity-based policy"):
        user.kms().describe_key(KeyId=key["KeyId"])
    user.kms().encrypt(KeyId=key["KeyId"], Plaintext=b"x")
    # A session of the user's own is decided with them too.
    session = user.session(user.sts().get_session_token()["Credentials"])
    with denied(user, key, "DescribeKey", "with an explicit deny in an identity-based policy"):
        session.kms().describe_key(KeyId=key["KeyId"])
    iam.delete_group_policy(GroupName=group, PolicyName="inline")
    for caller in (user, session):
        caller.kms().describe_key(KeyId=key["KeyId"])


def test_a_boundary_limits_the_policies_of_groups(iam, make_user, make_group, key):
    user = make_user()
    make_group(allow("kms:*"), user.name)
    user.kms().describe_key(KeyId=key["KeyId"])
    boundary = iam.create_policy(PolicyName=unique("boundary"), PolicyDocument=allow("kms:Encrypt"))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName=user.name, PermissionsBoundary=boundary)
    user.kms().encrypt(KeyId=key["KeyId"], Plaintext=b"x")
    with denied(user, key, "DescribeKey", "because no permissions boundary allows the kms:DescribeKey action"):
        user.kms().describe_key(KeyId=key["KeyId"])


def test_a_group_decides_in_the_other_region(aws, iam, make_user, make_group):
    key = aws.kms(REPLICA).create_key()["KeyMetadata"]
    user = make_user()
    group = make_group(allow("kms:DescribeKey"), user.name)

    def allowed():
        return user.kms(REPLICA).describe_key(KeyId=key["KeyId"])

    def denied_again():
        with denied(user, key, "DescribeKey", IMPLICIT.format("DescribeKey")):
            allowed()

    eventually(allowed)
    iam.put_group_policy(GroupName=group, PolicyName="inline", PolicyDocument=allow("kms:Encrypt"))
    eventually(denied_again)
    iam.put_group_policy(GroupName=group, PolicyName="inline", PolicyDocument=allow("kms:DescribeKey"))
    eventually(allowed)
    iam.remove_user_from_group(GroupName=group, UserName=user.name)
    eventually(denied_again)


def test_groups_are_authorized(iam, make_user, make_group):
    # Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS IAM": both act on the group.
    group = make_group()
    arn = iam.get_group(GroupName=group)["Group"]["Arn"]
    user = make_user(allow(["iam:AddUserToGroup", "iam:UpdateGroup"], arn))
    user.iam().add_user_to_group(GroupName=group, UserName=user.name)
    prefix = f"User: {user.arn} is not authorized to perform: iam:"
    with refused(
        "AccessDenied",
        f"{prefix}RemoveUserFromGroup on resource: {arn} "
        "because no identity-based policy allows the iam:RemoveUserFromGroup action",
        403,
    ):
        user.iam().remove_user_from_group(GroupName=group, UserName=user.name)
    # A new name needs the permission on the new name too.
    with refused(
        "AccessDenied",
        f"{prefix}UpdateGroup on resource: arn:aws:iam::{ACCOUNT}:group/elsewhere "
        "because no identity-based policy allows the iam:UpdateGroup action",
        403,
    ):
        user.iam().update_group(GroupName=group, NewGroupName="elsewhere")
    # A group that does not exist is not told from one that does.
    with refused(
        "AccessDenied",
        f"{prefix}GetGroup on resource: arn:aws:iam::{ACCOUNT}:group/no-such "
        "because no identity-based policy allows the iam:GetGroup action",
        403,
    ):
        user.iam().get_group(GroupName="no-such")


def test_a_group_is_no_principal(iam, make_group):
    # Source: IAM User Guide, "IAM user groups": a group cannot be identified as a Principal in a policy.
    group = make_group()
    arn = iam.get_group(GroupName=group)["Group"]["Arn"]
    with refused("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{arn}"'):
        iam.create_role(RoleName=unique("r"), AssumeRolePolicyDocument=trust({"AWS": arn}))
