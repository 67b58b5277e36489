# SPDX-License-Identifier: GPL-3.0-or-later
"""A steady refresh allocates nothing: so it goes on where memory has run out."""

import sys

import pytest
from conftest import BUILD, FIXTURES, MEMTOP, run, run_over

COUNTER = BUILD / "tests" / "e2e" / "liballocations.so"
ALL = "pid,user,state,cputime,cpu,res,shr,anon,swap,mem,pss,oom,adj,rank,badness,oomgroup,growth,vmof,cgroup,unit,comm,command"


@pytest.fixture
def preload():
    with open(MEMTOP, "rb") as file:
        program = file.read()
    if b"__asan_init" in program or b"__tsan_init" in program:
        pytest.skip("a sanitizer allocates in its own way")


def allocations(count, *arguments):
    """How many the whole of a run takes, over the tree of test files, where nothing ever changes."""
    command = ["env", f"LD_PRELOAD={COUNTER}", "ALLOCATIONS_FD=2", MEMTOP, "batch", "-d", "0.02", "-n", count]
    process = run_over({"/proc": FIXTURES / "server"}, *command, *arguments)
    assert process.returncode == 0, process.stderr
    return int(process.stderr.split()[-1])


@pytest.mark.parametrize(
    "arguments",
    [[], ["--exact"], ["--format", "csv", "-F", ALL], ["-F", ALL, "-o", "command", "--filter", "res>1k"]],
)
def test_refreshes_after_the_fifth_allocate_nothing(mounts, preload, arguments):
    """Jansson, which writes JSON, is another matter: it makes an object of each value."""
    first = allocations(5, *arguments)
    assert first > 50
    assert allocations(40, *arguments) == first


# Runs a command, then many processes beside it, and ends these; prints how much memory the command
# has before, with them, and at the latest a minute after they have gone.
CROWD = """
import os, re, signal, subprocess, sys, time

def resident():
    with open(f"/proc/{process.pid}/status") as file:
        return int(re.search(r"VmRSS:\\s+(\\d+)", file.read())[1])

def wait_for(holds):
    end = time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        time.sleep(0.2)
    return resident()

def settled():
    seen = [resident()]
    while len(seen) < 100 and (len(seen) < 10 or seen[-1] != seen[-10]):
        time.sleep(0.2)
        seen.append(resident())
    return seen[-1]

count, least = int(sys.argv[1]), int(sys.argv[2])
process = subprocess.Popen(sys.argv[3:], stdout=subprocess.PIPE)
process.stdout.readline() # it has begun
drain = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)
fresh = settled()
crowd = []
for _ in range(count):
    crowd.append(os.fork())
    if crowd[-1] == 0:
        signal.pause()
many = wait_for(lambda: resident() > fresh + least)
for pid in crowd:
    os.kill(pid, signal.SIGKILL)
for pid in crowd:
    os.waitpid(pid, 0)
print(fresh, many, wait_for(lambda: resident() < fresh + least * 3 // 4))
process.kill()
drain.wait()
"""
UNSHARE = ["unshare", "-rpf", "--kill-child", "--mount-proc"]


@pytest.mark.parametrize("options", [[], ["-F", "pid,res,pss,oom,rank,command", "-u", "0", "-o", "command"]])
def test_F17_memory_for_processes_that_have_gone_is_given_back(preload, options):
    """In KiB. Each process costs memtop more than one while it is there."""
    if run(*UNSHARE, "true").returncode != 0:
        pytest.skip("namespaces of processes are not permitted here")
    words = [MEMTOP, "batch", "-d", "0.2", *options]
    process = run(*UNSHARE, sys.executable, "-c", CROWD, "2000", "2000", *words, timeout=200)
    assert process.returncode == 0, process.stderr
    fresh, many, gone = map(int, process.stdout.split())
    assert many > fresh + 2000
    assert gone < fresh + 1500
