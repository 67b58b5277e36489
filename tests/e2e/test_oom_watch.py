# SPDX-License-Identifier: GPL-3.0-or-later
"""A kill that really happens is told by memtop batch, whichever source it may use."""

import contextlib
import json
import os
import signal
import subprocess
import time
from datetime import datetime

import pytest
from conftest import MEMTOP, memtop, run
from memory_cgroup import end, let_go, memory_cgroup, start_in

DELAY = 0.3
WITHOUT = {
    "tracepoint": [],
    "kmsg": ["-sys_admin", "-perfmon"],
    "vmstat": ["-sys_admin", "-perfmon", "-syslog"],
}


def permitted(source):
    """What memtop is started with so that it has this source and none before it."""
    if not WITHOUT[source]:
        return []
    if os.geteuid() != 0:
        pytest.skip("needs root, to start without some capabilities")
    words = ["setpriv", "--bounding-set=" + ",".join(WITHOUT[source])]
    if subprocess.run([*words, "true"], capture_output=True).returncode != 0:
        pytest.skip("capabilities cannot be dropped here")
    return words


class Batch:
    """memtop batch that writes to a file until it is stopped."""

    def __init__(self, path, before, *arguments):
        self.path = path
        with open(path, "wb") as file:
            self.process = subprocess.Popen([*before, MEMTOP, "batch", "-d", str(DELAY), *arguments], stdout=file)
        self.wait_for(lambda: path.stat().st_size > 0)

    def wait_for(self, condition):
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end and self.process.poll() is None
            time.sleep(0.02)

    def lines(self):
        """The objects of all whole lines."""
        return [json.loads(line) for line in self.path.read_bytes().split(b"\n")[:-1]]

    def blocks(self):
        """The time of each block, and the events in it."""
        found = []
        for line in self.lines():
            if line["kind"] == "system":
                found.append((datetime.fromisoformat(line["time"]).timestamp(), []))
            elif line["kind"] == "event":
                found[-1][1].append(line)
        return found


@contextlib.contextmanager
def batch(path, source, *arguments):
    running = Batch(path, permitted(source), *arguments)
    try:
        yield running
    finally:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(10)


@pytest.mark.parametrize("source", WITHOUT)
def test_a_real_kill_is_told_within_one_refresh(tmp_path, source):
    arguments = ["--format", "json", "-F", "pid,uid,res,oom,adj,comm,cgroup"]
    with contextlib.ExitStack() as stack:
        group = stack.enter_context(memory_cgroup())
        hog = group.start_hog("hog (a) b", adj=300)
        if source == "vmstat":  # which process is likely must not depend on what else ends here
            arguments += ["-p", str(hog.pid)]
        running = stack.enter_context(batch(tmp_path / "blocks", source, *arguments))
        running.wait_for(lambda: any(line.get("pid") == hog.pid for line in running.lines()))
        let_go(hog)
        assert hog.wait(30) == -9
        ended = time.time()
        hog.stdout.close()
        running.wait_for(lambda: sum(at > ended for at, _ in running.blocks()) > 3)
        blocks = running.blocks()
    told = [(at, event) for at, events in blocks for event in events if event["pid"] == hog.pid]
    if source == "tracepoint" and told and told[0][1]["source"] != source:
        pytest.skip("the tracepoint may not be used here")
    assert len(told) == 1
    at, event = told[0]
    later = [time for time, _ in blocks if time > ended]
    assert at <= later[1 if source == "vmstat" else 0]
    assert event["source"] == source and event["likely"] == (source == "vmstat")
    assert event["comm"] == "hog (a) b" and event["adj"] == 300 and event["uid"] == 0
    assert event["cgroup"].endswith(group.path) and event["res"] > 4 << 20
    assert event["oom"] > 0
    if source != "vmstat":
        assert event["anon"] > 16 << 20 and event["asked_pid"] == hog.pid
        assert ended - 30 < datetime.fromisoformat(event["time"]).timestamp() < ended + 1
    if memtop("oom", "log").returncode == 0 and source != "vmstat":
        assert event["constraint"] == "cgroup"
        assert event["limit_cgroup"] is None or event["limit_cgroup"].endswith(group.path)  # few reports a second


@pytest.mark.parametrize("source", ["tracepoint", "kmsg"])
@pytest.mark.parametrize("asker", ["itself", "another"])
def test_a_victim_without_its_first_thread_is_one_event_of_its_process(tmp_path, source, asker):
    """The kernel calls it by the number of a living thread."""
    with memory_cgroup() as group, batch(tmp_path / "blocks", source, "--format", "json") as running:
        victim = start_in(group.folder, "zombie-leader", 64 if asker == "itself" else 21, is_ready=asker == "another")
        numbers = {victim.pid, victim.pid + 1}
        if asker == "another":
            running.wait_for(lambda: any(line.get("pid") == victim.pid for line in running.lines()))
            numbers.update(map(int, os.listdir(f"/proc/{victim.pid}/task")))
            other = start_in(group.folder, "hold", 15, is_ready=False)
        assert victim.wait(30) == -9
        ended = time.time()
        running.wait_for(lambda: sum(at > ended for at, _ in running.blocks()) > 3)
        blocks = running.blocks()
        end(victim)
        if asker == "another":
            end(other)
    told = [event for _, events in blocks for event in events if event["pid"] in numbers]
    if not told:
        pytest.skip("neither the tracepoint nor the kernel log may be read here")
    assert [(event["pid"], event["comm"]) for event in told] == [(victim.pid, "actor")]


def test_a_process_that_came_and_went_between_two_blocks_is_told(tmp_path):
    if memtop("oom", "log").returncode != 0:
        pytest.skip("/dev/kmsg may not be read here")
    with memory_cgroup() as group, batch(tmp_path / "blocks", "tracepoint", "--format", "json") as running:
        pids = [group.kill_hog(f"short {number}") for number in range(3)]
        ended = time.time()
        running.wait_for(lambda: sum(at > ended for at, _ in running.blocks()) > 2)
        told = [event for _, events in running.blocks() for event in events if event["pid"] in pids]
    assert [(event["pid"], event["comm"]) for event in told] == [
        (pid, f"short {number}") for number, pid in enumerate(pids)]


def test_a_kill_is_a_line_in_the_head_of_a_text(tmp_path):
    if memtop("oom", "log").returncode != 0:
        pytest.skip("/dev/kmsg may not be read here")
    with memory_cgroup() as group, batch(tmp_path / "blocks", "tracepoint", "-F", "pid") as running:
        pid = group.kill_hog("evil\x1b[31m")
        line = rf"oom    killed for lack of memory: evil\x1b[31m ({pid}), which held "
        running.wait_for(lambda: line in running.path.read_text())
        assert running.path.read_text().count(f"({pid})") == 1


def test_without_a_source_the_hint_comes_with_the_guess(tmp_path):
    with memory_cgroup() as group, batch(tmp_path / "blocks", "vmstat", "--format", "json") as running:
        if run(*permitted("vmstat"), MEMTOP, "oom", "log").returncode == 0:
            pytest.skip("/dev/kmsg may be read by everybody here")
        group.kill_hog("hog")
        ended = time.time()
        running.wait_for(lambda: sum(at > ended for at, _ in running.blocks()) > 3)
        lines = running.lines()
    guesses = {line["time"] for line in lines if line["kind"] == "event" and line["likely"]}
    hints = {line["time"] for line in lines if line["kind"] == "hint" and "CAP_SYSLOG" in line["text"]}
    assert guesses and guesses == hints


def opened(*arguments):
    if run("sh", "-c", "command -v strace").returncode != 0:
        pytest.skip("strace is not installed")
    return run("strace", "-f", "-e", "trace=openat,perf_event_open", MEMTOP, "batch", *arguments).stderr


def test_one_block_and_csv_watch_for_nothing():
    """Nothing can come between, or there is no place to say it."""
    for arguments in (["-n", "1"], ["-n", "2", "-d", "0.01", "--format", "csv"]):
        assert b"perf_event_open" not in opened(*arguments)


def test_csv_does_not_look_for_the_last_kill():
    """It has no totals. One block of text may: it tells of the last kill since boot."""
    files = opened("-n", "2", "-d", "0.01", "--format", "csv")
    assert b"/proc" in files and b"/dev/kmsg" not in files
