"""One test for each attack on the readers of requests, names and tokens, 17 to 24, by number. Most have closer tests elsewhere, which they name."""

import base64
import contextlib
import gzip
import json
import re

import pytest

from support import wire
from support.clients import ACCOUNT, alias_arn, allow, trust, unique
from support.expect import SILENT, constraint, plain, refused
from support.server import REPLICA

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
BAD_NAME = "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
NO_SECRET = ("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
LOST = ("InvalidNextTokenException", "The NextToken value is invalid.")
IAM = {"Version": "2010-05-08"}
STS = {"Version": "2011-06-15", "Action": "AssumeRole", "RoleSessionName": "session"}


@pytest.fixture(scope="session")
def endpoint(server):
    return server.endpoint


@pytest.fixture(scope="session")
def kms(aws):
    return aws.kms()


@pytest.fixture(scope="session")
def sm(aws):
    return aws.secrets()


@pytest.fixture(scope="session")
def iam(aws):
    return aws.iam()


@pytest.fixture
def key(kms):
    return kms.create_key()["KeyMetadata"]["KeyId"]


@pytest.fixture
def secret(sm):
    return sm.create_secret(Name=unique("parsed"), SecretString="x")["ARN"]


@pytest.fixture
def role(iam):
    return iam.create_role(RoleName=unique("parsed"), AssumeRolePolicyDocument=trust())["Role"]["Arn"]


def kms_call(endpoint, operation, body):
    return wire.json_call(endpoint, "kms", f"TrentService.{operation}", body)


def sm_call(endpoint, operation, body):
    return wire.json_call(endpoint, "secretsmanager", f"secretsmanager.{operation}", body)


def check(answer, code, text=None, status=400):
    """An error of exactly this code and text; without `text`, of one without a message."""
    assert (answer.status, answer.error) == (status, (code, text)), answer.body


@contextlib.contextmanager
def policies_unchanged(kms, sm, key, secret):
    before = kms.get_key_policy(KeyId=key)["Policy"], sm.get_resource_policy(SecretId=secret).get("ResourcePolicy")
    yield
    assert before == (kms.get_key_policy(KeyId=key)["Policy"], sm.get_resource_policy(SecretId=secret).get("ResourcePolicy"))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"KeyId":"a","X":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"KeyId":' * 29_000,
        b'{"X":' * 40_000 + b"1" + b"}" * 40_000,
    ],
    ids=["open lists", "closed lists in a member that is ignored", "objects", "closed objects"],
)
def test_attack_17_deep_bodies(endpoint, body):
    # A reader that calls itself for each level would end the process by its stack. 256 KiB are the limit of a body.
    for service, target in (("kms", "TrentService.DescribeKey"), ("secretsmanager", "secretsmanager.DescribeSecret")):
        check(wire.json_call(endpoint, service, target, body), "SerializationException")
    assert kms_call(endpoint, "ListKeys", {}).status == 200, "others are served"


def test_attack_17_deep_policies(endpoint, kms, sm, key, secret, role):
    # As deep as the size of a policy allows; a longer one is refused by its length.
    inner = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"kms:*","Resource":"*","Condition":%s}]}'
    closed = inner % (ROOT, '{"a":' * 5000 + "1" + "}" * 5000)
    with policies_unchanged(kms, sm, key, secret):
        for document in ("[" * 32_768, "[" * 16_384 + "]" * 16_384, closed):
            answer = kms_call(endpoint, "PutKeyPolicy", {"KeyId": key, "Policy": document})
            assert (answer.status, answer.error[0]) == (400, "MalformedPolicyDocumentException"), answer.body
        answer = kms_call(endpoint, "PutKeyPolicy", {"KeyId": key, "Policy": "[" * 100_000})
        assert (answer.status, answer.error[0]) == (400, "LimitExceededException"), answer.body
        text = "This resource policy contains a syntax error."
        check(sm_call(endpoint, "PutResourcePolicy", {"SecretId": secret, "ResourcePolicy": "[" * 20_480}), "MalformedPolicyDocumentException", text)
        assert sm_call(endpoint, "PutResourcePolicy", {"SecretId": secret, "ResourcePolicy": "[" * 100_000}).error[0] == "ValidationException"
    name = unique("deep")
    form = IAM | {"Action": "CreatePolicy", "PolicyName": name, "PolicyDocument": "[" * 6_000}
    check(wire.query_call(endpoint, "iam", form), "MalformedPolicyDocument", "Syntax errors in policy.")
    form = IAM | {"Action": "CreateRole", "RoleName": name, "AssumeRolePolicyDocument": "[" * 2_000}
    check(wire.query_call(endpoint, "iam", form), "MalformedPolicyDocument", "This policy contains invalid Json")
    check(wire.query_call(endpoint, "sts", STS | {"RoleArn": role, "Policy": "[" * 2_000}), "MalformedPolicyDocument", "Syntax errors in policy.")
    long = wire.query_call(endpoint, "iam", IAM | {"Action": "CreatePolicy", "PolicyName": name, "PolicyDocument": "[" * 100_000})
    check(long, "RequestEntityTooLarge", "The request body is too large.", 413)


@pytest.mark.parametrize(
    "body",
    [
        '{"KeyId": "KEY", "KeyId": "KEY", "Plaintext": "AAAA"}',
        '{"KeyId": "nothing", "\\u004beyId": "KEY", "Plaintext": "AAAA"}',
        '{"KeyId": "KEY", "Plaintext": "AAAA", "EncryptionContext": {"a": "1", "a": "2"}}',
        '{"KeyId": "KEY", "Plaintext": "AAAA", "EncryptionContext": {"a": "1"}, "EncryptionContext": {"b": "1"}}',
        '{"KeyId": "KEY", "Plaintext": "AAAA", "FromTheFuture": {"a": 1, "a": 2}}',
    ],
    ids=["twice the same", "escaped", "in a map", "the map", "in a member that is ignored"],
)
def test_attack_18_a_name_twice_in_a_request(endpoint, key, body):
    # The body is a request if the name stands once.
    check(kms_call(endpoint, "Encrypt", body.replace("KEY", key).encode()), "SerializationException")
    once = json.dumps(json.loads(body.replace("KEY", key))).encode()
    assert kms_call(endpoint, "Encrypt", once).status == 200


def test_attack_18_a_parameter_twice_in_a_form(endpoint, iam, role):
    names = [unique("twice") for _ in range(2)]
    form = "Action=CreateUser&Version=2010-05-08" + "".join(f"&UserName={name}" for name in names)
    check(wire.query_call(endpoint, "iam", form), "MalformedInput", "Duplicate parameters are not allowed.")
    for name in names:
        with refused("NoSuchEntity", f"The user with name {name} cannot be found.", 404):
            iam.get_user(UserName=name)
    form = f"Action=AssumeRole&Version=2011-06-15&RoleSessionName=s1&RoleArn={role}&RoleArn={role}"
    check(wire.query_call(endpoint, "sts", form), "MalformedInput", "Duplicate parameters are not allowed.")


def test_attack_18_a_name_twice_in_a_policy(aws, iam, kms, sm, key, secret, role):
    # Readers that take the first and readers that take the last would see a denial and a permission.
    twice = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow",%s"Action":"kms:*","Resource":"*"}]}'
    of_resource, of_identity = twice % f'"Principal":{{"AWS":"{ROOT}"}},', twice % ""
    with policies_unchanged(kms, sm, key, secret):
        with refused("MalformedPolicyDocumentException", re.compile("The policy is not valid JSON: `Effect` is given twice at .*")):
            kms.put_key_policy(KeyId=key, Policy=of_resource)
        with refused("MalformedPolicyDocumentException", "This resource policy contains a syntax error."):
            sm.put_resource_policy(SecretId=secret, ResourcePolicy=of_resource.replace("kms:", "secretsmanager:"))
    name = unique("twice")
    with refused("MalformedPolicyDocument", "Syntax errors in policy."):
        iam.create_policy(PolicyName=name, PolicyDocument=of_identity)
    with refused("MalformedPolicyDocument", "Syntax errors in policy."):
        aws.sts().assume_role(RoleArn=role, RoleSessionName="session", Policy=of_identity)
    with refused("MalformedPolicyDocument", "This policy contains invalid Json"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust().replace('"Effect"', '"Effect": "Deny", "Effect"'))
    # Also deep inside, and in another writing.
    for condition in ('{"StringEquals":{"aws:username":"a"},"StringEquals":{"aws:username":"b"}}', '{"Bool":{"a:b":"true","a\\u003ab":"false"}}'):
        with refused("MalformedPolicyDocument", "Syntax errors in policy."):
            document = allow("kms:*").replace('"Resource"', f'"Condition":{condition},"Resource"')
            iam.create_policy(PolicyName=name, PolicyDocument=document)


NO_NUMBERS = ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1.5", "4294967303", "-4294967289", "18446744073709551623", "07", "+7", "0x7"]
# AWS's readers name what they read instead.
OF_ANOTHER_TYPE = {'"7"': "STRING_VALUE", "true": "TRUE_VALUE"}


@pytest.mark.parametrize("number", [*NO_NUMBERS, *OF_ANOTHER_TYPE])
def test_attack_19_numbers_that_are_none(endpoint, kms, sm, key, secret, number):
    # 4294967303 and 18446744073709551623 are 7 in 32 and 64 bits.
    text = f"{OF_ANOTHER_TYPE[number]} can not be converted to an Integer" if number in OF_ANOTHER_TYPE else None
    check(kms_call(endpoint, "ScheduleKeyDeletion", f'{{"KeyId": "{key}", "PendingWindowInDays": {number}}}'.encode()), "SerializationException", text)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    check(kms_call(endpoint, "GenerateRandom", f'{{"NumberOfBytes": {number}}}'.encode()), "SerializationException", text)
    # This one has 64 bits.
    answer = sm_call(endpoint, "DeleteSecret", f'{{"SecretId": "{secret}", "RecoveryWindowInDays": {number}}}'.encode())
    expected = "InvalidParameterException" if number in ("4294967303", "-4294967289") else "SerializationException"
    assert (answer.status, answer.error[0]) == (400, expected), answer.body
    assert "DeletedDate" not in sm.describe_secret(SecretId=secret)


def test_attack_19_numbers_outside_their_limits(endpoint, kms, key):
    for number in (-1, 0, -(2**31)):
        text = constraint("pendingWindowInDays", "Member must have value greater than or equal to 1", number)
        check(kms_call(endpoint, "ScheduleKeyDeletion", {"KeyId": key, "PendingWindowInDays": number}), "ValidationException", text)
        text = constraint("limit", "Member must have value greater than or equal to 1", number)
        check(kms_call(endpoint, "ListKeys", {"Limit": number}), "ValidationException", text)
    text = constraint("pendingWindowInDays", "Member must have value less than or equal to 365", 2**31 - 1)
    check(kms_call(endpoint, "ScheduleKeyDeletion", {"KeyId": key, "PendingWindowInDays": 2**31 - 1}), "ValidationException", text)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"


def test_attack_19_durations_in_a_form(endpoint, role):
    for text in ("NaN", "1e3", "900.0", "4294968196", "9" * 30, "900x", " 900", "0x384"):
        check(wire.query_call(endpoint, "sts", STS | {"RoleArn": role, "DurationSeconds": text}), "MalformedInput")
    for text in ("-1", "0", "-2147483648"):
        answer = wire.query_call(endpoint, "sts", STS | {"RoleArn": role, "DurationSeconds": text})
        check(answer, "ValidationError", constraint("durationSeconds", "Member must have value greater than or equal to 900", text))


def test_attack_19_dates(endpoint, kms):
    made = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    token = kms.get_parameters_for_import(KeyId=made, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048")["ImportToken"]
    common = {"KeyId": made, "ImportToken": base64.b64encode(token).decode(), "EncryptedKeyMaterial": "AAAA", "ExpirationModel": "KEY_MATERIAL_EXPIRES"}
    for date, code, text in (
        ("NaN", "SerializationException", None),
        ("1e999", "SerializationException", None),
        ("-1e300", "SerializationException", None),
        ("1e18", "SerializationException", None),
        ("9" * 40, "SerializationException", None),
        # Source of the text: recorded answers of AWS's parser of dates.
        ('"2030-01-01T00:00:00Z"', "SerializationException", "STRING_VALUE can not be converted to milliseconds since epoch"),
        ("-1", "ValidationException", "ValidTo must be in the future"),
        ("253402300800", "ValidationException", "ValidTo must be at most 365 days in the future"),
    ):
        body = json.dumps(common)[:-1] + f', "ValidTo": {date}}}'
        check(kms_call(endpoint, "ImportKeyMaterial", body.encode()), code, text)
    assert kms.describe_key(KeyId=made)["KeyMetadata"]["KeyState"] == "PendingImport"


@pytest.mark.parametrize(
    "body",
    [
        b'{"KeyId": "\xff"}',
        b'{"KeyId": "\xc0\xaf"}',
        b'{"KeyId": "\xe0\x80\xaf"}',
        b'{"KeyId": "\xed\xa0\x80"}',
        b'{"KeyId": "\xf4\x90\x80\x80"}',
        b'{"KeyId": "\xe2\x82"}',
        b'{"KeyId": "\\ud800"}',
        b'{"KeyId": "\\udc00\\ud800"}',
        b'{"KeyId": "\\ud800\\u0041"}',
        b'{"KeyId": "a\0"}',
        b'{"KeyId": "a"}\0',
        b'\xef\xbb\xbf{"KeyId": "a"}',
        '{"KeyId": "a"}'.encode("utf-16"),
        '{"KeyId": "a"}'.encode("utf-32-le"),
    ],
    ids=repr,
)
def test_attack_20_bodies_that_are_no_text(endpoint, body):
    check(kms_call(endpoint, "DescribeKey", body), "SerializationException")


@pytest.mark.parametrize("value", ["%FF", "%C0%AF", "%ED%A0%80", "%F4%90%80%80", "%E2%82", "a%"])
def test_attack_20_forms_that_are_no_text(endpoint, value):
    check(wire.query_call(endpoint, "iam", f"Action=GetUser&Version=2010-05-08&UserName={value}"), "MalformedInput")


def test_attack_20_a_nul_ends_no_name(endpoint, kms, sm, iam, key):
    # A reader of C would see the name in front of the NUL.
    alias, name = f"alias/{unique('nul')}", unique("nul")
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    sm.create_secret(Name=name, SecretString="kept")
    iam.create_user(UserName=name)
    check(kms_call(endpoint, "Encrypt", {"KeyId": f"{alias}\0", "Plaintext": "AAAA"}), "NotFoundException", f"Alias {alias_arn(alias)}\0 is not found.")
    text = constraint("aliasName", "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$", f"{alias}\0")
    check(kms_call(endpoint, "DeleteAlias", {"AliasName": f"{alias}\0"}), "ValidationException", text)
    check(sm_call(endpoint, "GetSecretValue", {"SecretId": f"{name}\0"}), "ValidationException", BAD_NAME)
    assert wire.query_call(endpoint, "iam", IAM | {"Action": "DeleteUser", "UserName": f"{name}\0"}).error[0] == "ValidationError"
    assert kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] == key
    assert sm.get_secret_value(SecretId=name)["SecretString"] == "kept" and iam.get_user(UserName=name)["User"]["UserName"] == name


COMPOSED, DECOMPOSED, CYRILLIC, ZERO_WIDTH = "caf\u00e9", "cafe\u0301", "\u0430dmin", "ad\u200bmin"
LOOKALIKES = [COMPOSED, DECOMPOSED, CYRILLIC, ZERO_WIDTH, "admin", "Admin", "cafe"]


def test_attack_21_names_that_look_alike(aws, kms, sm, key):
    # Also test_kms_aliases.py, test_names_are_byte_exact. AWS's patterns leave no Unicode in names, so case is all that is left.
    unchecked = aws.kms(checked=False)
    for name in LOOKALIKES[:4]:
        text = constraint("aliasName", "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$", f"alias/{name}")
        with refused("ValidationException", text):
            unchecked.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
        with refused("NotFoundException", f"Alias {alias_arn('alias/' + name)} is not found."):
            unchecked.encrypt(KeyId=f"alias/{name}", Plaintext=b"x")
        with refused("ValidationException", BAD_NAME):
            sm.create_secret(Name=name, SecretString="x")
    other_key, name = kms.create_key()["KeyMetadata"]["KeyId"], unique("Case")
    kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    kms.create_alias(AliasName=f"alias/{name.lower()}", TargetKeyId=other_key)
    assert [kms.describe_key(KeyId=f"alias/{n}")["KeyMetadata"]["KeyId"] for n in (name, name.lower())] == [key, other_key]
    sm.create_secret(Name=name, SecretString="upper")
    with refused(*NO_SECRET):
        sm.get_secret_value(SecretId=name.lower())
    sm.create_secret(Name=name.lower(), SecretString="lower")
    assert [sm.get_secret_value(SecretId=n)["SecretString"] for n in (name, name.lower())] == ["upper", "lower"]


def test_attack_21_tags_that_look_alike(sm, kms, iam, key, secret, make_user):
    tags = [{"Key": name, "Value": str(number)} for number, name in enumerate(LOOKALIKES)]
    sm.tag_resource(SecretId=secret, Tags=tags)
    assert sorted(sm.describe_secret(SecretId=secret)["Tags"], key=lambda t: t["Value"]) == tags, "byte for byte, no two merged"
    sm.untag_resource(SecretId=secret, TagKeys=["cafe", COMPOSED, "admin"])
    assert {tag["Key"] for tag in sm.describe_secret(SecretId=secret)["Tags"]} == {DECOMPOSED, CYRILLIC, ZERO_WIDTH, "Admin"}
    # A condition on the value of a tag compares bytes.
    user = make_user(allow("secretsmanager:DescribeSecret", Condition={"StringEquals": {"aws:ResourceTag/team": COMPOSED}}))
    for value, allowed in ((DECOMPOSED, False), (CYRILLIC, False), (COMPOSED + "\u200b", False), (COMPOSED, True)):
        sm.tag_resource(SecretId=secret, Tags=[{"Key": "team", "Value": value}])
        if allowed:
            assert user.secrets().describe_secret(SecretId=secret)["ARN"] == secret
        else:
            with refused("AccessDeniedException", re.compile(f"User: {user.arn} is not authorized to perform: secretsmanager:DescribeSecret .*")):
                user.secrets().describe_secret(SecretId=secret)
    # Seen against AWS: IAM compares the keys of tags, and the names of users, without regard to case.
    name = unique("Case")
    iam.create_user(UserName=name)
    with refused("EntityAlreadyExists", f"User with name {name.lower()} already exists.", 409):
        iam.create_user(UserName=name.lower())
    with refused("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive."):
        iam.tag_user(UserName=name, Tags=[{"Key": "team", "Value": "1"}, {"Key": "Team", "Value": "2"}])


@pytest.mark.parametrize("name", ["../x", "..", "a%2Fb", "a ", " a", "a\tb", "a\\b", "."])
def test_attack_22_alias_names_out_of_the_pattern(aws, kms, key, name):
    text = constraint("aliasName", "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$", f"alias/{name}")
    with refused("ValidationException", text):
        aws.kms(checked=False).create_alias(AliasName=f"alias/{name}", TargetKeyId=key)
    assert kms.list_aliases(KeyId=key)["Aliases"] == []


def test_attack_22_aliases_of_aws(aws, kms, sm, key):
    sm.create_secret(Name=unique("managed"), SecretString="x")
    managed = kms.describe_key(KeyId="alias/aws/secretsmanager")["KeyMetadata"]["KeyId"]
    for name in ("alias/aws/secretsmanager", "alias/aws/mine", "alias/aws/"):
        for call in (kms.create_alias, kms.update_alias):
            with refused("NotAuthorizedException", SILENT):
                call(AliasName=name, TargetKeyId=key)
        with refused("NotAuthorizedException", SILENT):
            kms.delete_alias(AliasName=name)
    assert kms.describe_key(KeyId="alias/aws/secretsmanager")["KeyMetadata"]["KeyId"] == managed
    # Another writing is another name, and Secrets Manager's default key stays its own.
    other = f"alias/AWS/{unique('x')}"
    kms.create_alias(AliasName=other, TargetKeyId=key)
    assert kms.describe_key(KeyId=other)["KeyMetadata"]["KeyId"] == key


def test_attack_22_names_of_secrets(sm):
    # AWS's rule: letters, digits and -/_+=.@!. A path is no path: `..` is a name of its own, and opens nothing else.
    prefix = unique("path")
    made = {name: sm.create_secret(Name=name, SecretString=name)["ARN"] for name in (prefix, f"{prefix}/a/../b", f"{prefix}/b", f"{prefix}/../{prefix}")}
    assert len(set(made.values())) == 4
    for name, arn in made.items():
        assert sm.get_secret_value(SecretId=name)["SecretString"] == sm.get_secret_value(SecretId=arn)["SecretString"] == name
    for name in (f"{prefix}%2Fb", f"{prefix} ", f" {prefix}", f"{prefix}\\b", f"{prefix}:b", f"{prefix}*", f"{prefix}\n"):
        for call in (lambda: sm.create_secret(Name=name, SecretString="x"), lambda: sm.get_secret_value(SecretId=name)):  # noqa: B023
            with refused("ValidationException", BAD_NAME):
                call()


def test_attack_22_a_name_that_ends_like_a_suffix(sm, make_user):
    # Seen against AWS: a partial ARN whose end looks like a suffix is not completed.
    short = unique("suffix")
    long = f"{short}-AbCdEf"
    made = sm.create_secret(Name=long, SecretString="long")["ARN"]
    partial = made[: -len("-AbCdEf")]
    assert partial.endswith(long)
    assert sm.get_secret_value(SecretId=long)["SecretString"] == sm.get_secret_value(SecretId=made)["SecretString"]
    with refused(*NO_SECRET):
        sm.get_secret_value(SecretId=partial)
    # With a secret of the shorter name it is not that one either.
    own = sm.create_secret(Name=short, SecretString="short")["ARN"]
    with refused(*NO_SECRET):
        sm.get_secret_value(SecretId=partial)
    assert sm.get_secret_value(SecretId=own[: -len("-AbCdEf")])["SecretString"] == "short"
    # A policy for the shorter name with six of any characters does not open the longer one.
    reader = make_user(allow("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:*:{ACCOUNT}:secret:{short}-??????"))
    assert reader.secrets().get_secret_value(SecretId=short)["SecretString"] == "short"
    for name in (long, made):
        with refused("AccessDeniedException", re.compile(f"User: {reader.arn} is not authorized to perform: secretsmanager:GetSecretValue .*")):
            reader.secrets().get_secret_value(SecretId=name)


def listing(body=b"{}", **headers):
    request = wire.json_request("kms", "TrentService.ListKeys", body)
    request.headers |= {name.replace("_", "-"): value for name, value in headers.items()}
    return request


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, identity", "aws-chunked"])
@pytest.mark.parametrize("service", ["kms", "secretsmanager", "sts", "iam"])
def test_attack_23_compressed_bodies(endpoint, service, encoding):
    text = "The request is not one that this service can read."
    if service in ("kms", "secretsmanager"):
        request, code = wire.json_request(service, {"kms": "TrentService.ListKeys", "secretsmanager": "secretsmanager.ListSecrets"}[service]), "MalformedHttpRequestException"
    else:
        form = {"iam": "Action=ListRoles&Version=2010-05-08", "sts": "Action=GetCallerIdentity&Version=2011-06-15"}[service]
        request, code = wire.query_request(service, form), "MalformedHttpRequest"
    plain_body = request.body
    for body in (plain_body, gzip.compress(plain_body)):
        request.body = body
        request.headers["Content-Encoding"] = encoding
        check(request.sign(endpoint).send(endpoint), code, text)


@pytest.mark.parametrize("kind", ["application/cbor", "application/x-amz-cbor-1.1", "application/json", "text/plain", "application/x-www-form-urlencoded", ""])
def test_attack_23_other_content_types(endpoint, kind):
    text = "The Content-Type of the request must be application/x-amz-json-1.1 or application/x-amz-json-1.0."
    for body in (b"{}", b"\xa0"):
        check(listing(body, Content_Type=kind, Smithy_Protocol="rpc-v2-cbor").sign(endpoint).send(endpoint), "SerializationException", text)
    for service, form in (("iam", "Action=ListRoles&Version=2010-05-08"), ("sts", "Action=GetCallerIdentity&Version=2011-06-15")):
        if kind != "application/x-www-form-urlencoded":
            request = wire.query_request(service, form)
            request.headers["Content-Type"] = kind
            text = "The Content-Type of the request must be application/x-www-form-urlencoded."
            check(request.sign(endpoint).send(endpoint), "MalformedInput", text)


def test_attack_23_empty_bodies(endpoint):
    check(kms_call(endpoint, "ListKeys", b""), "SerializationException")
    check(sm_call(endpoint, "ListSecrets", b""), "SerializationException")
    for service in ("iam", "sts"):
        check(wire.query_call(endpoint, service, ""), "InvalidAction")


@pytest.mark.parametrize(
    ("service", "limit"), [("kms", 256 * 1024), ("secretsmanager", 512 * 1024), ("iam", 256 * 1024), ("sts", 256 * 1024)]
)
def test_attack_23_one_byte_over_the_limit(endpoint, service, limit):
    # Also test_wire.py, test_body_size.
    if service in ("kms", "secretsmanager"):
        target = {"kms": "TrentService.ListKeys", "secretsmanager": "secretsmanager.ListSecrets"}[service]
        send = lambda size: wire.json_call(endpoint, service, target, b"{" + b" " * (size - 2) + b"}")  # noqa: E731
        code = "RequestEntityTooLargeException"
    else:
        form = {"iam": "Action=ListRoles&Version=2010-05-08&X=", "sts": "Action=GetCallerIdentity&Version=2011-06-15&X="}[service]
        send = lambda size: wire.query_call(endpoint, service, form + "a" * (size - len(form)))  # noqa: E731
        code = "RequestEntityTooLarge"
    assert send(limit).status == 200
    assert (send(limit + 1).status, send(limit + 1).error[0]) == (413, code)


def forgeries(token):
    """Tokens made from one that was issued."""
    flipped = token[: len(token) // 2] + ("A" if token[len(token) // 2] != "A" else "B") + token[len(token) // 2 + 1 :]
    return [token[:-1], token[: len(token) // 2], token + "A", token[::-1], flipped, "AAAA", "garbage"]


def test_attack_24_markers_of_kms(aws, kms, other, key):
    # Expiry: a marker has none. Also test_kms_keys.py, test_markers_are_not_interchangeable, and test_kms_grants.py, test_lists_in_pages.
    kms.create_key()
    marker = kms.list_keys(Limit=1)["NextMarker"]
    aliases = [f"alias/{unique('marker')}" for _ in range(2)]
    for alias in aliases:
        kms.create_alias(AliasName=alias, TargetKeyId=key)
    of_key = kms.list_aliases(KeyId=key, Limit=1)["NextMarker"]
    for forged in forgeries(marker):
        with refused("InvalidMarkerException", SILENT):
            kms.list_keys(Marker=forged)
    for call in (
        lambda: other.kms().list_keys(Marker=marker),
        lambda: aws.kms(REPLICA).list_keys(Marker=marker),
        lambda: kms.list_aliases(Marker=marker),
        lambda: kms.list_aliases(Marker=of_key),
        lambda: kms.list_aliases(KeyId=kms.create_key()["KeyMetadata"]["KeyId"], Marker=of_key),
        lambda: kms.list_key_policies(KeyId=key, Marker=marker),
        lambda: kms.list_resource_tags(KeyId=key, Marker=marker),
    ):
        with refused("InvalidMarkerException", SILENT):
            call()
    assert [a["AliasName"] for a in kms.list_aliases(KeyId=key, Marker=of_key)["Aliases"]] == sorted(aliases)[1:], "it is right where it was issued"


def test_attack_24_tokens_of_secrets_manager(aws, sm, other):
    prefix = unique("token")
    for number in range(3):
        sm.create_secret(Name=f"{prefix}-{number}", SecretString="x")
    filters = [{"Key": "name", "Values": [prefix]}]
    token = sm.list_secrets(MaxResults=1, Filters=filters)["NextToken"]
    for forged in forgeries(token):
        with refused(*LOST):
            sm.list_secrets(Filters=filters, NextToken=forged)
    for call in (
        lambda: sm.list_secrets(NextToken=token),
        lambda: sm.list_secrets(Filters=[{"Key": "name", "Values": [prefix[:-1]]}], NextToken=token),
        lambda: sm.list_secrets(Filters=filters, SortOrder="asc", NextToken=token),
        lambda: sm.list_secret_version_ids(SecretId=f"{prefix}-0", NextToken=token),
        lambda: other.secrets().list_secrets(Filters=filters, NextToken=token),
        lambda: aws.secrets(REPLICA).list_secrets(Filters=filters, NextToken=token),
    ):
        with refused(*LOST):
            call()
    assert len(sm.list_secrets(Filters=filters, NextToken=token)["SecretList"]) == 2


def test_attack_24_markers_of_iam(iam, other):
    path = f"/{unique('marker')}/"
    for _ in range(3):
        iam.create_user(UserName=unique("marked"), Path=path)
    asked = {"PathPrefix": path, "MaxItems": 1}
    marker = iam.list_users(**asked)["Marker"]
    for forged in forgeries(marker):
        with refused("ValidationError", "Invalid Marker."):
            iam.list_users(**asked, Marker=forged)
    for call in (
        lambda: iam.list_users(Marker=marker),
        lambda: iam.list_roles(PathPrefix=path, Marker=marker),
        lambda: iam.list_groups(PathPrefix=path, Marker=marker),
        lambda: other.iam().list_users(**asked, Marker=marker),
    ):
        with refused("ValidationError", "Invalid Marker."):
            call()
    assert len(iam.list_users(PathPrefix=path, Marker=marker)["Users"]) == 2
