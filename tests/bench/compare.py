# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the rows of memtop are what /proc says; started by `run --compare`."""

import json
import os
import pwd
import random
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from pathlib import Path

import base
from base import Skipped

DESCRIPTION = """\
Compares each row of `memtop batch` with /proc, read right before and right after a refresh,
with N processes of all kinds: asleep, active, changing their memory, their name, their
program or their threads, stopped, zombies, vfork parents and children, ended and started
anew. Meanwhile it changes some that sleep: their adjustment, nice value, memory (by
/proc/PID/mem) and control group. Exit status 1: a value was wrong, or too few were compared."""

EPILOG = """\
A refresh begins at a fixed time after the one before. Each block says when it began, and with
it when the next one will: the first reading is made so that it ends right before that, the
second begins when the block is complete. Where the first one ended too late, which the next
block's time tells, the refresh is not compared.

A process stood still if its CPU clock did, from the start of the first reading to the end of
the second, and a value of it if both readings have the same. Such a value is
  right   as both readings
  stale   as some reading before, and the process has not run since: others have changed it.
          adj, oom, cgroup and command are not read because it has run: of them it may have.
          Each is allowed to be so many refreshes late as memtop-batch(1) says: 15, its memory and oom 31,
          or 3 where /proc/vmstat has moved with the memory; command 31, nice 255
  wrong   else, or too late. A row that is missing is wrong, too

Columns: %s."""

MEMORY = ("res", "virt", "shr", "anon", "swap")
COLUMNS = ("ppid", "uid", "user", "state", "threads", "nice", "minflt", "majflt", *MEMORY, "adj", "oom", "cgroup",
           "comm", "command")
IN_TURN = {"adj", "oom", "cgroup", "command"}  # stale also where the process has run
LATEST, LATEST_WITH_VMSTAT = 15, 3
LATEST_OF = {**dict.fromkeys((*MEMORY, "oom", "command"), 31), "nice": 255}

# What moves when the kernel changes the memory of others; src/collect/system.c
VMSTAT = ("pgsteal", "pswp", "swp", "zswp", "oom_kill", "thp_collapse_alloc", "thp_split_page", "thp_underused",
          "cow_ksm", "ksm_")

VARIOUS_PERCENT, RENEWED_PERCENT = 60, 2
SPARE_ADDRESS, SPARE_PAGES = 0x200000000000, 256  # of each member; herd.c
LEAST_DELAY, SIZE_A_SECOND = 0.5, 4000
WRONG_SHOWN = 20


# Reading /proc


def read(path):
    file = os.open(path, os.O_RDONLY)
    try:
        return os.read(file, 65536)
    finally:
        os.close(file)


@cache
def user_name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def cpu_clock(pid):
    return time.clock_gettime_ns((~pid << 3) | 2)


def cgroup_of(text):
    """That of the memory controller with version 1."""
    lines = [line.split(":", 2) for line in text.splitlines()]
    return next((path for _, controllers, path in lines if "memory" in controllers.split(",")),
                next((path for number, _, path in lines if number == "0"), None))


def living_thread(folder, pid):
    """Where the first thread has ended: the folder of one that has memory."""
    for thread in os.listdir(f"{folder}/task"):
        if int(thread) != pid and b"VmSize" in read(f"{folder}/task/{thread}/status"):
            return f"{folder}/task/{thread}"
    return None


def memory_of(folder):
    found = {}
    for line in read(f"{folder}/status").split(b"\n"):
        name, _, number = line.partition(b":")
        if name.startswith((b"Vm", b"Rss")):
            found[name] = int(number.split()[0]) * 1024
    file_and_shmem = found.get(b"RssFile", 0) + found.get(b"RssShmem", 0)
    return {"res": found.get(b"VmRSS", 0), "virt": found.get(b"VmSize", 0), "shr": file_and_shmem,
            "anon": found.get(b"RssAnon", 0), "swap": found.get(b"VmSwap", 0)}


class Reading:
    """What /proc says of a process. Raises OSError where it has ended."""

    def __init__(self, pid):
        self.before = cpu_clock(pid)
        folder = f"/proc/{pid}"
        head, _, tail = read(f"{folder}/stat").rpartition(b") ")
        fields = tail.split()
        comm = head.partition(b" (")[2].decode(errors="replace")
        state, threads = fields[0].decode(), int(fields[17])
        living = folder if state not in "ZX" else living_thread(folder, pid) if threads > 1 else None
        uid = os.stat(folder).st_uid
        arguments = read(f"{folder}/cmdline")[:4095].rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")
        self.start = int(fields[19])
        self.values = {
            "ppid": int(fields[1]), "state": state, "threads": threads, "nice": int(fields[16]),
            "minflt": int(fields[7]), "majflt": int(fields[9]), "uid": uid, "user": user_name(uid), "comm": comm,
            **(memory_of(living) if living else dict.fromkeys(MEMORY, 0)),
            "adj": int(read(f"{folder}/oom_score_adj")), "oom": int(read(f"{folder}/oom_score")),
            "command": arguments or f"[{comm}]",
        }
        if living:  # else it depends on the version
            self.values["cgroup"] = cgroup_of(read(f"{living}/cgroup").decode())
        self.after = cpu_clock(pid)


class Readings:
    """Of all processes, at about one time."""

    def __init__(self):
        start = time.time()
        self.vmstat = sum(int(line.split()[1]) for line in Path("/proc/vmstat").read_text().splitlines()
                          if line.startswith(VMSTAT))
        self.of = {}
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
            with suppress(OSError, IndexError):
                self.of[pid] = Reading(pid)
        self.end = time.time()
        self.seconds = self.end - start


# What memtop shows


class Block:
    """The next one. The head says how many rows follow."""

    def __init__(self, output):
        head = self.next(output, "system")
        self.time = datetime.fromisoformat(head["time"].replace("Z", "+00:00")).timestamp()
        self.rows = [self.next(output, "process") for _ in range(head["processes"])]

    @staticmethod
    def next(output, kind):
        for line in output:
            row = json.loads(line)
            if row["kind"] == kind:
                return row
        raise Skipped("memtop has ended")


# Comparing


class Seen:
    """When a value was last read: the number of the refresh, and what else there was."""

    def __init__(self, number, clock, vmstat, is_after):
        self.number = number
        self.clock = clock
        self.vmstat = vmstat
        self.is_after = is_after


class History:
    """Of a process: the values of each column that it has had."""

    def __init__(self, start):
        self.start = start
        self.seen = {}

    def add(self, reading, number, vmstat, is_after):
        seen = Seen(number, reading.before, vmstat, is_after)
        for column, value in reading.values.items():
            self.seen[column, value] = seen


class Comparison:
    def __init__(self):
        self.histories = {}
        self.vmstats = {}  # before each refresh
        self.refreshes = self.late_readings = 0
        self.right = self.moving = 0
        self.wrong = []
        self.stale = {}  # of each column, how late

    def add(self, number, block, before, after):
        self.vmstats[number] = before.vmstat
        self.note(before, number, False)
        if before.end < block.time:
            self.refreshes += 1
            self.compare(number, block, before, after)
        else:
            self.late_readings += 1
        self.note(after, number, True)

    def note(self, readings, number, is_after):
        for pid, reading in readings.of.items():
            if pid not in self.histories or self.histories[pid].start != reading.start:
                self.histories[pid] = History(reading.start)
            self.histories[pid].add(reading, number, readings.vmstat, is_after)

    def compare(self, number, block, before, after):
        rows = {row["pid"]: row for row in block.rows}
        if len(rows) < len(block.rows):
            self.wrong.append(f"refresh {number}: a process has two rows")
        for pid, reading in after.of.items():
            old = before.of.get(pid)
            if not old or old.start != reading.start:
                continue
            if pid not in rows:
                self.wrong.append(f"refresh {number}: {pid} ({reading.values['comm']}) has no row")
                continue
            for column in reading.values:
                self.judge(number, column, rows[pid], old, reading)

    def judge(self, number, column, row, before, after):
        shown, values = row[column], (before.values.get(column), after.values[column])
        if before.before != after.after or values[0] != values[1]:
            self.moving += 1
        elif shown == values[1]:
            self.right += 1
        else:
            self.judge_old(number, column, row, before)

    def judge_old(self, number, column, row, before):
        seen = self.histories[row["pid"]].seen.get((column, row[column]))
        late = number - seen.number if seen else 0
        if seen and late <= self.latest(column, seen) and (column in IN_TURN or seen.clock == before.before):
            self.stale.setdefault(column, []).append(late)
        else:
            known = f"{late} refreshes late" if seen else "never so"
            ran = "" if not seen or seen.clock == before.before else ", has run since"
            self.wrong.append(f"refresh {number}: {row['pid']} ({row['comm']}) {column} {row[column]!r}, "
                              f"not {before.values[column]!r}: {known}{ran}")

    def latest(self, column, seen):
        """How late it may be. With /proc/vmstat: where that moved right when the value changed."""
        has_moved = seen.is_after and self.vmstats.get(seen.number + 1) != seen.vmstat
        return LATEST_WITH_VMSTAT if column in MEMORY and has_moved else LATEST_OF.get(column, LATEST)


# What others change


@contextmanager
def control_groups():
    """Two, where they can be made. They are removed when nothing is in them."""
    places = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    folder = next((Path(place[1]) for place in places if place[2] == "cgroup" and "memory" in place[3].split(",")),
                  next((Path(place[1]) for place in places if place[2] == "cgroup2"), None))
    groups = [folder / f"memtop-compare-{os.getpid()}-{i}" for i in range(2)] if folder else []
    try:
        for group in groups:
            group.mkdir()
    except OSError:
        groups = []
    try:
        yield groups
    finally:
        for group in groups:
            remove(group)


def remove(group):
    """What was in it may still be ending."""
    for _ in range(50):
        try:
            group.rmdir()
            return
        except OSError:
            time.sleep(0.1)


class Changes:
    """Changes processes that sleep, some after each refresh."""

    def __init__(self, pids, groups):
        self.pids = pids
        self.groups = groups
        self.pages = {}

    def make(self):
        kinds = [self.set_adjustment, self.set_nice, self.write_memory] + [self.move] * bool(self.groups)
        for change in kinds:
            for pid in random.sample(self.pids, max(1, len(self.pids) // 50)):
                with suppress(OSError):  # it has ended
                    change(pid)

    def set_adjustment(self, pid):
        Path(f"/proc/{pid}/oom_score_adj").write_text(str(random.randint(1, 900)))

    def set_nice(self, pid):
        os.setpriority(os.PRIO_PROCESS, pid, random.randint(1, 19))

    def write_memory(self, pid):
        page = self.pages.get(pid, 0)
        self.pages[pid] = page + 1
        file = os.open(f"/proc/{pid}/mem", os.O_WRONLY)
        try:
            os.pwrite(file, b"x", SPARE_ADDRESS + page % SPARE_PAGES * os.sysconf("SC_PAGESIZE"))
        finally:
            os.close(file)

    def move(self, pid):
        (random.choice(self.groups) / "cgroup.procs").write_text(str(pid))


# The whole


def watch(refreshes, delay, output, herd, groups):
    """Reads blocks, and /proc before and after each."""
    comparison, block = Comparison(), Block(output)
    before = Readings()
    comparison.note(before, 0, True)
    sleeping = [row["pid"] for row in block.rows if row["ppid"] == herd and row["command"] == "herd quiet"]
    changes = Changes(sleeping, groups)
    for number in range(1, refreshes + 1):
        changes.make()
        lead = before.seconds * 1.3 + 0.02
        time.sleep(max(0, block.time + delay - lead - time.time()))
        before = Readings()
        block = Block(output)
        comparison.add(number, block, before, Readings())
    return comparison


def compare(bench, size):
    delay = bench.options.delay or max(LEAST_DELAY, size / SIZE_A_SECOND)
    command = [bench.memtop, "batch", "-d", str(delay), "--format", "json", "-F", ",".join(("pid", *COLUMNS))]
    kinds = ["--various", str(VARIOUS_PERCENT), "--renew", str(RENEWED_PERCENT)]
    with control_groups() as groups, base.herd(bench, size, *kinds) as herd:
        print(f"\nN = {size}: {base.process_count()} processes in all, every {delay:g} s"
              f"{'' if groups else ', no control groups to move to'}\n", flush=True)
        with base.child(command, env=bench.environment, stdout=subprocess.PIPE) as process:
            return watch(bench.options.refreshes, delay, process.stdout, herd, groups)


def print_comparison(comparison, least):
    """Returns whether something is wrong."""
    print(f"{comparison.refreshes} refreshes compared; of {comparison.late_readings} the reading before was too late")
    print(f"{comparison.right + sum(map(len, comparison.stale.values())) + len(comparison.wrong)} values compared, "
          f"at least {least}; {comparison.moving} of processes that did not stand still were not")
    print(f"{len(comparison.wrong)} wrong: {'MISSED' if comparison.wrong else 'ok'}")
    for text in comparison.wrong[:WRONG_SHOWN]:
        print(f"  {text}")
    print(f"\n{'stale':<10}{'values':>8}{'refreshes late, most':>22}{'allowed':>9}")
    for column, late in sorted(comparison.stale.items()):
        print(f"{column:<10}{len(late):>8}{max(late):>22}{LATEST_OF.get(column, LATEST):>9}")
    sys.stdout.flush()
    return bool(comparison.wrong) or comparison.right < least


def compare_all(bench):
    base.print_heading(bench)
    missed = []
    for size in bench.options.sizes:
        try:
            missed.append(print_comparison(compare(bench, size), size * bench.options.refreshes))
        except Skipped as reason:
            print(f"\nN = {size}: skipped, {reason}")
            missed.append(True)
    return any(missed)


def main():
    parser = base.create_parser(DESCRIPTION, EPILOG % ", ".join(COLUMNS))
    parser.add_argument("--compare", action="store_true", help="this, not what memtop costs")
    base.add_sizes(parser, [1000])
    parser.add_argument("--refreshes", metavar="COUNT", type=int, default=100, help="how many (100)")
    parser.add_argument("-d", "--delay", metavar="SECONDS", type=float,
                        help="between two (0.5; above 2000 processes more: both readings have to fit in it)")
    parser.set_defaults(peers=[])
    return base.run(parser, compare_all)


if __name__ == "__main__":
    sys.exit(main())
