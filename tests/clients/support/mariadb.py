"""A MariaDB server of a test.

As a program it prints two lines for other tests: the folder that has `usr/sbin/mariadbd`, and what to set LD_LIBRARY_PATH to.
"""

import contextlib
import fcntl
import functools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGE = "mariadb-server-core"
SQL = ["mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql"]


class Missing(Exception):
    """There is no MariaDB on this machine, and it cannot be brought."""


@functools.cache
def root():
    """The folder that has `usr/sbin/mariadbd`: `/` where it is installed, or a folder of Debian's packages."""
    installed = shutil.which("mariadbd")
    if installed and Path("/usr/share/mysql", SQL[0]).exists():
        return Path("/")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "claviger" / "mariadb"
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "fetching", "w") as lock:
        # Several workers of the tests may ask at once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = cache / "root"
        if not (found / "usr/sbin/mariadbd").exists():
            _fetch(cache, found)
        return found


def _fetch(cache, found):
    """Downloads the packages and extracts them. Nothing is installed, and root is not needed."""
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Missing("mariadbd is not on the PATH, and there is no apt-get to download it with")
    depends = subprocess.run(["apt-cache", "depends", PACKAGE], capture_output=True, text=True).stdout
    # The C library and its loader are those of the machine.
    needed = [name for name in re.findall(r"^\s*Depends: ([a-z0-9.+-]+)$", depends, re.M) if name != "libc6"]
    packages = cache / "debs"
    packages.mkdir(exist_ok=True)
    for name in [PACKAGE, *needed]:
        if not list(packages.glob(f"{name}_*.deb")):
            got = subprocess.run(["apt-get", "download", name], cwd=packages, capture_output=True, text=True)
            if got.returncode != 0:
                raise Missing(f"apt-get cannot download {name}: {got.stderr.strip()[-300:]}")
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        for package in packages.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), folder], check=True, capture_output=True)
        os.chmod(folder, 0o755)
        shutil.rmtree(found, ignore_errors=True)
        os.rename(folder, found)
        os.mkdir(folder)


@functools.cache
def libraries():
    """LD_LIBRARY_PATH: empty if the machine has all libraries, else the folders of the packages."""
    listed = subprocess.run(["ldd", root() / "usr/sbin/mariadbd"], capture_output=True, text=True).stdout
    if "not found" not in listed or root() == Path("/"):
        return ""
    folders = {str(file.parent) for pattern in ("usr/lib/*/*.so.*", "lib/*/*.so.*") for file in root().glob(pattern)}
    return ":".join(sorted(folders))


class MariaDb:
    """A server with a data folder of its own, on a free port of this machine. `tls` is a pair of files: certificate and key."""

    def __init__(self, folder, tls=None):
        self.folder, self.data, self.tls = folder, folder / "mariadb", tls
        self.process = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.data.mkdir()
        statements = ["CREATE DATABASE mysql;", "USE mysql;", "SET @auth_root_socket=NULL;"]
        statements += [(root() / "usr/share/mysql" / name).read_text() for name in SQL]
        statements += ["FLUSH PRIVILEGES;", "CREATE USER admin@'%' IDENTIFIED BY 'superuser';"]
        statements += ["GRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION;", ""]
        made = subprocess.run(
            [*self._command(), "--bootstrap"], input="\n".join(statements), capture_output=True, text=True, env=self._environment()
        )
        assert made.returncode == 0, made.stderr[-2000:]
        self.start()

    @staticmethod
    def _environment():
        return os.environ | ({"LD_LIBRARY_PATH": libraries()} if libraries() else {})

    def _command(self):
        usr = root() / "usr"
        command = [str(usr / "sbin/mariadbd"), "--no-defaults", f"--basedir={usr}", f"--lc-messages-dir={usr}/share/mysql"]
        command += [f"--datadir={self.data}", "--innodb-buffer-pool-size=8M", "--innodb-log-file-size=4M"]
        # A server that starts removes the temporary tables of other servers in the same folder.
        command.append(f"--tmpdir={self.folder}")
        # The server refuses to run as root by accident.
        return command + (["--user=root"] if os.geteuid() == 0 else [])

    def start(self):
        command = [*self._command(), f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve"]
        command += [f"--socket={self.folder}/mariadb.sock", f"--pid-file={self.folder}/mariadb.pid"]
        command += ["--general-log=1", f"--general-log-file={self.folder}/statements.log"]
        if self.tls:
            command += [f"--ssl-cert={self.tls[0]}", f"--ssl-key={self.tls[1]}"]
        with open(self.folder / "mariadb.log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self._environment())
        end = time.monotonic() + 30
        while not self.opens("admin", "superuser"):
            assert time.monotonic() < end and self.process.poll() is None, (self.folder / "mariadb.log").read_text()
            time.sleep(0.05)

    def kill(self):
        """Kills the server by SIGKILL."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    @contextlib.contextmanager
    def _cursor(self, user, password):
        import pymysql

        # Without TLS, so that a user who needs it cannot log in here.
        connection = pymysql.connect(
            host="127.0.0.1", port=self.port, user=user, password=password, autocommit=True, ssl_disabled=True
        )
        with connection, connection.cursor() as cursor:
            yield cursor

    def sql(self, statement, user="admin", password="superuser"):
        """The rows of a statement."""
        with self._cursor(user, password) as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def opens(self, user, password):
        """Whether a user can log in with a password."""
        import pymysql

        try:
            return self.sql("SELECT 1", user, password) == ((1,),)
        except pymysql.err.OperationalError:
            return False

    def statements(self):
        """All statements that the server has got."""
        return (self.folder / "statements.log").read_text(errors="replace")

    def secret(self, user, password, **more):
        """The value of a secret for a user, in the members that AWS's functions read."""
        return {"engine": "mariadb", "host": "127.0.0.1", "port": self.port, "username": user, "password": password} | more


if __name__ == "__main__":
    try:
        print(root(), libraries(), sep="\n")
    except Missing as missing:
        sys.exit(str(missing))
