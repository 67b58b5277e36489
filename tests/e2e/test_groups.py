# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop groups: what processes hold together, each page once."""

import json
import os
import re

import pytest
from conftest import MEMTOP, memtop, run
from forks import FORKS, cow, pss_of  # noqa: F401: a fixture

KINDS = ["program", "user", "unit", "cgroup"]


def groups(*arguments):
    process = memtop("groups", "--format", "json", *arguments)
    assert process.returncode == 0, process.stderr
    return [row for row in map(json.loads, process.stdout.splitlines()) if row["kind"] == "group"]


def processes(*columns):
    process = memtop("batch", "-n", "1", "--format", "json", "-F", ",".join(("pid", *columns)))
    rows = map(json.loads, process.stdout.splitlines())
    return {row["pid"]: row for row in rows if row["kind"] == "process"}


def test_forks_that_share_their_memory_count_it_once(cow):
    """The name is that of the script: python -c has none, so the group is that of the interpreter."""
    program = os.path.basename(os.readlink(f"/proc/{cow[0]}/exe"))
    command = open(f"/proc/{cow[0]}/cmdline").read().split("\0")[0]
    [group] = [row for row in groups("--by", "program", "-F", "name,processes,footprint,anon,sum,known")
               if row["name"] == os.path.basename(command) or row["name"] == program]
    assert group["processes"] >= FORKS + 1 and group["known"] == group["processes"] and group["sum"] == "PSS"
    others = group["processes"] - len(cow)
    assert group["footprint"] >= pss_of(cow) * (1 << 20) * 0.99
    if others == 0:
        assert group["footprint"] == pytest.approx(pss_of(cow) * (1 << 20), rel=0.01)
    assert 0.8 * group["footprint"] < group["anon"] <= group["footprint"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_process_is_in_one_group(cow, kind):
    """Others start and end meanwhile: those of the test are there all the time."""
    rows = groups("--by", kind, "-F", "name,by,processes,footprint,sum")
    assert len({row["name"] for row in rows}) == len(rows) and {row["by"] for row in rows} == {kind}
    column = {"program": "command", "user": "user", "unit": "unit", "cgroup": "cgroup"}[kind]
    name = processes(column)[cow[0]][column]
    if kind == "program":
        name = os.path.basename(name.split()[0])
    [own] = [row for row in rows if row["name"] == name]
    assert own["processes"] >= len(cow)


def test_the_sum_of_all_groups_is_that_of_all_processes(cow):
    """Within 2 %: the two are read one after the other."""
    by_process = sum(row["pss"] or 0 for row in processes("pss").values())
    for kind in KINDS:
        rows = groups("--by", kind, "-F", "name,footprint,sum")
        if all(row["sum"] == "PSS" for row in rows):
            assert sum(row["footprint"] for row in rows) == pytest.approx(by_process, rel=0.02)


def test_a_sum_that_is_a_bound_says_so(cow):
    """Without the right to read PSS each RES counts."""
    words = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    options = ["--by", "program", "--format", "json", "-F", "name,processes,known,footprint,sum,anon"]
    process = run(*words, MEMTOP, "groups", *options)
    rows = [row for row in map(json.loads, process.stdout.splitlines()) if row["kind"] == "group"]
    bounds = [row for row in rows if row["known"] < row["processes"]]
    assert bounds and all(row["sum"] == "at most" and row["anon"] is None for row in bounds)


def test_the_text_has_the_largest_first():
    lines = memtop("groups", "--by", "program", "-e", "b").stdout.decode().splitlines()
    assert lines[0].startswith("Groups by program: what their processes hold, each page once  ")
    assert lines[2].split() == ["FOOTPRINT", "%MEM", "PROCS", "ANON", "FILE", "SHARED", "SWAP", "SUM", "NAME"]
    sizes = [int(re.match(r" *~?(\d+)", line)[1]) for line in lines[3:]]
    assert len(sizes) > 2 and sizes == sorted(sizes, reverse=True)


def test_a_wrong_kind_is_one_clear_line():
    process = memtop("groups", "--by", "color")
    assert process.returncode == 2 and not process.stdout
    [line] = process.stderr.decode().splitlines()
    assert "not one of program, user, unit, cgroup" in line
