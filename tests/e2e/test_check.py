# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop check: one sentence, why, and what a runner of monitoring plugins understands."""

import json
import os
import re
import time

import pytest
from conftest import memtop, run_over, MEMTOP
from memory_cgroup import memory_cgroup

# As in the guidelines of the monitoring plugins: 'label'=value[UOM];[warn];[crit];[min];[max]
NUMBER = r"-?\d+(\.\d+)?"
DATUM = rf"[^=' |]+={NUMBER}(us|ms|s|%|B|KB|MB|GB|TB|c)?(;({NUMBER})?){{0,4}}"
FIRST_LINE = re.compile(rf"memory (OK|WARNING|CRITICAL|UNKNOWN)(, \w+)?: [^|]+ \| {DATUM}( {DATUM})*")
STATUS = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]
FAST = ("--over", "0.1")

MEMINFO = """MemTotal: {total} kB
MemFree: {free} kB
MemAvailable: {available} kB
Buffers: 0 kB
Cached: 100000 kB
Shmem: 0 kB
SReclaimable: 0 kB
AnonPages: 500000 kB
SwapTotal: 0 kB
SwapFree: 0 kB
"""


def check(*arguments):
    return memtop("check", *FAST, *arguments)


def with_meminfo(tmp_path, available, *arguments):
    file = tmp_path / "meminfo"
    file.write_text(MEMINFO.format(total=8000000, free=min(available, 100000), available=available))
    return run_over({"/proc/meminfo": file}, MEMTOP, "check", *FAST, *arguments)


def test_the_first_line_is_that_of_a_plugin():
    process = check()
    lines = process.stdout.decode().splitlines()
    assert FIRST_LINE.fullmatch(lines[0]), lines[0]
    assert re.search(rf"^memory {STATUS[process.returncode]}\b", lines[0])
    assert 3 <= len(lines) <= 21 and not any("|" in line for line in lines[1:])
    assert not process.stderr


@pytest.mark.parametrize("arguments, status", [
    (["--warn", "available>0"], 1),
    (["--crit", "available>0"], 2),
    (["-w", "available>0", "-c", "used>0"], 2),
    (["-c", "available<0", "-w", "total>1"], 1),
    (["--warn", "available<1%"], 0),
    (["--warn", "available>1% used<100%"], 1),
    (["--crit", "available<1% or total>0"], 2),
    (["--crit", "psi_full_avg10>100"], 0),
    (["--crit", "headroom<0 or exhaustion<1s", "--over", "0.1"], 3),
])
def test_expressions_decide_the_status(arguments, status):
    process = check(*arguments)
    assert process.returncode == status, process.stdout + process.stderr
    if status < 3:
        assert process.stdout.startswith(f"memory {STATUS[status]}".encode())


def test_what_holds_is_told():
    lines = check("-w", "available>0", "-c", "used<0", "-c", "total>5").stdout.decode().splitlines()
    assert lines[1:3] == ["WARNING: available>0", "CRITICAL: total>5"]


def test_a_bar_is_only_before_performance_data():
    """Another one would be the begin of more, of which a name could say anything."""
    first, second, *_ = check("-w", "total>0 or who~a|used").stdout.decode().splitlines()
    assert FIRST_LINE.fullmatch(first) and second == "WARNING: total>0 or who~a/used"
    assert check("-c", "headroom:a|used<1M").stdout == b"memory UNKNOWN: there is no memory cgroup called 'a/used'\n"


@pytest.mark.parametrize("arguments, message", [
    (["--warn", "avail<3"], "--warn 'avail<3': there is no column 'avail', at character 1; did you mean available?"),
    (["--crit", "used<3X"], "--crit 'used<3X': '3X' is not a size like 500M, at character 6"),
    (["--crit", "total<5%"], "--crit 'total<5%': '5%' is not a size like 500M, at character 7"),
    (["--warn", ""], "--warn '': an expression is missing"),
    (["--warn", "used"], "--warn 'used': an operator is missing after 'used', at character 1"),
    (["--over", "2h"], "--over '2h': not a time from 0.1 to 3600 seconds"),
    (["--format", "csv"], "--format 'csv': not one of text, json"),
    (["--warn", "exhaustion<30m"], "'exhaustion<30m' is known only after 110 seconds: add --over 110"),
    (["postgres"], "'postgres' is one word too many"),
])
def test_a_wrong_command_line_is_one_line_and_unknown(arguments, message):
    process = memtop("check", *arguments)
    assert process.returncode == 3 and not process.stderr
    [line] = process.stdout.decode().splitlines()
    assert line.startswith("memtop check: ") and "try 'memtop check --help'" in line
    if "word" not in message:
        assert message in line


def test_the_headroom_of_a_cgroup_is_asked_for_by_its_name():
    with memory_cgroup(64 << 20) as group:
        name, words = group.folder.name, ("--format", "json")
        below = check("-w", f"headroom:{name}<1G and available>0", *words)
        assert below.returncode == 1 and json.loads(below.stdout)["holds"] == [f"headroom:{name}<1G and available>0"]
        assert check("-c", f"headroom:{group.path}>50%").returncode == 2
        assert check("-c", f"headroom:{name}<1M").returncode == 0
        assert f"{name}: 64.0M left of 64.0M" in check("-c", f"headroom:{name}<1M").stdout.decode()
    gone = check("-c", f"headroom:{name}<1M")
    assert gone.returncode == 3
    assert gone.stdout.decode() == f"memory UNKNOWN: there is no memory cgroup called '{name}'\n"


NEGATE = "/usr/lib/nagios/plugins/negate"


@pytest.mark.skipif(not os.path.exists(NEGATE), reason="monitoring-plugins-basic is not installed")
@pytest.mark.parametrize("arguments, status", [([], 0), (["-w", "total>0"], 1), (["-c", "total>0"], 2), (["-c", "x>0"], 3)])
def test_a_runner_of_plugins_understands_it(mounts, tmp_path, arguments, status):
    """negate replaces each status by another, also in the text, and complains about an empty output."""
    file = tmp_path / "meminfo"
    file.write_text(MEMINFO.format(total=8000000, free=100000, available=7000000))
    others = ["-o", "WARNING", "-w", "CRITICAL", "-c", "UNKNOWN", "-u", "OK"]
    process = run_over({"/proc/meminfo": file}, NEGATE, "-s", *others, MEMTOP, "check", *FAST, *arguments)
    assert process.returncode == (status + 1) % 4
    text = process.stdout.decode()
    assert text.startswith("memtop check: " if status == 3 else f"memory {STATUS[(status + 1) % 4]}")


def test_low_is_critical_and_named(mounts, tmp_path):
    process = with_meminfo(tmp_path, 200000)
    assert process.returncode == 2
    assert process.stdout.startswith(b"memory CRITICAL, low: 195M available of 7.6G, largest ")
    assert b", since " in process.stdout.splitlines()[0]


def test_much_left_is_ok(mounts, tmp_path):
    process = with_meminfo(tmp_path, 4000000, "-w", "available<40%", "-c", "available<20%")
    assert process.returncode == 0
    assert process.stdout.startswith(b"memory OK")


def test_without_figures_it_is_unknown(mounts, tmp_path):
    (tmp_path / "meminfo").write_text("Nothing: 0 kB\n")
    process = run_over({"/proc/meminfo": tmp_path / "meminfo"}, MEMTOP, "check", *FAST)
    assert process.returncode == 3
    assert process.stdout.startswith(b"memory UNKNOWN, unknown: the memory of the machine cannot be read")


def test_json_is_one_object_with_all_figures():
    process = check("--format", "json", "--warn", "used>0")
    row = json.loads(process.stdout)
    assert row["kind"] == "check" and row["status"] == "WARNING" and row["holds"] == ["used>0"]
    assert {"verdict", "available", "psi_full_avg10", "who", "exhaustion"} <= set(row)
    assert row["text"] and row["total"] > row["available"] > 0


def test_it_watches_as_long_as_it_is_told():
    start = time.monotonic()
    assert memtop("check", "--over", "1.5").returncode in (0, 1, 2)
    assert time.monotonic() - start >= 1.5


def test_the_largest_processes_are_named(actor):
    pid = actor("hold", "300")
    [largest] = re.findall(r"(?m)^largest: (.*)", check().stdout.decode())
    found = re.findall(r"\((\d+)\) ([\d.]+)([KMGT]?)", largest)
    sizes = [float(number) * 1024 ** " KMGT".index(unit or " ") for _, number, unit in found]
    assert 1 <= len(sizes) <= 5 and sizes == sorted(sizes, reverse=True)
    assert str(pid) in [pid for pid, _, _ in found] or sizes[-1] > 300 * 1024**2
