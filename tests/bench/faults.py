# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sampler of memtop costs, and whether it counts TLB walks as perf does; started by `run --faults`."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager

import base
from base import Skipped

DESCRIPTION = """\
Prints what `memtop faults` costs itself and others while it reports once a second. All runs
are interleaved: without memtop, with one that may sample nothing (perf_event_open(2) is
forbidden to it), and with one that samples. Other programs are waited for; a run during which
they use over 5 % of the machine is repeated, twice at most. Exit status 1: a requirement is
missed."""

EPILOG = """\
Figures:
  lost               samples that found no room while a program on each CPU does nothing
                     but fault
  slowdown           CPU time of 2048 faults with the sampler to that without memtop, in
                     turns of a second while the programs go on: the median of the turns,
                     each beside those before and after. Below it the same of the memtop
                     that samples nothing, which is 1 but for the machine's own noise
  cpu_busy, _idle    what the sampler adds to memtop's own CPU time, %% of one core: the
                     median of the rounds' differences to the memtop that samples nothing.
                     all: of the whole memtop, once a second
  gcc                CPU time of gcc on %d functions, as slowdown. Both have their standard
                     error: what is less than twice that cannot be told from none
  walks              walks of the page tables for data that `memtop faults --tlb` estimates,
                     to those that perf stat counts: a chase of pointers over 256 MiB, of
                     which a share is huge pages
  walks_ratio        the walks over small pages to those over huge ones, as memtop shows
                     it, to the same of perf stat. Where all are huge, there are nearly none"""

WINDOWS, WINDOW_SECONDS, LONGEST_SECONDS = 30, 1, 600
FUNCTIONS = 40  # gcc makes some files a second
IDLE_ROUNDS, IDLE_SECONDS = 4, 10
WALK_ROUNDS, LOADS = 5, 30_000_000
WALK_EVENT = "dTLB-load-misses"
HUGE_PERCENTS = (0, 75, 100)
FIRST_REPORT_SECONDS = 30
ATTEMPTS = 3
OFF, BLIND, ON = "off", "blind", "on"


class Monitor:
    """memtop faults, once a second."""

    def __init__(self, bench, mode):
        self.path = bench.home / "faults"
        blind = [bench.options.build / "bench-load", "blind"] if mode == BLIND else []
        with self.path.open("wb") as file:
            self.process = subprocess.Popen([*blind, bench.memtop, "faults", "-d", "1", "-n", "1000000",
                                             "--format", "json"], env=bench.environment, stdout=file)

    def systems(self):
        lines = self.path.read_bytes().split(b"\n")[:-1]
        return [json.loads(line) for line in lines if line.startswith(b'{"kind": "system"')]

    def wait(self):
        """Until it reports: what it costs to start is not counted."""
        end = time.monotonic() + FIRST_REPORT_SECONDS
        while not self.systems():
            if time.monotonic() > end or self.process.poll() is not None:
                raise Skipped("memtop does not report")
            time.sleep(0.05)

    def cpu_ms(self):
        return time.clock_gettime((~self.process.pid << 3) | 2) * 1e3

    def lost(self):
        return sum(system["sampler_lost"] or 0 for system in self.systems())

    def missing(self):
        return self.systems()[0]["sampler_missing"] if self.systems()[0]["sampler_rung"] != "all" else None


@contextmanager
def monitor(bench, mode):
    if mode == OFF:
        yield None
        return
    running = Monitor(bench, mode)
    try:
        running.wait()
        if mode == ON and running.missing():
            raise Skipped(running.missing())
        yield running
    finally:
        running.process.terminate()
        running.process.wait()


class Figures:
    """samples[figure][mode], one a round."""

    def __init__(self):
        self.samples = {}
        self.notes = {}

    def add(self, figure, mode, value):
        self.samples.setdefault(figure, {}).setdefault(mode, []).append(value)

    def slowdown(self, name, mode):
        """The median by the windows without memtop right before and after each, and its error."""
        pairs = zip(self.samples[name][mode], self.samples[f"{name}_beside"][mode])
        ratios = [with_it / without for with_it, without in pairs]
        quarter, ratio, three_quarters = statistics.quantiles(ratios, n=4)
        return ratio, 1.25 * (three_quarters - quarter) / 1.35 / len(ratios) ** 0.5

    def difference(self, figure):
        pairs = zip(self.samples[figure][ON], self.samples[figure][BLIND])
        return statistics.median(on - blind for on, blind in pairs)

    def median(self, figure, mode):
        return statistics.median(self.samples[figure][mode])


def in_turn(modes, rounds):
    """The modes of each round, each time another one first."""
    for number in range(rounds):
        yield from modes[number % len(modes):] + modes[:number % len(modes)]


def undisturbed(bench, work):
    """What some work returns; done once more if other programs have disturbed it."""
    bench.runs += 1
    for _ in range(ATTEMPTS):
        base.wait_until_calm()
        shares = []
        with base.share_of_others(shares):
            result = work()
        if shares[0] <= base.OTHERS:
            return result
    bench.disturbed += 1
    return result


def own_cpu(running, work):
    """The share of a core that memtop uses while some work is done, and what that returns."""
    before, start = running.cpu_ms(), time.monotonic()
    result = work()
    return (running.cpu_ms() - before) / (time.monotonic() - start) / 10, result


# Two programs that do nothing but fault


class Load:
    """Does a thing over and over on some CPUs; the CPU time of its rounds, ns, by when they ended."""

    def __init__(self, bench, cpus, *work):
        command = [bench.options.build / "bench-load", "rounds", str(LONGEST_SECONDS), *work]
        self.programs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                                          preexec_fn=lambda cpu=cpu: os.sched_setaffinity(0, {cpu}))
                         for cpu in cpus]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for program in self.programs:
            if program.poll() is None:
                program.kill()
            program.wait()

    def rounds(self):
        for program in self.programs:
            program.terminate()
        outputs = [program.communicate()[0] for program in self.programs]
        return [[tuple(map(int, line.split())) for line in output.splitlines()] for output in outputs]


def watch_window(figures, running, mode):
    """One window of a mode: when it was, with what memtop itself used in it."""
    start = time.monotonic()
    if running:
        share, _ = own_cpu(running, lambda: time.sleep(WINDOW_SECONDS))
        figures.add("cpu_busy", mode, share)
    else:
        time.sleep(WINDOW_SECONDS)
    return mode, start, time.monotonic()


def windows_of(bench, figures):
    """Without and with, again and again, while the programs run: what else changes changes for both."""
    windows = []
    for number in range(WINDOWS):
        mode = (BLIND, ON)[number % 2]
        windows.append(watch_window(figures, None, OFF))
        with monitor(bench, mode) as running:
            windows.append(watch_window(figures, running, mode))
            figures.add("lost", mode, running.lost())
    windows.append(watch_window(figures, None, OFF))
    return windows


def cost_in(rounds, window):
    _, start, end = window
    costs = [cost for when, cost in rounds if start * 1e9 <= when < end * 1e9]
    if not costs:
        raise Skipped("a program that faults did not run")
    return statistics.median(costs)


def measure_beside(bench, figures, name, cpus, *work):
    """What each round of the work costs with memtop, and what without right before and after."""
    bench.runs += 1
    base.wait_until_calm()
    with Load(bench, cpus, *work) as load:
        windows = windows_of(bench, figures)
        rounds = load.rounds()
    for of_program in rounds:
        costs = [cost_in(of_program, window) for window in windows]
        for i in range(1, len(windows) - 1, 2):
            figures.add(name, windows[i][0], costs[i])
            figures.add(f"{name}_beside", windows[i][0], (costs[i - 1] + costs[i + 1]) / 2)


def measure_faulting(bench, figures):
    measure_beside(bench, figures, "faulting", sorted(os.sched_getaffinity(0)))


def measure_idle(bench, figures):
    for mode in in_turn([BLIND, ON], IDLE_ROUNDS):
        with monitor(bench, mode) as running:
            figures.add("cpu_idle", mode, undisturbed(
                bench, lambda: own_cpu(running, lambda: time.sleep(IDLE_SECONDS)))[0])


# gcc


def source_of_functions():
    parts = ["#include <stdlib.h>\n"]
    for number in range(FUNCTIONS):
        parts.append(f"""
int *f{number}(int *list, int size)
{{
	int *copy = malloc(sizeof(int) * size), sum = {number};
	for (int i = 0; i < size; i++) {{
		sum += list[i] * {number % 17 + 1};
		copy[i] = list[size - 1 - i] > sum ? sum % {number % 13 + 2} : list[i];
	}}
	return sum > {number * 7} ? copy : list;
}}
""")
    return "".join(parts)


def measure_gcc(bench, figures):
    if not shutil.which("gcc"):
        raise Skipped("gcc is not installed")
    source = bench.home / "functions.c"
    source.write_text(source_of_functions())
    cpu = max(os.sched_getaffinity(0))
    measure_beside(bench, figures, "gcc", [cpu], "gcc", "-O1", "-c", "-o", bench.home / "functions.o", source)


# TLB walks


def chase(bench, percent):
    return [str(bench.options.build / "bench-load"), "chase", str(percent), str(LOADS)]


def walks_by_perf(bench, percent):
    command = ["perf", "stat", "-x,", "-e", WALK_EVENT, *chase(bench, percent)]
    done = subprocess.run(command, env=bench.environment, capture_output=True, text=True)
    for line in done.stderr.splitlines():
        if WALK_EVENT in line and line.split(",")[0].isdigit():
            return int(line.split(",")[0])
    raise Skipped(f"perf counts no {WALK_EVENT} here")


def walks_by_memtop(bench, percent):
    report = bench.home / "walks"
    subprocess.run([bench.memtop, "faults", "--tlb", "--format", "json", "--output", report, "-F", "segment,walks",
                    "--", *chase(bench, percent)], env=bench.environment, stdout=subprocess.DEVNULL, check=True)
    rows = [json.loads(line) for line in report.read_text().splitlines()]
    walks = next(row["walks"] for row in rows if row.get("segment") == "total")
    if walks is None:
        raise Skipped(rows[0].get("sampler_missing") or "memtop has sampled no walks")
    return walks


def measure_walks(bench, figures):
    if not shutil.which("perf"):
        raise Skipped("perf is not installed")
    for _ in range(WALK_ROUNDS):
        for percent in HUGE_PERCENTS:
            figures.add(f"walks_{percent}", OFF, walks_by_perf(bench, percent))
            figures.add(f"walks_{percent}", ON, walks_by_memtop(bench, percent))


# Output


def show(title, value, unit="", limit=None, missed=False):
    verdict = f"  {limit}: {'MISSED' if missed else 'ok'}" if limit else ""
    print(f"{title:<46}{value:>16} {unit:<4}{verdict}".rstrip(), flush=True)
    return missed


def show_slowdown(figures, name, title, limit):
    """A requirement is missed where the cost is above the limit by more than chance."""
    (ratio, error), (blind, blind_error) = figures.slowdown(name, ON), figures.slowdown(name, BLIND)
    return [
        show(title, f"{ratio:.3f} +- {error:.3f}", "", f"at most {limit}", ratio - 2 * error > limit),
        show("  with a memtop that samples nothing, to off", f"{blind:.3f} +- {blind_error:.3f}"),
    ]


def show_faulting(figures):
    lost, own = max(figures.samples["lost"][ON]), figures.difference("cpu_busy")
    return [
        show("lost: samples, two programs that fault", lost, "", "none", lost > 0),
        *show_slowdown(figures, "faulting", "slowdown: their CPU time, on to off", 1.05),
        show("cpu_busy: the sampler's own CPU meanwhile", f"{own:.2f}", "%", "below 0.5", own >= 0.5),
        show("  all of memtop, without and with sampling",
             f"{figures.median('cpu_busy', BLIND):.2f}, {figures.median('cpu_busy', ON):.2f}", "%"),
    ]


def show_idle(figures):
    own = figures.difference("cpu_idle")
    return [
        show("cpu_idle: the sampler's own CPU, nothing runs", f"{own:.2f}", "%", "below 0.1", own >= 0.1),
        show("  all of memtop, without and with sampling",
             f"{figures.median('cpu_idle', BLIND):.2f}, {figures.median('cpu_idle', ON):.2f}", "%"),
    ]


def show_gcc(figures):
    return show_slowdown(figures, "gcc", "gcc: its CPU time, on to off", 1)


def show_walks(figures):
    missed = []
    for percent in HUGE_PERCENTS:
        by_perf, by_memtop = (figures.median(f"walks_{percent}", mode) for mode in (OFF, ON))
        missed.append(show(f"walks: {percent} % huge, by perf and by memtop", f"{by_perf:.0f}, {by_memtop:.0f}"))
    for percent in HUGE_PERCENTS[1:]:
        theirs, ours = (figures.median("walks_0", mode) / max(1, figures.median(f"walks_{percent}", mode))
                        for mode in (OFF, ON))
        missed.append(show(f"walks_ratio: small to {percent} % huge", f"{theirs:.3g}, {ours:.3g}", "",
                           "within 5 %" if percent < 100 else None, percent < 100 and abs(ours / theirs - 1) > 0.05))
    return missed


PARTS = (
    ("busy", measure_faulting, show_faulting),
    ("idle", measure_idle, show_idle),
    ("gcc", measure_gcc, show_gcc),
    ("walks", measure_walks, show_walks),
)


def measure_all(bench):
    base.print_heading(bench)
    print()
    missed = []
    for name, measure, show_figures in PARTS:
        if name not in bench.options.only:
            continue
        figures = Figures()
        bench.runs = bench.disturbed = 0
        try:
            measure(bench, figures)
        except Skipped as reason:
            show(f"{name}: skipped", "", str(reason))
            continue
        missed += show_figures(figures)
        if bench.disturbed:
            print(f"  {bench.disturbed} of {bench.runs} runs were disturbed by other programs")
    return any(missed)


def names(text):
    values = text.split(",")
    if not set(values) <= {name for name, _, _ in PARTS}:
        raise ValueError
    return values


def main():
    every = [name for name, _, _ in PARTS]
    parser = base.create_parser(DESCRIPTION, EPILOG % FUNCTIONS)
    parser.add_argument("--faults", action="store_true", help="these figures, not those of batch")
    parser.add_argument("--only", metavar="NAME,...", type=names, default=every, help=f"of {', '.join(every)}")
    parser.set_defaults(peers=[])
    return base.run(parser, measure_all)


if __name__ == "__main__":
    sys.exit(main())
