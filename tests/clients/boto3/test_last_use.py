"""IAM: the last use of roles and access keys."""

import datetime

from support.clients import allow, trust, unique
from support.expect import eventually
from support.server import REPLICA

# A use is shown within a minute.
SECONDS = 60


def test_the_last_use_in_any_region(aws, make_user):
    iam = aws.iam()
    name = unique("used")
    role = iam.create_role(RoleName=name, Path=f"/{name}/", AssumeRolePolicyDocument=trust())["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=allow("kms:ListKeys"))
    assert iam.get_role(RoleName=name)["Role"]["RoleLastUsed"] == {}
    user = make_user(allow("sts:AssumeRole"))
    key = iam.list_access_keys(UserName=user.name)["AccessKeyMetadata"][0]["AccessKeyId"]
    spare = iam.create_access_key(UserName=user.name)["AccessKey"]["AccessKeyId"]
    never = iam.get_access_key_last_used(AccessKeyId=spare)
    assert never["UserName"] == user.name
    assert never["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}

    began = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    arn = role["Arn"]
    credentials = eventually(lambda: user.sts(REPLICA).assume_role(RoleArn=arn, RoleSessionName="session"))["Credentials"]
    eventually(aws.session(credentials).kms(REPLICA).list_keys)

    def role_is_shown():
        used = iam.get_role(RoleName=name)["Role"]["RoleLastUsed"]
        assert used.get("Region") == REPLICA
        assert began <= used["LastUsedDate"] <= datetime.datetime.now(datetime.timezone.utc)

    def key_is_shown():
        used = iam.get_access_key_last_used(AccessKeyId=key)["AccessKeyLastUsed"]
        assert (used["ServiceName"], used["Region"]) == ("sts", REPLICA)
        assert began <= used["LastUsedDate"] <= datetime.datetime.now(datetime.timezone.utc)

    eventually(role_is_shown, seconds=SECONDS)
    eventually(key_is_shown, seconds=SECONDS)
    (listed,) = iam.list_roles(PathPrefix=f"/{name}/")["Roles"]
    assert "RoleLastUsed" not in listed

    # A new role of the same name has no last use.
    iam.delete_role_policy(RoleName=name, PolicyName="inline")
    iam.delete_role(RoleName=name)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust())
    assert iam.get_role(RoleName=name)["Role"]["RoleLastUsed"] == {}
