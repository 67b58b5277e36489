# SPDX-License-Identifier: GPL-3.0-or-later
"""What recording costs, and how fast the past is shown again; started by `run --past`."""

import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import base
import bench
from base import Skipped
from bench import Row, tell

DESCRIPTION = """\
Prints what `memtop record` costs beside `atop -w`, both at once, with N processes of which some
are active; then makes a recording of a day of as many and shows it with `memtop replay`. Exit
status 1: a figure is not as wanted."""

EPILOG = """\
Figures:
  MiB a day           of what was written, for a sample each 10 s. In the samples of this run, one
                      a second, a process that sleeps has the same pages as in the one before
  CPU a sample        user + system, ms, of all that the recorder does
  peak RSS            of the recorder
  jump                ms from Enter behind a time to the last byte of what was there then; the
                      times are any of the day
  held key            ms from one redraw to the next, with `t` pressed 33 times a second
  behind it           ms from the last of these keys until the screen is quiet
  history             ms from H to the last byte of one process over the day, each another process
  memory              VmHWM of the screen at the end"""

SAMPLES_A_DAY = 8640
JUMPS, HISTORIES, HELD_SECONDS, KEYS_A_SECOND = 40, 8, 4, 33
QUIET = 0.06  # seconds without output: all is drawn
FRAME_GAP = 0.008
FIRST_TIME = 86400  # of the recording of a day, see recording.c

# At most, by the number of processes and the share of them that is active.
MIB_A_DAY = {(1000, 5): 8, (1000, 50): 25, (10000, 5): 50, (10000, 50): 220}
CPU_MS = {(1000, 5): 10}  # 0.1 % of a core at 10 s
PEAK_KIB = {(10000, 5): 20 * 1024, (10000, 50): 20 * 1024}


def of(limits):
    return lambda figures: limits.get((figures.size, figures.active))


ROWS = (
    Row("MiB a day", "day", "memtop", ("atop",), of(MIB_A_DAY)),
    Row("CPU a sample, ms", "cpu", "memtop", ("atop",), of(CPU_MS)),
    Row("peak RSS, KiB", "peak", "memtop", ("atop",), of(PEAK_KIB)),
    Row("jump, ms", "jump", "memtop", ()),
    Row("  the worst", "jump", "memtop", (), lambda figures: 50, max),
    Row("held key, ms a redraw", "held", "memtop", (), lambda figures: 34),
    Row("  behind it, ms", "behind", "memtop", (), lambda figures: 100),
    Row("history, ms", "history", "memtop", (), lambda figures: 100, max),
    Row("memory, KiB", "memory", "memtop", (), lambda figures: 40 * 1024),
)


# Recording


def size_of(path):
    files = path.iterdir() if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files)


def measure_recorders(options, figures, home):
    count = options.options.samples
    outputs = {"memtop": home / "past", "atop": home / "past.atop"}
    commands = {
        "memtop": [options.memtop, "record", "-d", "1", "-n", str(count), "-o", outputs["memtop"]],
        "atop": ["atop", "-w", outputs["atop"], "1", str(count)],
    }
    tell(f"N = {figures.size}, {figures.active} % active: {count} samples")
    meter = options.options.build / "bench-meter"
    with ExitStack() as stack:
        running = {name: stack.enter_context(
                       base.child([meter, *command], env=options.environment, stdout=subprocess.PIPE))
                   for name, command in commands.items() if shutil.which(command[0])}
        printed = {name: process.communicate()[0] for name, process in running.items()}
    for name, process in running.items():
        if process.returncode != 0:
            figures.notes[name] = "it failed"
            continue
        run = base.Run(*map(int, printed[name].split()))
        figures.add("cpu", name, run.cpu / count)
        figures.add("peak", name, run.peak)
        figures.add("day", name, size_of(outputs[name]) / count * SAMPLES_A_DAY / 2**20)


# The screen


def last_byte(screen, seconds=3, quiet=QUIET):
    """When the last byte came before it was quiet; None: nothing came."""
    end, last = time.monotonic() + seconds, None
    while time.monotonic() < end:
        if screen.read(quiet):
            last = time.monotonic()
        elif last:
            return last
    return last


def answer_ms(screen, key, quiet=QUIET):
    start = time.monotonic()
    os.write(screen.terminal, key)
    end = last_byte(screen, quiet=quiet)
    if end is None:
        raise Skipped(f"the key {key!r} was not answered")
    return (end - start) * 1e3


def measure_jumps(screen, figures, samples):
    for _ in range(JUMPS):
        moment = time.gmtime(FIRST_TIME + random.randrange(samples) * 10)
        for text in ("b", time.strftime("%Y-%m-%d %H:%M:%S", moment)):
            os.write(screen.terminal, text.encode())
            screen.watch(0.15)
        figures.add("jump", "memtop", answer_ms(screen, b"\n"))


def measure_held(screen, figures):
    """A key that is held, from the first sample on."""
    os.write(screen.terminal, b"r")
    screen.watch(0.5)
    frames, last = [], 0
    start = key = time.monotonic()
    while (now := time.monotonic()) < start + HELD_SECONDS:
        if now >= key:
            os.write(screen.terminal, b"t")
            key += 1 / KEYS_A_SECOND
        if screen.read(0.002):
            now = time.monotonic()
            if now - last > FRAME_GAP:
                frames.append(now)
            last = now
    figures.add("held", "memtop", (frames[-1] - frames[0]) * 1e3 / (len(frames) - 1))
    figures.add("behind", "memtop", max(0, (last_byte(screen) or now) - now) * 1e3)


def measure_histories(screen, figures):
    """The first one is that of a day that nobody has asked for yet."""
    os.write(screen.terminal, b"Z")
    screen.watch(0.5)
    for _ in range(HISTORIES):
        os.write(screen.terminal, b"\x1b[B")
        screen.watch(0.2)
        figures.add("history", "memtop", answer_ms(screen, b"H", quiet=0.25))
        os.write(screen.terminal, b"q")
        screen.watch(0.3)


def measure_replay(options, figures, folder):
    size, samples = figures.size, options.options.day
    tell(f"N = {size}, {figures.active} % active: a recording of {samples} samples is made")
    command = [options.options.build / "tests/bench/bench-recording", size, figures.active, samples, folder]
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
    tell(f"N = {size}, {figures.active} % active: its replay")
    environment = options.environment | {"TZ": "UTC"}
    with base.Screen([options.memtop, "replay", "--no-config", folder], environment) as screen:
        screen.watch(2)
        measure_jumps(screen, figures, samples)
        measure_held(screen, figures)
        measure_histories(screen, figures)
        status = Path(f"/proc/{screen.pid}/status").read_text()
        figures.add("memory", "memtop", int(status.split("VmHWM:")[1].split()[0]))


# The whole


def measure(options, size, active):
    figures = bench.Figures(size, active)
    home = options.home / f"{size}-{active}"
    home.mkdir()
    base.wait_until_calm()
    try:
        with base.herd(options, size, "--active", str(active)), base.share_of_others(figures.shares):
            time.sleep(3)
            measure_recorders(options, figures, home)
        measure_replay(options, figures, home / "day")
    except Skipped as reason:
        figures.notes["memtop"] = str(reason)
    shutil.rmtree(home)
    return bench.print_table(figures, ROWS, ["atop"], f"N = {size}, {active} % active, "
                             f"{options.options.samples} samples, a day of {options.options.day}")


def measure_all(options):
    base.print_heading(options)
    return any([measure(options, size, active)
                for size in options.options.sizes for active in options.options.active])


def main():
    parser = base.create_parser(DESCRIPTION, EPILOG)
    parser.add_argument("--past", action="store_true", help="these figures, not those of batch")
    base.add_sizes(parser, [1000, 10000])
    parser.add_argument("--active", metavar="PERCENT,...", type=bench.percents, default=[5, 50],
                        help="shares of the processes that are active (5,50)")
    parser.add_argument("--samples", metavar="S", type=int, default=180, help="of the recorders (180)")
    parser.add_argument("--day", metavar="S", type=int, default=SAMPLES_A_DAY,
                        help=f"samples of the recording that is replayed ({SAMPLES_A_DAY})")
    parser.set_defaults(peers=["atop"])
    return base.run(parser, measure_all)


if __name__ == "__main__":
    sys.exit(main())
