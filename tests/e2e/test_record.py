# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop record, and what the other commands and the screen tell of its recordings."""

import configparser
import contextlib
import csv
import fcntl
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from time import sleep

import pytest
from conftest import BUILD, FIXTURES, MEMTOP, SOURCE, folder_in_memory, memtop, run, run_over
from memory_cgroup import let_go, memory_cgroup
from screen_in_tmux import terminal  # noqa: F401: a fixture
from screen_on_pty import wait_until

TREE = {"/proc": FIXTURES / "server"}


def lines(done):
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.splitlines()]


def rows(done, kind):
    return [row for row in lines(done) if row["kind"] == kind]


@pytest.fixture(scope="module")
def recorded(mounts, tmp_path_factory):
    """Five samples of the tree of test files."""
    folder = tmp_path_factory.mktemp("recorded") / "past"
    done = run_over(TREE, MEMTOP, "record", "--no-exits", "-d", "0.05", "-n", "5", "-o", folder)
    # A sanitizer wants the real /proc/self/exe.
    errors = [line for line in done.stderr.splitlines() if b"reading executable name failed" not in line]
    assert (done.returncode, done.stdout, errors) == (0, b"", [])
    return folder


class Recorder:
    """A recorder of what lives."""

    def __init__(self, folder, *options):
        self.folder = folder
        if "--exits" in options:
            options = [option for option in options if option != "--exits"]
        else:
            options = ["--no-exits", *options]  # not everyone may be told of them
        self.process = subprocess.Popen([MEMTOP, "record", "-o", folder, *options], stderr=subprocess.PIPE)

    def samples(self):
        done = memtop("record", "--status", "-o", self.folder)
        found = re.search(rb"Samples: +(\d+)", done.stdout)
        return int(found[1]) if found else 0

    def wait_for(self, count):
        wait_until(lambda: self.samples() >= count)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        errors = self.process.communicate(timeout=60)[1]
        return self.process.returncode, errors


@pytest.fixture
def record(tmp_path):
    started = []

    def start(*options):
        started.append(Recorder(tmp_path / "past", *options))
        return started[-1]

    yield start
    for recorder in started:
        if recorder.process.poll() is None:
            recorder.end(signal.SIGKILL)


def test_batch_shows_each_sample(recorded):
    found = lines(memtop("batch", "-R", recorded, "--format", "json"))
    systems = [row for row in found if row["kind"] == "system"]
    assert len(systems) == 5
    times = [row["time"] for row in systems]
    assert times == sorted(set(times))
    largest = [row for row in found if row["kind"] == "process"][0]
    assert largest["res"] > 0 and largest["command"]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_sample_of_the_past_is_as_it_was_live(recorded, form):
    """Figures of the tree never change: what lives and what was recorded are the same, but for the time."""
    fields = "pid,user,res,anon,swap,virt,shr,oom,adj,state,comm,command,cgroup,unit,minflt,majflt,peak,pte"
    options = ["-n", "1", "-F", fields, "--format", form]
    live = run_over(TREE, MEMTOP, "batch", *options)
    past = memtop("batch", "-R", recorded, "--from", "last", *options)

    def processes(done):
        found = [line for line in done.stdout.splitlines() if form == "csv" or b'"kind": "process"' in line]
        return [re.sub(rb'^[^,]*,|"time": "[^"]*"', b"", line) for line in found]

    assert len(processes(live)) > 5
    assert processes(past) == processes(live)


def test_a_span_has_its_ends(recorded):
    times = [row["time"] for row in rows(memtop("batch", "-R", recorded, "--format", "json"), "system")]
    found = memtop("batch", "-R", recorded, "--from", times[1], "--to", times[3], "--format", "json")
    assert [row["time"] for row in rows(found, "system")] == times[1:4]
    found = memtop("batch", "-R", recorded, "--from", times[3], "-n", "1", "--format", "json")
    assert [row["time"] for row in rows(found, "system")] == times[3:4]
    found = memtop("batch", "-R", recorded, "-d", "0.1", "--format", "json")
    thinned = [row["time"] for row in rows(found, "system")]
    assert thinned[0] == times[0] and 1 < len(thinned) < 5 and set(thinned) < set(times)


def test_a_delay_below_that_of_the_recorder_shows_each_sample_once(recorded):
    """They were taken each 0.05 seconds."""
    found = memtop("batch", "-R", recorded, "-d", "0.01", "--format", "json")
    times = [row["time"] for row in rows(found, "system")]
    assert len(times) == 5 and times == sorted(set(times))


@pytest.mark.parametrize("time", ["+1h", "2199-01-01", "oom"])
def test_a_time_that_is_not_there_names_what_is(recorded, time):
    done = memtop("batch", "-R", recorded, "--from", time)
    assert (done.returncode, done.stdout) == (1, b"")
    assert re.fullmatch(rb"memtop batch: there is no (sample of this time|kill) in .*, which is from \d{4}-.* to \d{4}-.*\n",
                        done.stderr)


def test_what_is_no_time_is_refused():
    done = memtop("batch", "--from", "3 o'clock")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"not a time such as 03:12" in done.stderr and done.stderr.count(b"\n") == 1


def test_where_nothing_is_recorded(tmp_path):
    for words in (["batch", "-R"], ["replay"], ["oom", "-R"]):
        done = memtop(*words, tmp_path)
        assert done.returncode == 1
        assert re.search(rb"nothing is recorded in .*: memtop record does that\n", done.stderr)
    done = memtop("record", "--status", "-o", tmp_path)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.startswith(b"Nothing is recorded in ")


def test_what_is_no_recording_is_refused(tmp_path):
    (tmp_path / "text.mtr").write_text("no recording")
    for path in (tmp_path / "text.mtr", tmp_path):
        done = memtop("batch", "-R", path)
        assert (done.returncode, done.stdout) == (1, b"")


@pytest.mark.parametrize("command", ["groups", "oom", "growth", "budget", "kernel"])
def test_every_table_tells_of_the_past(recorded, command):
    options = [] if command == "growth" else ["--from", "last"]
    found = lines(memtop(command, "-R", recorded, *options, "--format", "json"))
    assert any(row["kind"] not in ("hint", "system") for row in found)


def test_the_past_cannot_be_changed(recorded):
    done = memtop("oom", "-R", recorded, "-p", "1", "-n", "5")
    assert done.returncode == 1 or done.returncode == 2
    assert b"what is recorded cannot be changed" in done.stderr


def test_check_tells_what_was(recorded):
    done = memtop("check", "-R", recorded, "--from", "last")
    assert done.returncode in (0, 1, 2) and done.stdout.startswith(b"memory ")
    assert b"next to be killed" in done.stdout and b"java" in done.stdout
    done = memtop("check", "-R", recorded, "--from", "last", "--crit", "total>0")
    assert done.returncode == 2
    assert memtop("check", "-R", recorded, "--from", "+1h").returncode == 3
    assert memtop("check", "-R", recorded, "--over", "3").returncode == 3
    assert memtop("check", "-R", recorded, "--warn", "headroom:x<1G").returncode == 3


def test_a_span_can_be_cut_out(recorded, tmp_path):
    every = rows(memtop("batch", "-R", recorded, "--format", "json"), "system")
    output = tmp_path / "cut.mtr"
    done = memtop("record", "--cut", output, "-R", recorded, "--from", every[1]["time"], "--to", every[3]["time"])
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, f"3 samples in {output}\n", b"")
    options = ["-n", "3", "--format", "csv"]
    whole = memtop("batch", "-R", recorded, "--from", every[1]["time"], *options)
    part = memtop("batch", "-R", output, *options)
    first = len(part.stdout.splitlines()) // 3 + 1  # its rates need the sample before
    assert part.stdout.splitlines()[first:] == whole.stdout.splitlines()[first:]
    done = memtop("record", "--cut", output, "-R", recorded)
    assert done.returncode == 1 and b"File exists" in done.stderr
    link = tmp_path / "link.mtr"
    link.symlink_to("elsewhere")
    done = memtop("record", "--cut", link, "-R", recorded)
    assert done.returncode == 1 and done.stderr.endswith(b"link.mtr: File exists\n")
    assert link.is_symlink() and not link.exists()
    done = memtop("record", "--cut", tmp_path / "x.mtr", "-R", recorded, "--from", "+1h")
    assert done.returncode == 1 and b"there is no sample of this time" in done.stderr
    assert not (tmp_path / "x.mtr").exists()
    assert memtop("record", "--from", "-1h").returncode == 2


@pytest.mark.parametrize("command", ["faults", "map"])
def test_what_is_not_recorded_has_no_past(command):
    assert memtop(command, "--from", "last").returncode == 2


def test_a_recorder_ends_with_a_signal_and_goes_on_later(record):
    for number in (signal.SIGTERM, signal.SIGINT):
        recorder = record("-d", "0.05")
        recorder.wait_for(recorder.samples() + 3)
        assert recorder.end(number) == (0, b"")
    done = memtop("record", "--status", "-o", recorder.folder)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"none is running" in done.stdout and b" in 1 file\n" in done.stdout
    starts = rows(memtop("batch", "-R", recorder.folder, "--format", "json"), "system")
    assert len(starts) >= 6


def test_a_recorder_goes_on_after_a_signal_that_is_ignored(tmp_path):
    """As of nohup, when its terminal is closed."""
    process = subprocess.Popen(["nohup", MEMTOP, "record", "-d", "0.05", "-o", tmp_path / "past"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def samples():
        found = re.search(rb"Samples: +(\d+)", memtop("record", "--status", "-o", tmp_path / "past").stdout)
        return int(found[1]) if found else 0

    wait_until(lambda: samples() >= 1)
    process.send_signal(signal.SIGHUP)
    count = samples()
    try:
        wait_until(lambda: samples() > count + 2)
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_where_memory_is_short_samples_are_denser(tmp_path):
    """Each second instead of once a day: the second one comes at all."""
    tree = shutil.copytree(FIXTURES / "server", tmp_path / "tree", symlinks=True)
    pressure = tree / "pressure" / "memory"
    pressure.write_text(pressure.read_text().replace("some avg10=0.12", "some avg10=35.00"))
    done = run_over({"/proc": tree}, MEMTOP, "record", "--no-exits", "-d", "86400", "-n", "2", "-o", tmp_path / "past")
    assert done.returncode == 0
    times = [row["time"] for row in rows(memtop("batch", "-R", tmp_path / "past", "--format", "json"), "system")]
    first, second = (datetime.fromisoformat(time.replace("Z", "+00:00")) for time in times)
    assert (second - first).total_seconds() >= 0.9


def longest_gap(folder):
    """Seconds."""
    told = memtop("record", "--status", "-o", folder).stdout
    return int(re.search(rb"\nGaps: .* the longest of (\d+)s until 20", told)[1])


def test_a_suspension_is_a_gap(record):
    recorder = record("-d", "0.05")
    recorder.wait_for(4)
    recorder.process.send_signal(signal.SIGSTOP)
    sleep(6)
    recorder.process.send_signal(signal.SIGCONT)
    recorder.wait_for(recorder.samples() + 3)
    assert recorder.end() == (0, b"")
    assert longest_gap(recorder.folder) >= 6


def test_a_namespace_of_other_times_is_no_other_past(tmp_path):
    """The clock since boot is shifted there, and start times with it."""
    shifted = ["unshare", "--time", "--boottime", "1000000", "--fork"]
    if run(*shifted, "true").returncode != 0:
        pytest.skip("there are no time namespaces here")
    done = run(*shifted, MEMTOP, "record", "--no-exits", "-d", "0.05", "-n", "3", "-o", tmp_path / "past")
    assert done.returncode == 0, done.stderr
    found = lines(memtop("batch", "-R", tmp_path / "past", "--format", "json", "-F", "pid,age,comm"))
    assert all(row["uptime"] >= 1000000 for row in found if row["kind"] == "system")
    ages = [row["age"] for row in found if row["kind"] == "process" and row["comm"].startswith("memtop")]
    assert len(ages) >= 3 and all(0 <= age < 900000 for age in ages) and min(ages) < 60


def test_the_status_does_not_wait_for_a_lock_that_is_a_pipe(recorded, tmp_path):
    for file in recorded.glob("*.mtr"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    os.mkfifo(tmp_path / "lock")
    done = memtop("record", "--status", "-o", tmp_path, timeout=10)
    assert done.returncode == 0 and b"none is running" in done.stdout


def test_growth_goes_on_over_a_gap(tmp_path):
    """Which is longer than the windows of so short a recording, 5 seconds."""
    for pause in (6, 0):
        assert memtop("record", "-d", "0.05", "-n", "4", "-o", tmp_path / "past").returncode == 0
        sleep(pause)
    found = re.search(rb"in (\d+) s\n", memtop("growth", "-R", tmp_path / "past").stdout)
    assert int(found[1]) >= 6
    assert longest_gap(tmp_path / "past") >= 6


def test_the_status_says_what_the_recorder_keeps(record):
    recorder = record("-d", "0.05", "--keep-size", "10M", "--keep-days", "3")
    recorder.wait_for(2)
    told = memtop("record", "--status", "-o", recorder.folder).stdout
    assert b"\nKept:      at most 10.0M and 3 days\n" in told


def test_a_second_recorder_says_who_records(record):
    first = record("-d", "0.05")
    first.wait_for(1)
    done = memtop("record", "-o", first.folder)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == f"memtop record: process {first.process.pid} records into {first.folder} already\n"
    assert f"process {first.process.pid}\n" in memtop("record", "--status", "-o", first.folder).stdout.decode()


def test_a_killed_recorder_loses_no_sample_and_its_lock(record):
    recorder = record("-d", "0.05")
    recorder.wait_for(5)
    recorder.end(signal.SIGKILL)
    count = recorder.samples()
    assert count >= 5
    assert memtop("record", "--no-exits", "-d", "0.05", "-n", "2", "-o", recorder.folder).returncode == 0
    assert recorder.samples() == count + 2


def test_a_recorder_that_is_killed_a_hundred_times_keeps_all_samples(record):
    """While it starts, reads or writes: what was there before it stays, and each sample is whole."""
    count = 0
    for _ in range(100):
        recorder = record("-d", "0.01")
        sleep(random.uniform(0, 0.08))
        assert recorder.end(signal.SIGKILL) == (-signal.SIGKILL, b"")
        before, count = count, recorder.samples()
        assert count >= before
    assert count > 0
    shown = lines(memtop("batch", "-R", recorder.folder, "--format", "json", "-F", "pid,res"))
    times = [row["time"] for row in shown if row["kind"] == "system"]
    assert len(times) == count and times == sorted(times)
    assert {row["time"] for row in shown if row["kind"] == "process"} == set(times)


class Disk:
    """A file system that can be told to answer no write until it is told to go on (linux/fs.h)."""

    FREEZE, THAW = 0xC0045877, 0xC0045878

    def __init__(self, folder):
        self.folder = folder
        self.descriptor = os.open(folder, os.O_RDONLY)

    def freeze(self):
        fcntl.ioctl(self.descriptor, self.FREEZE, 0)

    def thaw(self):
        with contextlib.suppress(OSError):  # it is not frozen
            fcntl.ioctl(self.descriptor, self.THAW, 0)


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    image = folder_in_memory() / "image"
    with open(image, "wb") as file:
        file.truncate(32 << 20)
    for command in (["mkfs.ext4", "-q", image], ["mount", "-o", "loop", image, folder]):
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            pytest.skip(f"there is no {command[0]}")
        if done.returncode != 0:
            pytest.skip(f"a disk of its own is not permitted: {done.stderr.strip()}")
    # Whatever becomes of this test, the machine does not keep a disk that answers nobody.
    guard = subprocess.Popen(["sh", "-c", 'sleep 250; fsfreeze -u "$1"; umount "$1"', "sh", folder],
                             start_new_session=True, stderr=subprocess.DEVNULL)
    disk = Disk(folder)
    yield disk
    disk.thaw()
    os.close(disk.descriptor)
    os.killpg(guard.pid, signal.SIGKILL)
    guard.wait()
    wait_until(lambda: subprocess.run(["umount", folder], capture_output=True).returncode == 0)


def pauses(process):
    """How often its main thread has waited for something: some times a sample."""
    with open(f"/proc/{process.pid}/status") as file:
        return int(re.search(r"\nvoluntary_ctxt_switches:\s+(\d+)", file.read())[1])


def times_of(recorder):
    done = memtop("batch", "--from", "first", "--recording", recorder.folder, "--top", "1", "-F", "pid", "--format", "csv")
    rows = csv.DictReader(done.stdout.decode().splitlines())
    return [datetime.fromisoformat(row["time"].replace("Z", "+00:00")).timestamp() for row in rows]


@pytest.fixture
def recorder(disk):
    """It records to a disk that can be frozen."""
    recorder = Recorder(disk.folder / "past", "-d", "0.5")
    recorder.wait_for(3)
    yield recorder
    disk.thaw()
    recorder.process.kill()
    recorder.process.communicate()


def test_a_disk_that_does_not_answer_stops_no_sample(disk, recorder):
    disk.freeze()
    frozen = time.time()
    sleep(3)  # for the first sample that it does not write it waits for two seconds
    before = pauses(recorder.process)
    wait_until(lambda: pauses(recorder.process) >= before + 30)
    thawed = time.time()
    disk.thaw()
    wait_until(lambda: times_of(recorder)[-1] > thawed)
    assert recorder.end() == (0, b"")
    assert any(frozen + 3 < moment < thawed for moment in times_of(recorder))


def test_a_disk_that_does_not_answer_at_the_end_is_waited_for(disk, recorder):
    disk.freeze()
    recorder.process.send_signal(signal.SIGTERM)
    complaint = recorder.process.stderr.readline()
    disk.thaw()
    assert complaint == b"memtop record: the last samples are lost: the disk does not answer\n"
    recorder.process.communicate(timeout=60)
    assert recorder.process.returncode == 1


def record_beyond_a_limit(folder, count):
    """The file may grow again once samples are lost. Returns the status, and what was said afterwards."""
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    process = subprocess.Popen([MEMTOP, "record", "--no-exits", "-n", str(count), "-d", "0.05", "-o", folder],
                               stderr=subprocess.PIPE,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, most)))
    assert b": File too large; 1 samples are lost so far\n" in process.stderr.readline()
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, most))
    errors = process.stderr.read()
    return process.wait(60), errors


def test_samples_that_were_lost_are_an_error_though_it_records_again(tmp_path):
    for count in (60, 240, 960):
        status, errors = record_beyond_a_limit(tmp_path / str(count), count)
        assert status == 1
        if errors:
            break  # else it had ended before it was let grow
    assert re.fullmatch(rb"memtop record: recording again, \d+ samples are lost\n", errors)


def test_who_may_read_the_folder_is_not_everyone(recorded):
    assert recorded.stat().st_mode & 0o777 == 0o750
    for file in recorded.glob("*.mtr"):
        assert file.stat().st_mode & 0o777 == 0o640
        assert file.stat().st_gid == recorded.stat().st_gid


SECRET = "--password=hunter2"


@pytest.mark.parametrize("mode, shown", [("redact", "--password=***"), ("full", SECRET), ("name", None)])
def test_secrets_are_recorded_only_if_asked_for(tmp_path, actor, mode, shown):
    pid = actor("memory", SECRET)
    assert memtop("record", "--no-exits", "-n", "1", "-d", "0.1", "-o", tmp_path / "past", "--command", mode).returncode == 0
    if mode != "full":
        assert all(b"hunter2" not in file.read_bytes() for file in (tmp_path / "past").glob("*.mtr"))
    found = rows(memtop("batch", "-R", tmp_path / "past", "-p", str(pid), "-F", "comm,command", "--format", "json"),
                 "process")
    assert len(found) == 1 and found[0]["comm"] == "actor"
    assert (shown in found[0]["command"]) if shown else "password" not in (found[0]["command"] or "")


def test_the_screen_goes_through_a_recording(recorded, terminal):
    terminal.run("100x24", {"LC_ALL": "C.UTF-8"}, MEMTOP, "replay", "--no-config", recorded)
    terminal.wait_for_text("REPLAY", "recorder started", "t T sample")
    terminal.type("t")
    wait_until(lambda: "recorder started" not in terminal.capture())
    terminal.type("T")
    terminal.wait_for_text("recorder started")
    terminal.type("@0,23")  # the key on the last line
    wait_until(lambda: "recorder started" not in terminal.capture())
    terminal.type("}")
    terminal.wait_for_text("no further peak within a day")  # it never changes
    terminal.type("Z", "t")
    terminal.wait_for_text("this is the last sample")
    terminal.type("T", "T", "T", "T", "T")
    terminal.wait_for_text("recorder started")
    terminal.type("T")
    terminal.wait_for_text("this is the first sample")
    terminal.type("a")
    terminal.wait_for_text("its processes cannot be changed")
    terminal.type("b", "=x", "Enter")
    terminal.wait_for_text("such as 03:12")
    terminal.type("C-u", "Escape")
    terminal.type("4")
    terminal.wait_for_text("not in this recording")
    terminal.type("5")
    terminal.wait_for_text("Faults of process", ": not in this recording")
    terminal.type("2")
    terminal.wait_for_text("By program", "b time")
    terminal.type("B")
    terminal.wait_for_text("By user")
    terminal.type("7", "B")
    terminal.wait_for_text("[zones]")
    terminal.type("1")
    terminal.wait_for_text("00:00 DAY 24:00")
    terminal.type("H")
    terminal.wait_for_text("RES on this day: 3.0G at first, 3.0G at last, at most 3.0G")
    terminal.type("Escape", "8")
    terminal.wait_for_text("What happened in this recording: 1", "recorder started")
    terminal.type("Enter")
    terminal.wait_for_text("t T sample")
    terminal.type("z")
    terminal.wait_for_text("this is the last sample")
    terminal.type("?")
    terminal.wait_for_text("In a recording")
    terminal.type("q", "q")
    terminal.wait_for_end()


def test_a_time_of_day_is_in_the_recording_if_it_can_be(tmp_path, terminal):
    """From the first sample on it is the next one: the last one was before the recording."""
    memtop("record", "--no-exits", "-d", "0.1", "-n", "25", "-o", tmp_path)
    first, *_ = (row["time"] for row in rows(memtop("batch", "-R", tmp_path, "--format", "json"), "system"))
    later = (datetime.fromisoformat(first) + timedelta(seconds=2)).astimezone(timezone.utc).strftime("%H:%M:%S")
    terminal.run("100x24", {"LC_ALL": "C.UTF-8", "TZ": "UTC"}, MEMTOP, "replay", "--no-config", tmp_path)
    terminal.wait_for_text("REPLAY", "recorder started")
    terminal.type("b", f"={later}", "Enter")
    wait_until(lambda: "recorder started" not in terminal.capture())
    assert "begins later" not in terminal.capture()
    terminal.type("b", "=yesterday", "Enter")
    terminal.wait_for_text("begins later")


def test_the_screen_stays_when_the_recording_is_deleted(recorded, terminal, tmp_path):
    for file in recorded.glob("*.mtr"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
        (tmp_path / f"2-{file.name}").write_bytes(file.read_bytes())
    terminal.run("100x24", {"LC_ALL": "C.UTF-8"}, MEMTOP, "replay", "--no-config", tmp_path)
    terminal.wait_for_text("REPLAY", "recorder started", "t T sample")
    for file in tmp_path.glob("*.mtr"):
        file.unlink()
    terminal.type("Z")
    terminal.wait_for_text("this is the last sample")
    terminal.type("4")  # it needs more than what was read
    terminal.wait_for_text("cannot read this sample again: it was deleted")
    terminal.type("1", "q")
    terminal.wait_for_end()


GROWTH = "pid,grown,growth_10m,growth_1h,growth_trend,growth_verdict,command"


@pytest.mark.parametrize("size", ["80x24", "40x10"])
@pytest.mark.parametrize("name, options, keys", [
    ("replay", [], []),
    ("replay-past", [], ["8"]),
    ("replay-growth", ["-F", GROWTH], []),
])
def test_golden_screens(recorded, terminal, size, name, options, keys):
    terminal.run(size, {"LC_ALL": "C.UTF-8"}, MEMTOP, "replay", "--no-config", *options, "-b", "last", recorded)
    terminal.wait_for_text("REPLAY")
    terminal.type(*keys)
    terminal.wait_for(f"state-{name}-{size}" if size == "80x24" else f"{size}-{name}")


def test_a_kill_is_found_again(record, terminal):
    """The machine before it, and the same victim as the log of the kernel says."""
    with memory_cgroup() as group:
        recorder = record("-d", "0.1")
        hog = group.start_hog("f-record")
        recorder.wait_for(recorder.samples() + 2)
        let_go(hog)
        assert hog.wait(30) == -9
        hog.stdout.close()
        wait_until(lambda: any(row["kind"] == "event" for row in
                               lines(memtop("batch", "-R", recorder.folder, "--format", "json"))))
        assert recorder.end() == (0, b"")
    found = lines(memtop("batch", "-R", recorder.folder, "--from", "oom", "-n", "2", "--format", "json"))
    systems = [row for row in found if row["kind"] == "system"]
    assert len(systems) == 2
    assert any(row["kind"] == "event" for row in found[found.index(systems[1]):])
    found = lines(memtop("batch", "-R", recorder.folder, "--format", "json", "-F", "pid,comm,res,grown"))
    [at] = [i for i, row in enumerate(found) if row["kind"] == "event" and row["pid"] in (hog.pid, None)][:1]
    assert any(row["kind"] == "process" and row["pid"] == hog.pid and row["res"] > 0 for row in found[:at])
    if found[at]["pid"] is None:
        pytest.skip("who was killed is not known without the log of the kernel or its tracepoint")
    told = memtop("oom", "log", str(hog.pid))
    assert told.returncode == 0 and b"f-record" in told.stdout

    terminal.run("100x30", {"LC_ALL": "C.UTF-8"}, MEMTOP, "replay", "--no-config", "-b", "oom", recorder.folder)
    terminal.wait_for_text("REPLAY", "OOM kill in ", "PID")
    terminal.type("]")
    terminal.wait_for_text("OOM KILL")
    terminal.type("8", "\\", "=comm=f-record", "Enter")
    terminal.wait_for_text("What happened in this recording", "f-record")
    terminal.type("i")
    terminal.wait_for_text("f-record", str(hog.pid), "Up Down scroll")
    terminal.type("q", "Enter")
    terminal.wait_for_text("REPLAY", "PID")


def example(command, word):
    """The example of the manual page of a command that needs a program."""
    page = (SOURCE / "man" / f"memtop-{command}.1.scd").read_text()
    found = [block for block in re.findall(r"(?ms)^```\n(.*?)^```$", page) if word in block and "--from first" in block]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("command, needs, told", [
    ("batch", "sqlite3", b"java|"),
    ("growth", "sqlite3", b"machine|in use|0|young"),
    ("batch", "gnuplot", None),
    ("batch", "pandas", b"java"),
])
def test_the_examples_of_the_manual_page_work(recorded, tmp_path, command, needs, told):
    has_it = shutil.which(needs) if needs != "pandas" else run(sys.executable, "-c", "import pandas").returncode == 0
    if not has_it:
        pytest.skip(f"{needs} is not installed")
    script = example(command, needs).replace(f"memtop {command}", f"{MEMTOP} {command} -R {recorded}")
    script = script.replace("python3 ", f"{sys.executable} ")
    done = run("bash", "-euo", "pipefail", "-c", script, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    if told:
        assert told in done.stdout
    else:
        assert "<svg" in (tmp_path / "past.svg").read_text() and (tmp_path / "past.tsv").read_text().count("\n") == 5


# 300 processes that live for 0.2 seconds; one of them takes 120 MiB. Prints how much it had at most, in KiB.
SHORT_LIVES = """
import os, time
for number in range(300):
    if os.fork() == 0:
        memory = b"x" * (120 << 20 if number == 77 else 0)
        time.sleep(0.2)
        os._exit(0)
print(os.getpid(), max(os.wait4(-1, 0)[2].ru_maxrss for number in range(300)))
"""


def record_short_lives(record):
    """The recorder, what it said, the parent of the processes, and the largest peak in bytes."""
    recorder = record("--exits", "-d", "2")
    recorder.wait_for(1)
    done = run(sys.executable, "-c", SHORT_LIVES)
    parent, peak = map(int, done.stdout.split())
    recorder.wait_for(recorder.samples() + 2)
    status, errors = recorder.end()
    assert status == 0
    return recorder, errors, parent, peak * 1024


def test_processes_between_two_samples_are_all_recorded(record):
    # Where thousands of others end at the same time, some cannot be counted, which is told.
    for _ in range(5):
        recorder, errors, parent, peak = record_short_lives(record)
        if b"more processes ended than could be counted" not in errors:
            break
    if errors:
        pytest.skip(errors.decode().strip())
    ended = [row for row in rows(memtop("batch", "-R", recorder.folder, "--format", "json"), "exit")
             if row["ppid"] == parent]
    assert len(ended) == len({row["pid"] for row in ended}) == 300
    largest = sorted(ended, key=lambda row: row["peak"])[-1]
    assert abs(largest["peak"] - peak) <= peak / 50
    assert largest["peak"] >= 120 << 20


def test_the_unit_starts_what_there_is():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(BUILD / "data" / "memtop-record.service")
    program, *words = unit["Service"]["ExecStart"].split()
    assert program.endswith("/bin/memtop") and words[0] == "record"
    help_text = memtop("record", "--help").stdout.decode()
    assert all(word in help_text for word in words[1:])
    assert "MemoryMax" not in unit["Service"]  # it would be killed when it is needed
    assert "WantedBy" in unit["Install"]
