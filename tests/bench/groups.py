# SPDX-License-Identifier: GPL-3.0-or-later
"""What groups cost on a machine with many cgroups; started by `run --groups`."""

import os
import shutil
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import base
import bench
from base import Skipped
from bench import Row, tell

DESCRIPTION = """\
Prints what memtop groups costs on a machine with many cgroups, beside memtop batch and others
that sum memory. Makes the cgroups of the memory controller that it needs, and removes them.
Each round runs all once, in another order. A ratio is the median of the rounds' ratios of
memtop to the peer. Exit status 1: a figure is not as wanted."""

EPILOG = """\
Figures:
  a refresh of the groups    CPU time, ms, of their own files: `memtop groups --by cgroup` with
                             the columns of the view, before the processes are started; of
                             %d refreshes less that of the first %d
  one listing                CPU time, ms, of `memtop groups --by cgroup`, `memtop batch -n 1`,
                             `systemd-cgtop -b -n 1`, which reads no process, and `smem -u`"""

REFRESHES = (6, 22)
PEERS = ("batch", "systemd-cgtop", "smem")

ROWS = (
    Row("a refresh of the groups, ms", "refresh", "groups", (), lambda figures: 15),
    Row("one listing: CPU, ms", "cpu", "groups", PEERS,
        wanted_ratio=lambda figures, peer: 1.3 if peer == "batch" else None),
    Row("  wall, ms", "wall", "groups", PEERS),
    Row("  peak RSS, KiB", "peak", "groups", PEERS),
)


def memory_mount():
    """Where cgroups can be made, of version 1 or 2."""
    for line in Path("/proc/mounts").read_text().splitlines():
        _, folder, kind, options, *_ = line.split()
        is_old = kind == "cgroup" and "memory" in options.split(",")
        if is_old or kind == "cgroup2" and "memory" in (Path(folder) / "cgroup.subtree_control").read_text().split():
            return Path(folder), is_old
    raise Skipped("there is no memory controller that cgroups can be given")


@contextmanager
def cgroups(count):
    """So many, a tenth of them in each of ten parents."""
    mount, is_old = memory_mount()
    top, made = mount / f"memtop-bench-{os.getpid()}", []

    def make(folder):
        folder.mkdir()
        made.append(folder)
        if not is_old and len(made) <= 11:
            (folder / "cgroup.subtree_control").write_text("+memory")

    try:
        for folder in (top, *[top / f"p{i}" for i in range(10)]):
            make(folder)
        for i in range(max(count - len(made), 0)):
            make(top / f"p{i % 10}" / f"c{i}")
        yield made[11:]
    except OSError as error:
        raise Skipped(f"cgroups cannot be made: {error}") from error
    finally:
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()


def command_of(options, name):
    return {
        "groups": [options.memtop, "groups", "--by", "cgroup"],
        "batch": [options.memtop, "batch", "-n", "1"],
        "systemd-cgtop": ["systemd-cgtop", "-b", "-n", "1"],
        "smem": ["smem", "-u"],
    }[name]


def measure_refresh(options, figures, number):
    columns = "name,current,full,headroom,workset"
    few, many = (options.meter(*command_of(options, "groups"), "-F", columns, "-d", "0.1", "-n", str(count)).cpu
                 for count in REFRESHES)
    figures.add("refresh", "groups", (many - few) / (REFRESHES[1] - REFRESHES[0]), number)


def measure_listing(options, figures, name, number):
    try:
        run = options.meter(*command_of(options, name))
    except Skipped as reason:
        figures.notes[name] = str(reason)
        return
    for figure in ("cpu", "wall", "peak"):
        figures.add(figure, name, getattr(run, figure), number)


def measure_round(options, figures, number):
    names = ["groups", *[peer for peer in PEERS if peer == "batch" or shutil.which(peer)]]
    base.wait_until_calm()
    shares = []
    for name in names[number % len(names):] + names[:number % len(names)]:
        tell(f"round {number + 1}: {name}")
        with base.share_of_others(shares):
            measure_listing(options, figures, name, number)
    figures.shares.append(max(shares, default=0))


def measure(options, size):
    figures = bench.Figures(size)
    with cgroups(options.options.cgroups) as folders:
        for number in range(options.options.rounds):
            measure_refresh(options, figures, number)
        with base.herd(options, size) as pid:
            for i, member in enumerate(sorted(base.children(pid))):
                (folders[i % len(folders)] / "cgroup.procs").write_text(str(member))
            for number in range(options.options.rounds):
                measure_round(options, figures, number)
    return bench.print_table(figures, ROWS, PEERS, f"{options.options.cgroups} cgroups, N = {size}, "
                             f"{options.options.rounds} rounds")


def measure_all(options):
    base.print_heading(options)
    try:
        return any([measure(options, size) for size in options.options.sizes])
    except Skipped as reason:
        print(f"\nskipped, {reason}", flush=True)
        return True


def main():
    parser = base.create_parser(DESCRIPTION, EPILOG % (REFRESHES[1], REFRESHES[0]))
    parser.add_argument("--groups", action="store_true", help="these figures, not those of batch")
    base.add_sizes(parser, [10000])
    parser.add_argument("--cgroups", metavar="C", type=int, default=1000, help="how many cgroups (1000)")
    parser.add_argument("--rounds", metavar="R", type=int, default=6, help="rounds (6)")
    parser.set_defaults(peers=[])
    return base.run(parser, measure_all)


if __name__ == "__main__":
    sys.exit(main())
