# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a process that never answer (T17): FIFOs to which nobody writes, mounted over them."""

import json
import os
import shlex

import pytest
from conftest import MEMTOP, run_over
from screen_on_pty import start, wait_until  # noqa: F401: a fixture

FILES = ["cmdline", "smaps_rollup", "smaps"]
FIELDS = "pid,res,pss,blocked,comm,command"


@pytest.fixture
def silent(tmp_path, actor, mounts):
    """Starts processes none of whose files answers; what is mounted for that."""
    fifo = tmp_path / "silent"
    os.mkfifo(fifo)

    def make(count):
        pids = [actor("memory") for _ in range(count)]
        return pids, {f"/proc/{pid}/{name}": fifo for pid in pids for name in FILES}

    return make


@pytest.mark.parametrize("count", [1, 10])
def test_a_block_has_all_but_their_values(silent, count):
    pids, mounted = silent(count)
    beside = ('sleep 60 & '  # of the namespace: it may be read
              'until read -r comm <"/proc/$!/comm" && [ "$comm" = sleep ]; do :; done; '
              '"$@",$!; status=$?; kill $!; exit $status')
    words = [MEMTOP, "batch", "-n", 3, "-d", "0.05", "-F", FIELDS, "--format", "json", "-p"]
    process = run_over(mounted, "sh", "-c", beside, "sh", *words, ",".join(map(str, pids)))
    assert process.returncode == 0, process.stderr
    rows = [row for row in map(json.loads, process.stdout.splitlines()) if row["kind"] == "process"]
    assert len(rows) == 3 * (count + 1)
    for row in rows:
        if row["pid"] in pids:
            assert row["blocked"] == "cmdline smaps_rollup" and row["pss"] is None
            assert row["command"] == "[actor] (blocked)" and row["res"] > 24 << 20
        else:
            assert row["blocked"] is None and row["pss"] > 0 and row["command"] == "sleep 60"


def test_the_map_of_one_says_why_it_is_not_there(silent):
    (pid,), mounted = silent(1)
    process = run_over(mounted, MEMTOP, "map", pid)
    line = f"memtop map: cannot read the map of {pid}: blocked: a file of a process does not answer\n"
    assert (process.returncode, process.stdout, process.stderr) == (1, b"", line.encode())


@pytest.mark.parametrize("keys", [b"q", b"\rqq"], ids=["list", "detail"])
def test_the_screen_shows_them_and_ends_at_once(start, silent, keys):  # noqa: F811
    _, mounted = silent(10)
    script = [f"mount --bind {shlex.quote(str(source))} {target}" for target, source in mounted.items()]
    script.append('exec "$@"')
    screen = start("--no-config", "-d", "0.2", "-F", "pid,pss,blocked,command", "-o", "pid", "--filter", "comm=actor",
                   wrapper=["unshare", "-rm", "sh", "-c", " && ".join(script), "sh"])
    wait_until(lambda: b"(blocked)" in screen.output and b"smaps_rollup" in screen.output)
    screen.type(keys)
    assert screen.end() == 0, screen.complaints()
    assert screen.complaints() == ""
    assert screen.is_given_back()
