# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON of every command, held against a schema that is derived from the tables of columns."""

import json
import os
import subprocess
from collections import defaultdict

import pytest
from conftest import BUILD, FIXTURES, memtop

TYPES = {"text": (str,), "id": (int, str), "integer": (int,), "limit": (int, str), "real": (int, float)}
HINT = {"count": (int,), "text": (str,)}
LOG_WORDS = {"killer": (str,), "constraint": (str,), "outcome": (str,)}

# Of each command: the kinds of objects that must be there, and what of the machine was read.
COMMANDS = {
    "free --json": ({"system"}, {"total"}),
    "batch -n 1 --format json": ({"system", "process"}, {"total", "uptime", "faults", "processes"}),
    "batch -n 2 -d 0.1 --format json -F pid,rank,pss": ({"system", "process"}, {"total", "uptime", "faults"}),
    "oom --format json": ({"candidate"}, {"total"}),
    "oom -p PID -n 500 --dry-run --format json": ({"change"}, {"total"}),
    "map PID --format json": ({"process", "segment"}, {"total"}),
    "map PID --all --format json": ({"process", "mapping"}, {"total"}),
    "faults -n 1 -d 0.2 --format json": (set(), {"sampler_rung"}),
    "budget --format json": ({"budget"}, set()),
    "budget -n 2 -d 0.1 --format json": ({"budget"}, set()),
    "growth --series FIXTURES/growth/03-leak-linear-white.csv --format json": ({"growth"}, set()),
    "groups --format json": ({"group"}, {"total"}),
    "groups --by user --format json": ({"group"}, {"total"}),
    "kernel slab --format json": (set(), set()),
    "kernel zones --format json": ({"zone"}, set()),
    "kernel buddy --format json": ({"zone"}, set()),
    "kernel reclaim --format json": ({"reclaim"}, set()),
    "kernel swap --format json": (set(), set()),
    "kernel nodes --format json": (set(), set()),
}


@pytest.fixture(scope="session")
def tables():
    """Columns by table: name -> (types, need)."""
    found = defaultdict(dict)
    output = subprocess.run([BUILD / "tests" / "e2e" / "tables"], capture_output=True, check=True,
                            env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}).stdout
    for line in map(json.loads, output.splitlines()):
        found[line["table"]][line["column"]] = (TYPES[line["unit"]], line["need"])
    return found


def check_types(row, types):
    for key, value in row.items():
        assert key in types, f"{row['kind']}: {key}"
        assert value is None or type(value) in types[key], (row["kind"], key, value)


def check_object(row, tables):
    """No unknown keys, types by unit, "kind" and "time" first."""
    assert list(row)[:2] == ["kind", "time"]
    assert type(row["kind"]) is str and type(row["time"]) in (str, type(None))
    columns = {key: types for key, (types, _) in tables.get(row["kind"], {}).items()}
    columns |= HINT if row["kind"] == "hint" else {}
    assert columns, row["kind"]
    check_types({key: value for key, value in row.items() if key != "time" or "time" in columns},
                {"kind": (str,), "time": (str,), **columns})


def check_needs(row, columns):
    """What is read by the same need is there as a whole, or is not there."""
    by_need = defaultdict(set)
    for name, (_, need) in columns.items():
        by_need[need].add(name in row)
    assert all(len(there) == 1 for there in by_need.values()), by_need


@pytest.mark.parametrize("command", COMMANDS)
def test_F15_json_has_only_keys_that_were_read(tables, command):
    kinds, read = COMMANDS[command]
    process = memtop(*command.replace("PID", str(os.getpid())).replace("FIXTURES", str(FIXTURES)).split())
    assert process.returncode in (0, 1), process.stderr
    rows = [json.loads(line) for line in process.stdout.splitlines()]
    for row in rows:
        check_object(row, tables)
    assert kinds <= {row["kind"] for row in rows}
    for system in (row for row in rows if row["kind"] == "system"):
        check_needs(system, tables["system"])
        assert read and read <= set(system)
        for key, word in (("sampler_rung", "faults"), ("tlb_walks", "faults"), ("oom_scope", "oom")):
            assert key not in system or word in command


def test_F15_the_object_of_a_map_has_what_was_read_of_the_process(tables):
    rows = [json.loads(line) for line in memtop("map", os.getpid(), "--format", "json").stdout.splitlines()]
    [process] = [row for row in rows if row["kind"] == "process"]
    check_needs(process, tables["process"])
    assert {"res", "pss", "unit"} <= set(process)
    assert not {"rank", "badness", "fault_segment", "tlb_walk_rate"} & set(process)


LOGS = sorted(path.name for path in (FIXTURES / "oom-log").iterdir())


@pytest.mark.parametrize("log", LOGS)
def test_F15_kills_of_a_log_have_the_keys_of_their_table(tables, log):
    process = memtop("oom", "log", "--format", "json", FIXTURES / "oom-log" / log)
    columns = {key: types for key, (types, _) in tables["oom_kill"].items()}
    for row in map(json.loads, process.stdout.splitlines()):
        if row["kind"] != "oom_kill":
            continue
        assert list(row)[:2] == ["kind", "time"]
        tasks = [*row.pop("candidates"), row.pop("largest")]
        check_types(row, {"kind": (str,), "time": (str,), **LOG_WORDS, **columns})
        for task in filter(None, tasks):
            assert set(task) == set(tables["oom_candidate"])
