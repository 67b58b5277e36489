# SPDX-License-Identifier: GPL-3.0-or-later
"""What memtop costs beside its peers; started by the script `run` next to it."""

import math
import shutil
import statistics
import subprocess
import sys
import time

import base
import record
from base import Skipped

DESCRIPTION = """\
Prints what memtop costs beside its peers, with N processes that hold 1 MiB each, of which
some are active once a second. Each contestant runs alone, once in each round, each round
in another order. A figure is the median of the rounds, a ratio the median of the rounds'
ratios of memtop to the peer; beside them are the least and the largest. Build: release,
in build-release. Exit status 1: a figure is not as wanted."""

EPILOG = """\
Figures:
  CPU a refresh      CPU time (user + system), ms. Each second there is a refresh; ten of
                     them count, after six seconds. top, htop, btop and atop rest a second
                     between two. ps: of the whole run
  system calls       of a process in a refresh, by strace: of 22 refreshes less that of the
                     first 6. Sleeping processes are looked at once in 32
  peak RSS           VmHWM at the end of these runs
  kernel memory      what the kernel cannot give back (SUnreclaim, KernelStack, PageTables
                     of /proc/meminfo) right before the program ends, less that after it
  first screen       ms from exec to the last byte of the first screen with all its rows
  bytes              written to the terminal in a refresh
  Down, letter, V    of %d presses each, in the first herd of each size: the last byte of
                     what changes in the list, and the CPU time until the program is quiet.
                     letter: one typed into a filter that nearly all pass, or taken back. Keys
                     come at any moment of a refresh, of which there is one each second.
                     inf: one was not answered. In top, which sorts by PID, and htop only Down
  one run            `memtop batch -n 1` beside `ps aux` and `top -b -n 1`. In top's wall
                     time is a wait of 150 ms
  free               `memtop free` beside `free`: %d whole runs of each
Before each round other programs are waited for, up to %d s. A round in which they used over
%d %% of the machine during a run is not left out; how many there were is told.

Other parts, each with its own --help: tests/bench/run --compare, --soak MINUTES, --faults, --pss,
--groups, --past."""

BATCHES = ("batch", "top-b")
SCREENS = ("memtop", "top", "htop", "btop", "atop")
PEERS = ("top-b", "top", "htop", "btop", "atop", "ps")

INTERVAL, SETTLE, REFRESHES = 1, 6.5, 10  # memtop lists all processes anew each ten seconds
CALL_REFRESHES = (6, 22)
RUNS = 3  # in a round, of what is one run
FREE_PAIRS = 50
KEY_ROUNDS, PRESSES = 2, 50  # Down reaches the end of the page, and scrolls


class Figures:
    """samples[figure][contestant]: pairs of a round and a value."""

    def __init__(self, size=0, active=0):
        self.size = size
        self.active = active
        self.samples = {}
        self.notes = {}
        self.shares = []  # of the machine, that others used at most in each round

    def add(self, figure, contestant, value, round_number=0):
        self.samples.setdefault(figure, {}).setdefault(contestant, []).append((round_number, value))

    def values(self, figure, contestant):
        return [value for _, value in self.samples.get(figure, {}).get(contestant, [])]

    def ratios(self, figure, own, peer):
        samples = self.samples.get(figure, {})
        pairs = zip(samples.get(own, []), samples.get(peer, []))
        return [mine / theirs for (a, mine), (b, theirs) in pairs if a == b and theirs > 0]


# Contestants


def is_there(name):
    return name in ("batch", "memtop") or shutil.which(name.removesuffix("-b")) is not None


def contestants_of(bench):
    return ["batch", "memtop"] + [peer for peer in bench.options.peers if is_there(peer)]


def command_of(bench, name):
    seconds, tenths = str(INTERVAL), str(INTERVAL * 10)
    return {
        "batch": [bench.memtop, "batch", "-d", seconds],
        "memtop": [bench.memtop, "-d", seconds],
        "top-b": ["top", "-b", "-d", seconds],
        "top": ["top", "-d", seconds],
        "htop": ["htop", "-d", tenths],
        "btop": ["btop"],
        "atop": ["atop", seconds],
        "ps": ["ps", "aux"],
    }[name]


def watch(bench, name, seconds, keys=(), options=()):
    """Runs a program on a terminal, batch with a pipe, and returns what was noted."""
    pipe = ["--pipe"] if name in BATCHES else []
    command = [bench.options.build / "bench-terminal", *pipe, str(seconds), str(INTERVAL), " ".join(keys)]
    bench.forget_settings()
    with base.child([*command, *command_of(bench, name), *options], env=bench.environment,
                    stdout=subprocess.PIPE) as process:
        output = process.communicate()[0]
    if process.returncode != 0 or not output:
        raise Skipped("it failed")
    return record.Record(output, SETTLE, INTERVAL)


# Figures


def measure_refreshes(bench, figures, name, number):
    noted = watch(bench, name, SETTLE + (REFRESHES + 1) * INTERVAL)
    figures.add("cpu", name, noted.cpu_ms(), number)
    figures.add("peak", name, noted.peak_kib, number)
    figures.add("kernel", name, noted.kernel_kib, number)
    if name in SCREENS:
        figures.add("bytes", name, noted.bytes(), number)
        figures.add("first", name, noted.first_screen_ms(), number)


def measure_ps(bench, figures, number):
    run = bench.meter(*command_of(bench, "ps"))
    figures.add("cpu", "ps", run.cpu, number)
    figures.add("peak", "ps", run.peak, number)


def measure_runs(bench, figures, name, number):
    command = command_of(bench, name) + ([] if name == "ps" else ["-n", "1"])
    for _ in range(RUNS):
        run = bench.meter(*command)
        figures.add("run_wall", name, run.wall, number)
        figures.add("run_cpu", name, run.cpu, number)


def measure_keys(bench, figures, name, number):
    keys = ["Down"] * PRESSES
    if name == "memtop":
        letters = [record.FILTER_LETTER, record.BACKSPACE] * (PRESSES // 2)
        keys += ["\\", *letters, "\r"] + ["V"] * PRESSES
    # Each Down of top reads all processes anew: by %CPU their order would change meanwhile.
    options = ["-o", "-PID"] if name == "top" else []
    noted = watch(bench, name, 2 + figures.size / 10000, keys, options)
    for figure, latency, cpu in record.key_costs(noted.events, keys):
        figures.add(figure, name, math.inf if latency is None else latency, number)
        figures.add(f"{figure}_cpu", name, cpu, number)


def measure_contestant(bench, figures, name, number, with_keys):
    if name == "ps":
        measure_ps(bench, figures, number)
    else:
        measure_refreshes(bench, figures, name, number)
    if name in (*BATCHES, "ps"):
        measure_runs(bench, figures, name, number)
    if with_keys and name in ("memtop", "top", "htop", "btop") and number < KEY_ROUNDS:
        measure_keys(bench, figures, name, number)


def measure_round(bench, figures, names, number, with_keys):
    base.wait_until_calm()
    shares = []
    for name in names[number % len(names):] + names[:number % len(names)]:
        tell(f"N = {figures.size}, {figures.active} % active, round {number + 1}: {name}")
        try:
            with base.share_of_others(shares):
                measure_contestant(bench, figures, name, number, with_keys)
        except Skipped as reason:
            figures.notes[name] = str(reason)
    figures.shares.append(max(shares, default=0))


def traced_calls(bench, figures, name, count):
    """All system calls of so many refreshes, and those that only ask a clock."""
    summary = bench.home / "strace"
    delay = INTERVAL if figures.active else 0.1  # sleeping processes cost the same at once
    command = command_of(bench, name)[:-1] + [str(delay), "-n", str(count)]
    bench.meter("strace", "-f", "-c", "-o", summary, *command)
    calls = {}
    for line in summary.read_text().splitlines():
        words = line.split()
        if len(words) >= 5 and words[3].isdigit():
            calls[words[-1]] = int(words[3])
    return calls.pop("total"), calls.get("clock_gettime", 0)


def measure_calls(bench, figures):
    if not shutil.which("strace"):
        raise Skipped("strace is not installed")
    for name in [name for name in contestants_of(bench) if name in BATCHES]:
        tell(f"N = {figures.size}, {figures.active} % active: system calls of {name}")
        (few, few_clocks), (many, many_clocks) = (traced_calls(bench, figures, name, count) for count in CALL_REFRESHES)
        rows = (CALL_REFRESHES[1] - CALL_REFRESHES[0]) * base.process_count()
        figures.add("calls", name, (many - few) / rows)
        figures.add("other_calls", name, (many - few - many_clocks + few_clocks) / rows)


def measure_free(bench):
    figures = Figures()
    base.wait_until_calm()
    with base.share_of_others(figures.shares):
        for number in range(FREE_PAIRS):
            for name, command in (("memtop", [bench.memtop, "free"]), ("free", ["free"])):
                run = bench.meter(*command)
                figures.add("free_wall", name, run.wall, number)
                figures.add("free_cpu", name, run.cpu, number)
                figures.add("free_peak", name, run.peak, number)
    return figures


def tell(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


# Output


class Row:
    def __init__(self, title, figure, own, peers, wanted=None, statistic=statistics.median, wanted_ratio=None):
        self.title = title
        self.figure = figure
        self.own = own
        self.peers = peers
        self.wanted = wanted or (lambda figures: None)  # the most, of the own value
        self.wanted_ratio = wanted_ratio or (lambda figures, peer: None)
        self.statistic = statistic

    def value(self, figures, contestant):
        values = figures.values(self.figure, contestant)
        return self.statistic(values) if values else None

    def ratio(self, figures, peer):
        """The ratio, its least and its largest."""
        if self.statistic is max:
            own, theirs = self.value(figures, self.own), self.value(figures, peer)
            return (own / theirs,) * 3 if own is not None and theirs else None
        ratios = figures.ratios(self.figure, self.own, peer)
        return (statistics.median(ratios), min(ratios), max(ratios)) if ratios else None


def of_ten_thousand(limit, idle_only=False):
    return lambda figures: limit if figures.size >= 10000 and not (idle_only and figures.active) else None

WANTED_RATIOS = {(1000, 0): 0.15, (10000, 0): 0.10, (10000, 5): 0.17, (10000, 50): 0.33}  # to top -b


def to_top(figures, peer):
    return WANTED_RATIOS.get((figures.size, figures.active)) if peer == "top-b" else None


ROWS = (
    Row("CPU a refresh, batch, ms", "cpu", "batch", ("top-b",), wanted_ratio=to_top),
    Row("CPU a refresh, screen, ms", "cpu", "memtop", PEERS, wanted_ratio=to_top),
    Row("system calls a process", "calls", "batch", ("top-b",), of_ten_thousand(1.1, True)),
    Row("  without clock_gettime", "other_calls", "batch", (), of_ten_thousand(0.1, True)),
    Row("peak RSS, batch, KiB", "peak", "batch", ("top-b", "ps"), of_ten_thousand(14 * 1024)),
    Row("peak RSS, screen, KiB", "peak", "memtop", SCREENS[1:], of_ten_thousand(14 * 1024)),
    Row("kernel memory, batch, KiB", "kernel", "batch", (), of_ten_thousand(4 * 1024)),
    Row("kernel memory, screen, KiB", "kernel", "memtop", (), of_ten_thousand(4 * 1024)),
    Row("first screen, ms", "first", "memtop", SCREENS[1:], of_ten_thousand(100)),
    Row("bytes a refresh", "bytes", "memtop", SCREENS[1:], lambda figures: 500),
    Row("Down: last byte, ms", "down", "memtop", SCREENS[1:-1]),
    Row("  the worst", "down", "memtop", SCREENS[1:-1], lambda figures: 20, max),
    Row("letter: CPU, ms", "letter_cpu", "memtop", (), of_ten_thousand(8)),
    Row("  last byte, ms", "letter", "memtop", ()),
    Row("  the worst", "letter", "memtop", (), of_ten_thousand(30), max),
    Row("V: CPU, ms", "tree_cpu", "memtop", (), of_ten_thousand(8)),
    Row("  last byte, ms", "tree", "memtop", ()),
    Row("  the worst", "tree", "memtop", (), of_ten_thousand(30), max),
    Row("one run: wall, ms", "run_wall", "batch", ("top-b", "ps")),
    Row("one run: CPU, ms", "run_cpu", "batch", ("top-b", "ps")),
)
FREE_ROWS = (
    Row("free: wall, ms", "free_wall", "memtop", ("free",)),
    Row("free: CPU, ms", "free_cpu", "memtop", ("free",), wanted_ratio=lambda figures, peer: 1.15),
    Row("free: peak RSS, KiB", "free_peak", "memtop", ("free",)),
)


def verdict(value, limit):
    """A text and whether it is missed."""
    if limit is None:
        return "", False
    missed = value is None or value > limit
    return f"  at most {limit}: {'MISSED' if missed else 'ok'}", missed


def spread(low, high, digits=None):
    if low == high:
        return ""
    return f"{low:.{digits}f}..{high:.{digits}f}" if digits else f"{base.number(low)}..{base.number(high)}"


def print_row(figures, row, peers):
    """Returns whether something is not as wanted."""
    own = figures.values(row.figure, row.own)
    if not own:
        return False
    text, any_missed = verdict(row.value(figures, row.own), row.wanted(figures))
    range_of_own = "" if row.statistic is max else spread(min(own), max(own))
    print(f"{row.title:<27}{base.number(row.value(figures, row.own)):>8}{range_of_own:>16}{text}".rstrip())
    for peer in [peer for peer in row.peers if peer in peers]:
        value, ratio = row.value(figures, peer), row.ratio(figures, peer)
        if value is None or ratio is None:
            print(f"{peer:>16}{figures.notes.get(peer, 'not measured'):>19}")
            continue
        text, missed = verdict(ratio[0], row.wanted_ratio(figures, peer))
        any_missed |= missed
        line = f"{peer:>16}{base.number(value):>19}{'ratio':>8}{ratio[0]:>8.3f}{spread(*ratio[1:], 3):>16}{text}"
        print(line.rstrip())
    return any_missed


def print_calm(figures):
    restless = [share for share in figures.shares if share > base.OTHERS]
    if restless:
        print(f"the machine was not calm in {len(restless)} of {len(figures.shares)} rounds: "
              f"others used up to {max(restless):.0%} of it")


def print_table(figures, rows, peers, title):
    print(f"\n{title}")
    print_calm(figures)
    print()
    missed = [print_row(figures, row, peers) for row in rows]
    for name, reason in figures.notes.items():
        print(f"{name}: {reason}")
    sys.stdout.flush()
    return any(missed) or not figures.notes.keys().isdisjoint(["batch", "memtop"])


# The whole


def measure(bench, size, active, with_keys):
    figures = Figures(size, active)
    names = contestants_of(bench)
    with base.herd(bench, size, "--active", str(active)):
        processes = base.process_count()
        for number in range(bench.options.rounds):
            measure_round(bench, figures, names, number, with_keys)
        try:
            measure_calls(bench, figures)
        except Skipped as reason:
            figures.notes["system calls"] = str(reason)
    return print_table(figures, ROWS, bench.options.peers,
                       f"N = {size}, {active} % active: {processes} processes in all, {bench.options.rounds} rounds")


def measure_all(bench):
    """Returns whether something is not as wanted."""
    base.print_heading(bench)
    missed = print_table(measure_free(bench), FREE_ROWS, ["free"], f"{FREE_PAIRS} pairs")
    for size in bench.options.sizes:
        for active in bench.options.active:
            try:
                missed |= measure(bench, size, active, active == bench.options.active[0])
            except Skipped as reason:
                print(f"\nN = {size}, {active} % active: skipped, {reason}", flush=True)
                missed = True
    return missed


def percents(text):
    return base.numbers(text, 0)


def peers(text):
    values = text.split(",")
    if not set(values) <= set(PEERS):
        raise ValueError
    return values


def main():
    epilog = EPILOG % (KEY_ROUNDS * PRESSES, FREE_PAIRS, base.CALM_SECONDS, base.OTHERS * 100)
    parser = base.create_parser(DESCRIPTION, epilog)
    base.add_sizes(parser, [100, 1000, 10000])
    parser.add_argument("--active", metavar="PERCENT,...", type=percents, default=[0, 5, 50],
                        help="shares of the processes that are active once a second (0,5,50)")
    parser.add_argument("--rounds", metavar="R", type=int, default=6, help="rounds (6)")
    parser.add_argument("--peers", metavar="NAME,...", type=peers, default=["top-b"],
                        help=f"of {', '.join(PEERS)}, of which top-b is `top -b` (top-b)")
    return base.run(parser, measure_all)


if __name__ == "__main__":
    sys.exit(main())
