# SPDX-License-Identifier: GPL-3.0-or-later
"""A memory cgroup of a test's own, of version 1 or 2, in which processes can be made to die."""

import contextlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import BUILD

ACTOR = BUILD / "tests" / "e2e" / "actor"

HOG = """
import sys
with open("/proc/self/comm", "wb") as file:
    file.write(sys.argv[1].encode())
with open("/proc/self/oom_score_adj", "w") as file:
    file.write(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
held = []
while True:
    held.append(bytearray(b"x" * (1 << 20)))
"""


def memory_mount():
    """Where groups can be made, and the version. None where there is no memory controller."""
    for line in Path("/proc/mounts").read_text().splitlines():
        _, folder, kind, options, *_ = line.split()
        folder = Path(folder)
        if kind == "cgroup" and "memory" in options.split(","):
            return folder, 1
        if kind == "cgroup2" and "memory" in (folder / "cgroup.controllers").read_text().split():
            with contextlib.suppress(OSError):
                (folder / "cgroup.subtree_control").write_text("+memory")
            return folder, 2
    return None


class MemoryCgroup:
    def __init__(self, folder, version, limit):
        self.folder, self.version = folder, version
        self.path = "/" + folder.name
        self.folder.mkdir()
        if version == 1:
            self.write("memory.limit_in_bytes", limit)
            with contextlib.suppress(OSError):
                self.write("memory.memsw.limit_in_bytes", limit)
        else:
            self.write("memory.max", limit)
            with contextlib.suppress(OSError):
                self.write("memory.swap.max", 0)

    def write(self, name, value):
        (self.folder / name).write_text(str(value))

    def start_hog(self, name, adj=0):
        """Starts a process that takes memory without end as soon as it is told to (let_go)."""
        def enter():
            (self.folder / "cgroup.procs").write_text(str(os.getpid()))

        process = subprocess.Popen([sys.executable, "-c", HOG, name, str(adj)], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, preexec_fn=enter)
        assert process.stdout.readline() == b"ready\n"
        return process

    def kill_hog(self, name, adj=0):
        """Lets a process die for lack of memory. Returns its number."""
        process = self.start_hog(name, adj)
        let_go(process)
        assert process.wait(30) == -9
        process.stdout.close()
        return process.pid


def let_go(process):
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(b"\n")
        process.stdin.close()


@contextlib.contextmanager
def memory_cgroup(limit=32 << 20):
    found = memory_mount()
    if not found:
        pytest.skip("there is no memory cgroup controller")
    folder, version = found
    try:
        group = MemoryCgroup(folder / f"memtop-test-{os.getpid()}", version, limit)
    except OSError as error:
        with contextlib.suppress(OSError):
            (folder / f"memtop-test-{os.getpid()}").rmdir()
        pytest.skip(f"a memory cgroup cannot be made here: {error}")
    try:
        yield group
    finally:
        group.folder.rmdir()


def start_in(group, *words, is_ready=True):
    script = 'echo $$ >"$0/cgroup.procs" && exec "$@"'
    process = subprocess.Popen(["sh", "-c", script, str(group), str(ACTOR), *map(str, words)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if is_ready:
        assert process.stdout.readline() == b"ready\n"
    return process


def end(process):
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def kills_in(group):
    """How many processes the kernel has killed there."""
    old = group / "memory.oom_control"
    text = (old if old.exists() else group / "memory.events").read_text()
    return int(re.search(r"(?m)^oom_kill (\d+)$", text)[1])
