"""A PostgreSQL server of a test."""

import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time


def binaries():
    """The folder of the server's programs, or None where PostgreSQL is not installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
    path = shutil.which("postgres")
    return os.path.dirname(found[-1] if found else path) if found or path else None


class Postgres:
    """A server with a data folder of its own, on a free port of this machine. Passwords are checked by SCRAM."""

    def __init__(self, folder):
        self.folder, self.data = folder, folder / "pg"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = None
        # PostgreSQL refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            entry = pwd.getpwnam(self.user)
            self.data.mkdir()
            os.chown(self.data, entry.pw_uid, entry.pw_gid)
            for parent in [folder, *folder.parents]:
                if parent.owner() == "root" and str(parent).startswith("/tmp/"):
                    parent.chmod(parent.stat().st_mode | 0o011)
        password = folder / "pg-password"
        password.write_text("superuser")
        password.chmod(0o644)
        self._run("initdb", "-D", str(self.data), "-U", "admin", f"--pwfile={password}", "-A", "scram-sha-256", "-N")
        self.start()

    def _options(self):
        return {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}

    def _run(self, program, *arguments):
        subprocess.run([f"{binaries()}/{program}", *arguments], check=True, capture_output=True, cwd="/", **self._options())

    def start(self):
        command = [f"{binaries()}/postgres", "-D", str(self.data), "-p", str(self.port), "-h", "127.0.0.1"]
        command += ["-k", "", "-c", "fsync=off"]
        with open(self.folder / "postgres.log", "ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd="/", start_new_session=True, **self._options()
            )
        end = time.monotonic() + 30
        while self.sql("SELECT 1").returncode != 0:
            assert time.monotonic() < end, (self.folder / "postgres.log").read_text()
            time.sleep(0.05)

    def kill(self):
        """Kills every process of the server by SIGKILL."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            # Children are in sessions of their own.
            subprocess.run(["pkill", "-KILL", "-P", str(self.process.pid)], check=False)
            self.process = None

    def sql(self, statement, user="admin", password="superuser", database="postgres"):
        command = ["psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", user, "-d", database, "-v", "ON_ERROR_STOP=1", "-qAt"]
        environment = os.environ | {"PGPASSWORD": password, "PGCONNECT_TIMEOUT": "5"}
        return subprocess.run(command, input=statement, env=environment, capture_output=True, text=True, cwd="/")

    def secret(self, user, password):
        """The value of a secret for a user, in the members that AWS's functions read."""
        return {
            "engine": "postgres", "host": "127.0.0.1", "port": self.port, "username": user, "password": password, "dbname": "postgres"
        }
