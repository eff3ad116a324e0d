"""The binary under test, started on a free port and stopped by SIGTERM, as an operator does."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

PRIMARY = "eu-central-1"
REPLICA = "eu-west-1"
REGIONS = (PRIMARY, REPLICA)

START_SECONDS = 30
STOP_SECONDS = 20

_READY = re.compile(r"^Ready in (\d+) ms", re.M)
_ENDPOINT = re.compile(r"endpoint +(https?://127\.0\.0\.1:\d+)")


class Server:
    """One process. Its output goes to files in `folder`, so that it can never block on a full pipe."""

    def __init__(self, folder, data=None, regions=REGIONS, arguments=()):
        self.folder = Path(folder)
        self.data = data
        self.regions = regions
        self.arguments = arguments
        self.process = None
        self.endpoint = None
        self.ready_ms = None
        self._starts = 0

    def start(self):
        """Starts the process and waits, within a bound, for its `Ready` line."""
        self._starts += 1
        self.stdout = self.folder / f"stdout-{self._starts}.log"
        self.stderr = self.folder / f"stderr-{self._starts}.log"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        with open(self.stdout, "wb") as out, open(self.stderr, "wb") as err:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment, cwd=self.folder
            )
        self._await_ready()
        return self

    def command(self):
        """The words of the command that runs the server."""
        command = [binary(), "dev", "--listen", "127.0.0.1:0"]
        for region in self.regions:
            command += ["--region", region]
        if self.data is not None:
            command += ["--data", str(self.data)]
        return [*command, *self.arguments]

    def stop(self):
        """Stops the process by a signal. Checks that it ended cleanly and logged no unexpected error."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._end()
            raise AssertionError(f"the server did not stop within {STOP_SECONDS} s of SIGTERM\n{self.logs()}") from None
        self.process = None
        assert status == 0, f"the server ended with status {status}\n{self.logs()}"
        self.check_no_errors()

    def kill(self):
        """Kills the process by SIGKILL."""
        self._end()
        self.check_no_errors()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.stop()
        else:
            self._end()

    def _end(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def check_no_errors(self):
        """A line at level ERROR, or a panic, that no test expected fails the test."""
        lines = self.stderr.read_text(errors="replace").splitlines() + self.stdout.read_text(errors="replace").splitlines()
        wrong = [line for line in lines if ("ERROR" in line or "panicked" in line) and not self.expects(line)]
        assert not wrong, "the server reported errors:\n" + "\n".join(wrong[:20])

    def expects(self, line):
        """Whether a test has caused this line of an error."""
        return False

    def logs(self):
        """The end of the process's output."""
        texts = [f"--- {p.name}\n{p.read_text(errors='replace')[-4000:]}" for p in (self.stdout, self.stderr)]
        return "\n".join(texts)

    def _await_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            text = self.stdout.read_text(errors="replace") + self.stderr.read_text(errors="replace")
            ready = _READY.search(text)
            if ready:
                endpoint = _ENDPOINT.search(text)
                assert endpoint, f"the server is ready and did not print its endpoint\n{self.logs()}"
                self.endpoint, self.ready_ms = endpoint[1], int(ready[1])
                return
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode} before it was ready\n{self.logs()}")
            time.sleep(0.005)
        self._end()
        raise AssertionError(f"the server was not ready within {START_SECONDS} s\n{self.logs()}")


def binary():
    """The path of the binary: `CLAVIGER_BIN`, as `./test` sets it."""
    path = os.environ.get("CLAVIGER_BIN")
    assert path, "set CLAVIGER_BIN to the claviger binary (./test does)"
    assert os.access(path, os.X_OK), f"CLAVIGER_BIN={path} is not an executable"
    return path
