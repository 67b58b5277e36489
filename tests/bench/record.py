# SPDX-License-Identifier: GPL-3.0-or-later
"""What bench-terminal has noted of a program, as figures."""

import statistics
import struct
from itertools import pairwise

from base import Skipped

BURST_GAP = 5e6  # ns of silence after which something else begins
REFRESH_GAP = 0.3  # of an interval of silence: another refresh begins
LEAST_REFRESHES = 4

# What the bytes of a record begin with; see terminal.c.
HEAD = struct.Struct("=qqii")
OUTPUT, KEY, QUIET, ENDED = range(1, 5)


class Event:
    def __init__(self, time, cpu, kind, data):
        self.time = time
        self.cpu = cpu
        self.kind = kind
        self.data = data


def events_of(record):
    """The times begin with 0 at exec."""
    start, at = HEAD.unpack_from(record)[0], 0
    while at < len(record):
        time, cpu, kind, length = HEAD.unpack_from(record, at)
        at += HEAD.size + length
        yield Event(time - start, cpu, kind, record[at - length : at])


# Refreshes


class Record:
    def __init__(self, record, settle, interval):
        """What comes in the first `settle` seconds is not of the refreshes that count."""
        self.events = list(events_of(record))
        self.outputs = [event for event in self.events if event.kind == OUTPUT]
        self.settle = settle * 1e9
        self.end = next(event.time for event in self.events if event.kind == QUIET)
        self.gap = interval * REFRESH_GAP * 1e9
        self.peak_kib, self.kernel_kib = map(int, self.events[-1].data.split())

    def refreshes(self):
        """The events of each that counts. The last one may not have ended."""
        bursts = [[]]
        for event in self.outputs:
            if event.time > self.end:
                break
            if bursts[-1] and event.time - bursts[-1][-1].time > self.gap:
                bursts.append([])
            bursts[-1].append(event)
        found = [burst for burst in bursts
                 if burst and burst[0].time >= self.settle and burst[-1].time + self.gap <= self.end]
        if len(found) < LEAST_REFRESHES:
            raise Skipped(f"it refreshed {len(found)} times")
        return found

    def cpu_ms(self):
        """Of a refresh, from the end of the first one to the end of the last one."""
        refreshes = self.refreshes()
        return (refreshes[-1][-1].cpu - refreshes[0][-1].cpu) / (len(refreshes) - 1) / 1e6

    def bytes(self):
        return statistics.median(sum(len(event.data) for event in burst) for burst in self.refreshes())

    def first_screen_ms(self):
        """The last byte of the first screen with as many processes as there are at last."""
        outputs = [event for event in self.outputs if event.time < self.settle]
        emulator, counts = new_emulator(), []
        for event in outputs:
            emulator.feed(event.data)
            counts.append(len(emulator.rows()))
        if not counts or counts[-1] == 0:
            raise Skipped("no process was shown")
        complete = next(i for i, count in enumerate(counts) if count >= counts[-1])
        return outputs[end_of_burst(outputs, complete)].time / 1e6


def new_emulator():
    from emulator import Emulator  # --help does without what it needs

    return Emulator()


def end_of_burst(events, index):
    while index + 1 < len(events) and events[index + 1].time - events[index].time < BURST_GAP:
        index += 1
    return index


# Keys


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


def has_filtered(before, after):
    """The rows begin a line further down, or up again: above them is what is filtered."""
    return bool(before and after) and after[0].y != before[0].y


def is_tree(rows):
    return any(row.command.startswith("  ") for row in rows)


FILTER_LETTER, BACKSPACE = "q", "\x7f"  # "herd quiet" has it

# The keys whose answers are known: the figure that each is for, and whether it is answered.
ANSWERS = {
    "Down": ("down", has_moved),
    FILTER_LETTER: ("letter", has_filtered),
    BACKSPACE: ("letter", has_filtered),
    "V": ("tree", lambda before, after: is_tree(after) != is_tree(before)),
}


def answer_ns(emulator, outputs, before, is_answered):
    """When the last of what a key has changed was there. Feeds all outputs up to the next key."""
    states = []
    for event in outputs:
        emulator.feed(event.data)
        states.append(emulator.rows())
    for i, state in enumerate(states):
        if is_answered(before, state):
            end = end_of_burst(outputs, i)
            return next(outputs[j].time for j in range(i, end + 1) if states[j] == states[end])
    return None


def key_costs(events, keys):
    """
    Of each key with a known answer: its figure, ms until it was answered (None: it was not) and the
    CPU time until the program was quiet again.
    """
    emulator = new_emulator()
    pressed = [i for i, event in enumerate(events) if event.kind == KEY]
    for event in events[: pressed[0]]:
        emulator.feed(event.data)
    for key, (start, end) in zip(keys, pairwise([*pressed, len(events)])):
        following = events[start + 1 : end]
        outputs = [event for event in following if event.kind == OUTPUT]
        quiet = next(event for event in following if event.kind == QUIET)
        figure, is_answered = ANSWERS.get(key, (None, lambda before, after: True))
        answer = answer_ns(emulator, outputs, emulator.rows(), is_answered)
        if figure:
            latency = None if answer is None else (answer - events[start].time) / 1e6
            yield figure, latency, (quiet.cpu - events[start].cpu) / 1e6
