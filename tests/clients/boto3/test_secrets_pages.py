"""Secrets Manager: the lists over several pages, by boto3's paginators where it has one and by tokens where it has none."""

import pytest

from support.clients import unique
from support.expect import pages

TOKEN = ("NextToken", "NextToken")


@pytest.fixture(scope="session")
def sm(aws):
    return aws.secrets()


@pytest.fixture(scope="module")
def prefix(aws):
    """The prefix of the names of 45 secrets, made in order."""
    prefix = unique("pages")
    for number in range(45):
        aws.secrets().create_secret(Name=f"{prefix}-{number:02}", SecretString=str(number), Tags=[{"Key": prefix, "Value": f"v{number % 2}"}])
    return prefix


def names(prefix, numbers=range(45)):
    return [f"{prefix}-{number:02}" for number in numbers]


def test_which_operations_boto3_pages(sm):
    assert sm.can_paginate("list_secrets")
    # If a newer boto3 has these, the tests below should use them.
    assert not sm.can_paginate("list_secret_version_ids") and not sm.can_paginate("batch_get_secret_value")


@pytest.mark.parametrize("size", [1, 7, 45, 100])
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("by", ["created-date", "name", "last-changed-date"])
def test_secrets_in_order(sm, prefix, by, order, size):
    paginator = sm.get_paginator("list_secrets")
    asked = {"Filters": [{"Key": "name", "Values": [prefix]}], "SortBy": by, "SortOrder": order}
    found = list(paginator.paginate(**asked, PaginationConfig={"PageSize": size}))
    assert all(len(page["SecretList"]) <= size for page in found)
    wanted = names(prefix)
    assert [secret["Name"] for page in found for secret in page["SecretList"]] == (wanted if order == "asc" else wanted[::-1])


def test_secrets_from_a_token(sm, prefix):
    paginator, filters = sm.get_paginator("list_secrets"), [{"Key": "tag-key", "Values": [prefix]}, {"Key": "tag-value", "Values": ["v1"]}]
    asked = {"Filters": filters, "SortBy": "name", "SortOrder": "asc"}
    first = paginator.paginate(**asked, PaginationConfig={"MaxItems": 10, "PageSize": 4}).build_full_result()
    second = paginator.paginate(**asked, PaginationConfig={"StartingToken": first["NextToken"], "PageSize": 4}).build_full_result()
    assert "NextToken" not in second
    assert [secret["Name"] for secret in first["SecretList"] + second["SecretList"]] == names(prefix, range(1, 45, 2))
    assert len(first["SecretList"]) == 10


def test_values(sm, prefix):
    filters = [{"Key": "name", "Values": [prefix]}]
    for most in (1, 20):
        values, count = pages(sm.batch_get_secret_value, "SecretValues", TOKEN, Filters=filters, MaxResults=most)
        assert count >= 45 / most
        assert {value["Name"]: value["SecretString"] for value in values} == {n: str(i) for i, n in enumerate(names(prefix))}
        assert len(values) == 45


def test_versions(sm):
    name = unique("versions")
    made = [sm.create_secret(Name=name, SecretString="0")["VersionId"]]
    made += [sm.put_secret_value(SecretId=name, SecretString=str(n), VersionStages=[f"stage-{n}"])["VersionId"] for n in range(1, 20)]
    for most in (1, 6, 100):
        versions, count = pages(sm.list_secret_version_ids, "Versions", TOKEN, SecretId=name, MaxResults=most)
        assert count >= len(made) / most
        assert sorted(version["VersionId"] for version in versions) == sorted(made)
