# SPDX-License-Identifier: GPL-3.0-or-later
"""memtop --lock: what is locked, what it costs, and what is said where it is refused."""

import json
import os
import re
import resource
import socket
import subprocess
import time

import pytest
from conftest import MEMTOP, memtop
from screen_on_pty import start, wait_until  # noqa: F401: a fixture

ADJUSTMENT = b"cannot set its own OOM adjustment to -900: Permission denied (lowering needs CAP_SYS_RESOURCE)"
TOO_LOW = re.compile(rb"cannot lock memory: the limit of \S+ is too low \(CAP_IPC_LOCK or ulimit -l unlimited grants it\)")
ONLY_NOW = re.compile(rb"only the memory that is in use now is locked, for fear of the limit of \S+ \(CAP_IPC_LOCK ")
MIB = 1 << 10  # of KiB, which status has


def without(*capabilities):
    """The words before a command that take capabilities away from it."""
    words = ["setpriv", "--bounding-set=" + ",".join(f"-{name}" for name in capabilities)]
    if subprocess.run([*words, "true"], capture_output=True).returncode != 0:
        pytest.skip("capabilities cannot be dropped here")
    return words


def status(pid):
    with open(f"/proc/{pid}/status") as file:
        return {key: int(number) for key, number in re.findall(r"(\w+):\s+(\d+) kB", file.read())}


def adjustment(pid):
    with open(f"/proc/{pid}/oom_score_adj") as file:
        return int(file.read())


class Batch:
    """A memtop batch that has printed its first block and waits for the next one."""

    def __init__(self, *arguments, before=()):
        command = [*before, MEMTOP, "batch", "-d", "86400", "-p", "1", "--format", "json", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert json.loads(self.process.stdout.readline())["kind"] == "system"
        self.status = status(self.process.pid)
        self.adjustment = adjustment(self.process.pid)

    def end(self):
        self.process.kill()
        return self.process.communicate()[1].splitlines()


def skip_where_nothing_is_locked(status):
    if status["VmSize"] > 1 << 30:
        pytest.skip("the address sanitizer lets nothing be locked")


def needs_unlimited():
    with open("/proc/self/status") as file:
        capabilities = int(re.search(r"CapEff:\s+(\w+)", file.read())[1], 16)
    if not capabilities >> 14 & 1 and resource.getrlimit(resource.RLIMIT_MEMLOCK)[1] != resource.RLIM_INFINITY:
        pytest.skip("memory cannot be locked here without a limit")


def test_all_of_it_is_locked_and_that_is_little():
    needs_unlimited()
    plain, locked = Batch(), Batch("--lock")
    plain.end()
    lines = locked.end()
    skip_where_nothing_is_locked(locked.status)
    assert not any(b"lock memory" in line for line in lines)
    assert plain.status["VmLck"] == 0
    assert locked.status["VmLck"] > locked.status["VmSize"] * 0.9
    assert locked.status["VmHWM"] < 16 * MIB
    assert locked.status["VmStk"] >= 256


def test_the_thread_of_the_screen_costs_little_as_well(start):
    needs_unlimited()
    screen = start("-d", "86400", "--lock")
    screen.wait_for_screen()
    skip_where_nothing_is_locked(status(screen.pid))
    wait_until(lambda: len(os.listdir(f"/proc/{screen.pid}/task")) == 3)  # it, the reader, and what reads aside
    figures = status(screen.pid)
    assert figures["VmLck"] > figures["VmSize"] * 0.9
    assert figures["VmHWM"] < 16 * MIB


def test_where_locking_is_refused_one_line_says_why_and_it_goes_on():
    before = ["prlimit", "--memlock=65536:65536", *without("ipc_lock", "sys_resource")]
    batch = Batch("--lock", before=before)
    lines = batch.end()
    skip_where_nothing_is_locked(batch.status)
    assert batch.status["VmLck"] == 0
    assert len([line for line in lines if TOO_LOW.search(line)]) == 1
    assert len(lines) == 2


def test_under_a_limit_what_is_added_later_is_not_locked_and_that_is_told():
    """It may not even be enough for what is there: then that is told."""
    batch = Batch("--lock", before=without("ipc_lock", "sys_resource"))
    lines = batch.end()
    skip_where_nothing_is_locked(batch.status)
    if resource.getrlimit(resource.RLIMIT_MEMLOCK)[1] == resource.RLIM_INFINITY:
        pytest.skip("there is no limit here")
    told, also = (ONLY_NOW, TOO_LOW) if batch.status["VmLck"] > 0 else (TOO_LOW, ONLY_NOW)
    assert len([line for line in lines if told.search(line)]) == 1
    assert not any(also.search(line) for line in lines)


def test_root_without_CAP_SYS_RESOURCE_may_not_lower_its_adjustment():
    batch = Batch("--lock", before=without("sys_resource"))
    lines = [line for line in batch.end() if b"adjustment" in line]
    assert lines == [b"memtop batch: " + ADJUSTMENT]
    assert batch.adjustment == adjustment(os.getpid())


def test_where_it_is_permitted_the_adjustment_is_lowered():
    probe = 'echo -900 > /proc/self/oom_score_adj'
    if subprocess.run(["sh", "-c", probe], capture_output=True).returncode != 0:
        pytest.skip("the adjustment cannot be lowered here")
    batch = Batch("--lock")
    assert not any(b"adjustment" in line for line in batch.end())
    assert batch.adjustment == -900


def test_the_screen_says_what_was_refused(start):
    screen = start("-d", "86400", "--lock", wrapper=without("sys_resource"))
    screen.wait_for_screen()
    end = time.monotonic() + 60
    while b"cannot set its own OOM adjustment" not in screen.output and time.monotonic() < end:
        time.sleep(0.01)
    screen.type(b"q")
    assert screen.end() == 0
    assert b"cannot set its own OOM adjustment" in screen.output
    assert ADJUSTMENT.decode() in screen.complaints()


@pytest.mark.parametrize("arguments", [["batch", "-n", "1"], ["-b", "-n", "1"]])
def test_without_lock_nothing_is_said(arguments):
    process = memtop(*arguments)
    assert process.returncode == 0 and process.stderr == b""


@pytest.mark.parametrize("before, after", [("-900\n", "0900\n"), ("0\n", "0\n"), ("300\n", "300\n")])
def test_what_reads_names_of_functions_does_not_keep_the_adjustment(mounts, tmp_path, before, after):
    """It is memtop by another name, and lowers nothing. Here a file stands for the adjustment, and is written over."""
    file = tmp_path / "adjustment"
    file.write_text(before)
    become = "import os, sys; os.execv(sys.argv[1], ['memtop-names'])"
    script = 'mount --bind "$1" /proc/$$/oom_score_adj && exec /usr/bin/python3 -c "$2" "$3"'
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with here, there:
        process = subprocess.Popen(["unshare", "-rm", "sh", "-c", script, "sh", file, become, MEMTOP], stdin=there)
        there.close()
        assert here.recv(1000).endswith(b"\0")  # it is ready
    assert process.wait(60) == 0
    assert file.read_text() == after
