"""boto3 clients for a server, by region and caller."""

import functools
import json
import uuid

import boto3
from botocore.config import Config

from support.server import PRIMARY

ACCOUNT = "000000000000"
OTHER_ACCOUNT = "111122223333"


@functools.cache
def session():
    """One session for all callers, so that the services' models are read once."""
    return boto3.session.Session()


class Clients:
    """Clients of one caller. Each call is sent once: a retry would hide a wrong answer."""

    def __init__(self, endpoint, key="test", secret="test", token=None):
        self.endpoint = endpoint
        self.key = key
        self.secret = secret
        self.token = token
        self._made = {}

    def client(self, service, region=PRIMARY, *, checked=True):
        """A client. With `checked=False` it sends parameters that boto3 would refuse."""
        made = self._made.get((service, region, checked))
        if made is None:
            made = session().client(
                service,
                region_name=region,
                endpoint_url=self.endpoint,
                aws_access_key_id=self.key,
                aws_secret_access_key=self.secret,
                aws_session_token=self.token,
                config=Config(retries={"total_max_attempts": 1}, parameter_validation=checked, read_timeout=30),
            )
            self._made[service, region, checked] = made
        return made

    def kms(self, region=PRIMARY, **options):
        return self.client("kms", region, **options)

    def secrets(self, region=PRIMARY, **options):
        return self.client("secretsmanager", region, **options)

    def sts(self, region=PRIMARY, **options):
        return self.client("sts", region, **options)

    def iam(self, region=PRIMARY, **options):
        return self.client("iam", region, **options)

    def session(self, credentials):
        """The same server, called with temporary credentials."""
        return Clients(
            self.endpoint,
            credentials["AccessKeyId"],
            credentials["SecretAccessKey"],
            credentials["SessionToken"],
        )


def unique(prefix):
    """A unique name."""
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def key_arn(key_id, region=PRIMARY, account=ACCOUNT):
    return f"arn:aws:kms:{region}:{account}:key/{key_id}"


def alias_arn(name, region=PRIMARY, account=ACCOUNT):
    return f"arn:aws:kms:{region}:{account}:{name}"


def in_region(arn, region):
    """The same ARN with another region."""
    parts = arn.split(":")
    parts[3] = region
    return ":".join(parts)


def allow(action, resource="*", **extra):
    """A policy of one statement that allows."""
    return policy({"Effect": "Allow", "Action": action, "Resource": resource, **extra})


def policy(*statements):
    """A policy document as text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal=None, **extra):
    """A role's trust policy; by default it trusts the whole account."""
    principal = principal or {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **extra})
