# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether memtop grows while it runs; started by `run --soak MINUTES`."""

import os
import statistics
import sys
import time
from pathlib import Path

import base
from base import Skipped

DESCRIPTION = """\
Runs the screen of memtop at ten refreshes a second while processes come and go, and prints
what memory and descriptors it held after the first minute and at the end. Exit status 1: it
grew, or left a descriptor behind."""

EPILOG = """\
A figure is the median of the last samples, one a second, of that time. In the last row
all processes of the herd have ended again: what there is more then is left behind."""

DELAY = 0.1
RENEWED_PERCENT, ACTIVE_PERCENT = 10, 10
SETTLE_SECONDS = 5
SAMPLES = 15
GROWTH_KIB = 64  # what shared libraries and page tables may differ by


class Sample:
    def __init__(self, pid):
        folder = Path("/proc") / str(pid)
        try:
            fields = dict(line.split(":", 1) for line in (folder / "smaps_rollup").read_text().splitlines()[1:])
            descriptors = len(os.listdir(folder / "fd"))
        except OSError:
            raise Skipped("memtop has ended") from None
        self.rss = int(fields["Rss"].split()[0])
        self.pss = int(fields["Pss"].split()[0])
        self.descriptors = descriptors


def watch(screen, seconds):
    """Samples once a second while it runs."""
    samples = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        screen.watch(1)
        samples.append(Sample(screen.pid))
    return samples


def last_median(samples, figure):
    return statistics.median(getattr(sample, figure) for sample in samples[-SAMPLES:])


def print_row(title, first, last, largest, unit, allowed):
    grew = last - first > allowed
    verdict = f"grew by {last - first:.0f} {unit}: MISSED" if grew else "did not grow: ok"
    print(f"{title:<34}{first:>9.0f}{last:>9.0f}{largest:>9.0f}  {verdict}")
    return grew


def print_table(before, first, rest, after):
    print(f"{'figure':<34}{'1st min.':>9}{'end':>9}{'largest':>9}\n")
    grown = []
    for figure, title, unit, allowed in (
        ("rss", "RSS, KiB", "KiB", GROWTH_KIB),
        ("pss", "PSS, KiB", "KiB", GROWTH_KIB),
        ("descriptors", "descriptors", "descriptors", 1),
    ):
        largest = max(getattr(sample, figure) for sample in first + rest)
        values = last_median(first, figure), last_median(rest, figure)
        grown.append(print_row(title, *values, largest, unit, allowed))
    values = last_median(before, "descriptors"), last_median(after, "descriptors")
    largest = max(sample.descriptors for sample in after)
    grown.append(print_row("  before and after the herd", *values, largest, "descriptors", 0))
    return any(grown)


def soak(bench):
    size, minutes = bench.options.sizes[0], bench.options.soak
    base.print_heading(bench)
    with base.Screen([bench.memtop, "-d", str(DELAY)], bench.environment) as screen:
        before = watch(screen, SETTLE_SECONDS)
        with base.herd(bench, size, "--active", str(ACTIVE_PERCENT), "--renew", str(RENEWED_PERCENT)):
            print(f"\n{minutes:g} minutes, {1 / DELAY:g} refreshes a second, N = {size}: {base.process_count()} "
                  f"processes in all, each second {size * RENEWED_PERCENT // 100} of them new\n", flush=True)
            first = watch(screen, 60)
            print(f"after the first minute: RSS {last_median(first, 'rss'):.0f} KiB, PSS "
                  f"{last_median(first, 'pss'):.0f} KiB, {last_median(first, 'descriptors'):.0f} "
                  "descriptors\n", flush=True)
            rest = watch(screen, minutes * 60 - 60)
        after = watch(screen, SETTLE_SECONDS)
    return print_table(before, first, rest, after)


def soak_or_tell(bench):
    try:
        return soak(bench)
    except Skipped as reason:
        print(f"\nskipped: {reason}")
        return True


def minutes(text):
    value = float(text)
    if value < 2:
        raise ValueError
    return value


def main():
    parser = base.create_parser(DESCRIPTION, EPILOG)
    parser.add_argument("--soak", metavar="MINUTES", type=minutes, required=True, help="at least 2")
    base.add_sizes(parser, [1000])
    parser.set_defaults(peers=[])
    return base.run(parser, soak_or_tell)


if __name__ == "__main__":
    sys.exit(main())
