# SPDX-License-Identifier: GPL-3.0-or-later
"""A steady refresh allocates nothing: so it goes on where memory has run out."""

import pytest
from conftest import BUILD, FIXTURES, MEMTOP, run_over

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
