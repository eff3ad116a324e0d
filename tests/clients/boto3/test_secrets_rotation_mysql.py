"""Rotation of MariaDB users by the built-in functions, with the database killed at each step."""

import pytest

from support import certificates, mariadb
from support.gateway import Gateway
from support.mariadb import MariaDb
from support.rotation import Bench

SINGLE, ALTERNATING = "mysql-single-user", "mysql-alternating-users"
TARGETS = {"single": SINGLE, "turns": ALTERNATING}


@pytest.fixture(scope="session", autouse=True)
def installed():
    try:
        mariadb.root()
    except mariadb.Missing as missing:
        pytest.skip(f"there is no MariaDB, so its rotation is NOT tested: {missing}")


@pytest.fixture
def database(tmp_path):
    running = MariaDb(tmp_path)
    yield running
    running.kill()


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path, TARGETS)
    yield made
    made.close()


def prepare(database, user="app"):
    """A user with a permission."""
    database.sql("CREATE DATABASE shop")
    database.sql("CREATE TABLE shop.orders (a int)")
    database.sql("INSERT INTO shop.orders VALUES (7)")
    database.sql(f"CREATE USER {user} IDENTIFIED BY 'old'")
    database.sql(f"GRANT SELECT ON shop.* TO {user}")


def works(database, value):
    """Whether the application can work with a value of its secret."""
    user, password = value["username"], value["password"]
    return database.opens(user, password) and database.sql("SELECT a FROM shop.orders", user, password) == ((7,),)


def test_a_user_gets_a_new_password(bench, database):
    prepare(database)
    secret = bench.secret(database.secret("app", "old"))
    for _ in range(2):
        bench.has_rotated(secret, bench.rotate(secret, "single"))
        assert works(database, bench.value(secret)) and not works(database, bench.value(secret, "AWSPREVIOUS"))
        assert bench.value(secret)["password"] not in database.statements()


def test_two_users_take_turns(bench, database):
    prepare(database)
    master = bench.secret(database.secret("admin", "superuser"))
    secret = bench.secret(database.secret("app", "old", masterarn=master))
    for user in ["app_clone", "app", "app_clone"]:
        bench.has_rotated(secret, bench.rotate(secret, "turns"))
        assert bench.value(secret)["username"] == user
        assert works(database, bench.value(secret)) and works(database, bench.value(secret, "AWSPREVIOUS"))
        assert bench.value(secret)["password"] not in database.statements()
        # What the current user may do from now on, the next one may, too.
        database.sql(f"GRANT INSERT ON shop.* TO {user}")
    for user in ["app", "app_clone"]:
        assert "INSERT" in str(database.sql(f"SHOW GRANTS FOR {user}"))
    assert not database.opens("app", "old")


def test_tls_is_used_where_the_server_has_it(tmp_path):
    authority, pair = certificates.make(tmp_path)
    database = MariaDb(tmp_path, tls=pair)
    bench = Bench(tmp_path, TARGETS, authority=authority)
    try:
        prepare(database)
        # Without TLS, the server refuses this user.
        database.sql("ALTER USER app REQUIRE SSL")
        secret = bench.secret(database.secret("app", "old", host="localhost"))
        bench.has_rotated(secret, bench.rotate(secret, "single"))
        assert not works(database, bench.value(secret))
        database.sql("ALTER USER app REQUIRE NONE")
        assert works(database, bench.value(secret))
        # The name of the certificate is another one.
        strict = bench.secret(bench.value(secret) | {"host": "127.0.0.1", "ssl": True})
        bench.rotate(strict, "single")
        bench.has_said("invalid peer certificate")
        assert works(database, bench.value(strict))
    finally:
        bench.close()
        database.kill()


# What the functions send last in setSecret.
CHANGES = {"single": "SET PASSWORD", "turns": "ACCOUNT UNLOCK"}
# COM_QUIT, with which a client says goodbye.
QUIT = b"\x01\x00\x00\x00\x01"


def moment(function, step, when):
    """Where the gateway stops, for the database to be killed: the texts that it awaits, and whether it stops before the last or after it."""
    change = CHANGES[function]
    return {
        ("setSecret", "before"): ([change], "before"),
        ("setSecret", "after"): ([change], "after"),
        # The first connection after the change is that of testSecret.
        ("testSecret", "before"): ([change, "connect"], "before"),
        ("testSecret", "after"): ([change, "connect", "SELECT 1"], "after"),
        ("finishSecret", "before"): ([change, "connect", "SELECT 1", QUIT], "before"),
    }.get((step, when), ([], "before"))


CASES = [("createSecret", "before"), *((step, when) for step in ("setSecret", "testSecret") for when in ("before", "after"))]


@pytest.mark.parametrize("step, when", [*CASES, ("finishSecret", "before")])
@pytest.mark.parametrize("function", list(CHANGES))
def test_the_database_is_killed(bench, database, function, step, when):
    prepare(database)
    with Gateway(database.port, *moment(function, step, when)) as gateway:
        value = database.secret("app", "old", port=gateway.port, ssl=False)
        value["masterarn"] = bench.secret(database.secret("admin", "superuser", port=gateway.port, ssl=False))
        secret = bench.secret(value)
        if step == "createSecret":
            database.kill()
        version = bench.rotate(secret, function)
        if step == "createSecret":
            bench.has_said("a rotation failed")
        else:
            assert gateway.reached.wait(30)
            database.kill()
        if step == "finishSecret":
            # The last step does not need the database.
            bench.has_rotated(secret, version)
        database.start()
        # A user that changes its own password has the pending one from the change until the end of the rotation.
        changed = step in ("testSecret", "finishSecret") or (step, when) == ("setSecret", "after")
        is_current = version in labelled(bench, secret, "AWSCURRENT")
        if function == "turns" or not changed or is_current:
            assert works(database, bench.value(secret))
            assert is_current or bench.value(secret)["password"] == "old"
        else:
            assert works(database, bench.value(secret, "AWSPENDING"))
        gateway.going.set()
        bench.has_rotated(secret, version)
    assert works(database, bench.value(secret)) and bench.value(secret)["password"] != "old"
    assert len(bench.sm.list_secret_version_ids(SecretId=secret)["Versions"]) == 2


def labelled(bench, secret, label):
    versions = bench.sm.describe_secret(SecretId=secret)["VersionIdsToStages"]
    return [version for version, labels in versions.items() if label in labels]
