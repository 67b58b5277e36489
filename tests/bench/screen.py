# SPDX-License-Identifier: GPL-3.0-or-later
"""What the screen of memtop costs beside its peers; started by `run --screen`."""

import math
import os
import shutil
import statistics
import struct
import subprocess
import sys
import time
from itertools import pairwise

import bench as base
from bench import Skipped
from emulator import Emulator

DESCRIPTION = """\
Prints how the screen of memtop behaves beside its peers', each alone on a terminal of
160x50, with N processes that hold 1 MiB each. The programs run in turn. A helper notes
when each byte comes; what they show is found out afterwards, by an emulator (python3-pyte,
installed where it is missing). Exit status 1: a requirement is missed."""

EPILOG = """\
Figures:
  first_screen       ms from exec to the last byte of the first screen with all its
                     rows of processes. The median of the rounds
  key_*              ms from a press of Down to the last byte of what it changes in the
                     list: the highlighted row, in top the rows that scroll. Presses come
                     at any moment of a refresh, of which there is one each second; after
                     the last row of the screen the list scrolls. inf: one was not answered.
                     top sorts by PID here
  bytes              written in a refresh, with nothing pressed: the median of all
  cpu                CPU time (user + system), % of one core, with nothing pressed
For bytes and cpu all refresh each 1.5 s, by itself the interval of memtop and of htop; else
all is as it is by itself. Ratios of first_screen and cpu are the median of the rounds'.
Other programs are waited for; a run during which they use over 5 % of the machine is repeated,
twice at most. How many stayed disturbed is told."""

PEERS = ("top", "htop", "btop")
START_ROUNDS = 5
KEY_ROUNDS, PRESSES = 2, 100
KEY_INTERVAL, IDLE_INTERVAL = 1, 1.5
IDLE_ROUNDS, WINDOWS = 3, 8  # memtop reads an unchanged process in one refresh of four
BURST_GAP = 5e6  # ns of silence after which something else begins
ATTEMPTS = 3

# What the bytes of a record begin with; see terminal.c.
RECORD = struct.Struct("=qqii")
OUTPUT, KEY = 1, 2


class Event:
    def __init__(self, time, cpu, kind, data):
        self.time = time
        self.cpu = cpu
        self.kind = kind
        self.data = data


def events_of(record):
    """The times begin with 0 at exec."""
    start, at = RECORD.unpack_from(record)[0], 0
    while at < len(record):
        time, cpu, kind, length = RECORD.unpack_from(record, at)
        at += RECORD.size + length
        yield Event(time - start, cpu, kind, record[at - length : at])


def screen_command(bench, program, interval):
    tenths = str(round(interval * 10))
    return {
        "memtop": [bench.memtop, "-d", str(interval)],
        "top": ["top", "-d", str(interval)],
        "htop": ["htop", "-d", tenths],
        "btop": ["btop"],
    }[program]


def run_once(bench, command):
    """What the helper has recorded, and the share of the machine that others have used."""
    before, start = base.cpu_of_others(), time.monotonic()
    with base.child(command, env=bench.environment, stdout=subprocess.PIPE) as process:
        output = process.communicate()[0]
    if process.returncode != 0 or not output:
        raise Skipped("it failed")
    return output, (base.cpu_of_others() - before) / (time.monotonic() - start) / os.cpu_count()


def record(bench, program, interval, seconds, presses=0, options=()):
    """Runs a program; once more if others have disturbed it, whatever came out."""
    command = [bench.options.build / "bench-terminal", str(seconds), str(presses), str(interval)]
    command += [*screen_command(bench, program, interval), *options]
    bench.runs += 1
    for _ in range(ATTEMPTS):
        base.wait_until_calm()
        # What it has saved of its settings before is not left to it.
        shutil.rmtree(bench.home / "btop", ignore_errors=True)
        (bench.home / "htoprc").unlink(missing_ok=True)
        base.write_btop_configuration(bench.home, round(interval * 1000))
        output, others = run_once(bench, command)
        if others <= base.OTHERS:
            break
    else:
        bench.disturbed += 1
    return list(events_of(output))


# From bytes to figures


def end_of_burst(events, index):
    while index + 1 < len(events) and events[index + 1].time - events[index].time < BURST_GAP:
        index += 1
    return index


def first_screen_ms(events):
    outputs = [event for event in events if event.kind == OUTPUT]
    emulator, counts = Emulator(), []
    for event in outputs:
        emulator.feed(event.data)
        counts.append(len(emulator.rows()))
    if not counts or counts[-1] == 0:
        raise Skipped("no process was shown")
    complete = next(i for i, count in enumerate(counts) if count >= counts[-1])
    return outputs[end_of_burst(outputs, complete)].time / 1e6


def selected(rows):
    """The one row with a background of its own."""
    backgrounds = [row.background for row in rows]
    lone = [row for row in rows if backgrounds.count(row.background) == 1]
    return lone[0] if len(lone) == 1 and len(rows) > 2 else None


def has_moved(before, after):
    """Whether what is shown is what Down leads to."""
    old, new = selected(before), selected(after)
    if old and new:
        return new.y > old.y or (new.y == old.y == before[-1].y and new.pid != old.pid)
    if new:
        return True
    return bool(before and after) and not old and after[0].pid in [row.pid for row in before[1:]]


def answer_ns(emulator, outputs, before):
    """When the last of what a key has changed was there. Feeds all outputs up to the next key."""
    states = []
    for event in outputs:
        emulator.feed(event.data)
        states.append(emulator.rows())
    for i, state in enumerate(states):
        if has_moved(before, state):
            end = end_of_burst(outputs, i)
            return next(outputs[j].time for j in range(i, end + 1) if states[j] == states[end])
    return None


def key_latencies_ms(events):
    """Infinite: the screen did not show that it was pressed."""
    emulator = Emulator()
    keys = [i for i, event in enumerate(events) if event.kind == KEY]
    latencies = []
    for event in events[: keys[0]]:
        emulator.feed(event.data)
    for key, following in pairwise(keys + [len(events)]):
        answer = answer_ns(emulator, events[key + 1 : following], emulator.rows())
        latencies.append(math.inf if answer is None else (answer - events[key].time) / 1e6)
    return latencies


def windows_of(events, settle_ns, interval_ns):
    """Where refreshes end and begin, half an interval from the largest one."""
    bursts = [[events[0]]]
    for event in events[1:]:
        if event.time - bursts[-1][-1].time < BURST_GAP:
            bursts[-1].append(event)
        else:
            bursts.append([event])
    settled = [burst for burst in bursts if burst[0].time >= settle_ns]
    if not settled:
        raise Skipped("it never refreshed")
    largest = max(settled, key=lambda burst: sum(len(event.data) for event in burst))
    first = settle_ns + (largest[0].time - interval_ns / 2 - settle_ns) % interval_ns
    return [first + i * interval_ns for i in range(WINDOWS + 1)]


def idle_figures(events, settle_ns, interval_ns):
    """The bytes of each refresh, and the share of a core."""
    outputs = [event for event in events if event.kind == OUTPUT]
    borders = windows_of(outputs, settle_ns, interval_ns)
    written = [
        sum(len(event.data) for event in outputs if low <= event.time < high) for low, high in pairwise(borders)
    ]
    cpu = [max(event.cpu for event in outputs if event.time < border) for border in (borders[0], borders[-1])]
    return written, (cpu[1] - cpu[0]) / (borders[-1] - borders[0]) * 100


# Measuring


def settle_seconds(size):
    return 1.5 + size / 10000


def measure_start(bench, figures, program):
    events = record(bench, program, IDLE_INTERVAL, settle_seconds(figures.size))
    figures.add("first_screen", program, first_screen_ms(events))


def measure_keys(bench, figures, program):
    presses = min(PRESSES, figures.size // 2)
    seconds = settle_seconds(figures.size) + 2 * KEY_INTERVAL
    # Each Down of top reads all processes anew: by %CPU their order would change meanwhile.
    options = ["-o", "-PID"] if program == "top" else []
    events = record(bench, program, KEY_INTERVAL, seconds, presses, options)
    for latency in key_latencies_ms(events):
        figures.add("key", program, latency)


def measure_idle(bench, figures, program):
    settle = settle_seconds(figures.size) + IDLE_INTERVAL
    events = record(bench, program, IDLE_INTERVAL, settle + (WINDOWS + 1) * IDLE_INTERVAL)
    written, cpu = idle_figures(events, settle * 1e9, IDLE_INTERVAL * 1e9)
    figures.add("cpu", program, cpu)
    for count in written:
        figures.add("bytes", program, count)


PARTS = ((measure_start, START_ROUNDS), (measure_keys, KEY_ROUNDS), (measure_idle, IDLE_ROUNDS))


def measure(bench, size):
    figures = base.Figures(size)
    bench.runs = bench.disturbed = 0
    with base.herd(bench, size):
        processes = base.process_count()
        for part, rounds in PARTS:
            for _ in range(rounds):
                for program in ["memtop"] + [peer for peer in bench.options.peers if bench.has(peer)]:
                    print(f"{part.__name__} {program}", file=sys.stderr, flush=True)
                    try:
                        part(bench, figures, program)
                    except Skipped as reason:
                        figures.notes[program] = str(reason)
    return figures, processes


# Output


def percentile_95(values):
    return sorted(values)[math.ceil(len(values) * 0.95) - 1]


class Row:
    def __init__(self, name, title, samples, statistic, paired, limit=None):
        self.name = name
        self.title = title
        self.samples = samples
        self.statistic = statistic
        self.paired = paired  # the ratio is that of the rounds
        self.limit = limit

    def value(self, figures, program):
        values = figures.samples.get(self.samples, {}).get(program)
        return self.statistic(values) if values else None

    def ratio(self, figures, peer):
        if self.paired:
            return figures.ratio(self.samples, peer)
        own, other = self.value(figures, "memtop"), self.value(figures, peer)
        return own / other if own is not None and other else None

    def missed(self, figures):
        value = self.value(figures, "memtop")
        return self.limit is not None and (value is None or value > self.limit)

    def verdict(self, figures):
        if self.limit is None:
            return ""
        return f"  at most {self.limit}: {'MISSED' if self.missed(figures) else 'ok'}"


ROWS = (
    Row("first_screen", "first screen, ms", "first_screen", statistics.median, True, 300),
    Row("key_median", "Down key, median, ms", "key", statistics.median, False),
    Row("key_95", "Down key, 95 of 100, ms", "key", percentile_95, False),
    Row("key_worst", "Down key, worst, ms", "key", max, False, 20),
    Row("bytes", "bytes a refresh", "bytes", statistics.median, False, 500),
    Row("cpu", "CPU, % of one core", "cpu", statistics.median, True),
)


def print_row(bench, figures, row):
    own = base.number(row.value(figures, "memtop"))
    start, verdict = f"{row.title:<24}{own:>9}", row.verdict(figures)
    for peer in bench.options.peers:
        value, ratio = row.value(figures, peer), row.ratio(figures, peer)
        if value is None:
            reason = figures.notes.get(peer, "not measured") if shutil.which(peer) else "not installed"
            print(f"{start}  {peer:<5}  {reason:<15}{verdict}".rstrip())
        else:
            shown = "-" if ratio is None else f"{ratio:.2f}"
            print(f"{start}  {peer:<5}{base.number(value):>9}{shown:>8}{verdict}")
        start, verdict = " " * 33, ""


def print_table(bench, figures, processes):
    presses = len(figures.samples.get("key", {}).get("memtop", []))
    refreshes = len(figures.samples.get("bytes", {}).get("memtop", []))
    print(f"\nN = {figures.size}: {processes} processes in all; {START_ROUNDS} starts, "
          f"{presses} presses, {refreshes} idle refreshes of each")
    if bench.disturbed:
        print(f"{bench.disturbed} of {bench.runs} runs were disturbed by other programs")
    print()
    print(f"{'figure':<24}{'memtop':>9}  {'peer':<5}{'theirs':>9}{'ratio':>8}  required")
    for row in ROWS:
        print_row(bench, figures, row)
    if "memtop" in figures.notes:
        print(f"memtop: {figures.notes['memtop']}")
    sys.stdout.flush()


def print_ratios(bench, all_figures):
    print("\nratios\n")
    for figures in all_figures:
        for row in ROWS:
            for peer in bench.options.peers:
                if (ratio := row.ratio(figures, peer)) is not None:
                    print(f"ratio {row.name} {peer} {figures.size} {ratio:.2f}")


def measure_all(bench):
    """Returns whether something that is required is missed."""
    base.print_heading(bench)
    all_figures = []
    for size in bench.options.sizes:
        try:
            figures, processes = measure(bench, size)
        except Skipped as reason:
            print(f"\nN = {size}: skipped, {reason}", flush=True)
            continue
        print_table(bench, figures, processes)
        all_figures.append(figures)
    print_ratios(bench, all_figures)
    return not all_figures or any(row.missed(figures) for figures in all_figures for row in ROWS)


def main():
    parser = base.create_parser(DESCRIPTION, EPILOG)
    parser.add_argument("--screen", action="store_true", help="these figures, not those of batch")
    base.add_sizes(parser, [1000, 10000])
    base.add_peers(parser, PEERS)
    return base.run(parser, measure_all)


if __name__ == "__main__":
    sys.exit(main())
