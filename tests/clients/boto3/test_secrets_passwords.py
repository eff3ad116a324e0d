"""Secrets Manager: random passwords."""

import string

import pytest

from support.expect import constraint, refused

PUNCTUATION = string.punctuation


@pytest.fixture(scope="session")
def sm(aws):
    return aws.secrets()


def password(sm, **arguments):
    return sm.get_random_password(**arguments)["RandomPassword"]


def test_the_default(sm):
    made = {password(sm) for _ in range(20)}
    assert len(made) == 20 and {len(one) for one in made} == {32}
    for one in made:
        for characters in (string.ascii_lowercase, string.ascii_uppercase, string.digits, PUNCTUATION):
            assert set(one) & set(characters)
        assert " " not in one


@pytest.mark.parametrize("length", [1, 4, 5, 4096])
def test_lengths(sm, length):
    assert len(password(sm, PasswordLength=length, RequireEachIncludedType=length >= 4)) == length


@pytest.mark.parametrize(
    ("option", "characters"),
    [
        ("ExcludeLowercase", string.ascii_lowercase),
        ("ExcludeUppercase", string.ascii_uppercase),
        ("ExcludeNumbers", string.digits),
        ("ExcludePunctuation", PUNCTUATION),
    ],
)
def test_types_that_are_excluded(sm, option, characters):
    made = password(sm, PasswordLength=2000, **{option: True})
    assert not set(made) & set(characters)
    assert set(made) == set(string.ascii_letters + string.digits + PUNCTUATION) - set(characters)


def test_the_space_and_single_characters(sm):
    made = password(sm, PasswordLength=4000, IncludeSpace=True, ExcludeCharacters='"/@\\')
    assert set(made) == set(string.ascii_letters + string.digits + PUNCTUATION + " ") - set('"/@\\')


def test_what_cannot_be_made(sm):
    invalid = "InvalidParameterException"
    with refused(invalid, "Password length is too short based on the required types."):
        password(sm, PasswordLength=4, IncludeSpace=True)
    with refused(invalid, "All characters of the desired type have been excluded."):
        password(sm, ExcludeCharacters=string.digits)
    nothing = {name: True for name in ("ExcludeLowercase", "ExcludeUppercase", "ExcludeNumbers", "ExcludePunctuation")}
    with refused(invalid, "All characters have been excluded from selection."):
        password(sm, **nothing)
    with refused("ValidationException", constraint("passwordLength", "Member must have value less than or equal to 4096", 4097)):
        password(sm, PasswordLength=4097)
