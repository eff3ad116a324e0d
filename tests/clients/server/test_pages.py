"""The tutorial of two regions, and the pages about a lost region that follow it, run as the scripts that they are.

They name fixed ports, so each script runs in a network of its own, where nothing else listens."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.server import binary

DOCS = Path(__file__).parents[3] / "docs"
TUTORIAL = DOCS / "tutorial" / "two-regions.md"
FAILOVER = DOCS / "how-to" / "failover-drill.md"
REBUILD = DOCS / "how-to" / "rebuild-a-region.md"

SECONDS = 300


def blocks(page, *titles):
    """The blocks under these titles of a page; of the whole page without titles."""
    parts = re.split(r"^## (.*)$", page.read_text(), flags=re.M)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    texts = [sections[title] for title in titles] if titles else ["".join(parts)]
    found = [block for text in texts for block in re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)]
    assert found, f"{page.name} has no blocks under {titles}"
    return found


@pytest.fixture
def script(tmp_path):
    """Runs blocks as one script. Returns what it printed."""
    for tool in ("bash", "aws", "unshare", "ip"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not on the PATH: the blocks of these pages did NOT run")
    alone = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    if subprocess.run([*alone, "ip", "link", "set", "lo", "up"], capture_output=True).returncode != 0:
        pytest.skip("a network of its own is not permitted: the blocks of these pages did NOT run")

    def run(*blocks):
        path = os.pathsep.join([str(Path(binary()).parent), str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {"PATH": path, "HOME": str(tmp_path), "AWS_PAGER": "", "LC_ALL": "C.UTF-8"}
        # The pages take folders below /tmp.
        text = "\n".join(blocks).replace("/tmp/", f"{tmp_path}/")
        file = tmp_path / "blocks.sh"
        # What a script has started ends with it.
        file.write_text(f"ip link set lo up\nset -euo pipefail\ntrap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n{text}\n")
        output = tmp_path / "output"
        with open(output, "wb") as out:
            done = subprocess.run(
                [*alone, "bash", "-x", str(file)], cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=SECONDS
            )
        said = output.read_text()
        assert done.returncode == 0, said[-4000:]
        return said

    return run


def values(said):
    """The texts of secrets that `aws` printed."""
    return re.findall(r'"SecretString": "(\w+)"', said)


def without_its_end(tutorial):
    """The tutorial without the last block, which stops the first server."""
    assert "kill %1" in tutorial[-1]
    return tutorial[:-1]


def test_the_tutorial(script):
    said = script(*blocks(TUTORIAL))
    # The plaintext, once by each way.
    assert len(re.findall(r"^aGVsbG8=$", said, re.M)) == 3, said[-4000:]


def test_the_drill_with_dev(script):
    said = script(*blocks(FAILOVER, "In two minutes, with `claviger dev`"))
    assert values(said) == ["v1", "v2", "v3"], said[-4000:]
    assert "refused" in said.splitlines()


def test_the_drill_with_servers(script):
    sections = ("Once: name the operators", "Before: is it safe?", "Lose the region", "Look, then do it", "The old primary comes back")
    said = script(*without_its_end(blocks(TUTORIAL)), *blocks(FAILOVER, *sections))
    # In both regions the key's primary is the other one now.
    assert len(re.findall(r'"PrimaryKey": \{\s+"Arn": "[^"]+",\s+"Region": "eu-west-1"', said)) == 2, said[-4000:]


def test_a_rebuilding_with_dev(script):
    first, *rest = blocks(REBUILD, "Rebuild it")
    assert "--rebuild eu-west-1" in first
    said = script(*rest)
    assert said.splitlines().count("aGVsbG8=") == 1, said[-4000:]


def test_a_rebuilding_with_servers(script):
    # The disk of the second server is lost.
    lost = "kill -9 %2; wait %2 || true; rm -r b\n"
    said = script(*without_its_end(blocks(TUTORIAL)), lost, *blocks(REBUILD, "On servers"))
    assert "eu-west-1 is being rebuilt from eu-central-1" in said and re.search(r"rebuilt at .*: 1 keys", said), said[-4000:]
