# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop map: the sums of smaps to the byte, every kind of mapping, and processes that cannot be read."""

import collections
import contextlib
import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import BUILD, MEMTOP, SOURCE, memtop, run, run_over

FAULTER = BUILD / "tests" / "e2e" / "faulter"
NEVER = 1 << 22  # no pid is so large
KIB = 1024

# Columns and the fields of smaps that they are.
FIELDS = {
    "size": "Size", "rss": "Rss", "pss": "Pss", "pss_dirty": "Pss_Dirty", "shared_clean": "Shared_Clean",
    "shared_dirty": "Shared_Dirty", "private_clean": "Private_Clean", "private_dirty": "Private_Dirty",
    "referenced": "Referenced", "anonymous": "Anonymous", "ksm": "KSM", "lazyfree": "LazyFree",
    "anon_huge": "AnonHugePages", "shmem_huge": "ShmemPmdMapped", "file_huge": "FilePmdMapped",
    "shared_hugetlb": "Shared_Hugetlb", "private_hugetlb": "Private_Hugetlb", "swap": "Swap",
    "swap_pss": "SwapPss", "locked": "Locked",
}
COLUMNS = "start,end,permissions,offset,device,inode,page_size,segment,role,mappings,flags,name," + ",".join(FIELDS)
HEADER = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (....) ([0-9a-f]+) (\S+) (\d+) *(.*)")

with_setpriv = pytest.mark.skipif(os.getuid() != 0 or not shutil.which("setpriv"),
                                  reason="only root can give up rights with setpriv")


def map_of(*arguments, **options):
    return memtop("map", *arguments, **options)


def rows(process, kind):
    assert process.returncode == 0, process.stderr
    objects = [json.loads(line) for line in process.stdout.splitlines()]
    return [row for row in objects if row["kind"] == kind]


def says(process, status, *lines):
    assert process.stderr.decode().splitlines() == [f"memtop map: {line}" for line in lines]
    assert process.returncode == status
    assert not process.stdout


def parse_smaps(text):
    """An independent reading: (header fields, {field: bytes}, VmFlags) of each mapping."""
    entries = []
    for line in text.decode(errors="surrogateescape").split("\n"):
        header = HEADER.fullmatch(line)
        if header:
            entries.append((header.groups(), {}, []))
        elif line.startswith("VmFlags:"):
            entries[-1][2].extend(line.split()[1:])
        elif line:
            key, value = line.split(":", 1)
            entries[-1][1][key] = int(value.split()[0]) * KIB
    return entries


def sums(entries):
    total = collections.Counter()
    for _, figures, _ in entries:
        total.update(figures)
    return {column: total[field] if entries[0][1].get(field) is not None else None
            for column, field in FIELDS.items()}


def sums_of_rows(found):
    return {column: None if found[0][column] is None else sum(row[column] for row in found) for column in FIELDS}


@pytest.fixture
def faulter(tmp_path):
    """Starts faulters in a directory of their own; `go` lets one do its next steps."""
    started = []

    def start(*steps):
        process = subprocess.Popen([FAULTER, *steps], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path)
        started.append(process)
        wait(process)
        return process

    def wait(process):
        for line in process.stdout:
            if line == b"ready\n":
                return
        raise AssertionError("the faulter has ended")

    def go(process):
        process.stdin.write(b"x")
        process.stdin.flush()
        wait(process)

    start.go = go
    yield start
    for process in started:
        process.kill()
        process.wait(10)
        process.stdin.close()
        process.stdout.close()


EVERY_KIND = ["text=4", "rodata=4", "data=20", "bss=30", "heap=300", "anon=400", "huge=2", "file=50", "view=3",
              "cold=8", "shared=60", "memfd=70", "tmpfs=80", "sysv=90", "stack=100", "mlock=16", "named=25",
              "lazy=35", "deleted=3", "code=2", "arenas=3", "sparse=128", "wait"]


# The arithmetic: the same text for both.


def check_smaps(tmp_path, pid):
    """Both read the same copy of smaps: the rows are its entries, the segments their sums. Returns their number."""
    text = Path(f"/proc/{pid}/smaps").read_bytes()
    entries = parse_smaps(text)
    if not entries:
        return 0
    copy = tmp_path / "smaps"
    copy.write_bytes(text)
    mounted = {f"/proc/{pid}/smaps": copy}
    mappings = rows(run_over(mounted, MEMTOP, "map", "--all", "--format", "json", "-F", COLUMNS, pid), "mapping")
    segments = rows(run_over(mounted, MEMTOP, "map", "--by-address", "--format", "json", "-F", COLUMNS, pid), "segment")
    assert len(mappings) == len(entries)
    for row, ((start, end, permissions, offset, device, inode, name), figures, flags) in zip(mappings, entries):
        assert int(row["start"], 16) == int(start, 16) and int(row["end"], 16) == int(end, 16)
        assert row["permissions"] == permissions and row["mappings"] == 1
        assert (row["name"] or "") == name.encode(errors="surrogateescape").decode(errors="replace")
        assert {column: row[column] for column in FIELDS} == {
            column: figures.get(field) for column, field in FIELDS.items()}
        assert row["page_size"] == figures["KernelPageSize"]
        assert (row["flags"] or "").split() == flags
        if inode != "0":
            assert (row["device"], row["inode"], int(row["offset"], 16)) == (device, int(inode), int(offset, 16))
        else:
            assert row["device"] is row["inode"] is row["offset"] is None
    assert sums_of_rows(segments) == sums(entries)
    assert sum(row["mappings"] for row in segments) == len(entries)
    check_names(segments, mappings)
    assert [int(row["start"], 16) for row in segments] == sorted(int(row["start"], 16) for row in segments)
    return len(entries)


def check_names(segments, mappings):
    """What is of a file or has a name, and no variables (with bss) nor vdso, is in the row of that name."""
    parts = collections.defaultdict(list)
    for row in mappings:
        if row["segment"] not in ("data", "vdso") and row["role"] is None:
            parts[row["segment"], row["name"]].append(row)
    for (segment, name), found in parts.items():
        whole = [row for row in segments if (row["segment"], row["name"], row["role"]) == (segment, name, None)]
        assert len(whole) == 1
        assert {column: whole[0][column] for column in FIELDS} == sums_of_rows(found)


def test_sums_of_real_processes_are_those_of_smaps(mounts, tmp_path):
    checked = 0
    for entry in Path("/proc").iterdir():
        if checked == 50:
            break
        try:
            checked += entry.name.isdigit() and check_smaps(tmp_path, int(entry.name)) > 0
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        except AssertionError:
            if entry.exists():
                raise
    assert checked > 0


def test_sums_of_every_kind_of_mapping_are_those_of_smaps(mounts, tmp_path, faulter):
    assert check_smaps(tmp_path, faulter(*EVERY_KIND).pid) > 40


# What a process that stands still holds.


def test_every_kind_of_mapping_is_found(faulter):
    process = faulter(*EVERY_KIND)
    page = os.sysconf("SC_PAGESIZE")
    segments = rows(map_of("--format", "json", "-F", COLUMNS, process.pid), "segment")

    def only(segment, name=None, role=None):
        found = [row for row in segments if row["segment"] == segment and row["role"] == role
                 and (name is None or re.fullmatch(name, row["name"] or "", re.S))]
        assert len(found) == 1, (segment, name, role)
        return found[0]

    program = re.escape(str(FAULTER))
    assert only("data", program)["private_dirty"] >= 50 * page
    assert only("text", program)["rss"] >= 4 * page  # the kernel maps what is around them, as much as it likes
    assert only("rodata", program)["rss"] >= 4 * page
    assert only("heap", r"\[heap\]")["private_dirty"] >= 300 * page
    assert only("stack")["private_dirty"] >= 100 * page
    assert only("file", ".*/faulter.file")["private_dirty"] == 50 * page
    assert only("file", ".*/faulter.view")["rss"] >= 3 * page
    assert only("text", ".*/faulter.code")["rss"] >= 2 * page
    assert only("shared", r"/memfd:faulter \(deleted\)")["rss"] == 70 * page
    assert only("shared", r"/dev/shm/memtop-faulter-.*")["rss"] == 80 * page
    assert only("shared", r"/SYSV.*")["rss"] == 90 * page
    assert only("shared", r"/dev/zero \(deleted\)")["rss"] == 60 * page
    assert only("anon", "", "thread-stack")["mappings"] == 6
    assert only("anon", "", "arena")["mappings"] == 6
    assert only("anon", "", "arena")["size"] == 3 * 64 * KIB * KIB
    assert only("anon", "", "arena")["rss"] >= 3 * 64 * KIB
    assert only("vdso")["size"] > 0
    assert 0 < sum(row["lazyfree"] for row in segments) <= 35 * page  # the kernel marks them by the batch
    assert sum(row["locked"] for row in segments) == 16 * page
    assert sum(row["size"] for row in segments) > 32 << 40


def test_named_memory_is_shown_by_its_name(faulter):
    process = faulter("named=25", "wait")
    if "[anon:memtop test]" not in Path(f"/proc/{process.pid}/maps").read_text():
        pytest.skip("this kernel does not name memory")
    row, = [row for row in rows(map_of("--format", "json", process.pid), "segment")
            if row["name"] == "[anon:memtop test]"]
    assert (row["segment"], row["rss"]) == ("anon", 25 * os.sysconf("SC_PAGESIZE"))


def test_hostile_names_reach_no_terminal(faulter):
    process = faulter("deleted=3", "wait")
    text = map_of("--all", process.pid).stdout
    assert rb"/faulter a\\012b \x1b[31m\\ (deleted)" in text
    assert b"\x1b" not in text
    names = [row["name"] for row in rows(map_of("--format", "json", process.pid), "segment") if row["name"]]
    assert any(name.endswith("/faulter a\\012b \x1b[31m\\ (deleted)") for name in names)
    table = list(csv.DictReader(io.StringIO(map_of("--format", "csv", process.pid).stdout.decode())))
    assert any(row["name"].endswith(r"/faulter a\\012b \x1b[31m\\ (deleted)") for row in table)


def test_totals_of_a_process_that_stands_still_are_those_of_smaps_rollup(actor):
    pid = actor("memory")  # static: it shares no library with memtop, whose start would change its PSS
    os.kill(pid, signal.SIGSTOP)
    try:
        output = map_of("--format", "json", "-F", COLUMNS, pid)
        rollup = parse_smaps(Path(f"/proc/{pid}/smaps_rollup").read_bytes())[0][1]
    finally:
        os.kill(pid, signal.SIGCONT)
    process, = rows(output, "process")
    segments = rows(output, "segment")
    exact = [column for column in FIELDS if column not in ("size", "pss", "pss_dirty", "referenced", "swap_pss",
                                                           "locked")]
    total = sums_of_rows(segments)
    assert {column: total[column] for column in exact} == {column: rollup.get(FIELDS[column]) for column in exact}
    assert process["res"] == rollup["Rss"]
    assert abs(process["pss"] - rollup["Pss"]) <= KIB  # the page of the vdso is everybody's
    count = sum(row["mappings"] for row in segments)
    assert process["pss"] - count * KIB <= total["pss"] <= process["pss"]
    assert process["frees"] == process["uss"] + process["swappss"] + process["pte"]


def test_U12_the_largest_segment_is_first():
    sizes = [row["rss"] for row in rows(map_of(os.getpid(), "--format", "json"), "segment")]
    assert len(sizes) > 5 and sizes == sorted(sizes, reverse=True)


def test_head_says_totals_brk_and_mmap_stack_and_what_its_end_frees(faulter):
    process = faulter("heap=300", "arenas=2", "wait")
    head = map_of("-e", "b", process.pid).stdout.decode().split("\n\n")[0].splitlines()
    status = dict(re.findall(r"(?m)^(\w+):\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text()))
    assert head[0] == f"Map of process {process.pid}: {FAULTER} heap=300 arenas=2 wait"
    assert re.match(rf"size {int(status['VmSize']) * KIB}  RSS \d+  PSS \d+  USS \d+  swap 0  "
                    rf"page tables {int(status['VmPTE']) * KIB}  mappings \d+$", head[1])
    brk, heap, mmap, arenas = re.match(r"by brk (\d+) \(RSS (\d+)\)  by mmap (\d+) \(RSS \d+\), in it arenas (\d+) "
                                       r"\(RSS \d+\), thread stacks \d+ \(RSS \d+\)$", head[3]).groups()
    assert int(brk) >= int(heap) >= 300 * os.sysconf("SC_PAGESIZE") and int(mmap) > int(arenas) == 128 << 20
    assert re.match(r"RSS by kind: (.+ \d+, )+.+ \d+$", head[2])
    assert re.match(r"stack \d+ \(RSS \d+\) of at most \S+$", head[4])
    frees, *parts = map(int, re.fullmatch(r"a kill would free about (\d+): private (\d+) \+ swap (\d+) \+ "
                                          r"page tables (\d+)", head[5]).groups())
    assert frees == sum(parts) > 300 * os.sysconf("SC_PAGESIZE")


def test_40000_mappings(faulter):
    limit = int(Path("/proc/sys/vm/max_map_count").read_text())
    if limit < 41000:
        pytest.skip(f"only {limit} mappings are permitted here")
    process = faulter("many=40000", "wait")
    start = time.monotonic()
    output = map_of("--all", "--format", "csv", process.pid)
    print(f"40,000 mappings in {time.monotonic() - start:.2f} s", flush=True)
    assert len(output.stdout.splitlines()) > 40000
    segments = rows(map_of("--format", "json", "-F", COLUMNS, process.pid), "segment")
    assert max(row["mappings"] for row in segments) >= 40000


# Options.


def sleeps(pid):
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "S"


def diff(process, go, *arguments):
    """Lets the process go on between memtop's two readings: memtop is stopped where it waits for the second."""
    started = subprocess.Popen([MEMTOP, "map", "--diff", "3", "--format", "json", *arguments, str(process.pid)],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    in_a_row = 0
    while in_a_row < 10 and started.poll() is None:
        in_a_row = in_a_row + 1 if sleeps(started.pid) else 0
        time.sleep(0.02)
    started.send_signal(signal.SIGSTOP)
    go(process)
    started.send_signal(signal.SIGCONT)
    output, errors = started.communicate(timeout=60)
    return subprocess.CompletedProcess([], started.returncode, output, errors)


def test_diff_shows_what_has_grown(faulter):
    process = faulter("heap=10", "wait", "heap=500", "shared=200", "wait")
    page = os.sysconf("SC_PAGESIZE")
    grown = rows(diff(process, faulter.go), "segment")
    assert (grown[0]["segment"], grown[1]["segment"]) == ("heap", "shared")
    assert 500 * page <= grown[0]["rss_grown"] <= 505 * page
    assert grown[1]["rss_grown"] == grown[1]["size_grown"] == grown[1]["rss"] == 200 * page
    assert all(any(row[column] for column in row if column.endswith("_grown")) for row in grown)


def test_diff_of_mappings_shows_what_has_grown(faulter):
    process = faulter("heap=10", "wait", "heap=500", "wait")
    grown = rows(diff(process, faulter.go, "--all"), "mapping")
    assert grown[0]["name"] == "[heap]" and grown[0]["rss_grown"] >= 500 * os.sysconf("SC_PAGESIZE")


def test_explain_calculates_with_the_figures(faulter):
    process = faulter("anon=50", "wait")
    text = map_of(str(process.pid), "--explain", "-e", "b").stdout.decode()
    sums = collections.Counter()
    for key, kib in re.findall(r"(?m)^(\w+): +(\d+) kB", Path(f"/proc/{process.pid}/smaps").read_text()):
        sums[key] += int(kib) << 10
    parts = re.search(
        r"(?m)^RSS +(\d+) .*\n +"
        r"= SCLEAN (\d+) \+ SDIRTY (\d+) \+ PCLEAN (\d+) \+ PDIRTY (\d+)\n +from /proc/PID/smaps: Rss\n +note: ", text)
    rss, *rest = map(int, parts.groups())
    assert rss == sum(rest) == sums["Rss"]
    assert rest[0] + rest[2] == sums["Shared_Clean"] + sums["Private_Clean"]  # others come and go
    assert rest[1] + rest[3] == sums["Shared_Dirty"] + sums["Private_Dirty"]
    assert re.search(rf"(?m)^LAZYFREE +{sums['LazyFree']} ", text)
    freed = re.search(r"(?m)^~FREES +(\d+) .*\n += USS (\d+) \+ SWAPPSS (\d+) \+ PTE (\d+)$", text)
    total, *rest = map(int, freed.groups())
    assert total == sum(rest)


def test_filter_order_and_columns(faulter):
    process = faulter("anon=50", "named=20", "wait")
    output = map_of("--all", "-F", "start,rss,segment,name", "-o", "rss", "--filter", "rss>0 segment=text",
                    "--format", "csv", process.pid)
    table = list(csv.DictReader(io.StringIO(output.stdout.decode())))
    assert list(table[0]) == ["time", "start", "rss", "segment", "name"]
    assert {row["segment"] for row in table} == {"text"}
    sizes = [int(row["rss"]) for row in table]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] > 0
    first = rows(map_of("--all", "--format", "json", "-o", "-start", process.pid), "mapping")
    last = rows(map_of("--all", "--format", "json", "-o", "+start", process.pid), "mapping")
    addresses = [int(row["start"], 16) for row in first]
    assert addresses == sorted(addresses) == [int(row["start"], 16) for row in reversed(last)]
    high = "ffffffffff600000"  # beyond what a signed number can be
    above = map_of("--all", "--format", "csv", "-F", "start", "--filter", "start>7fffffffffff", process.pid)
    assert high in above.stdout.decode() or high not in {row["start"] for row in first}
    assert len(above.stdout.splitlines()) <= 2
    here = map_of("--all", "--format", "csv", "-F", "start", "--filter", f"start={first[3]['start']}", process.pid)
    assert [line.split(b",")[1].decode() for line in here.stdout.splitlines()[1:]] == [first[3]["start"]]


# What cannot be shown.


@pytest.mark.parametrize("arguments, line", [
    ([], "one process is needed, by PID or NAME"),
    (["1", "2"], "one process is needed, by PID or NAME"),
    (["-p", "1,2"], "one process is needed, by PID or NAME"),
    (["1", "-p", "bash"], "one process is needed, by PID or NAME"),
    (["0"], "'0': not a process number"),
    (["--diff", "0", "1"], "--diff '0': not a number of seconds from 0.01 to 1000000000"),
    (["--diff", "1", "-d", "1", "1"], "--diff has an interval of its own: --delay excludes it"),
    (["-F", "size,x", "1"], "--fields 'size,x': there is no such column, at character 6"),
    (["--filter", "start>x", "1"], "--filter 'start>x': 'x' is not an address like 7fff0000, at character 7"),
])
def test_wrong_command_lines(arguments, line):
    says(map_of(*arguments), 2, f"{line}; try 'memtop map --help'")


def test_U6_of_several_with_a_name_the_largest_is_shown_and_told(actor):
    small, large = actor("name", b"memtop-map"), actor("large", b"memtop-map")
    for words in (["memtop-map"], ["-p", "memtop-map"], ["--pid=memtop-map"]):
        process = map_of(*words)
        assert process.returncode == 0 and process.stdout.startswith(b"Map of process %d" % large)
        assert re.fullmatch(rf"memtop map: 2 processes are called 'memtop-map': taking {large}, "
                            r"the largest \(RES [\d.]+M\)\n", process.stderr.decode())
    assert map_of(small).stdout.startswith(b"Map of process %d" % small)


def test_U14_blocks_follow_each_other_by_delay(faulter):
    process = faulter("wait", "pause=600000")
    done = map_of("-d", "0,01", "-n", "3", "--format", "json", "--top", "1", process.pid)
    kinds = [json.loads(line)["kind"] for line in done.stdout.splitlines()]
    assert done.returncode == 0 and kinds.count("segment") == 3


def test_a_process_that_ends_before_the_second_reading(faulter):
    process = faulter("wait", "pause=600000")

    def end(_):
        process.kill()
        process.wait()
    says(diff(process, end), 1, f"there is no process {process.pid}")


def a_kernel_thread():
    """The one that started all others, if it is in this PID namespace: it never ends."""
    with contextlib.suppress(FileNotFoundError):
        flags = int(Path("/proc/2/stat").read_text().rsplit(")", 1)[1].split()[6])
        return 2 if flags & 0x200000 else None


def test_processes_that_have_no_map(actor):
    says(map_of(NEVER), 1, f"there is no process {NEVER}")
    thread = a_kernel_thread()
    if thread:
        says(map_of(thread), 1, f"{thread} is a kernel thread: it has no mappings")
    zombie = subprocess.Popen(["true"])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    says(map_of(zombie.pid), 1, f"process {zombie.pid} has ended: it has no mappings")
    zombie.wait()


@with_setpriv
def test_a_map_that_may_not_be_read(actor):
    pid = actor("memory")
    words = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", MEMTOP, "map", pid]
    says(run(*words), 1, f"cannot read the map of {pid}: Permission denied (needs CAP_PERFMON (since Linux "
         "6.15) or CAP_SYS_PTRACE)")


def test_a_process_whose_first_thread_has_ended_trap_26(actor):
    pid = actor("zombie-leader")
    segments = rows(map_of("--format", "json", pid), "segment")
    assert "stack" in {row["segment"] for row in segments}


def test_page_has_each_column_and_its_names():
    text = memtop("map", "--help").stdout.decode().split("\nColumns:\n")[1].split("\n\n")[0]
    columns = [tuple(line.split()[:2]) for line in text.splitlines()]
    page = (SOURCE / "man" / "memtop-map.1.scd").read_text()
    assert columns == re.findall(r"(?m)^\*(\w+)\* \(([^\s,)]+)", page)


def test_page_explains_each_flag_of_this_machine():
    page = (SOURCE / "man" / "memtop-map.1.scd").read_text().split("\n# FLAGS\n")[1].split("\n# ")[0]
    explained = set(re.findall(r"\*(\w\w)\*", page))
    met = {flag for entry in parse_smaps(Path("/proc/self/smaps").read_bytes()) for flag in entry[2]}
    assert met and met <= explained
