"""KMS against the model of the installed botocore: every operation is answered, and every required member, bound and enum is checked.

The operations, members and constraints are read from botocore when the tests run, so a newer botocore with an operation, a member or a
constraint that the server does not know fails them.
"""

import re

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError



MODEL = botocore.session.get_session().get_service_data("kms")
SHAPES, OPERATIONS = MODEL["shapes"], MODEL["operations"]


def example(name, shape_name, depth=0):
    """A value that fits the constraints of the model."""
    shape = SHAPES[shape_name]
    kind, least = shape["type"], shape.get("min", 0)
    if "enum" in shape:
        return shape["enum"][0]
    if kind == "structure":
        required = shape.get("required", [])
        return {m: example(m, shape["members"][m]["shape"], depth + 1) for m in required}
    if kind == "list":
        return [example(name, shape["member"]["shape"], depth + 1)] * max(1, least)
    if kind == "map":
        return {example(name, shape["key"]["shape"]): example(name, shape["value"]["shape"])}
    if kind == "blob":
        return b"x" * max(1, least)
    if kind in ("integer", "long"):
        return max(1, least)
    if kind == "boolean":
        return False
    if kind == "timestamp":
        return 4_000_000_000
    return fitting(shape, max(1, least))


def fitting(shape, length):
    """Text of a length that matches the pattern, if the pattern is one of the simple ones."""
    pattern = shape.get("pattern")
    for text in ("a" * length, "cks-" + "0" * 17, "https://" + "a" * max(0, length - 8), "/" + "a" * (length - 1) + "/kms/xks/v1", "A" * length):
        if pattern is None or re.fullmatch(pattern, text):
            return text
    return "a" * length


def camel(name):
    return name[0].lower() + name[1:]


def violations():
    """For each operation: the member that is wrong, its value, and the text of the broken constraint."""
    for operation, shape in OPERATIONS.items():
        members = SHAPES[shape["input"]["shape"]]["members"] if "input" in shape else {}
        for member in SHAPES[shape["input"]["shape"]].get("required", []) if members else []:
            yield operation, member, None, "Member must not be null"
        for member, reference in members.items():
            for value, text in broken(SHAPES[reference["shape"]]):
                yield operation, member, value, text


def broken(shape):
    kind = shape["type"]
    if "enum" in shape:
        yield "NO_SUCH_VALUE", "Member must satisfy enum value set: ["
        return
    if kind in ("integer", "long"):
        if "min" in shape:
            yield shape["min"] - 1, f"Member must have value greater than or equal to {shape['min']}"
        if "max" in shape:
            yield shape["max"] + 1, f"Member must have value less than or equal to {shape['max']}"
    if kind in ("string", "blob", "list"):
        one = {"string": "a", "blob": b"x", "list": None}[kind]
        if kind == "list":
            one = example("", shape["member"]["shape"])
        build = (lambda n: [one] * n) if kind == "list" else (lambda n: one * n)
        if shape.get("min", 0) > 0:
            yield build(shape["min"] - 1), f"Member must have length greater than or equal to {shape['min']}"
        # A longer body than this is refused before it is read.
        if shape.get("max", 1 << 20) <= 200_000:
            yield build(shape["max"] + 1), f"Member must have length less than or equal to {shape['max']}"
    if kind == "string" and shape.get("pattern"):
        text = "\u2603" * max(1, shape.get("min", 1))
        if not re.fullmatch(shape["pattern"], text):
            yield text, "Member must satisfy regular expression pattern: "


@pytest.fixture(scope="session")
def unchecked(aws):
    return aws.kms(checked=False)


def call(kms, operation, arguments):
    """The error of a call; none if it is answered."""
    try:
        getattr(kms, xform_name(operation))(**arguments)
    except ClientError as error:
        return error.response["Error"]
    return None


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_is_built(unchecked, operation):
    shape = OPERATIONS[operation]
    error = call(unchecked, operation, example(operation, shape["input"]["shape"]) if "input" in shape else {})
    known = {name for name in (e["shape"] for e in shape.get("errors", []))}
    common = {"ValidationException", "AccessDeniedException", "ThrottlingException"}
    assert error is None or error["Code"] in known | common, error


def cases():
    for operation, member, value, text in violations():
        shown = "null" if value is None else text.split(":")[0][-40:]
        yield pytest.param(operation, member, value, text, id=f"{operation}-{member}-{shown}")


@pytest.mark.parametrize(("operation", "member", "value", "text"), cases())
def test_every_constraint_is_checked(unchecked, operation, member, value, text):
    arguments = example(operation, OPERATIONS[operation]["input"]["shape"])
    if value is None:
        arguments.pop(member, None)
    else:
        arguments[member] = value
    error = call(unchecked, operation, arguments)
    assert error is not None and error["Code"] == "ValidationException", error
    assert f"at '{camel(member)}' failed to satisfy constraint: {text}" in error["Message"]

