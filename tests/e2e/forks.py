# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that share memory by fork, and what the kernel says that they hold together."""

import os
import re
import shutil
import subprocess
import sys

import pytest

FORKS = 9

# Names of their own: another file of tests may run such processes at the same time.
COW_NAME = f"cow-{os.getpid()}"
COW_PROGRAM = f"{COW_NAME}-program"

# A process and its forks, which share 100 MiB. They end with their standard input.
COW = f"""
import mmap, os, signal, sys
with open("/proc/self/comm", "w") as file:
    file.write(sys.argv[1])
memory = mmap.mmap(-1, 100 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for at in range(0, 100 << 20, 4096):
    memory[at] = 1
forks = []
for _ in range({FORKS}):
    forks.append(os.fork())
    if forks[-1] == 0:
        signal.pause()
print(os.getpid(), *forks, flush=True)
sys.stdin.read()
for pid in forks:
    os.kill(pid, signal.SIGKILL)
    os.wait()
"""


@pytest.fixture(scope="module")
def cow(tmp_path_factory):
    """Their numbers. Their name is COW_NAME, that of their program COW_PROGRAM.

    Of a copy of Python: their share of Python itself would change with who else runs it.
    """
    program = shutil.copy(sys.executable, tmp_path_factory.mktemp("cow") / "python")
    process = subprocess.Popen([COW_PROGRAM, "-c", COW, COW_NAME], executable=program,
                               env=dict(os.environ, PYTHONHOME=sys.base_prefix),
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield [int(pid) for pid in process.stdout.readline().split()]
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


def pss_of(pids):
    """Their sum in MiB, as the kernel says it."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                total += int(re.search(r"(?m)^Pss: +(\d+) kB", file.read())[1])
        except PermissionError:
            pytest.skip("PSS of own processes is not permitted here")
    return total / 1024
