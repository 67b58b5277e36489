# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that come and go as fast as the machine can make them, their numbers used again and
again. MEMTOP_STORM=60 makes it a minute."""

import json
import os
import re
import subprocess
from collections import Counter

import pytest
from conftest import BUILD, MEMTOP

SECONDS = float(os.environ.get("MEMTOP_STORM", 3))
SLEEPERS, PIDS, OWN_DESCRIPTORS = 20, 700, 4
FIELDS = "pid,comm,command,res"
SCRIPT = """\
test -z "$PIDS" || echo "$PIDS" > /proc/sys/kernel/pid_max
i=0; while [ $i -lt "$SLEEPERS" ]; do sleep 1000 & i=$((i + 1)); done
count() { ls "/proc/$memtop/fd" | wc -l; }
"$@" & memtop=$!
sleep 1; before=$(count)
"$STORM" "$SECONDS" >&2
sleep 1; after=$(count)
kill $memtop
echo "descriptors $before $after" >&2
"""
UNSHARE = ["unshare", "-rpf", "--kill-child", "--mount-proc"]


def has_pid_max_of_its_own():
    """Since Linux 6.14 it is that of the PID namespace."""
    with open("/proc/sys/kernel/pid_max") as file:
        before = file.read()
    probe = f"echo {PIDS} > /proc/sys/kernel/pid_max"
    major, minor = map(int, re.match(r"(\d+)\.(\d+)", os.uname().release).groups())
    if (major, minor) < (6, 14):
        return False
    done = subprocess.run([*UNSHARE, "sh", "-c", probe], capture_output=True).returncode == 0
    with open("/proc/sys/kernel/pid_max") as file:
        assert file.read() == before
    return done


def blocks_of(output):
    blocks = []
    for line in output.splitlines():
        row = json.loads(line)
        if row["kind"] == "system":
            blocks.append([])
        elif row["kind"] == "process":
            blocks[-1].append(row)
    return blocks


@pytest.fixture(scope="module")
def storm():
    """The blocks that memtop has written in it, how many processes there were, and descriptors."""
    if subprocess.run([*UNSHARE, "true"], capture_output=True).returncode != 0:
        pytest.skip("namespaces of processes are not permitted here")
    environment = os.environ | {
        "PIDS": str(PIDS) if has_pid_max_of_its_own() else "",
        "SLEEPERS": str(SLEEPERS),
        "SECONDS": str(SECONDS),
        "STORM": str(BUILD / "tests" / "e2e" / "storm"),
    }
    words = [MEMTOP, "batch", "--format", "json", "-d", "0.1", "-F", FIELDS]
    process = subprocess.run([*UNSHARE, "sh", "-c", SCRIPT, "sh", *words], env=environment,
                             capture_output=True, timeout=SECONDS + 120)
    assert process.returncode == 0, process.stderr
    numbers = [int(number) for number in re.findall(rb"^(?:descriptors )?(\d+)", process.stderr, re.M)]
    return blocks_of(process.stdout), sum(numbers[:2]), process.stderr


def test_it_was_one(storm):
    blocks, count, _ = storm
    assert count > 100 * SECONDS
    members = {row["pid"] for block in blocks for row in block if re.fullmatch(r"s\d+", row["comm"])}
    assert len(blocks) > 5 and len(members) > 10


def test_who_lives_on_is_in_every_block(storm):
    blocks, _, _ = storm
    sleepers = [sorted(row["pid"] for row in block if row["comm"] == "sleep") for block in blocks]
    assert len(sleepers[-1]) >= SLEEPERS
    for pid in sleepers[-1][:SLEEPERS]:  # the one that the script waits with is the last
        assert all(pid in block for block in sleepers[2:])


def test_nobody_is_there_twice(storm):
    for block in storm[0]:
        assert max(Counter(row["pid"] for row in block).values()) == 1


def test_no_name_is_that_of_another(storm):
    """T30: the numbers were used again many times."""
    for block in storm[0]:
        for row in block:
            own_name = re.fullmatch(r"s(\d+)", row["comm"])
            argument = re.fullmatch(r"storm member (\d+)", row["command"] or "")
            assert own_name is None or int(own_name[1]) == row["pid"], row
            assert argument is None or int(argument[1]) == row["pid"], row


def test_no_descriptor_is_left(storm):
    before, after = map(int, re.search(rb"descriptors (\d+) (\d+)", storm[2]).groups())
    assert after <= before + OWN_DESCRIPTORS


def test_few_descriptors_are_enough():
    """With no room for any that are kept."""
    words = ["prlimit", "--nofile=64:64", MEMTOP, "batch", "-n", "6", "-d", "0.05", "--format", "json",
             "-F", "pid,user,res,anon,pss,oom,adj,comm,command"]
    sleepers = [subprocess.Popen(["sleep", "1000"]) for _ in range(100)]
    process = subprocess.run(words, capture_output=True)
    for sleeper in sleepers:
        sleeper.kill()
        sleeper.wait()
    told = [line for line in process.stderr.splitlines() if b"reading takes" not in line]  # a slow machine
    assert (process.returncode, told) == (0, [])
    own = {sleeper.pid for sleeper in sleepers}
    for block in blocks_of(process.stdout):
        rows = [row for row in block if row["pid"] in own]
        assert len(rows) == len(own)
        for row in rows:
            assert None not in row.values() and row["command"] == "sleep 1000", row
