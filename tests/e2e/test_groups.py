# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop groups: what processes hold together, each page once."""

import json
import re

import pytest
from conftest import FIXTURES, MEMTOP, memtop, run, run_over
from forks import COW_PROGRAM, FORKS, cow, pss_of  # noqa: F401: a fixture

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
    rows = groups("--by", "program", "-F", "name,processes,known,footprint,anon,sum", "--filter", f"name={COW_PROGRAM}")
    assert [(row["processes"], row["known"], row["sum"]) for row in rows] == [(FORKS + 1, FORKS + 1, "PSS")]
    assert rows[0]["footprint"] == pytest.approx(pss_of(cow) * (1 << 20), rel=0.01)
    assert 0.8 * rows[0]["footprint"] < rows[0]["anon"] <= rows[0]["footprint"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_process_is_in_one_group(cow, kind):
    """Others start and end meanwhile: those of the test are there all the time."""
    rows = groups("--by", kind, "-F", "name,by,processes,footprint,sum")
    assert len({row["name"] for row in rows}) == len(rows) and {row["by"] for row in rows} == {kind}
    column = {"program": "command", "user": "user", "unit": "unit", "cgroup": "cgroup"}[kind]
    name = processes(column)[cow[0]][column]
    if kind == "program":
        name = name.split()[0]
    [own] = [row for row in rows if row["name"] == name]
    assert own["processes"] >= len(cow)


def of_tree(*words):
    """What is said of the tree of test files, in which nothing moves."""
    process = run_over({"/proc": FIXTURES / "server"}, MEMTOP, *words, "--format", "json")
    assert process.returncode == 0, process.stderr
    return [json.loads(line) for line in process.stdout.splitlines()]


def test_all_groupings_have_the_same_sum():
    held = [row for row in of_tree("batch", "-n", "1", "-F", "pid,pss,res") if row["kind"] == "process"]
    total = sum(row["res"] if row["pss"] is None else row["pss"] for row in held if row["res"])
    assert total > 1 << 30
    for kind in KINDS:
        rows = [row for row in of_tree("groups", "--by", kind) if row["kind"] == "group"]
        assert sum(row["footprint"] for row in rows) == total


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
    sizes = [int(size) for size in re.findall(r"(?m)^ *~?(\d+) ", "\n".join(lines[3:]))]
    assert len(sizes) > 2 and sizes == sorted(sizes, reverse=True)


def test_a_wrong_kind_is_one_clear_line():
    process = memtop("groups", "--by", "color")
    assert process.returncode == 2 and not process.stdout
    [line] = process.stderr.decode().splitlines()
    assert "not one of program, user, unit, cgroup" in line
