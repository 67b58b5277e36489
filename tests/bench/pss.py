# SPDX-License-Identifier: GPL-3.0-or-later
"""What PSS of all processes costs, how old its values are, and whom it disturbs; started by `run --pss`."""

import json
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import base
from base import Skipped
from emulator import Emulator

DESCRIPTION = """\
Prints what the PSS columns cost at N processes that hold 1 MiB each, how old their values get,
and how long a process of 8 GiB in small pages waits for its own memory map while memtop walks
through it. Exit status 1: a requirement is missed."""

EPILOG = """\
Figures:
  cpu        CPU time, ms a second, of `memtop batch -d 1` with PSS less that without: the
             budget is 1 %% of a core, 10 ms. The first block, which reads all, is not in it
  age        of the oldest value in any block after the first
  visible    rows of a screen of 160x50 without a value when it has refreshed twice, though
             their files may be read
  stall      99.9 of 100 times to map, touch and unmap a page in a process of %d MiB, with
             memtop to without: the median of the rounds' ratios. It is done all the time"""

SIZE = 1000
FIRST_BLOCKS, BLOCKS = 5, 40
AGE_LIMIT, CPU_LIMIT, STALL_LIMIT = 31, 10, 1.2  # 30 s and the block in which it is read
SCREEN_DELAY = 1
STALL_MIB, STALL_SECONDS, STALL_ROUNDS = 8192, 40, 3
WITHOUT, WITH = "pid,res", "pid,res,pss,uss,pss_age"


def blocks_of(output):
    blocks = []
    for line in output.splitlines():
        row = json.loads(line)
        if row["kind"] == "system":
            blocks.append((row, []))
        elif row["kind"] == "process":
            blocks[-1][1].append(row)
    return blocks


def run_batch(bench, columns):
    command = [bench.memtop, "batch", "-d", "1", "-n", str(FIRST_BLOCKS + BLOCKS), "--format", "json", "-F", columns]
    return blocks_of(subprocess.run(command, env=bench.environment, capture_output=True, check=True).stdout)


def cpu_ms_a_second(blocks):
    """By memtop's own account, from one block to another."""
    first, last = blocks[FIRST_BLOCKS - 1][0], blocks[-1][0]
    return (last["self_cputime"] - first["self_cputime"]) * 1e3 / BLOCKS


def oldest(blocks):
    return max(row["pss_age"] for _, rows in blocks[1:] for row in rows if row["pss_age"] is not None)


def is_readable(pid):
    try:
        return bool(Path(f"/proc/{pid}/smaps_rollup").read_text())
    except OSError:
        return False


def rows_without_value(bench):
    """Of the screen as it is after two refreshes; how many there are at all."""
    emulator = Emulator()
    columns = ["--no-config", "-d", str(SCREEN_DELAY), "-F", "pid,pss,command"]
    with base.Screen([bench.memtop, *columns], bench.environment) as screen:
        end = time.monotonic() + 2.5 * SCREEN_DELAY
        while (left := end - time.monotonic()) > 0:
            emulator.feed(screen.read(left))
    rows = emulator.rows()
    if not rows:
        raise Skipped("no process was shown")
    return sum(row.text.split()[1] == "-" and is_readable(row.pid) for row in rows), len(rows)


def measure_herd(bench):
    with base.herd(bench, SIZE):
        without = cpu_ms_a_second(run_batch(bench, WITHOUT))
        blocks = run_batch(bench, WITH)
        missing, shown = rows_without_value(bench)
    cpu, age = cpu_ms_a_second(blocks) - without, oldest(blocks)
    return [
        show("cpu: of PSS, ms a second", f"{cpu:.2f}", CPU_LIMIT, cpu > CPU_LIMIT),
        show("  all of memtop without it", f"{without:.2f}"),
        show("age: the oldest value, s", f"{age:.1f}", AGE_LIMIT, age > AGE_LIMIT),
        show(f"visible: of {shown} rows without a value", missing, 0, missing > 0),
    ]


@contextmanager
def large_process(bench):
    command = [bench.options.build / "bench-load", "stalls", str(STALL_MIB), str(STALL_SECONDS)]
    with base.child(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout.readline() != "ready\n":
            raise Skipped("there is no process of that size")
        yield process


@contextmanager
def monitor(bench):
    """Shows the PSS of all, and has read it once."""
    command = [bench.memtop, "batch", "-d", "1", "-n", "1000000", "--format", "json", "-F", WITH]
    with base.child(command, env=bench.environment, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        drain = subprocess.Popen(["cat"], stdin=process.stdout, stdout=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.terminate()
            drain.wait()


def stalls(bench):
    """The latencies, ns: the median, 99.9 of 100, the longest."""
    with large_process(bench) as process:
        return [int(word) for word in process.communicate("\n")[0].split()]


def stalls_beside_memtop(bench):
    with large_process(bench) as process, monitor(bench):
        return [int(word) for word in process.communicate("\n")[0].split()]


def measure_stalls(bench):
    if base.memory_available() < STALL_MIB * (1 << 20) * 1.2:
        raise Skipped("not enough memory available")
    off, on = [], []
    for _ in range(STALL_ROUNDS):
        off.append(stalls(bench))
        on.append(stalls_beside_memtop(bench))
    ratio = statistics.median(with_it[1] / without[1] for with_it, without in zip(on, off))
    return [
        show("stall: 99.9 of 100, with memtop to without", f"{ratio:.3f}", STALL_LIMIT, ratio > STALL_LIMIT),
        *[show(f"  {title}, without and with, us", ", ".join(
            f"{statistics.median(figures[i] for figures in side) / 1e3:.1f}" for side in (off, on)))
          for i, title in enumerate(["the median", "99.9 of 100", "the longest"])],
    ]


def show(title, value, limit=None, missed=False):
    verdict = f"  at most {limit}: {'MISSED' if missed else 'ok'}" if limit is not None else ""
    print(f"{title:<48}{value:>14}{verdict}".rstrip(), flush=True)
    return missed


def measure_all(bench):
    base.print_heading(bench)
    print()
    missed = []
    for measure in (measure_herd, measure_stalls):
        try:
            missed += measure(bench)
        except Skipped as reason:
            show(f"{measure.__name__}: skipped, {reason}", "")
    return any(missed)


def main():
    parser = base.create_parser(DESCRIPTION, EPILOG % STALL_MIB)
    parser.add_argument("--pss", action="store_true", help="these figures, not those of batch")
    parser.set_defaults(peers=[])
    return base.run(parser, measure_all)


if __name__ == "__main__":
    sys.exit(main())
