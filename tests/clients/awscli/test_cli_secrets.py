"""The AWS CLI on Secrets Manager: passwords, lists in pages, and several values at once."""

import base64

import pytest

from support.clients import unique


@pytest.fixture(scope="module")
def prefix(aws):
    """The prefix of the names of seven secrets, made in order."""
    prefix = unique("cli-pages")
    for number in range(7):
        aws.secrets().create_secret(Name=f"{prefix}-{number}", SecretString=str(number))
    return prefix


def test_passwords(cli):
    def made(*arguments):
        return cli("secretsmanager", "get-random-password", *arguments)["RandomPassword"]

    assert len(made()) == 32
    assert made("--password-length", "12", "--exclude-punctuation", "--exclude-lowercase", "--exclude-uppercase").isdigit()
    spaced = made("--password-length", "4096", "--include-space", "--exclude-characters", "abc")
    assert " " in spaced and not set("abc") & set(spaced)
    four = made("--password-length", "4", "--require-each-included-type")
    assert any(c.islower() for c in four) and any(c.isupper() for c in four) and any(c.isdigit() for c in four)
    plain = made("--password-length", "4", "--no-require-each-included-type", "--exclude-numbers", "--exclude-punctuation")
    assert len(plain) == 4 and plain.isalpha()
    text = cli("secretsmanager", "get-random-password", "--password-length", "4097", fails=True)
    assert "An error occurred (ValidationException) when calling the GetRandomPassword operation" in text


def test_a_list_that_the_client_pages(cli, prefix):
    asked = ("secretsmanager", "list-secrets", "--filters", f"Key=name,Values={prefix}", "--sort-order", "asc")
    wanted = [f"{prefix}-{number}" for number in range(7)]
    for page in ((), ("--page-size", "2"), ("--page-size", "1"), ("--no-paginate",)):
        assert [secret["Name"] for secret in cli(*asked, *page)["SecretList"]] == wanted
    # The client makes a token of its own from the server's, also from the middle of a page.
    for page in ((), ("--page-size", "2")):
        found, token = [], ()
        while True:
            answer = cli(*asked, *page, "--max-items", "3", *token)
            assert len(answer["SecretList"]) <= 3
            found += [secret["Name"] for secret in answer["SecretList"]]
            if "NextToken" not in answer:
                break
            token = ("--starting-token", answer["NextToken"])
        assert found == wanted


def test_a_list_that_the_user_pages(cli, prefix):
    filters = ("--filters", f"Key=name,Values={prefix}", "--sort-order", "desc")
    first = cli("secretsmanager", "list-secrets", *filters, "--max-results", "5")
    second = cli("secretsmanager", "list-secrets", *filters, "--max-results", "5", "--next-token", first["NextToken"])
    assert "NextToken" not in second
    found = [secret["Name"] for secret in first["SecretList"] + second["SecretList"]]
    assert found == [f"{prefix}-{number}" for number in reversed(range(7))]


def test_several_values(cli, prefix):
    names = [f"{prefix}-{number}" for number in range(7)]
    answer = cli("secretsmanager", "batch-get-secret-value", "--secret-id-list", *names)
    assert [value["SecretString"] for value in answer["SecretValues"]] == [str(number) for number in range(7)]
    asked = ("secretsmanager", "batch-get-secret-value", "--filters", f"Key=name,Values={prefix}", "--max-results", "3")
    found, token, count = [], (), 0
    while True:
        answer = cli(*asked, *token)
        assert len(answer["SecretValues"]) <= 3 and not answer["Errors"]
        found += [value["Name"] for value in answer["SecretValues"]]
        count += 1
        if "NextToken" not in answer:
            break
        token = ("--next-token", answer["NextToken"])
    assert sorted(found) == names and count >= 3


def test_versions(cli, tmp_path):
    name, binary = unique("cli-versions"), tmp_path / "binary"
    binary.write_bytes(b"\0\xff")
    cli("secretsmanager", "create-secret", "--name", name, "--secret-string", "first")
    put = ("secretsmanager", "put-secret-value", "--secret-id", name)
    last = [cli(*put, "--secret-binary", f"fileb://{binary}", "--version-stages", "AWSCURRENT", "mine")["VersionId"]]
    last.append(cli(*put, "--secret-string", "third")["VersionId"])
    asked = ("secretsmanager", "list-secret-version-ids", "--secret-id", name)
    labelled = {version["VersionId"]: version["VersionStages"] for version in cli(*asked)["Versions"]}
    assert labelled == {last[0]: ["AWSPREVIOUS", "mine"], last[1]: ["AWSCURRENT"]}
    found, token = [], ()
    while True:
        answer = cli(*asked, "--include-deprecated", "--max-results", "1", *token)
        found += [version["VersionId"] for version in answer["Versions"]]
        if "NextToken" not in answer:
            break
        token = ("--next-token", answer["NextToken"])
    assert len(found) == len(set(found)) == 3 and set(last) < set(found)
    read = cli("secretsmanager", "get-secret-value", "--secret-id", name, "--version-stage", "mine")
    assert base64.b64decode(read["SecretBinary"]) == b"\0\xff"
