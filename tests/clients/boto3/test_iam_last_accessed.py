"""IAM: reports of last accessed services, and the policies that grant access to services."""

import datetime

from support.clients import allow, trust, unique
from support.expect import eventually, refused
from support.server import PRIMARY, REPLICA

# A use is shown within a minute.
SECONDS = 60


def report(iam, arn, **options):
    job = iam.generate_service_last_accessed_details(Arn=arn, **options)["JobId"]
    assert len(job) == 36
    answer = iam.get_service_last_accessed_details(JobId=job)
    assert (answer["JobStatus"], answer["IsTruncated"]) == ("COMPLETED", False)
    assert answer["JobCreationDate"] <= answer["JobCompletionDate"]
    return job, answer


def services(iam, arn):
    return {service["ServiceNamespace"]: service for service in report(iam, arn)[1]["ServicesLastAccessed"]}


def test_two_services_in_two_regions(aws, make_user):
    iam = aws.iam()
    began = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    user = make_user(allow(["sts:AssumeRole", "kms:ListKeys", "secretsmanager:ListSecrets"]))
    name = unique("accessed")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust())["Role"]
    document = allow(["kms:ListKeys", "secretsmanager:ListSecrets", "iam:GetUser"])
    policy = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    assert services(iam, role["Arn"]) == {
        namespace: {"ServiceName": shown, "ServiceNamespace": namespace, "TotalAuthenticatedEntities": 0}
        for namespace, shown in {
            "iam": "AWS Identity and Access Management",
            "kms": "AWS Key Management Service",
            "secretsmanager": "AWS Secrets Manager",
        }.items()
    }

    credentials = eventually(lambda: user.sts(REPLICA).assume_role(RoleArn=role["Arn"], RoleSessionName="session"))
    session = aws.session(credentials["Credentials"])
    for caller in (user, session):
        eventually(caller.kms(REPLICA).list_keys)
        eventually(caller.secrets(PRIMARY).list_secrets)

    def shown(arn):
        found = services(iam, arn)
        for namespace, region in {"kms": REPLICA, "secretsmanager": PRIMARY}.items():
            service = found[namespace]
            assert service["LastAuthenticatedRegion"] == region
            assert service["LastAuthenticatedEntity"] == arn
            assert service["TotalAuthenticatedEntities"] == 1
            assert began <= service["LastAuthenticated"] <= datetime.datetime.now(datetime.timezone.utc)
        return found

    found = eventually(lambda: shown(role["Arn"]), seconds=SECONDS)
    assert "LastAuthenticated" not in found["iam"]
    found = eventually(lambda: shown(user.arn), seconds=SECONDS)
    assert found["sts"]["LastAuthenticatedEntity"] == user.arn

    job, answer = report(iam, policy, Granularity="ACTION_LEVEL")
    assert answer["JobType"] == "ACTION_LEVEL"
    assert not any("TrackedActionsLastAccessed" in service for service in answer["ServicesLastAccessed"])
    listed = iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="kms")
    (entity,) = listed["EntityDetailsList"]
    assert entity["EntityInfo"] == {
        "Arn": role["Arn"], "Name": name, "Type": "ROLE", "Id": role["RoleId"], "Path": "/",
    }
    assert entity["LastAuthenticated"] >= began
    first = iam.get_service_last_accessed_details(JobId=job, MaxItems=1)
    assert first["IsTruncated"] and [s["ServiceNamespace"] for s in first["ServicesLastAccessed"]] == ["iam"]
    rest = iam.get_service_last_accessed_details(JobId=job, Marker=first["Marker"])
    assert [s["ServiceNamespace"] for s in rest["ServicesLastAccessed"]] == ["kms", "secretsmanager"]


def test_a_report_belongs_to_its_maker(aws, make_user):
    user = make_user(allow("iam:GetServiceLastAccessedDetails"))
    job, _ = report(aws.iam(), user.arn)
    with refused("NoSuchEntity", f"Job {job} does not exist.", 404):
        user.iam().get_service_last_accessed_details(JobId=job)


def test_policies_that_grant_access(aws, make_user):
    user = make_user(allow("kms:Decrypt"))
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    aws.iam().attach_user_policy(UserName=user.name, PolicyArn=arn)
    granting = aws.iam().list_policies_granting_service_access(Arn=user.arn, ServiceNamespaces=["kms", "s3"])
    inline = {"PolicyName": "inline", "PolicyType": "INLINE", "EntityType": "USER", "EntityName": user.name}
    managed = {"PolicyName": "AdministratorAccess", "PolicyType": "MANAGED", "PolicyArn": arn}
    assert granting["PoliciesGrantingServiceAccess"] == [
        {"ServiceNamespace": "kms", "Policies": [inline, managed]},
        {"ServiceNamespace": "s3", "Policies": [managed]},
    ]
    aws.iam().detach_user_policy(UserName=user.name, PolicyArn=arn)
